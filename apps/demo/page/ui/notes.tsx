import type { JSX } from "preact";
import type { MachineClient } from "../state/client.ts";

/** Sentences about what is not as it should be, each of which can be put away. */
export function Notes({ client }: { readonly client: MachineClient }): JSX.Element | null {
  const notes = client.notes.value, failure = client.failure.value;
  if (notes.length === 0 && !failure) return null;
  return (
    <div class="notes">
      {failure && <p role="alert" class="bad">{failure}</p>}
      {notes.map((note) => (
        <p role="status" key={note}>{note}<button class="quiet" aria-label="Put this note away" onClick={() => { client.notes.value = client.notes.peek().filter((n) => n !== note); }}>×</button></p>
      ))}
    </div>
  );
}

import { bootFloppy } from './boot-floppy.ts';
import type { RunOptions } from './oracle-image.ts';
import { type OracleName, runImage } from './run-image.ts';

/** Outcome of a snippet that the oracle does not come out of: it hangs, shuts down or resets. */
export const LOST = 'lost';

/** What an oracle printed for a program of snippets. */
export interface SnippetsRun {
  /** The outcome by the snippet's name. */
  readonly outcomes: { readonly [snippet: string]: string };
  /** The flat binaries that were run: all snippets first, then once more without each one that the oracle got lost in. */
  readonly images: readonly Uint8Array[];
}

/**
 * Runs a program that prints a line `name: outcome` for each of its snippets and ends with the end marker. Where the oracle gets lost in a snippet, that snippet's
 * outcome is `LOST` and the program is run again without it.
 *
 * @param snippets the snippets' names, in order
 * @param assemble the flat binary for 0000:8000 with the snippets named
 * @throws Error where an oracle says nothing of any snippet
 */
export async function runSnippets(oracle: OracleName, snippets: readonly string[], assemble: (names: readonly string[]) => Uint8Array, options: RunOptions = {}): Promise<SnippetsRun> {
  const lost: string[] = [], images: Uint8Array[] = [];
  for (;;) {
    const names = snippets.filter((name) => !lost.includes(name));
    const image = assemble(names);
    images.push(image);
    const { text, ending } = await runImage(oracle, { kind: 'floppy', bytes: bootFloppy(image) }, options);
    const lines = text.split('\n').filter(Boolean).map((line): [string, string] => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]);
    // Where an oracle runs on in other memory, what follows is anything.
    const stray = lines.findIndex(([name], at) => name !== names[at]);
    if (ending === 'marker' && stray < 0 && lines.length === names.length) {
      return { outcomes: { ...Object.fromEntries(lines), ...Object.fromEntries(lost.map((name) => [name, LOST])) }, images };
    }
    const last = names[(stray < 0 ? lines.length : stray) - 1];
    if (last === undefined) throw new Error(`${oracle} ends (${ending}) before the first snippet: ${JSON.stringify(text.slice(0, 200))}`);
    lost.push(last);
  }
}

import type { ComponentChildren, JSX } from "preact";
import type { MachineClient } from "../state/client.ts";
import { count, duration, frames } from "../state/format.ts";
import { KIND_NAMES, type Tile } from "../state/tile.ts";
import { TerminalView } from "./terminal-view.tsx";

/** One tenant: its name and state, what may be done with it, its terminal, its counters; `children` is what lies below, its kernel. */
export function TileCard({ client, tile, children }: { readonly client: MachineClient; readonly tile: Tile; readonly children?: ComponentChildren }): JSX.Element {
  const state = tile.state.value, over = tile.ended;
  return (
    <article class={`tile ${tile.side} ${over ? "over" : ""} ${state}`} style={`--hue:${tile.colour}`} aria-label={`${tile.side === "vm" ? "Virtual machine" : "Container"} ${tile.name}`} data-tile={tile.name} data-state={state}>
      <div class="tile-head">
        <span class={`dot ${state}`} aria-hidden="true" />
        <h3>{tile.name}</h3>
        <span class="kind">{KIND_NAMES[tile.kind]}</span>
        <span class="state" role="status">{STATE_WORDS[state] ?? state}</span>
        <span class="tools"><Tools client={client} tile={tile} /></span>
      </div>
      {tile.note.value && <p class="tile-note" role={state === "crashed" || state === "failed" ? "alert" : "status"}>{tile.note.value}</p>}
      <div class="tile-body">
        <span class="ring" aria-hidden="true">{tile.kind === "ring-tour-deprivileged" ? "ring 3" : tile.side === "vm" ? "guest" : "ring 3"}</span>
        <TerminalView client={client} tile={tile} />
      </div>
      <Strip client={client} tile={tile} />
      {children}
    </article>
  );
}

const STATE_WORDS: { readonly [state: string]: string } = { starting: "starting…", halted: "halted", off: "switched off", crashed: "crashed", failed: "not started" };

function Tools({ client, tile }: { readonly client: MachineClient; readonly tile: Tile }): JSX.Element {
  const state = tile.state.value, again = (cold: boolean) => () => client.again(tile, cold);
  if (tile.ended) {
    return (
      <>
        <button onClick={again(false)} title="Start another in its place">Start again</button>
        <button class="quiet" onClick={() => client.remove(tile)} aria-label={`Remove ${tile.name}`} title="Remove">×</button>
      </>
    );
  }
  return (
    <>
      {tile.side === "vm" && (state === "paused"
        ? <button onClick={() => client.ask(tile, "resume")}>Resume</button>
        : <button onClick={() => client.ask(tile, "pause")} disabled={state !== "running"} title="Stop it between two instructions">Pause</button>)}
      {tile.side === "vm" && <button onClick={() => client.ask(tile, "reset")} disabled={state === "starting"} title="The reset button: it boots anew">Reset</button>}
      {tile.kind === "linux" && <button onClick={() => client.ask(tile, "power")} disabled={state === "starting"} title="The power button: an ACPI event that the guest may answer">Power</button>}
      <button onClick={() => client.ask(tile, "kill")} title={tile.side === "vm" ? "End it at once; its memory comes back" : "SIGKILL to its first process"}>Kill</button>
    </>
  );
}

/** The same counters on either side, in one line. */
function Strip({ client, tile }: { readonly client: MachineClient; readonly tile: Tile }): JSX.Element {
  const f = tile.figures.value, share = client.share(tile), rates = tile.rates.value, prompt = tile.prompt.value;
  return (
    <dl class="strip">
      <div><dt>to prompt</dt><dd>{prompt ? duration(prompt.milliseconds) : "…"}</dd></div>
      <div><dt>private</dt><dd>{tile.ended ? "0" : frames(share.private)}</dd></div>
      <div><dt>shared</dt><dd>{tile.ended ? "0" : frames(share.shared)}</dd></div>
      <div><dt>instructions</dt><dd>{f ? count(f.instructions) : "…"}</dd></div>
      <div><dt>instr./s</dt><dd>{count(rates.instructions)}</dd></div>
      <div><dt>{tile.side === "vm" ? "exits" : "system calls"}</dt><dd>{f ? count((tile.side === "vm" ? f.exits : f.systemCalls) ?? 0) : "…"}</dd></div>
      <div><dt>crossings/s</dt><dd>{count(rates.crossings)}</dd></div>
    </dl>
  );
}

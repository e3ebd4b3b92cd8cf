import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { MachineClient } from "../state/client.ts";
import { duration } from "../state/format.ts";

type Theme = "auto" | "light" | "dark";
const KEY = "ringzero-theme", theme = signal<Theme>(read());

function read(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch { return "auto"; }
}
function choose(next: Theme): void {
  theme.value = next;
  if (next === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  try { localStorage.setItem(KEY, next); } catch { /* Where nothing is kept the choice is for this visit. */ }
}
choose(theme.peek());

/** Name, state of the first virtual machine, theme. */
export function Header({ client }: { readonly client: MachineClient }): JSX.Element {
  const next: Theme = theme.value === "auto" ? "dark" : theme.value === "dark" ? "light" : "auto";
  return (
    <header class="top">
      <a class="brand" href="./">
        <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true"><circle cx="16" cy="16" r="13" class="r3" /><circle cx="16" cy="16" r="7.5" class="r1" /><circle cx="16" cy="16" r="2.8" class="r0" /></svg>
        <span><strong>Ring Zero</strong><small>One simulated x86 machine, shared two ways</small></span>
      </a>
      <LinuxState client={client} />
      <button class="quiet" onClick={() => choose(next)} aria-label={`Colours: ${theme.value}. Change to ${next}.`} title="Colours">{theme.value === "auto" ? "◐" : theme.value === "dark" ? "☾" : "☀"}</button>
    </header>
  );
}

/** Whether Linux came from a snapshot, how long that took, and the other way. */
function LinuxState({ client }: { readonly client: MachineClient }): JSX.Element {
  const tile = client.tiles.value.find((t) => t.kind === "linux"), prompt = tile?.prompt.value;
  if (!tile) return <div class="boot-state" />;
  if (!prompt) return <div class="boot-state" role="status"><span class="dot busy" />{tile.ended ? `${tile.name}: ${tile.state.value}` : `${tile.name} is on its way to a prompt…`}</div>;
  const { restored, milliseconds } = prompt;
  return (
    <div class="boot-state" role="status">
      <span class="dot ok" />
      <span>{restored ? <>Linux restored from a snapshot, at its prompt after <b>{duration(milliseconds)}</b></> : <>Linux booted cold, at its prompt after <b>{duration(milliseconds)}</b></>}</span>
      {restored
        ? <button onClick={() => client.again(tile, true)} title="Kill it, and boot its kernel from the start">Boot cold</button>
        : client.manifest.linux?.snapshot && <button onClick={() => client.again(tile, false)} title="Kill it, and go on from the snapshot at its prompt">Restore the snapshot</button>}
    </div>
  );
}

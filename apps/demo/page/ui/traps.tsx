import type { JSX } from "preact";
import type { MachineClient } from "../state/client.ts";

/** What trapped in each deprivileged virtual machine. */
export function Traps({ client }: { readonly client: MachineClient }): JSX.Element | null {
  const tiles = client.tiles.value.filter((t) => t.kind === "ring-tour-deprivileged");
  if (tiles.length === 0) return null;
  return (
    <section class="traps" aria-labelledby="traps-title">
      <div class="section-head"><h2 id="traps-title">Trap and emulate</h2><p>Its ring 0 code runs in ring 3: each privileged instruction faults, and the hypervisor does its work. POPF, PUSHF, SGDT and MOV from CS do not trap, so the guest sees that something is wrong: read its lines that begin with “sensitive”, and compare them with a plain ring tour’s.</p></div>
      {tiles.map((tile) => (
        <div key={tile.id} class="trap-list" style={`--hue:${tile.colour}`}>
          <h3>{tile.name}: {tile.traps.value.total.toLocaleString("en-US")} traps</h3>
          <p class="trap-counts">{tile.traps.value.counts.map(([mnemonic, n]) => <span key={mnemonic}><code>{mnemonic}</code> {n.toLocaleString("en-US")}</span>)}</p>
          <ol>{tile.traps.value.list.map((trap, i) => <li key={i}><code>{trap.address.toString(16).padStart(8, "0")}</code><code>{trap.instruction}</code><span>{trap.effect}</span></li>)}</ol>
        </div>
      ))}
    </section>
  );
}

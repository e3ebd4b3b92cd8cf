import type { JSX } from "preact";
import type { MachineClient } from "../state/client.ts";
import { count } from "../state/format.ts";
import type { Tile } from "../state/tile.ts";
import { TileCard } from "./tile-card.tsx";

const KERNELS: { readonly [kind: string]: string } = { linux: "Linux 6.1, its own", "ring-tour": "our 32-bit kernel, its own", "ring-tour-deprivileged": "our 32-bit kernel, its own, pushed out to ring 3", "boot-sector": "16 bits of boot sector, its own" };

/** Virtual machines, a kernel each. */
export function VmWorld({ client }: { readonly client: MachineClient }): JSX.Element {
  const tiles = client.tiles.value.filter((t) => t.side === "vm"), alive = tiles.filter((t) => !t.ended);
  const exits = alive.reduce((sum, t) => sum + t.rates.value.exits, 0);
  return (
    <section class="world vm" aria-labelledby="vm-title">
      <div class="world-head">
        <h2 id="vm-title">Virtual machines</h2><p>a kernel each: {alive.length} {alive.length === 1 ? "kernel" : "kernels"}</p>
        <div class="adders" role="group" aria-label="Add a virtual machine">
          {client.manifest.linux && <button onClick={() => client.addVm("linux")}>+ Linux</button>}
          <button onClick={() => client.addVm("ring-tour")} title="A kernel of our own that shows each change of ring">+ Ring tour</button>
          <button onClick={() => client.addVm("ring-tour-deprivileged")} title="The same kernel pushed out of ring 0: each privileged instruction traps, and the hypervisor does its work">+ Deprivileged</button>
          <button onClick={() => client.addVm("boot-sector")} title="512 bytes in real mode, on our BIOS">+ Boot sector</button>
        </div>
      </div>
      <div class="tiles">
        {tiles.map((tile) => <TileCard key={tile.id} client={client} tile={tile}><OwnKernel client={client} tile={tile} /></TileCard>)}
        {tiles.length === 0 && <p class="nobody">No virtual machine. Add one above.</p>}
      </div>
      <div class="slab hypervisor"><b>Hypervisor</b><span>below all of them: {count(exits)} exits and injected interrupts a second</span></div>
    </section>
  );
}

/** The kernel of one virtual machine, and the button that breaks it. */
function OwnKernel({ client, tile }: { readonly client: MachineClient; readonly tile: Tile }): JSX.Element {
  const dead = tile.state.value === "crashed";
  return (
    <div class={`slab kernel ${dead ? "dead" : ""}`}>
      <span class="ring" aria-hidden="true">ring 0</span>
      <b>{KERNELS[tile.kind]}</b>
      <span>{dead ? "dead, and nobody else noticed" : tile.ended ? "gone" : "only this machine depends on it"}</span>
      <button class="crash" disabled={tile.ended || tile.state.value === "starting"} onClick={() => client.ask(tile, "crash")} title={tile.kind === "linux" ? "Types echo c >/proc/sysrq-trigger: Linux panics, and this one virtual machine dies" : "Takes its interrupt table away: a triple fault, and this one virtual machine dies"}>Crash this kernel</button>
    </div>
  );
}

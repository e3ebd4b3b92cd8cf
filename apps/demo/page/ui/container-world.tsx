import type { JSX } from "preact";
import type { MachineClient } from "../state/client.ts";
import { count } from "../state/format.ts";
import { TileCard } from "./tile-card.tsx";

/** Containers, on one shared kernel. */
export function ContainerWorld({ client }: { readonly client: MachineClient }): JSX.Element {
  const tiles = client.tiles.value.filter((t) => t.side === "container"), alive = tiles.filter((t) => !t.ended);
  const { images } = client.manifest, platforms = images.map((image) => image.platform);
  return (
    <section class="world container" aria-labelledby="container-title">
      <div class="world-head">
        <h2 id="container-title">Containers</h2><p>{alive.length} on one kernel</p>
        <div class="adders" role="group" aria-label="Add a container">
          {platforms.map((platform) => <button key={platform} onClick={() => client.addContainer(platform)} title={`busybox for ${platform}`}>+ {platform}</button>)}
          {platforms.length === 0 && <button onClick={() => client.addContainer("own")}>+ A program of our own</button>}
        </div>
      </div>
      <div class="tiles">
        {tiles.map((tile) => <TileCard key={tile.id} client={client} tile={tile} />)}
        {tiles.length === 0 && <p class="nobody">No container. Add one above.</p>}
      </div>
      <SharedKernel client={client} alive={alive.length} />
    </section>
  );
}

/** The one kernel below all containers, and the button that breaks it. */
function SharedKernel({ client, alive }: { readonly client: MachineClient; readonly alive: number }): JSX.Element {
  const { state, note } = client.kernel.value, dead = state === "dead", f = client.view.value?.kernel;
  return (
    <div class={`slab kernel shared ${dead ? "dead" : ""}`} data-kernel={state}>
      <span class="ring" aria-hidden="true">ring 0</span>
      <b>One kernel, shared by all containers</b>
      <span role="status">{dead ? (note ?? "dead, and every container with it") : state === "running" ? `${count(f?.systemCalls ?? 0)} system calls so far; ${alive === 1 ? "one container depends" : `${alive} containers depend`} on it` : state === "booting" ? "booting…" : "not booted: the first container boots it"}</span>
      {dead
        ? <button onClick={() => client.sharedKernel("boot-kernel")}>Boot a new kernel</button>
        : <button class="crash" disabled={state !== "running"} onClick={() => client.sharedKernel("panic")} title="Every container dies with it">Crash the shared kernel</button>}
    </div>
  );
}

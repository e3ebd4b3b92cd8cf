import type { JSX } from "preact";
import type { MachineClient } from "../state/client.ts";
import { count, duration, frames } from "../state/format.ts";
import type { Tile } from "../state/tile.ts";
import { Charts } from "./charts.tsx";

/** One counter on both sides. */
interface Row { readonly name: string; readonly means: string; readonly vm: number | undefined; readonly container: number | undefined; readonly show: (n: number) => string }

/** The same counters beside each other, and over time. */
export function Comparison({ client }: { readonly client: MachineClient }): JSX.Element {
  const rows = figures(client);
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <div class="section-head"><h2 id="comparison-title">Side by side</h2><p>The same counters, read from the machine's ledger and tallies; bars compare the two sides.</p></div>
      <div class="comparison-body">
        <table>
          <thead><tr><th scope="col">Virtual machines</th><th scope="col"><span class="sr">Counter</span></th><th scope="col">Containers</th></tr></thead>
          <tbody>
            {rows.map((row) => {
              const most = Math.max(row.vm ?? 0, row.container ?? 0) || 1;
              return (
                <tr key={row.name} data-row={row.name}>
                  <td class="vm"><span class="bar" style={`--share:${(row.vm ?? 0) / most}`} aria-hidden="true" /><b>{row.vm === undefined ? "–" : row.show(row.vm)}</b></td>
                  <th scope="row" title={row.means}>{row.name}</th>
                  <td class="container"><b>{row.container === undefined ? "–" : row.show(row.container)}</b><span class="bar" style={`--share:${(row.container ?? 0) / most}`} aria-hidden="true" /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
        <Charts client={client} />
      </div>
    </section>
  );
}

function figures(client: MachineClient): readonly Row[] {
  const tiles = client.tiles.value.filter((t) => !t.ended), vms = tiles.filter((t) => t.side === "vm"), containers = tiles.filter((t) => t.side === "container"), kernel = client.view.value?.kernel;
  const sum = (list: readonly Tile[], read: (t: Tile) => number | undefined): number => list.reduce((total, t) => total + (read(t) ?? 0), 0);
  const first = (list: readonly Tile[]): number | undefined => {
    const times = list.flatMap((t) => t.prompt.value?.milliseconds ?? []);
    return times.length > 0 ? Math.max(...times) : undefined;
  };
  const owners = client.view.value?.owners ?? [], machines = new Set(owners.filter((o) => o.kind === "vm").map((o) => o.id));
  const held = (side: "vm" | "container", read: (o: (typeof owners)[number]) => number): number => owners.filter((o) => machines.has(o.of) === (side === "vm")).reduce((total, o) => total + read(o), 0);
  const integer = (n: number): string => String(n);
  return [
    { name: "Kernels", means: "operating system kernels that run", vm: vms.length, container: client.kernel.value.state === "running" ? 1 : 0, show: integer },
    { name: "Time to prompt", means: "wall time from the request to the first prompt, of the slowest", vm: first(vms), container: first(containers), show: duration },
    { name: "Private frames", means: "frames that one owner alone references", vm: held("vm", (o) => o.private), container: held("container", (o) => o.private), show: frames },
    { name: "Shared frames", means: "frames that several owners reference", vm: held("vm", (o) => o.shared), container: held("container", (o) => o.shared), show: frames },
    { name: "Saved by sharing", means: "shared frames that another owner pays for", vm: held("vm", (o) => o.saved), container: held("container", (o) => o.saved), show: frames },
    { name: "Instructions", means: "retired since the start", vm: sum(vms, (t) => t.figures.value?.instructions), container: kernel?.instructions, show: count },
    { name: "Exits · system calls", means: "entries into what lies below: the hypervisor on the left, the shared kernel on the right", vm: sum(vms, (t) => t.figures.value?.exits), container: kernel?.systemCalls, show: count },
    { name: "Interrupts", means: "injected into virtual machines by the hypervisor; containers have none of their own", vm: sum(vms, (t) => t.figures.value?.interrupts), container: kernel?.interrupts, show: count },
    { name: "Ring crossings", means: "changes between ring 3 and ring 0, each way: inside the guests on the left, between programs and the shared kernel on the right", vm: sum(vms, (t) => t.figures.value?.ringCrossings), container: kernel?.ringCrossings, show: count },
  ];
}

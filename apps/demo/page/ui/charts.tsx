import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { MachineClient } from "../state/client.ts";
import { count, frames } from "../state/format.ts";
import { SPAN } from "../state/history.ts";

const VM = "#e07a2f", CONTAINERS = "#1f9e93";

/** Two charts over time: instructions a second, and frames. */
export function Charts({ client }: { readonly client: MachineClient }): JSX.Element {
  return (
    <div class="charts">
      <Chart client={client} title="Instructions a second" read={(p) => [p.vmInstructions, p.containerInstructions]} format={count} />
      <Chart client={client} title="Memory paid for" read={(p) => [p.vmFrames, p.containerFrames]} format={frames} />
    </div>
  );
}

function Chart({ client, title, read, format }: { readonly client: MachineClient; readonly title: string; readonly read: (p: MachineClient["history"]["points"][number]) => readonly [number, number]; readonly format: (n: number) => string }): JSX.Element {
  const place = useRef<HTMLDivElement>(null), plot = useRef<uPlot | undefined>(undefined);
  const points = client.points.value;
  useEffect(() => {
    const element = place.current!, ink = (): string => getComputedStyle(element).getPropertyValue("--muted").trim() || "#888", grid = (): string => getComputedStyle(element).getPropertyValue("--line").trim() || "#ccc";
    const made = new uPlot({
      width: Math.max(200, element.clientWidth), height: 150, legend: { show: false }, cursor: { show: false }, padding: [8, 4, 0, 0],
      scales: { x: { time: false }, y: { range: (_u, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
      axes: [
        { stroke: ink, grid: { show: false }, ticks: { show: false }, size: 24, values: (u, ticks) => ticks.map((t) => { const ago = Math.round(u.data[0].at(-1)! - t); return ago === 0 ? "now" : `-${ago} s`; }) },
        { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { show: false }, size: 66, values: (_u, ticks) => ticks.map(format) },
      ],
      series: [{}, { stroke: VM, width: 2, fill: `${VM}22`, points: { show: false } }, { stroke: CONTAINERS, width: 2, fill: `${CONTAINERS}22`, points: { show: false } }],
    }, [[], [], []], element);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: Math.max(200, element.clientWidth), height: 150 }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => {
    const list = client.history.points.slice(-SPAN);
    plot.current?.setData([list.map((p) => p.at), list.map((p) => read(p)[0]), list.map((p) => read(p)[1])]);
  }, [points]);
  const last = client.history.points.at(-1), [vm, containers] = last ? read(last) : [0, 0];
  return (
    <figure>
      <figcaption>{title}<span class="key vm">VMs {format(vm)}</span><span class="key container">containers {format(containers)}</span></figcaption>
      <div ref={place} role="img" aria-label={`${title}: virtual machines ${format(vm)}, containers ${format(containers)}`} />
    </figure>
  );
}

import type { ComparedPhase, ComparedSide, Comparison } from "./compare.ts";

const integer = (n: number | undefined): string => (n === undefined ? "—" : n.toLocaleString("en-US"));
const ROWS: readonly { readonly name: string; readonly of: (side: ComparedSide) => number | undefined; readonly show?: (n: number | undefined) => string }[] = [
  { name: "instructions", of: (s) => s.figures.instructions },
  { name: "own time, µs", of: (s) => s.figures.nanoseconds / 1000, show: (n) => integer(n === undefined ? undefined : Math.round(n)) },
  { name: "exits", of: (s) => s.figures.exits },
  { name: "system calls", of: (s) => s.figures.systemCalls },
  { name: "ring crossings", of: (s) => s.figures.ringCrossings },
  { name: "interrupts", of: (s) => s.figures.interrupts },
  { name: "page faults", of: (s) => s.figures.pageFaults },
  { name: "frames, private", of: (s) => s.frames.private },
  { name: "frames, shared", of: (s) => s.frames.shared },
];

/** A comparison as a table for a terminal: a block of rows for each phase, then all together, with what the virtual machine needs for each of the container's. */
export function comparisonTable(c: Comparison): string {
  const blocks = [...c.phases, c.total].map((phase) => table(phase));
  const wall = `Host time to the end: virtual machine ${c.wall.vm.at(-1)?.toFixed(2)} s, container ${c.wall.container.at(-1)?.toFixed(2)} s; to the end of "${c.phases[0]?.name}": ${c.wall.vm[0]?.toFixed(2)} s and ${c.wall.container[0]?.toFixed(3)} s.`;
  return [c.title, "", ...blocks, `Each side has one processor. ${wall}`].join("\n");
}
function ratio(vm: number | undefined, container: number | undefined): string {
  if (!vm || !container) return "";
  const r = vm / container;
  return `${r >= 100 ? integer(Math.round(r)) : r.toPrecision(2)}×`;
}
function table(phase: ComparedPhase): string {
  const rows = ROWS.map(({ name, of, show = integer }) => {
    const vm = of(phase.vm), container = of(phase.container);
    return [name, show(vm), show(container), ratio(vm, container)];
  });
  const head = [`${phase.name}: ${phase.what}`, "virtual machine", "container", ""], first = Math.max(...rows.map((r) => r[0]!.length)) + 2, width = Math.max(16, ...rows.flatMap((r) => [r[1]!.length, r[2]!.length])) + 2;
  return [head[0]!, `${"".padEnd(first)}${head[1]!.padStart(width)}${head[2]!.padStart(width)}`, ...rows.map(([a, b, d, e]) => `${`  ${a}`.padEnd(first)}${b!.padStart(width)}${d!.padStart(width)}  ${e}`.trimEnd()), ""].join("\n");
}

/** What of a comparison is the same on every platform and with any number of workers, as JSON. */
export function comparableJson({ title, phases, total, processors }: Comparison): string { return JSON.stringify({ title, processors, phases, total }, undefined, 2); }

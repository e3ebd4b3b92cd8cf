import type { Host } from "@ringzero/host";
import { Machine } from "@ringzero/machine";
import { between, containerFigures, vmFigures, type Figures, type FrameFigures } from "./figures.ts";
import { runContainer, runVm, type RunOptions, type WorkerModules } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";

/** One phase on both sides: what each crossed in it, and the frames that each held at its end. */
export interface ComparedPhase {
  /** Its name. */
  readonly name: string;
  /** What was done. */
  readonly what: string;
  /** The virtual machine. */
  readonly vm: ComparedSide;
  /** The container. */
  readonly container: ComparedSide;
}
/** One side of a phase. */
export interface ComparedSide {
  /** What it crossed. */
  readonly figures: Figures;
  /** What it held at the end. */
  readonly frames: FrameFigures;
}
/** Something of both sides. */
export interface Sides<T> {
  /** The virtual machine's. */
  readonly vm: T;
  /** The container's. */
  readonly container: T;
}
/** Both worlds side by side. The same scenario gives the same phases on every platform and with any number of workers; `wall` is this run's alone. */
export interface Comparison {
  /** What is compared. */
  readonly title: string;
  /** Phases in order. */
  readonly phases: readonly ComparedPhase[];
  /** All phases together. */
  readonly total: ComparedPhase;
  /** Processors that each side's guests have: the comparison is of one with one. */
  readonly processors: Sides<1>;
  /** Host seconds from each side's start to the end of each phase, in order. */
  readonly wall: Sides<readonly number[]>;
}

/** How a comparison is run. */
export interface CompareOptions extends RunOptions {
  /** Each side on a worker of its own, at the same time. Default: one after the other, here. */
  readonly workers?: WorkerModules;
  /** Bytes of the machine. Default: 512 MiB. */
  readonly memory?: number;
}

const MEMORY = 512 * 2 ** 20;

/** Runs a scenario on a machine of its own, free of the wall, and counts. Rejects with an Error where a side does not come to its end. */
export async function compare(host: Host, scenario: Scenario, options: CompareOptions = {}): Promise<Comparison> {
  const { workers, memory = MEMORY } = options;
  if (workers && !host.sharedMemory) throw new Error("Workers need shared memory, which a page has with cross-origin isolation alone: compare without workers.");
  const machine = await Machine.create(host, { memory, shared: workers !== undefined });
  const vm = () => runVm(machine, scenario, workers?.vm, options), container = () => runContainer(machine, scenario, workers?.runtime, options);
  const [vmMarks, containerMarks] = workers ? await Promise.all([vm(), container()]) : [await vm(), await container()];
  const ends = scenario.phases.map(({ name, what }) => {
    const left = vmMarks.get(name), right = containerMarks.get(name);
    if (!left || !right) throw new Error(`The phase "${name}" left no mark on the ${left ? "container's" : "virtual machine's"} side.`);
    const { frames: own } = left, { frames } = right;
    return { name, what, vm: { figures: vmFigures(left), frames: { private: own.private, shared: own.shared } }, container: { figures: containerFigures(right), frames: { private: frames.private, shared: frames.shared } }, wall: [left.wall / 1e9, right.wall / 1e9] as const };
  });
  const phases = ends.map(({ name, what, vm: left, container: right }, i) => {
    const before = ends[i - 1];
    return { name, what, vm: { ...left, figures: between(before?.vm.figures, left.figures) }, container: { ...right, figures: between(before?.container.figures, right.figures) } };
  });
  const end = ends.at(-1)!;
  return {
    title: scenario.title, phases, total: { name: "total", what: "all of it", vm: end.vm, container: end.container }, processors: { vm: 1, container: 1 },
    wall: { vm: ends.map((e) => e.wall[0]), container: ends.map((e) => e.wall[1]) },
  };
}

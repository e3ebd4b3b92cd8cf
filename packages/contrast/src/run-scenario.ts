import { RemoteRuntime, Runtime, type ContainerMark } from "@ringzero/container";
import { pc, RemoteVirtualMachine, VirtualMachine, type CounterMark } from "@ringzero/hypervisor";
import type { Machine } from "@ringzero/machine";
import { LastLine } from "./last-line.ts";
import type { Scenario } from "./scenario.ts";

/** Modules of the two kinds of worker on this platform: `@ringzero/hypervisor/node-worker` and `@ringzero/container/node-worker`, or those for browsers. */
export interface WorkerModules {
  /** Runs one virtual machine. */
  readonly vm: URL;
  /** Runs the shared kernel. */
  readonly runtime: URL;
}

/** One of the two. */
export type Side = "vm" | "container";
/** Tells how far a run has come: a phase of a side has ended. */
export type RunProgress = (side: Side, phase: string) => void;
/** How a run is watched, and ended. */
export interface RunOptions {
  /** Told when a phase of a side has ended. */
  readonly progress?: RunProgress;
  /** Told the last line of a side's console whenever there is more: often, and for people. */
  readonly console?: (side: Side, line: string) => void;
  /** Ends it: it rejects. */
  readonly signal?: AbortSignal;
}
/** The sentence with which a run that was ended rejects. */
export const CANCELLED = "The comparison was cancelled.";

/** The date that both sides begin at, in milliseconds since 1970, and the seed of what is random in them: a run is the same each time. */
const DATE = Date.UTC(2026, 0, 1), SEED = 1;

/** Marks of the virtual machine's side of a scenario, by phase. With a module it has a worker of its own, else it runs here. Rejects with an Error where it ends before the last phase. */
export async function runVm(machine: Machine, scenario: Scenario, module: URL | undefined, { progress, console: hear, signal }: RunOptions = {}): Promise<ReadonlyMap<string, CounterMark>> {
  signal?.throwIfAborted();
  const { vm: { name, pc: options, script }, phases } = scenario, how = { name, idle: "free", date: DATE, script } as const, last = phases.at(-1)!.name;
  const vm = module ? await RemoteVirtualMachine.create(machine, module, options, how) : await VirtualMachine.create(machine, pc(options), how);
  try {
    const line = new LastLine();
    if (hear) vm.console.onOutput((bytes) => hear("vm", line.add(bytes)));
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error(CANCELLED)), { once: true });
      vm.onMark = (phase) => {
        progress?.("vm", phase);
        if (phase === last) resolve();
      };
      void vm.ended.then((state) => reject(new Error(`The virtual machine was ${state} before the phase "${last}" had ended.`)));
      vm.start();
    });
    return vm.marks;
  } finally {
    await vm.kill();
  }
}

/** The same for the container's side. */
export async function runContainer(machine: Machine, scenario: Scenario, module: URL | undefined, { progress, console: hear, signal }: RunOptions = {}): Promise<ReadonlyMap<string, ContainerMark>> {
  signal?.throwIfAborted();
  const { container: { spec, script }, phases } = scenario, how = { name: "compared kernel", idle: "free", date: DATE, seed: SEED, paused: true } as const, last = phases.at(-1)!.name;
  const runtime = module ? await RemoteRuntime.create(machine, module, how) : await Runtime.create(machine, how);
  try {
    const container = await runtime.create({ ...spec, script });
    const line = new LastLine(), cancelled = new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(new Error(CANCELLED)), { once: true }));
    if (hear) container.init.onOutput((_, bytes) => hear("container", line.add(bytes)));
    cancelled.catch(() => {});
    const started = container.start();
    await runtime.resume();
    await started;
    const code = await Promise.race([container.wait(), cancelled]), { marks } = (await runtime.look()).containers.find((c) => c.state.id === container.id)!;
    if (!marks[last]) throw new Error(`The container ended with status ${code} before the phase "${last}" had ended.`);
    for (const { name } of phases) progress?.("container", name);
    return new Map(Object.entries(marks));
  } finally {
    await runtime.shutdown();
  }
}

import { compare, compareOnWorker, comparisonTable, quickScenario, standardScenario, type RunOptions, type Side } from "@ringzero/contrast";
import { Guests } from "@ringzero/guests";
import type { Host } from "@ringzero/host";
import type { Handlers } from "./handlers.ts";

/** Modules of a comparison's workers: one for each side, and one that runs both in turn. */
export interface CompareModules {
  readonly vm: URL;
  readonly kernel: URL;
  readonly compare: URL;
}
/** Between two events about the same console, in milliseconds. */
const INTERVAL = 250;
const SIDES: { readonly [side in Side]: string } = { vm: "virtual machine", container: "container" };

/** Answers `machine.compare`: on a machine of its own, so that nothing else is counted, and on workers, so that the machine of all stays free. One comparison at a time; one that nobody waits for ends. */
export function compareHandler(host: Host, modules: CompareModules): Handlers["machine.compare"] {
  let before: Promise<unknown> = Promise.resolve();
  return (args, context) => {
    const run = before.then(async () => {
      const say = (step: string, done: number, all: number): void => context.event({ kind: "progress", step, done, all });
      context.signal.throwIfAborted();
      const scenario = args.quick ? quickScenario() : standardScenario(await new Guests(host).prepare("linux-i386", say)), { phases } = scenario, all = 2 * phases.length;
      const done = { vm: 0, container: 0 }, told = { vm: 0, container: 0 };
      const tell = (side: Side, line: string): void => say(`${SIDES[side]}, ${phases[done[side]]?.name ?? "at its end"}${line === "" ? "" : `: ${line}`}`, done.vm + done.container, all);
      const options: RunOptions = {
        signal: context.signal,
        progress: (side) => { done[side]++; tell(side, ""); },
        console: (side, line) => {
          const now = host.wallClock.unixMilliseconds();
          if (now - told[side] < INTERVAL) return;
          told[side] = now;
          tell(side, line);
        },
      };
      say("starting both sides", 0, all);
      const comparison = await (args.workers === 2 ? compare(host, scenario, { ...options, workers: { vm: modules.vm, runtime: modules.kernel } }) : compareOnWorker(host, modules.compare, scenario, options));
      return { text: comparisonTable(comparison), json: JSON.stringify(comparison, undefined, 2) };
    });
    before = run.catch(() => {});
    return run;
  };
}

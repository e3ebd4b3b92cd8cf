import { compare, comparisonTable, quickScenario, standardScenario, type WorkerModules } from "@ringzero/contrast";
import { Guests } from "@ringzero/guests";
import type { Host } from "@ringzero/host";
import type { Handlers } from "./handlers.ts";

/** Answers `machine.compare`: on a machine of its own, so that nothing else is counted. One comparison at a time. */
export function compareHandler(host: Host, workers: WorkerModules): Handlers["machine.compare"] {
  let before: Promise<unknown> = Promise.resolve();
  return (args, context) => {
    const run = before.then(async () => {
      const say = (step: string, done: number, all: number): void => context.event({ kind: "progress", step, done, all });
      const scenario = args.quick ? quickScenario() : standardScenario(await new Guests(host).prepare("linux-i386", say)), all = 2 * scenario.phases.length;
      let done = 0;
      say("starting both sides", done, all);
      const comparison = await compare(host, scenario, {
        ...(args.workers === 2 ? { workers } : {}), progress: (side, phase) => say(`${side === "vm" ? "virtual machine" : "container"}: ${phase}`, ++done, all),
      });
      return { text: comparisonTable(comparison), json: JSON.stringify(comparison, undefined, 2) };
    });
    before = run.catch(() => {});
    return run;
  };
}

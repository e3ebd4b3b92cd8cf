import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Programs } from "./build.ts";
import { stampedRun, type StampedRun } from "./stamped-run.ts";
import { commandOf, placed, type Places, type Workload } from "./workload.ts";

/** One measurement of one workload. */
export interface Measured {
  /** Undefined where it did not come to its end, with what it said. */
  readonly seconds: number | undefined;
  /** Guest instructions, where the subject counts them. */
  readonly instructions?: number;
  readonly complaint?: string;
}

/** Something that runs workloads as processes. */
export interface ProcessSubject {
  readonly name: string;
  /** Why it does not run a workload; undefined where it does. */
  refuses(workload: Workload): string | undefined;
  run(workload: Workload): Promise<Measured>;
}

const LIMIT = 300;

/** Seconds of a workload; undefined where it, or what `tm` ran, did not end well. */
function secondsOf(run: StampedRun, workload: Workload): number | undefined {
  if (run.status !== 0 || (workload.timed && !new RegExp(`^RESULT ${workload.name} [0-9.]+ 0$`, "m").test(run.output))) return undefined;
  return run.seconds.get(workload.name);
}
/** Where our kernel has the programs. */
const GUEST: Places = { busybox: "/bin/busybox", bench: "/bin/bench", gen: "/bin/gen", tm: "/bin/tm", true: "/bin/true_static", tmp: "/tmp" };

function hostPlaces(programs: Programs): Places {
  const tmp = join(programs.directory, "tmp");
  mkdirSync(tmp, { recursive: true });
  return { ...programs, tmp };
}

/** The bare processor, or Debian's `qemu-user` before each program. */
export function hostSubject(name: string, programs: Programs, processor: number, runner: readonly string[] = []): ProcessSubject {
  const places = hostPlaces(programs);
  return {
    name,
    refuses: (workload) => (runner.length > 0 && workload.executes ? "it would run the programs that this one starts on the bare processor" : undefined),
    async run(workload) {
      if (workload.before) spawnSync(places.busybox, ["sh", "-c", placed(workload.before, places)]);
      const run = await stampedRun(commandOf(workload, places, runner), { limit: LIMIT, processor, environment: { TRUE: places.true } });
      return { seconds: secondsOf(run, workload), complaint: run.complaint };
    },
  };
}

/** Our shared kernel, one process of Node for each workload. */
export function kernelSubject(programs: Programs, engine: "interpreter" | "jit", processor: number): ProcessSubject {
  const script = fileURLToPath(new URL("run-in-kernel.ts", import.meta.url));
  return {
    name: engine === "jit" ? "ours" : "ours interpreter",
    refuses: () => undefined,
    async run(workload) {
      const before = workload.before ? placed(workload.before, GUEST) : "";
      const run = await stampedRun([process.execPath, script, programs.directory, engine, before, ...commandOf(workload, GUEST)], { limit: LIMIT, processor });
      const figures = /^\{"instructions":(\d+)\}$/m.exec(run.complaint);
      return { seconds: secondsOf(run, workload), complaint: run.complaint, ...(figures ? { instructions: Number(figures[1]) } : {}) };
    },
  };
}

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { interpreterCommand, type Abi, type Programs } from "./build.ts";
import { stampedRun, type StampedRun } from "./stamped-run.ts";
import { commandOf, EMPTY, GUEST, placed, printed, type Places, type Workload } from "./workload.ts";

/** One measurement of one workload. */
export interface Measured {
  /** Undefined where it did not come to its end, with what it said. */
  readonly seconds: number | undefined;
  /** Seconds of the second start in the same kernel, where it was asked for. */
  readonly again?: number;
  /** Guest instructions, where the subject counts them. */
  readonly instructions?: number;
  /** What it printed, without its own clock. */
  readonly printed?: string;
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

/** Seconds of a run less those that lines take on their way; undefined where it, or what `tm` ran, did not end well. */
function measured(run: StampedRun, workload: Workload, latency: number): Measured {
  const well = run.status === 0 && (!workload.timed || [...run.output.matchAll(new RegExp(`^RESULT ${workload.name} [0-9.]+ (\\d+)`, "gm"))].every((m) => m[1] === "0"));
  const [first, again] = (well ? run.seconds.get(workload.name) ?? [] : []).map((s) => Math.max(s - latency, 1e-5)), instructions = /^\{"instructions":(\d+)\}$/m.exec(run.complaint)?.[1];
  // What comes after a second BEGIN is another start's.
  const text = again === undefined ? run.output : /^[\s\S]*?^BEGIN [\s\S]*?(?=^BEGIN )/m.exec(run.output)?.[0] ?? run.output;
  return { seconds: first, printed: printed(text), complaint: run.complaint || run.output, ...(again === undefined ? {} : { again }), ...(instructions === undefined ? {} : { instructions: Number(instructions) }) };
}
/** Runs workloads by commands, having measured once what lines take on their way. */
function subject(name: string, refuses: (workload: Workload) => string | undefined, once: (workload: Workload) => Promise<StampedRun>): ProcessSubject {
  let latency: number | undefined;
  return {
    name, refuses,
    async run(workload) {
      if (latency === undefined) {
        const empty = (await once(EMPTY)).seconds.get(EMPTY.name);
        if (!empty) throw new Error(`${name} does not run a shell that prints lines.`);
        latency = Math.min(...empty);
      }
      return measured(await once(workload), workload, latency);
    },
  };
}

/** The bare processor, or Debian's `qemu-user` before each program. */
export function hostSubject(name: string, programs: Programs, abi: Abi, processor: number, emulator?: string): ProcessSubject {
  const tmp = join(programs.directory, `tmp-${name}`), { root } = programs;
  rmSync(tmp, { recursive: true, force: true });
  mkdirSync(tmp, { recursive: true });
  const interpreter = (which: "lua5.4" | "python3.11"): readonly string[] => (root === undefined ? [] : emulator === undefined ? interpreterCommand(abi, root, which) : ["-L", root, `${root}/usr/bin/${which}`]);
  const places: Places = { ...programs, tmp, lua: interpreter("lua5.4"), python: interpreter("python3.11") };
  const shell = (text: string | undefined): string => (text === undefined ? "" : spawnSync(places.busybox, ["sh", "-c", placed(text, places)], { encoding: "latin1" }).stdout);
  return subject(name, (workload) => (emulator !== undefined && workload.executes ? "it would run the programs that this one starts on the bare processor" : undefined), async (workload) => {
    shell(workload.before);
    const run = await stampedRun(commandOf(workload, places, emulator === undefined ? [] : [emulator]), { limit: LIMIT, processor, environment: { TRUE: places.true } });
    return { ...run, output: run.output + shell(workload.after) };
  });
}

/** Our shared kernel, one process of Node for each workload. */
export function kernelSubject(programs: Programs, engine: "interpreter" | "jit", processor: number): ProcessSubject {
  const script = fileURLToPath(new URL("run-in-kernel.ts", import.meta.url));
  return subject(engine === "jit" ? "ours" : "ours interpreter", () => undefined, (workload) => {
    const options = [...(workload.after ? [`--after=${placed(workload.after, GUEST)}`] : []), ...(workload.again ? ["--times=2"] : []), ...(workload.interpreted ? ["--interpreters"] : [])];
    return stampedRun([process.execPath, script, programs.directory, engine, placed(workload.before ?? "", GUEST), ...options, ...commandOf(workload, GUEST)], { limit: LIMIT, processor });
  });
}

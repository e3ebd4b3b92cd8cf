import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Abi } from "./build.ts";
import { stampedRun, type StampedRun } from "./stamped-run.ts";
import { DONE, READY } from "./system-image.ts";
import { EMPTY, printed, WORKLOADS } from "./workload.ts";

/** What a system is booted with: paths of this computer. */
export interface SystemImage {
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
  readonly mebibytes: number;
}

/** One boot with all workloads. */
export interface SystemRun {
  /** From the start of the process to the first program, in seconds; undefined where it did not come to that. */
  readonly boot: number | undefined;
  /** Seconds by workload, those of an empty one subtracted. */
  readonly seconds: ReadonlyMap<string, number>;
  readonly instructions: number | undefined;
  /** What each workload printed, without its own clock: from its line BEGIN to the next one's. */
  readonly printed: ReadonlyMap<string, string>;
  readonly complaint: string | undefined;
}

/** Something that boots a whole system. */
export interface SystemSubject {
  readonly name: string;
  run(image: SystemImage, limit: number): Promise<SystemRun>;
}

/** `ends`: it ends by itself when the guest switches the machine off. */
function subject(name: string, processor: number, ends: boolean, command: (image: SystemImage) => readonly string[]): SystemSubject {
  return { name, run: async (image, limit) => systemRun(await stampedRun(command(image), { limit, processor, marks: [READY], ...(ends ? {} : { until: `${DONE}\r\n` }) })) };
}
function systemRun(run: StampedRun): SystemRun {
  const latency = Math.min(...(run.seconds.get(EMPTY.name) ?? [0])), seconds = new Map<string, number>(), texts = new Map<string, string>();
  for (const part of run.output.replaceAll("\r", "").split(/^(?=BEGIN )/m).slice(1)) {
    const name = /^BEGIN (\S+)/.exec(part)![1]!, status = new RegExp(`^RESULT ${name} [0-9.]+ (\\d+)$`, "m").exec(part)?.[1], timed = WORKLOADS.find((w) => w.name === name)?.timed, took = run.seconds.get(name)?.[0];
    if (took === undefined || name === EMPTY.name || (timed && status !== "0")) continue;
    seconds.set(name, Math.max(took - latency, 1e-5));
    // Linux says things on the console whenever it likes.
    texts.set(name, printed(part.split(DONE)[0]!.replaceAll(/^\[ *\d+\.\d+\] .*\n/gm, "")));
  }
  const done = run.output.includes(DONE), instructions = /"instructions":(\d+)/.exec(run.complaint)?.[1];
  return { boot: run.marks.get(READY), seconds, printed: texts, instructions: instructions ? Number(instructions) : undefined, complaint: done ? undefined : (run.complaint + run.output).trim().split("\n").slice(-4).join(" | ") };
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Our hypervisor, one virtual machine in one process of Node. */
export function vmSubject(engine: "interpreter" | "jit", processor: number): SystemSubject {
  return subject(engine === "jit" ? "ours" : "ours interpreter", processor, true, (i) => [process.execPath, script("run-in-vm.ts"), i.kernel, i.initrd, i.commandLine, String(i.mebibytes), engine]);
}
/** Debian's qemu-system with its translator, one vCPU. */
export function qemuSubject(abi: Abi, processor: number): SystemSubject {
  return subject("qemu", processor, true, (i) => [`qemu-system-${abi === "i386" ? "i386" : "x86_64"}`, "-accel", "tcg", "-m", String(i.mebibytes), "-nographic", "-no-reboot", "-net", "none", "-kernel", i.kernel, "-initrd", i.initrd, "-append", i.commandLine]);
}
const BIOS = "/usr/share/seabios/bios.bin", VGA_BIOS = "/usr/share/seabios/vgabios-stdvga.bin";
/** v86 with Debian's SeaBIOS; undefined where that is not installed. */
export function v86Subject(processor: number): SystemSubject | undefined {
  if (!existsSync(BIOS)) return undefined;
  return subject("v86", processor, false, (i) => [process.execPath, script("run-in-v86.ts"), BIOS, VGA_BIOS, i.kernel, i.initrd, i.commandLine, String(i.mebibytes)]);
}

// `npm run bench:peers`: whole programs on ours and on the peers, in turn, timed from outside.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { buildPrograms, STORE, type Abi, type Programs } from "../workloads/build.ts";
import { againLines, differences, figuresData, figuresJson, figuresTable, type Figures, type FiguresData, type FiguresTitle } from "../workloads/figures.ts";
import { hostSubject, kernelSubject, type Measured, type ProcessSubject } from "../workloads/process-subjects.ts";
import { workloadInitramfs } from "../workloads/system-image.ts";
import { qemuSubject, v86Subject, vmSubject, type SystemSubject } from "../workloads/system-subjects.ts";
import { WORKLOADS, type Workload } from "../workloads/workload.ts";

const USAGE = `Runs the workloads of the peers' comparison on the bare processor, on ours and on the peers, in turn. Seconds are those between the arrival of two lines that
each workload prints, by this computer's clock, less what an empty workload takes; every subject is kept on one processor, its compilers included.

  --system             whole systems: Debian's kernel and the workloads in our virtual machine, v86 (i386 only) and qemu-system; boots are timed too
  --process            programs as processes: bare processor, our shared kernel, Debian's qemu-user (the default)
  --i386, --amd64      one ABI (default: both)
  --only W,...         only these workloads
  --peers P,...        only these subjects (native, ours, ours interpreter, qemu-user; ours, ours interpreter, v86, qemu)
  --rounds N           best of so many rounds (default 1)
  --json               one JSON document: {"workloads": {W: {SUBJECT: seconds}}, "geomean": {PEER: its seconds over ours}}; where several tables are asked for,
                       {"tables": [{"mode": "process" | "system", "abi": "i386" | "amd64", "workloads": …, "geomean": …}, …]}

Needs Debian's gcc, gcc-multilib (i386), qemu-user, qemu-system-x86 and seabios; fetches busybox-static, lua5.4, python3.11 and the kernels into .cache.`;

const CACHE = fileURLToPath(new URL("../../../../.cache/workloads", import.meta.url)), PROCESSOR = availableParallelism() - 1;
const { values } = parseArgs({ options: {
  system: { type: "boolean", default: false },
  process: { type: "boolean", default: false }, i386: { type: "boolean", default: false }, amd64: { type: "boolean", default: false }, only: { type: "string" }, peers: { type: "string" },
  rounds: { type: "string", default: "1" }, json: { type: "boolean", default: false }, help: { type: "boolean", default: false },
} });
const wanted = values.peers?.split(","), rounds = Number(values.rounds), interpreterToo = wanted?.includes("ours interpreter") ?? false;
if (values.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const names = values.only?.split(","), unknown = names?.find((n) => !WORKLOADS.some((w) => w.name === n));
  if (unknown !== undefined) fail(`There is no workload "${unknown}". There are: ${WORKLOADS.map((w) => w.name).join(", ")}.`);
  if (!(rounds >= 1 && rounds <= 100 && Number.isInteger(rounds))) fail(`--rounds is a number from 1 to 100, not "${values.rounds}".`);
  const workloads = WORKLOADS.filter((w) => !names || names.includes(w.name)), abis: readonly Abi[] = values.i386 === values.amd64 ? ["i386", "amd64"] : values.i386 ? ["i386"] : ["amd64"];
  const tables: (FiguresTitle & FiguresData)[] = [];
  for (const mode of ["system", "process"] as const) {
    if (!(mode === "system" ? values.system : values.process || !values.system)) continue;
    for (const abi of abis) {
      const programs = await buildPrograms(abi, CACHE, workloads.some((w) => w.interpreted), (step, done, all) => console.error(`preparing: ${step} (${done}/${all})`));
      tables.push({ mode, abi, ...(mode === "system" ? await measureSystems(abi, programs, workloads) : await measure(abi, programs, workloads)) });
    }
  }
  if (values.json) console.log(figuresJson(tables));
}
function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
function best(figures: Map<string, Map<string, Measured>>, workload: string, subject: string, measured: Measured): void {
  let row = figures.get(workload);
  if (!row) figures.set(workload, (row = new Map()));
  const known = row.get(subject);
  if (known?.seconds === undefined || (measured.seconds ?? Number.POSITIVE_INFINITY) < known.seconds) row.set(subject, measured);
}

/** Boots each system in turn, once a round, with all workloads in it. */
async function measureSystems(abi: Abi, programs: Programs, workloads: readonly Workload[]): Promise<FiguresData> {
  const { kernel } = await new Guests(nodeHost({ storeDirectory: STORE })).prepare(`linux-${abi}`, (step, done, all) => console.error(`preparing: ${step} (${done}/${all})`));
  const image = { kernel: `${programs.directory}/vmlinuz`, initrd: `${programs.directory}/workloads.cpio`, commandLine: "console=ttyS0 panic=-1", mebibytes: 512 };
  writeFileSync(image.kernel, kernel!);
  writeFileSync(image.initrd, workloadInitramfs(programs.directory, workloads));
  const v86 = abi === "i386" ? v86Subject(PROCESSOR) : undefined, all: SystemSubject[] = [vmSubject("jit", PROCESSOR), ...(interpreterToo ? [vmSubject("interpreter", PROCESSOR)] : []), ...(v86 ? [v86] : []), qemuSubject(abi, PROCESSOR)];
  if (!v86) console.error(abi === "i386" ? "v86 is left out: it needs Debian's seabios." : "v86 is left out: it has no 64-bit mode.");
  const subjects = all.filter((s) => !wanted || wanted.includes(s.name)), figures = new Map<string, Map<string, Measured>>(), boots = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of subjects) {
      const { boot, seconds, complaint, instructions, printed } = await run(image, 60 + 120 * workloads.length);
      if (complaint !== undefined) console.error(`${name} did not come to its end: ${complaint}`);
      if (boot !== undefined) boots.set(name, Math.min(boot, boots.get(name) ?? Number.POSITIVE_INFINITY));
      console.error(`${name}: boot ${boot?.toFixed(2) ?? "—"} s${instructions === undefined ? "" : `, ${(instructions / 1e6).toFixed(0)} million instructions in all`}`);
      for (const workload of workloads) {
        const s = seconds.get(workload.name), text = printed.get(workload.name);
        if (s === undefined) console.error(`${workload.name} on ${name} did not come to its end.`);
        else best(figures, workload.name, name, { seconds: s, ...(text === undefined ? {} : { printed: text }) });
      }
    }
  }
  return print(`${abi}, whole systems, seconds (ratio to ours)`, subjects, workloads, figures, [`boot to the first program: ${[...boots].map(([n, s]) => `${n} ${s.toFixed(2)} s`).join(", ")}`]);
}

async function measure(abi: Abi, programs: Programs, workloads: readonly Workload[]): Promise<FiguresData> {
  const emulator = abi === "i386" ? "qemu-i386" : "qemu-x86_64", subjects: ProcessSubject[] = [hostSubject("native", programs, abi, PROCESSOR), kernelSubject(programs, "jit", PROCESSOR)];
  if (interpreterToo) subjects.push(kernelSubject(programs, "interpreter", PROCESSOR));
  if (spawnSync(emulator, ["--version"]).status === 0) subjects.push(hostSubject("qemu-user", programs, abi, PROCESSOR, emulator));
  else console.error(`${emulator} is not here: install Debian's qemu-user to compare with it.`);
  const chosen = subjects.filter((s) => !wanted || wanted.includes(s.name)), figures = new Map<string, Map<string, Measured>>();
  for (const workload of workloads) {
    for (let round = 0; round < rounds; round++) {
      for (const subject of chosen) {
        if (subject.refuses(workload) !== undefined) continue;
        const measured = await subject.run(workload);
        if (measured.seconds === undefined) console.error(`${workload.name} on ${subject.name} did not come to its end: ${measured.complaint?.trim().split("\n").slice(-3).join(" | ") ?? ""}`);
        best(figures, workload.name, subject.name, measured);
      }
    }
    if (!values.json) console.error(`${workload.name}: ${[...(figures.get(workload.name) ?? [])].map(([name, m]) => `${name} ${m.seconds?.toFixed(3) ?? "—"}`).join(", ")}`);
  }
  return print(`${abi}, processes, seconds (ratio to native)`, chosen, workloads, figures, againLines(workloads, figures));
}

function print(title: string, subjects: readonly { readonly name: string }[], workloads: readonly Workload[], figures: Figures, notes: readonly string[]): FiguresData {
  const names = subjects.map((s) => s.name).toSorted((a, b) => rank(a) - rank(b));
  for (const line of differences(workloads, figures)) console.error(line);
  // The means are the last lines.
  if (!values.json) console.log(`\n${title}\n${[...notes, figuresTable(names, workloads, figures)].join("\n")}`);
  return figuresData(names, workloads, figures);
}
function rank(name: string): number { return ["native", "ours", "ours interpreter"].indexOf(name) + 1 || 9; }

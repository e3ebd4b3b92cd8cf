// `npm run bench:peers`: whole programs on ours and on the peers, in turn, timed from outside.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPrograms, type Abi } from "../workloads/build.ts";
import { figuresJson, figuresTable, type Figures } from "../workloads/figures.ts";
import { hostSubject, kernelSubject, type Measured, type ProcessSubject } from "../workloads/process-subjects.ts";
import { preparedGuests } from "../boot/prepared-guests.ts";
import { workloadInitramfs } from "../workloads/system-image.ts";
import { qemuSubject, v86Subject, vmSubject } from "../workloads/system-subjects.ts";
import { WORKLOADS, type Workload } from "../workloads/workload.ts";

const USAGE = `Runs the workloads of the peers' comparison on the bare processor, on ours and on the peers, in turn. Seconds are those between the arrival of two lines that
each workload prints, by this computer's clock; every subject is kept on one processor, its compilers included.

  --system             whole systems (i386): Debian's kernel and the workloads in our virtual machine, v86 and qemu-system-i386; boots are timed too
  --process            programs as processes: bare processor, our shared kernel, Debian's qemu-user (the default)
  --i386, --amd64      one ABI (default: both)
  --only W,...         only these workloads
  --peers P,...        only these subjects (native, ours, ours interpreter, qemu-user)
  --rounds N           best of so many rounds (default 1)
  --json               figures as JSON`;

const CACHE = fileURLToPath(new URL("../../../../.cache/workloads", import.meta.url));
const { values } = parseArgs({ options: {
  system: { type: "boolean", default: false },
  process: { type: "boolean", default: false }, i386: { type: "boolean", default: false }, amd64: { type: "boolean", default: false }, only: { type: "string" }, peers: { type: "string" },
  rounds: { type: "string", default: "1" }, json: { type: "boolean", default: false }, help: { type: "boolean", default: false },
} });
if (values.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const names = values.only?.split(","), unknown = names?.find((n) => !WORKLOADS.some((w) => w.name === n));
  if (unknown !== undefined) throw new Error(`There is no workload "${unknown}". There are: ${WORKLOADS.map((w) => w.name).join(", ")}.`);
  const workloads = WORKLOADS.filter((w) => !names || names.includes(w.name)), abis: readonly Abi[] = values.i386 === values.amd64 ? ["i386", "amd64"] : values.i386 ? ["i386"] : ["amd64"];
  if (values.system) await measureSystems(workloads);
  if (values.process || !values.system) for (const abi of abis) await measure(abi, workloads);
}

/** Boots each system in turn, once a round, with all workloads in it. */
async function measureSystems(workloads: readonly Workload[]): Promise<void> {
  const programs = await buildPrograms("i386", CACHE), guests = await preparedGuests(), processor = availableParallelism() - 1;
  if (!guests) throw new Error("There is no kernel to boot: prepare the guests with `npm run guests`.");
  const image = { kernel: `${programs.directory}/vmlinuz`, initrd: `${programs.directory}/workloads.cpio`, commandLine: "console=ttyS0 panic=-1", mebibytes: 512 };
  writeFileSync(image.kernel, guests.kernel);
  writeFileSync(image.initrd, workloadInitramfs(programs, workloads));
  const v86 = v86Subject(processor), all = [vmSubject("jit", processor), ...(values.peers?.includes("ours interpreter") ? [vmSubject("interpreter", processor)] : []), ...(v86 ? [v86] : []), qemuSubject(processor)];
  if (!v86) console.error("v86 is left out: it needs Debian's seabios.");
  const wanted = values.peers?.split(","), subjects = all.filter((s) => !wanted || wanted.includes(s.name)), figures = new Map<string, Map<string, Measured>>(), boots = new Map<string, number>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, run } of subjects) {
      const { boot, seconds, complaint, instructions } = await run(image, 60 + 120 * workloads.length);
      if (complaint !== undefined) console.error(`${name} did not come to its end: ${complaint}`);
      if (boot !== undefined) boots.set(name, Math.min(boot, boots.get(name) ?? Number.POSITIVE_INFINITY));
      if (!values.json) console.error(`${name}: boot ${boot?.toFixed(2) ?? "—"} s${instructions === undefined ? "" : `, ${(instructions / 1e6).toFixed(0)} million instructions in all`}`);
      for (const [workload, s] of seconds) {
        let row = figures.get(workload);
        if (!row) figures.set(workload, (row = new Map()));
        if (s < (row.get(name)?.seconds ?? Number.POSITIVE_INFINITY)) row.set(name, { seconds: s });
      }
    }
  }
  const names = ["ours", ...subjects.map((s) => s.name).filter((n) => n !== "ours")];
  console.log(values.json ? figuresJson(names, workloads, figures) : `\ni386, whole systems, seconds (ratio to ours)\n${figuresTable(names, workloads, figures)}\nboot to the first program: ${[...boots].map(([n, s]) => `${n} ${s.toFixed(2)} s`).join(", ")}`);
}

async function measure(abi: Abi, workloads: readonly Workload[]): Promise<void> {
  const programs = await buildPrograms(abi, CACHE), processor = availableParallelism() - 1;
  const emulator = abi === "i386" ? "qemu-i386" : "qemu-x86_64", subjects: ProcessSubject[] = [hostSubject("native", programs, processor), kernelSubject(programs, "jit", processor)];
  if (values.peers?.includes("ours interpreter")) subjects.push(kernelSubject(programs, "interpreter", processor));
  if (spawnSync(emulator, ["--version"]).status === 0) subjects.push(hostSubject("qemu-user", programs, processor, [emulator]));
  else console.error(`${emulator} is not here: install Debian's qemu-user to compare with it.`);
  const wanted = values.peers?.split(","), chosen = subjects.filter((s) => !wanted || wanted.includes(s.name));
  const figures = new Map<string, Map<string, Measured>>();
  for (const workload of workloads) {
    const row = new Map<string, Measured>();
    figures.set(workload.name, row);
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const subject of chosen) {
        if (subject.refuses(workload) !== undefined) continue;
        const measured = await subject.run(workload), best = row.get(subject.name);
        if (measured.seconds === undefined) console.error(`${workload.name} on ${subject.name} did not come to its end: ${measured.complaint?.trim().split("\n").slice(-3).join(" | ") ?? ""}`);
        if (best?.seconds === undefined || (measured.seconds ?? Number.POSITIVE_INFINITY) < best.seconds) row.set(subject.name, measured);
      }
    }
    if (!values.json) console.error(`${workload.name}: ${[...row].map(([name, m]) => `${name} ${m.seconds?.toFixed(3) ?? "—"}`).join(", ")}`);
  }
  print(abi, chosen, workloads, figures);
}

function print(abi: Abi, subjects: readonly ProcessSubject[], workloads: readonly Workload[], figures: Figures): void {
  const names = subjects.map((s) => s.name);
  console.log(values.json ? figuresJson(names, workloads, figures) : `\n${abi}, processes, seconds (ratio to native)\n${figuresTable(names, workloads, figures)}`);
}

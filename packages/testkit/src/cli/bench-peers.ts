// `npm run bench:peers`: whole programs on ours and on the peers, in turn, timed from outside.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPrograms, type Abi } from "../workloads/build.ts";
import { figuresJson, figuresTable, type Figures } from "../workloads/figures.ts";
import { hostSubject, kernelSubject, type Measured, type ProcessSubject } from "../workloads/process-subjects.ts";
import { WORKLOADS, type Workload } from "../workloads/workload.ts";

const USAGE = `Runs the workloads of the peers' comparison on the bare processor, on ours and on the peers, in turn. Seconds are those between the arrival of two lines that
each workload prints, by this computer's clock; every subject is kept on one processor, its compilers included.

  --process            programs as processes: bare processor, our shared kernel, Debian's qemu-user (the default)
  --i386, --amd64      one ABI (default: both)
  --only W,...         only these workloads
  --peers P,...        only these subjects (native, ours, ours interpreter, qemu-user)
  --rounds N           best of so many rounds (default 1)
  --json               figures as JSON`;

const { values } = parseArgs({ options: {
  process: { type: "boolean", default: false }, i386: { type: "boolean", default: false }, amd64: { type: "boolean", default: false }, only: { type: "string" }, peers: { type: "string" },
  rounds: { type: "string", default: "1" }, json: { type: "boolean", default: false }, help: { type: "boolean", default: false },
} });
if (values.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const names = values.only?.split(","), unknown = names?.find((n) => !WORKLOADS.some((w) => w.name === n));
  if (unknown !== undefined) throw new Error(`There is no workload "${unknown}". There are: ${WORKLOADS.map((w) => w.name).join(", ")}.`);
  const workloads = WORKLOADS.filter((w) => !names || names.includes(w.name)), abis: readonly Abi[] = values.i386 === values.amd64 ? ["i386", "amd64"] : values.i386 ? ["i386"] : ["amd64"];
  for (const abi of abis) await measure(abi, workloads);
}

async function measure(abi: Abi, workloads: readonly Workload[]): Promise<void> {
  const programs = await buildPrograms(abi, fileURLToPath(new URL("../../../../.cache/workloads", import.meta.url))), processor = availableParallelism() - 1;
  const emulator = abi === "i386" ? "qemu-i386" : "qemu-x86_64", subjects: ProcessSubject[] = [hostSubject("native", programs, processor), kernelSubject(programs, abi, "jit", processor)];
  if (values.peers?.includes("ours interpreter")) subjects.push(kernelSubject(programs, abi, "interpreter", processor));
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

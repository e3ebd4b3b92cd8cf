import { parseArgs } from "node:util";
import { fileCases } from "../silicon/case-files.ts";
import { MAPS } from "../silicon/live.ts";
import { runLive } from "../silicon/live-workers.ts";
import { newTally, runCase } from "../silicon/run-cases.ts";
import { createSubject, ENGINE_NAMES, type CaseEngineName } from "../silicon/subject.ts";

const USAGE = `Runs single instructions as the real processor executed them, live (x86-64 Linux) or from files of cases, and compares.

  npm run silicon -- [--engine ${ENGINE_NAMES.join("|")}] [--seed N] [--count N] [--mode 32|64] [--map ${MAPS.join("|")}]
                     [--workers N] [--show N] [--summary] [FILE.jsonl[.gz]...]

The last line is "N cases, M differ"; the exit status is 1 where M > 0.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: "string", default: "interpreter" }, seed: { type: "string", default: "1" }, count: { type: "string", default: "100000" },
    mode: { type: "string", default: "64" }, map: { type: "string", default: "all" }, show: { type: "string", default: "10" },
    workers: { type: "string", default: "1" }, summary: { type: "boolean", default: false }, help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const engine = values.engine as CaseEngineName, { mode } = values;
if (!ENGINE_NAMES.includes(engine)) fail(`--engine is one of ${ENGINE_NAMES.join(", ")}, not "${engine}"`);
if (mode !== "32" && mode !== "64") fail(`--mode is 32 or 64, not "${mode}"`);
if (!(MAPS as readonly string[]).includes(values.map)) fail(`--map is one of ${MAPS.join(", ")}, not "${values.map}"`);
for (const name of ["count", "seed", "show", "workers"] as const) if (!/^\d{1,15}$/.test(values[name])) fail(`--${name} is a number, not "${values[name]}"`);

const show = Number(values.show), started = performance.now();
let tally = newTally();
try {
  if (positionals.length > 0) {
    const subject = createSubject(engine);
    for (const file of positionals) await fileCases(file, (record, silicon) => runCase(subject, record, silicon, tally, show));
  } else {
    tally = await runLive({ engine, mode, map: values.map, seed: Number(values.seed), count: Number(values.count), show, workers: Math.max(1, Number(values.workers)) }, progress);
  }
} catch (error) {
  fail((error as Error).message);
}
const seconds = (performance.now() - started) / 1000;
if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
for (const text of tally.first) console.log(text);
if (values.summary) for (const [key, n] of [...tally.byInstruction].sort((a, b) => b[1] - a[1]).slice(0, 60)) console.log(`${String(n).padStart(8)}  ${key}`);
for (const [reason, n] of [...tally.explained].sort((a, b) => b[1] - a[1])) console.log(`${String(n).padStart(8)} left out: ${reason}`);
console.log(`${seconds.toFixed(1)} s, ${Math.round(tally.cases / seconds)} cases a second`);
console.log(`${tally.cases} cases, ${tally.differ} differ`);
process.exitCode = tally.differ > 0 ? 1 : 0;

function progress(cases: number, differ: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${cases} cases, ${differ} differ, ${Math.round(cases / (performance.now() - started) * 1000)} a second `);
}
function fail(why: string): never {
  console.error(`silicon: ${why}`);
  process.exit(2);
}

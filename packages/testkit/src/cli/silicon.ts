import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import { createGunzip } from "node:zlib";
import type { Readable } from "node:stream";
import { compileOracle } from "../silicon/compile-oracle.ts";
import type { SiliconCase } from "../silicon/case.ts";
import { createSubject, type EngineName } from "../silicon/subject.ts";
import { linesOf } from "../silicon/lines.ts";
import { newTally, runCase } from "../silicon/run-cases.ts";

const USAGE = `Runs single instructions as the real processor executed them, live or from files, and compares.

  npm run silicon -- [--engine reference|interpreter|jit] [--seed N] [--count N] [--mode 32|64] [--map all|int|fp|x87|0f|0f38|0f3a] [--show N] [FILE...]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: "string", default: "interpreter" }, seed: { type: "string", default: "1" }, count: { type: "string", default: "100000" },
    mode: { type: "string", default: "64" }, map: { type: "string", default: "all" }, show: { type: "string", default: "10" },
    summary: { type: "boolean", default: false }, help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (!["reference", "interpreter", "jit"].includes(values.engine)) fail(`--engine is reference, interpreter or jit, not "${values.engine}"`);
if (values.mode !== "32" && values.mode !== "64") fail(`--mode is 32 or 64, not "${values.mode}"`);
if (!/^\d+$/.test(values.count)) fail(`--count is a number, not "${values.count}"`);

const { isa, machine } = createSubject(values.engine as EngineName);
const tally = newTally();
const show = Number(values.show);
const started = performance.now();
let said = started;

async function consume(stream: Readable): Promise<void> {
  for await (const lines of linesOf(stream)) {
    for (const line of lines) if (line) runCase(machine, isa, JSON.parse(line) as SiliconCase, tally, show);
    if (performance.now() - said > 5000 && process.stderr.isTTY) {
      said = performance.now();
      process.stderr.write(`\r${tally.cases} cases, ${tally.differ} differ, ${Math.round(tally.cases / (said - started) * 1000)} a second `);
    }
  }
}
if (positionals.length > 0) {
  for (const file of positionals) {
    const raw = createReadStream(file);
    await consume(file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw);
  }
} else {
  const child = spawn(compileOracle(), ["--mode", values.mode, "--seed", values.seed, "--count", values.count, "--map", values.map], { stdio: ["ignore", "pipe", "inherit"] });
  await consume(child.stdout);
}
for (const text of tally.first) console.log(text);
if (values.summary) for (const [key, n] of [...tally.byInstruction].sort((a, b) => b[1] - a[1]).slice(0, 60)) console.log(`${String(n).padStart(8)}  ${key}`);
if (tally.skipped) console.log(`${tally.skipped} allowed: features that the model does not report, transcendentals within 1 ulp`);
console.log(`${tally.cases} cases, ${tally.differ} differ`);
process.exitCode = tally.differ > 0 ? 1 : 0;

function fail(why: string): never {
  console.error(`silicon: ${why}`);
  process.exit(2);
}

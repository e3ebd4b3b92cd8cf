// Busy guests on the interpreter and on the JIT, compared at every exit and in all their memory every so many instructions.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compareCheckpoints, type ComparedEngine } from "../exactness/guest-run.ts";
import { comparedGuests } from "../exactness/guests.ts";

const USAGE = `Runs busy guests twice, side by side: whole Debian systems from their first instruction, and programs on the shared kernel, for i386 and amd64. They start and end
programs, sort, pack, compile, compute, run a shell, Lua and Python. Registers (general, system, x87 and vector) go into a digest at every exit: the end of a slice, an access
to a port, a system call, a page fault, a change of the running task. Every so many instructions the digests and all memory are compared.

  node packages/testkit/src/cli/compare-engines.ts [--instructions N] [--guests G,...] [--a ENGINE] [--b ENGINE] [--every N] [--seed N] [--list]

  --instructions N     goes on, round after round, until so many have retired (default 1e11)
  --every N            instructions between two comparisons (default 1e8)
  --a, --b             interpreter, jit or mixed (default: interpreter against jit); mixed changes engines at random places, as the seed says
  --seed N             of mixed (default 1); each round has the next one

The last line is "N instructions, M comparisons, no difference"; at the first difference it says where, and the exit status is 1.`;

const CACHE = fileURLToPath(new URL("../../../../.cache/workloads", import.meta.url)), ENGINES = ["interpreter", "jit", "mixed"] as const;
let stopped = false;
const { values } = parseArgs({ options: {
  instructions: { type: "string", default: "1e11" }, every: { type: "string", default: "1e8" }, guests: { type: "string" }, a: { type: "string", default: "interpreter" }, b: { type: "string", default: "jit" },
  seed: { type: "string", default: "1" }, list: { type: "boolean", default: false }, help: { type: "boolean", default: false },
} });
if (values.help) console.log(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const a = engine(values.a), b = engine(values.b), all = Number(values.instructions), every = Number(values.every), names = values.guests?.split(",");
  if (!(all > 0 && every >= 1e5)) fail("--instructions is a positive number, --every one from 100000.");
  const known = await comparedGuests(CACHE), unknown = names?.find((name) => !known.some((g) => g.name === name));
  if (unknown !== undefined) fail(`There is no guest "${unknown}". There are: ${known.map((g) => g.name).join(", ")}.`);
  if (values.list) console.log(known.map((g) => g.name).join("\n"));
  let retired = 0, comparisons = 0;
  // Ended from outside it says how far it came.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => { stopped = true; });
  for (let round = 0; !values.list && !stopped && retired < all; round++) {
    for (const guest of known.filter((g) => !names || names.includes(g.name))) {
      const seed = Number(values.seed) + round, runs = [await guest.start(a, every, seed), await guest.start(b, every, seed)] as const;
      let done = 0, digest = "";
      for (;;) {
        const checkpoints = [runs[0].next(), runs[1].next()] as const, finding = compareCheckpoints(runs, checkpoints);
        comparisons++;
        if (finding !== undefined) {
          console.log(`${guest.name}, ${a} against ${b}, seed ${seed}: ${finding}`);
          return 1;
        }
        const [at] = checkpoints;
        retired += at.retired - done;
        done = at.retired;
        ({ digest } = at);
        if (process.stderr.isTTY) process.stderr.write(`\r${guest.name}: ${(done / 1e6).toFixed(0)} million instructions, ${(retired / 1e9).toFixed(1)}e9 in all `);
        // Signals are seen here.
        await new Promise(setImmediate);
        if (stopped || at.ended || retired >= all) break;
      }
      console.log(`${guest.name}: ${(done / 1e6).toFixed(0)} million instructions alike, digest ${digest}; ${(retired / 1e9).toFixed(2)}e9 in all`);
      if (stopped || retired >= all) break;
    }
  }
  if (!values.list) console.log(`${retired} instructions, ${comparisons} comparisons, no difference`);
  return 0;
}
function engine(name: string): ComparedEngine { return ENGINES.find((e) => e === name) ?? fail(`An engine is one of ${ENGINES.join(", ")}, not "${name}".`); }
function fail(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

// Course labs: `npm run lab -- 01 [FILE]` grades answers on a freshly run experiment; `--show` prints the counters of one instead. Exit status 0: all answered; 1: not yet; 2: cannot be graded.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { nodeHost } from "@ringzero/host/node";
import { gradeLab, labs, printJob, runExperiment } from "../packages/contrast/src/index.ts";

const USAGE = `Usage: npm run lab -- LAB [FILE] [--seed N] [--show]

LAB: ${Object.entries(labs).map(([number, { title }]) => `${number} (${title})`).join(", ")}
FILE exports the answers; without it, the lab's starter.ts. --seed N: the same numbers each time. --show: prints the counters of one experiment.`;

/** Prints what went wrong, for people, and ends with status 2. */
function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
function commandLine(): { number: string; id: string; file: string | undefined; seed: number | undefined; show: boolean } {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: "string" }, show: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } } });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const [given, file, ...rest] = positionals, [number, lab] = Object.entries(labs).find(([n, { id }]) => given === n || given === id) ?? refuse(given === undefined ? USAGE : `There is no lab "${given}".\n\n${USAGE}`);
    if (rest.length > 0) refuse(USAGE);
    const seed = values.seed === undefined ? undefined : Number(values.seed);
    if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) refuse(`--seed wants a whole number, not "${values.seed}".`);
    return { number, id: lab.id, file, seed, show: values.show };
  } catch (error) {
    refuse(`${(error as Error).message}\n\n${USAGE}`);
  }
}
/** What a module exports: its default export where it has one. */
async function answersOf(path: string): Promise<unknown> {
  if (!existsSync(path)) refuse(`There is no file ${path}. Copy the lab's starter.ts and fill it in.`);
  try {
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    return module.default ?? module;
  } catch (error) {
    return refuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const { number, id, file, seed, show } = commandLine(), host = nodeHost();
if (show) console.log(JSON.stringify(await runExperiment(host, printJob(seed ?? 1)), undefined, 2));
else {
  const answers = await answersOf(file === undefined ? fileURLToPath(new URL(`../docs/labs/${id}/starter.ts`, import.meta.url)) : resolve(file));
  const progress = (experiment: number, of: number): void => console.log(`Experiment ${experiment} of ${of}: a virtual machine and a container, idle and busy ...`);
  const { passed, title, findings } = await gradeLab(host, id, answers, { progress, ...(seed === undefined ? {} : { seed }) });
  console.log(`\nLab ${number}: ${title}\n`);
  for (const f of findings) console.log(`${f.passed ? "  ok" : "  --"}  ${f.question}: ${f.sentence}`);
  console.log(passed ? "\nAll answered." : `\n${findings.filter((f) => f.passed).length} of ${findings.length} answered.`);
  process.exitCode = passed ? 0 : 1;
}

import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gradeFile, labExperiment, labs, type LabLine } from "@ringzero/service/node";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failure.ts";
import { table } from "../output/table.ts";

/** What the command ends with where not all is answered, and where nothing can be graded. */
const NOT_YET = 1, UNGRADED = 2;
/** Options of `lab`. */
export interface LabOptions { readonly seed?: number; readonly show?: boolean }

/** `ringzero lab`: lists the labs, or grades answers to one, or prints the counters of an experiment. Returns the exit status. */
export async function lab(context: CommandContext, name: string | undefined, file: string | undefined, { seed, show }: LabOptions): Promise<number> {
  const known = await labs();
  if (name === undefined) {
    process.stdout.write(`${table(["LAB", "TITLE", "TASK"], known.map((line) => [line.number, line.title, inCheckout(line, "README.md") ?? ""]))}\nringzero lab ${known[0]?.number} FILE grades your answers.\n`);
    return 0;
  }
  const chosen = known.find(({ number, id }) => name === number || name === id);
  if (!chosen) throw new CommandFailure(`There is no lab "${name}". There are: ${known.map(({ number, title }) => `${number} (${title})`).join(", ")}.`, UNGRADED);
  if (show) {
    console.log(JSON.stringify(await labExperiment(context.host, seed ?? 1), undefined, 2));
    return 0;
  }
  const path = file === undefined ? inCheckout(chosen, "starter.ts") : resolve(file);
  if (path === undefined) throw new CommandFailure("Give the file with your answers.", UNGRADED);
  if (!existsSync(path)) throw new CommandFailure(`There is no file ${file ?? path}. Copy the lab's starter.ts and fill it in.`, UNGRADED);
  return await graded(context, chosen, path, seed);
}
async function graded({ host }: CommandContext, { number, id }: LabLine, path: string, seed: number | undefined): Promise<number> {
  const progress = (experiment: number, of: number): void => console.log(`Experiment ${experiment} of ${of}: a virtual machine and a container, idle and busy ...`);
  const { passed, title, findings } = await gradeFile(host, id, pathToFileURL(resolve(path)), { progress, ...(seed === undefined ? {} : { seed }) }).catch((error: unknown) => {
    throw new CommandFailure(error instanceof Error ? error.message : String(error), UNGRADED, { cause: error });
  });
  console.log(`\nLab ${number}: ${title}\n`);
  for (const f of findings) console.log(`${f.passed ? "  ok" : "  --"}  ${f.question}: ${f.sentence}`);
  console.log(passed ? "\nAll answered." : `\n${findings.filter((f) => f.passed).length} of ${findings.length} answered.`);
  return passed ? 0 : NOT_YET;
}
/** Path of a lab's file as seen from here; undefined where this is no checkout. */
function inCheckout({ id }: LabLine, name: string): string | undefined {
  const path = fileURLToPath(new URL(`../../../../docs/labs/${id}/${name}`, import.meta.url));
  return existsSync(path) ? relative(process.cwd(), path) : undefined;
}

import type { Host } from "@ringzero/host";
import { AnswersWorker } from "./answers-worker.ts";
import { answersHere } from "./answers.ts";
import { grade, type GradeOptions, type Lab, type LabReport } from "./lab.ts";
import { ringCrossingsLab } from "./ring-crossings.ts";

/** Labs that there are, by their number: folder in docs/labs and title. */
export const labs: { readonly [number: string]: Pick<Lab<never>, "id" | "title"> } = { "01": ringCrossingsLab };

/**
 * Grades answers to a lab, by its number ("01") or folder. `answers` is what the student's module exports, an object with a function for each question, which run here; or an
 * {@link AnswersWorker}, where one that never returns is ended. Rejects with an Error where there is no such lab.
 */
export async function gradeLab(host: Host, lab: string, answers: unknown, options: GradeOptions = {}): Promise<LabReport> {
  if (lab !== "01" && lab !== ringCrossingsLab.id) throw new Error(`There is no lab "${lab}". There are: ${Object.values(labs).map((l) => l.id).join(", ")}.`);
  return grade(host, ringCrossingsLab, answers instanceof AnswersWorker ? answers : answersHere(answers), options);
}

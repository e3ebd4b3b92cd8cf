import type { LabReport } from "@ringzero/contrast";
import type { Host } from "@ringzero/host";

/** A course lab. */
export interface LabLine {
  /** Its number, as people write it. */
  readonly number: string;
  /** Its folder in docs/labs. */
  readonly id: string;
  /** For people. */
  readonly title: string;
}
/** How answers are graded. */
export interface LabGrading {
  /** Decides the numbers of the experiments. Default: others each time. */
  readonly seed?: number;
  /** Nanoseconds that one function may take. Default: 10 s. */
  readonly patience?: number;
  /** Told before each experiment: which one of how many. */
  readonly progress?: (experiment: number, of: number) => void;
}
export type { LabReport };

// The labs run virtual machines and kernels: what is needed for that is loaded by those who use it.

/** The labs that there are. */
export async function labs(): Promise<readonly LabLine[]> {
  const { labs: known } = await import("@ringzero/contrast");
  return Object.entries(known).map(([number, { id, title }]) => ({ number, id, title }));
}
/**
 * Grades the answers in a file on newly run experiments. They run on a worker of their own: one that never returns is ended, and a finding says so. Rejects with an Error in a sentence where
 * the file cannot be read.
 */
export async function gradeFile(host: Host, lab: string, file: URL, { patience, ...options }: LabGrading = {}): Promise<LabReport> {
  const { AnswersWorker, gradeLab } = await import("@ringzero/contrast"), module = new URL(import.meta.url.endsWith(".ts") ? "./answers-worker.ts" : "./answers-worker.js", import.meta.url);
  await using answers = await AnswersWorker.start(host, { module, answers: file.href, ...(patience === undefined ? {} : { patience }) });
  return await gradeLab(host, lab, answers, options);
}
/** The counters of one experiment of lab 01, for a seed. */
export async function labExperiment(host: Host, seed: number): Promise<object> {
  const { printJob, runExperiment } = await import("@ringzero/contrast");
  return await runExperiment(host, printJob(seed));
}

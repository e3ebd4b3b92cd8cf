import type { Host } from "@ringzero/host";
import type { Answer, Answers } from "./answers.ts";

/** A way to count wrongly that is easily taken. */
export interface Mistake<E> {
  /** What one gets by it. */
  readonly value: (experiment: E) => number;
  /** What was counted wrongly, and what to think about instead. */
  readonly sentence: string;
}

/** One figure that the student's code has to find. */
export interface Question<E> {
  /** Name of the function that the student writes. */
  readonly name: string;
  /** What is asked, for people. */
  readonly text: string;
  /** The right figure, from the counters. */
  readonly value: (experiment: E) => number;
  /** What is known to go wrong; the first that fits is told. */
  readonly mistakes: readonly Mistake<E>[];
}

/** A lab: an experiment that is run anew for each grading, and questions about its counters. */
export interface Lab<E> {
  /** Its folder in docs/labs. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** What is asked, in the order in which it is best thought about. */
  readonly questions: readonly Question<E>[];
  /** Runs the experiment; other numbers for another seed. */
  readonly run: (host: Host, seed: number) => Promise<E>;
}

/** What the grader says about one question. */
export interface Finding {
  /** The question's name. */
  readonly question: string;
  /** Whether the figure was right in every experiment. */
  readonly passed: boolean;
  /** One sentence for people: what was right, or what was counted wrongly. */
  readonly sentence: string;
}

/** What the grader says. */
export interface LabReport {
  /** The lab's. */
  readonly id: string;
  /** The lab's. */
  readonly title: string;
  /** Whether all questions are answered. */
  readonly passed: boolean;
  /** One for each question. */
  readonly findings: readonly Finding[];
}

/** How to grade. */
export interface GradeOptions {
  /** Decides the numbers of the experiments. Default: from the host's entropy. */
  readonly seed?: number;
  /** Told before each experiment: which one of how many. */
  readonly progress?: (experiment: number, of: number) => void;
}

/** Experiments of one grading: with one alone its figures could be written down as constants. */
const EXPERIMENTS = 2;

/**
 * Runs a lab's experiment afresh and holds the student's functions against the counters. Whatever is wrong with an answer comes out as a finding. Rejects where the experiment itself fails,
 * or where the answers cannot be asked any more.
 */
export async function grade<E>(host: Host, lab: Lab<E>, answers: Answers, { seed = randomSeed(host), progress = () => {} }: GradeOptions = {}): Promise<LabReport> {
  const experiments: E[] = [], findings: Finding[] = [];
  for (let i = 0; i < EXPERIMENTS; i++) {
    progress(i + 1, EXPERIMENTS);
    experiments.push(await lab.run(host, seed + i));
  }
  for (const question of lab.questions) {
    let wrong: string | undefined;
    for (const experiment of experiments) {
      wrong = wrongIn(question, experiment, await answers.ask(question.name, experiment));
      if (wrong !== undefined) break;
    }
    findings.push({ question: question.name, passed: wrong === undefined, sentence: wrong ?? `Right: ${experiments.map((e) => question.value(e)).join(" and ")} in ${EXPERIMENTS} experiments.` });
  }
  return { id: lab.id, title: lab.title, passed: findings.every((f) => f.passed), findings };
}

function randomSeed(host: Host): number {
  const bytes = new Uint8Array(3);
  host.entropy.fill(bytes);
  return bytes.reduce((n, byte) => n * 256 + byte, 0);
}
/** What is wrong with an answer; undefined where it is right. */
function wrongIn<E>({ name, value, mistakes }: Question<E>, experiment: E, answer: Answer): string | undefined {
  switch (answer.kind) {
    case "missing": return `There is no function ${name}: export an object that has one.`;
    case "threw": return `${name} threw an error: ${answer.text}`;
    case "silent": return `${name} did not return within ${answer.seconds} s and was ended. Does it loop for ever?`;
    case "nothing": return `${name} returns nothing yet: return the number that its comment asks for.`;
    case "other": return `${name} has to return a number, and returned ${answer.text}.`;
    case "number":
  }
  const { value: got } = answer, right = value(experiment);
  if (got === right) return undefined;
  const mistake = mistakes.find((m) => m.value(experiment) === got);
  return mistake ? `${got} is not it. ${mistake.sentence}` : `${got} is not it, and it is too ${got < right ? "low" : "high"}. Write down by hand what one write causes, and multiply.`;
}

import type { Answer } from "./answers.ts";

/** What the worker of a student's answers is started with. */
export interface AnswersData {
  /** Address of the student's module. */
  readonly answers: string;
}
/** Asked of it, one at a time. */
export interface Ask {
  /** Name of the function. */
  readonly question: string;
  /** What it gets. */
  readonly experiment: unknown;
}
/** Said by it: first what came of the module, then an answer to each question. */
export type AnswerMessage =
  | { readonly kind: "loaded" }
  | { readonly kind: "unreadable"; readonly message: string }
  | { readonly kind: "answer"; readonly answer: Answer };

/** Characters of a student's sentence that are shown. */
const SHOWN = 500;

/** A message of the worker, on which the student's code runs and may say whatever it likes: an Error where it is none. */
export function answerMessage(value: unknown): AnswerMessage | Error {
  const { kind, message, answer } = record(value);
  if (kind === "loaded") return { kind };
  if (kind === "unreadable" && typeof message === "string") return { kind, message: message.slice(0, SHOWN) };
  const checked = kind === "answer" ? answerIn(record(answer)) : undefined;
  return checked ? { kind: "answer", answer: checked } : new Error("Your answers said something on the grader's channel. A function of a lab only returns a number.");
}
function answerIn({ kind, value, text }: { readonly [name: string]: unknown }): Answer | undefined {
  switch (kind) {
    case "number": return typeof value === "number" && Number.isFinite(value) ? { kind, value } : undefined;
    case "nothing": case "missing": return { kind };
    case "other": case "threw": return typeof text === "string" ? { kind, text: text.slice(0, SHOWN) } : undefined;
    default: return undefined;
  }
}
function record(value: unknown): { readonly [name: string]: unknown } { return typeof value === "object" && value !== null ? (value as { readonly [name: string]: unknown }) : {}; }

/** What one call of a student's function returned. */
export interface Returned {
  /** A number. */
  readonly kind: "number";
  /** Which. */
  readonly value: number;
}
/** It returned nothing, or there is no such function. */
export interface NothingReturned {
  /** Which of the two. */
  readonly kind: "nothing" | "missing";
}
/** It returned what is no number, or threw. */
export interface WrongReturned {
  /** Which of the two. */
  readonly kind: "other" | "threw";
  /** What was returned or thrown, for people. */
  readonly text: string;
}
/** It did not return, and was ended. */
export interface NotReturned {
  /** Which it is. */
  readonly kind: "silent";
  /** So long was waited for it. */
  readonly seconds: number;
}
/** What came of one call of a student's function. */
export type Answer = Returned | NothingReturned | WrongReturned | NotReturned;

/** A student's functions, wherever they run. */
export interface Answers {
  /** Calls one of them with an experiment. Rejects where nobody can say any more what it would return. */
  ask(question: string, experiment: unknown): Promise<Answer>;
}

/** Functions that run here, whatever they do: `exports` is what the student's module exports. */
export function answersHere(exports: unknown): Answers { return { ask: async (question, experiment) => answerOf(exports, question, experiment) }; }

/** Calls one function and says what came of it. Its experiment is a copy: what one answer does to the counters is not to be the other ones' trouble. */
export function answerOf(exports: unknown, question: string, experiment: unknown): Answer {
  const answer: unknown = typeof exports === "object" && exports !== null ? (exports as { readonly [name: string]: unknown })[question] : undefined;
  if (typeof answer !== "function") return { kind: "missing" };
  let got: unknown;
  try {
    got = (answer as (experiment: unknown) => unknown)(structuredClone(experiment));
  } catch (error) {
    return { kind: "threw", text: messageOf(error) };
  }
  if (got === undefined) return { kind: "nothing" };
  if (typeof got !== "number" || !Number.isFinite(got)) return { kind: "other", text: typeof got === "number" ? String(got) : got === null ? "null" : `a ${typeof got}` };
  return { kind: "number", value: got };
}
/** What an error says, however strange a thing was thrown. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "something that cannot be shown";
  }
}

/** One thing wrong with a source text. */
export interface AssemblyProblem {
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Thrown inside the assembler where one statement is wrong; `assemble` gathers them. */
export class ProblemError extends Error {
  readonly column: number;
  readonly hint: string | undefined;
  constructor(message: string, column: number, hint?: string) {
    super(message);
    this.column = column;
    this.hint = hint;
  }
}

/**
 * The source text cannot be assembled. The message shows each problem with its line, a caret and what to do; `line` and `column` (from 1)
 * are the first problem's.
 */
export class AssemblyError extends Error {
  /** Everything found wrong, in order. */
  readonly problems: readonly AssemblyProblem[];
  /** Line of the first problem, from 1. */
  readonly line: number;
  /** Column of the first problem, from 1. */
  readonly column: number;
  constructor(problems: readonly AssemblyProblem[], lines: readonly string[], file: string) {
    super(problems.map((p) => describe(p, lines, file)).join("\n"));
    this.name = "AssemblyError";
    this.problems = problems;
    this.line = problems[0]!.line;
    this.column = problems[0]!.column;
  }
}

function describe(p: AssemblyProblem, lines: readonly string[], file: string): string {
  const text = (lines[p.line - 1] ?? "").replaceAll("\t", " ");
  const hint = p.hint ? `\n    ${p.hint}` : "";
  return `${file}:${p.line}:${p.column}: ${p.message}\n    ${text}\n    ${" ".repeat(p.column - 1)}^${hint}`;
}

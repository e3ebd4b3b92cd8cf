import { ProblemError, type AssemblyProblem } from "./assembly-error.ts";
import { evaluate, TokenReader, type Expression } from "./expression.ts";
import { tokenize } from "./lexer.ts";

/** A line after preprocessing, with the number of the source line that it comes from. */
export interface SourceLine { readonly line: number; readonly text: string }

interface Macro { readonly parameters: number; readonly greedy: boolean; readonly body: readonly SourceLine[] }
/** An open %if: whether lines count, whether some branch has counted already. */
interface Condition { readonly outer: boolean; active: boolean; taken: boolean; readonly line: number }

const NAME = /[A-Za-z_.@?][A-Za-z0-9_.@?$]*/y;
/** Lines that a text may grow to, and calls inside calls: more is taken for a mistake. */
const MAX_LINES = 1 << 18, MAX_DEPTH = 64;

/**
 * NASM's preprocessor as far as small programs need it: `%define` without parameters, `%assign`, `%undef`, `%macro NAME count` with `%1` … and
 * labels `%%name` of each call's own, `%rep count`, `%if`, `%ifdef`, `%ifndef`, `%elif`, `%else`, `%endif`, `%error`.
 */
export class Preprocessor {
  readonly #defines = new Map<string, string>();
  readonly #macros = new Map<string, Macro>();
  readonly #conditions: Condition[] = [];
  readonly #lines: SourceLine[] = [];
  readonly problems: AssemblyProblem[] = [];
  #calls = 0;
  /** The text grew beyond reason: nothing more is done. */
  #stopped = false;

  /** The lines to assemble; what is wrong is in `problems`. */
  run(lines: readonly string[]): readonly SourceLine[] {
    this.#block(lines.map((text, i) => ({ line: i + 1, text })), 0);
    const open = this.#conditions.at(-1);
    if (open) this.problems.push({ line: open.line, column: 1, message: "%if without an end", hint: "close it with %endif" });
    return this.#lines;
  }

  get #active(): boolean { return this.#conditions.at(-1)?.active ?? true; }

  #block(lines: readonly SourceLine[], depth: number): void {
    for (let i = 0; i < lines.length && !this.#stopped; i++) {
      const current = lines[i]!;
      try {
        i = this.#line(lines, i, depth);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        if (this.problems.length < 20) this.problems.push({ line: current.line, column: error.column, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) });
      }
    }
  }

  /** One line; returns the index of the last line that it took. */
  #line(lines: readonly SourceLine[], i: number, depth: number): number {
    const { line, text } = lines[i]!;
    const directive = /^\s*%([a-z]+)\b\s*(.*)$/i.exec(text);
    if (directive) return this.#directive(directive[1]!.toLowerCase(), directive[2]!, lines, i, depth);
    if (!this.#active) return i;
    const expanded = this.#expand(text);
    const call = /^(\s*(?:[A-Za-z_.@?][\w.@?$]*:)?\s*)([A-Za-z_.@?][\w.@?$]*)(?:\s+(.*))?$/.exec(stripComment(expanded));
    const macro = call && this.#macros.get(call[2]!.toLowerCase());
    if (!macro) {
      this.#stopped = this.#lines.push({ line, text: expanded }) > MAX_LINES;
      if (this.#stopped) throw new ProblemError("the text grows without end", 1, "check %rep and macros that call themselves");
      return i;
    }
    if (depth >= MAX_DEPTH) throw new ProblemError("macros call one another without end", 1);
    if (call[1]!.trim()) this.#lines.push({ line, text: call[1]! });
    this.#call(call[2]!, macro, splitArguments(call[3] ?? "", macro), line, depth);
    return i;
  }

  #call(name: string, macro: Macro, given: readonly string[], line: number, depth: number): void {
    if (given.length !== macro.parameters) throw new ProblemError(`macro ${name} takes ${macro.parameters} parameters and not ${given.length}`, 1);
    const local = `..@${++this.#calls}.`;
    this.#block(macro.body.map(({ text }) => ({ line, text: text.replace(/%%([A-Za-z_]\w*)/g, `${local}$1`).replace(/%(\d+)/g, (whole, n: string) => given[Number(n) - 1] ?? whole) })), depth + 1);
  }

  #directive(word: string, rest: string, lines: readonly SourceLine[], i: number, depth: number): number {
    const { line } = lines[i]!;
    if (word.startsWith("if") || word.startsWith("el") || word === "endif") { this.#condition(word, rest, line); return i; }
    if (word === "macro" || word === "rep") {
      const end = matching(lines, i, word, word === "rep" ? "endrep" : "endmacro");
      if (this.#active) this.#collect(word, rest, lines.slice(i + 1, end), depth);
      return end;
    }
    if (!this.#active) return i;
    const [, name = "", value = ""] = /^([A-Za-z_.@?][\w.@?$]*)\s*(.*)$/.exec(stripComment(rest)) ?? [];
    switch (word) {
      case "error": throw new ProblemError(rest.replace(/^["']|["']$/g, "") || "%error", 1);
      case "define": case "xdefine": case "assign": case "undef": {
        if (!name) throw new ProblemError(`%${word} needs a name`, 1);
        if (value.startsWith("(") && word === "define" && rest[name.length] === "(") throw new ProblemError("%define with parameters is not supported", 1, "use %macro");
        if (word === "undef") this.#defines.delete(name);
        else this.#defines.set(name, word === "assign" ? String(this.#number(value)) : word === "xdefine" ? this.#expand(value) : value);
        return i;
      }
      default: throw new ProblemError(`unknown directive %${word}`, 1, "there are %define, %assign, %undef, %macro, %rep, %if, %ifdef, %elif, %else, %endif, %error");
    }
  }

  #collect(word: string, rest: string, body: readonly SourceLine[], depth: number): void {
    if (word === "rep") {
      const count = this.#number(rest);
      if (count < 0n || count * BigInt(Math.max(1, body.length)) > MAX_LINES) throw new ProblemError(`%rep ${count}`, 1, `at most ${MAX_LINES} lines`);
      if (depth >= MAX_DEPTH) throw new ProblemError("repetitions too deep", 1);
      for (let n = 0n; n < count && !this.#stopped; n++) this.#block(body, depth + 1);
      return;
    }
    const head = /^([A-Za-z_.@?][\w.@?$]*)\s*(\d+)?(\+)?/.exec(rest);
    if (!head) throw new ProblemError("%macro needs a name and a number of parameters", 1, "for example %macro print 1");
    this.#macros.set(head[1]!.toLowerCase(), { parameters: Number(head[2] ?? 0), greedy: head[3] !== undefined, body });
  }

  #condition(word: string, rest: string, line: number): void {
    const current = this.#conditions.at(-1);
    const test = (kind: string): boolean => {
      if (kind === "def" || kind === "ndef") {
        const name = stripComment(rest).trim();
        return (this.#defines.has(name) || this.#macros.has(name.toLowerCase())) === (kind === "def");
      }
      if (kind !== "") throw new ProblemError(`unknown directive %${word}`, 1);
      return this.#number(rest) !== 0n;
    };
    if (word.startsWith("if")) {
      const outer = this.#active, active = outer && test(word.slice(2));
      this.#conditions.push({ outer, active, taken: active, line });
      return;
    }
    if (!current) throw new ProblemError(`%${word} without %if`, 1);
    if (word === "endif") this.#conditions.pop();
    else {
      current.active = current.outer && !current.taken && (word === "else" || test(word.slice(4)));
      current.taken ||= current.active;
    }
  }

  /** A number that is known now: constants and defines, no labels. */
  #number(text: string): bigint {
    const expanded = this.#expand(stripComment(text));
    const reader = new TokenReader(tokenize(expanded), expanded.length, (n) => n);
    const expression: Expression = reader.expression();
    return evaluate(expression, { here: 0n, sectionStart: 0n, symbol: (name, column) => { throw new ProblemError(`"${name}" is not known to the preprocessor`, column, "labels have no values here; use %define or %assign"); } })!;
  }

  /** Replaces defined names outside strings and comments, again and again; a name within its own definition stays. */
  #expand(text: string, busy: ReadonlySet<string> = new Set()): string {
    if (this.#defines.size === 0) return text;
    let result = "";
    for (let at = 0; at < text.length;) {
      const c = text[at]!;
      if (c === ";") return result + text.slice(at);
      if (c === "'" || c === "\"" || c === "`") {
        const close = text.indexOf(c, at + 1), end = close < 0 ? text.length : close + 1;
        result += text.slice(at, end);
        at = end;
        continue;
      }
      NAME.lastIndex = at;
      const name = /[\w$.]/.test(text[at - 1] ?? "") ? undefined : NAME.exec(text)?.[0];
      const value = name === undefined || busy.has(name) ? undefined : this.#defines.get(name);
      result += value === undefined ? name ?? c : this.#expand(value, new Set([...busy, name!]));
      if (result.length > 1 << 16) throw new ProblemError("a definition grows without end", 1);
      at += name?.length ?? 1;
    }
    return result;
  }
}

/** Index of the line that closes a block; blocks of the same kind may nest. */
function matching(lines: readonly SourceLine[], start: number, open: string, close: string): number {
  let depth = 0;
  for (let i = start; i < lines.length; i++) {
    const word = /^\s*%([a-z]+)\b/i.exec(lines[i]!.text)?.[1]?.toLowerCase();
    if (word === open) depth++;
    else if (word === close && --depth === 0) return i;
  }
  throw new ProblemError(`%${open} without an end`, 1, `close it with %${close}`);
}

function stripComment(text: string): string {
  const comment = /^(?:[^;'"`]|'[^']*'|"[^"]*"|`[^`]*`)*?(?=;)/.exec(text);
  return comment ? comment[0] : text;
}

/** Parameters of a call at commas outside strings and brackets; the last of a greedy macro takes what is left. */
function splitArguments(text: string, macro: Macro): string[] {
  const parts: string[] = [];
  let depth = 0, start = 0, quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote) { if (c === quote) quote = ""; }
    else if (c === "'" || c === "\"" || c === "`") quote = c;
    else if (c === "[" || c === "(") depth++;
    else if (c === "]" || c === ")") depth--;
    else if (c === "," && depth === 0 && !(macro.greedy && parts.length === macro.parameters - 1)) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  const last = text.slice(start).trim();
  return parts.length > 0 || last ? [...parts, last] : [];
}

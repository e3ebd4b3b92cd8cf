import { ProblemError } from "./assembly-error.ts";
import { isConstant, TokenReader, type Expression } from "./expression.ts";
import { tokenize, type Token } from "./lexer.ts";
import type { CodeSize } from "./encoding.ts";
import type { SourcePrefixes } from "./match.ts";
import type { Spelling } from "./mnemonics.ts";
import { hasRegister, parseOperands, type SourceOperand } from "./operand.ts";

/** An item of DB, DW …. */
export type DataItem =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "value"; readonly value: Expression; readonly column: number }
  | { readonly kind: "float"; readonly text: string; readonly negative: boolean; readonly column: number }
  | { readonly kind: "uninitialized" };

/** An instruction as written. */
export interface InstructionStatement {
  readonly kind: "instruction";
  readonly mnemonic: string;
  readonly column: number;
  readonly spellings: readonly Spelling[];
  readonly prefixes: SourcePrefixes;
  readonly operands: readonly SourceOperand[];
  /** Its bytes depend neither on symbols nor on its address. */
  readonly constant: boolean;
  /** Kept between passes: an encoding never shrinks again, so that sizes settle. */
  length: number;
  /** Bytes of a constant one by code size. */
  known: { readonly codeSize: CodeSize; readonly bytes: readonly number[] } | undefined;
}

/** What a line says, labels apart. */
export type Statement = InstructionStatement
  | { readonly kind: "data"; readonly width: number; readonly items: readonly DataItem[]; readonly column: number }
  | { readonly kind: "reserve"; readonly width: number; readonly count: Expression; readonly column: number }
  | { readonly kind: "align"; readonly to: Expression; readonly fill: Expression | undefined; readonly zero: boolean; readonly column: number }
  | { readonly kind: "times"; readonly count: Expression; readonly body: Statement; readonly column: number }
  | { readonly kind: "equ"; readonly name: string; readonly value: Expression; readonly column: number }
  | { readonly kind: "label"; readonly name: string; readonly column: number }
  | { readonly kind: "bits"; readonly codeSize: CodeSize }
  | { readonly kind: "org"; readonly value: Expression; readonly column: number }
  | { readonly kind: "section"; readonly name: string; readonly column: number }
  | { readonly kind: "default"; readonly relative: boolean }
  | { readonly kind: "entry"; readonly name: string; readonly column: number }
  | { readonly kind: "nothing" };

/** A statement with the number of its line, from 1. */
export interface PlacedStatement { readonly line: number; readonly statement: Statement }

const WIDTHS: { readonly [letter: string]: number } = { b: 1, w: 2, d: 4, q: 8, t: 10, o: 16, y: 32 };
const REPEATS: { readonly [name: string]: number } = { rep: 0xf3, repe: 0xf3, repz: 0xf3, repne: 0xf2, repnz: 0xf2 };
const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs"];
const NO_PREFIXES: SourcePrefixes = { lock: false, repeat: 0, segment: -1, operandSize: 0, addressSize: 0 };

/** Turns lines into statements; keeps the label that local labels belong to. */
export class StatementParser {
  readonly #mnemonics: ReadonlyMap<string, readonly Spelling[]>;
  #global = "";
  constructor(mnemonics: ReadonlyMap<string, readonly Spelling[]>) { this.#mnemonics = mnemonics; }

  /** The statements of one line; throws ProblemError. */
  line(text: string): Statement[] {
    let tokens = tokenize(text);
    const statements: Statement[] = [];
    // NASM's bracketed directives: [bits 32].
    if (punctuation(tokens[0], "[") && punctuation(tokens.at(-1), "]")) tokens = tokens.slice(1, -1);
    for (;;) {
      const r = new TokenReader(tokens, text.length, (name) => this.#qualify(name));
      if (r.done) return statements;
      const label = this.#label(tokens);
      if (!label) {
        statements.push(this.#statement(r));
        return statements;
      }
      const { name, rest, column } = label;
      if (rest[0]?.kind === "name" && rest[0].text.toLowerCase() === "equ") {
        const value = new TokenReader(rest.slice(1), text.length, (n) => this.#qualify(n));
        const full = this.#qualify(name);
        statements.push({ kind: "equ", name: full, value: whole(value), column });
        return statements;
      }
      if (!name.startsWith(".")) this.#global = name;
      statements.push({ kind: "label", name: this.#qualify(name), column });
      tokens = rest;
    }
  }

  #qualify(name: string): string { return name.startsWith(".") && !name.startsWith("..") ? this.#global + name : name; }

  /** A label: `name:`, or a name that is neither mnemonic nor directive and stands first. */
  #label(tokens: readonly Token[]): { name: string; rest: Token[]; column: number } | undefined {
    const [first, second] = tokens;
    if (first?.kind !== "name") return undefined;
    const { text, column } = first;
    if (punctuation(second, ":")) return { name: text, rest: tokens.slice(2), column };
    if (this.#isWord(text.toLowerCase())) return undefined;
    const next = second?.kind === "name" ? second.text.toLowerCase() : undefined;
    if (tokens.length === 1 || (next !== undefined && (next === "equ" || this.#isWord(next)))) return { name: text, rest: tokens.slice(1), column };
    return undefined;
  }
  #isWord(name: string): boolean {
    return this.#mnemonics.has(name.toUpperCase()) || DIRECTIVES.has(name) || REPEATS[name] !== undefined || /^(d|res)[bwdqtoy]$|^(lock|[oa](16|32|64))$/.test(name) || SEGMENTS.includes(name);
  }

  #statement(r: TokenReader): Statement {
    const column = r.column;
    const word = r.peekName();
    if (word === undefined) throw new ProblemError("a label, an instruction or a directive expected", column);
    const data = /^d([bwdqtoy])$/.exec(word), reserve = /^res([bwdqtoy])$/.exec(word);
    if (data || reserve || DIRECTIVES.has(word)) r.at++;
    if (data) return { kind: "data", width: WIDTHS[data[1]!]!, items: dataItems(r), column };
    if (reserve) return { kind: "reserve", width: WIDTHS[reserve[1]!]!, count: whole(r), column };
    const directive = DIRECTIVES.get(word);
    if (directive) return directive(r, column, () => this.#statement(r));
    return this.#instruction(r);
  }

  #instruction(r: TokenReader): Statement {
    let prefixes = NO_PREFIXES;
    for (;;) {
      const column = r.column, word = r.peekName();
      if (word === undefined) throw new ProblemError("an instruction expected after the prefix", column);
      const size = /^([oa])(16|32|64)$/.exec(word);
      if (word === "lock") prefixes = { ...prefixes, lock: true };
      else if (REPEATS[word] !== undefined) prefixes = { ...prefixes, repeat: REPEATS[word] };
      else if (SEGMENTS.includes(word)) prefixes = { ...prefixes, segment: SEGMENTS.indexOf(word) };
      else if (size) prefixes = { ...prefixes, [size[1] === "o" ? "operandSize" : "addressSize"]: Number(size[2]) as CodeSize };
      else {
        const mnemonic = word.toUpperCase();
        const spellings = this.#mnemonics.get(mnemonic);
        if (!spellings) throw new ProblemError(`unknown instruction or directive "${word}"`, column, this.#suggestion(word));
        r.at++;
        const operands = parseOperands(r);
        const constant = operands.every(operandIsConstant) && !spellings.some((s) => s.form.operands.some((o) => o.kind === "relative"));
        return { kind: "instruction", mnemonic, column, spellings, prefixes, operands, constant, length: 0, known: undefined };
      }
      r.at++;
    }
  }

  #suggestion(word: string): string {
    const near = [...this.#mnemonics.keys(), ...[...DIRECTIVES.keys()].map((d) => d.toUpperCase())].map((m) => ({ m, d: distance(m, word.toUpperCase()) })).sort((a, b) => a.d - b.d)[0];
    return near && near.d <= 2 ? `did you mean "${near.m.toLowerCase()}"?` : "a label is followed by a colon";
  }
}

type Directive = (r: TokenReader, column: number, nested: () => Statement) => Statement;
const DIRECTIVES: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ["bits", (r, column) => ({ kind: "bits", codeSize: codeSize(whole(r), column) })],
  ["use16", () => ({ kind: "bits", codeSize: 16 })], ["use32", () => ({ kind: "bits", codeSize: 32 })], ["use64", () => ({ kind: "bits", codeSize: 64 })],
  ["org", (r, column) => ({ kind: "org", value: whole(r), column })],
  ["section", (r, column) => section(r, column)], ["segment", (r, column) => section(r, column)],
  ["align", (r, column) => align(r, column, false)], ["alignb", (r, column) => align(r, column, true)],
  ["times", (r, column, nested) => {
    const count = r.expression();
    const body = nested();
    if (body.kind === "times") throw new ProblemError("times of times", column, "multiply the counts");
    return { kind: "times", count, body, column };
  }],
  ["default", (r, column) => {
    const word = r.acceptName("rel", "abs");
    if (!word) throw new ProblemError("rel or abs expected", column);
    return { kind: "default", relative: word === "rel" };
  }],
  ["entry", (r, column) => ({ kind: "entry", name: name(r), column })],
  ["global", ignored], ["cpu", ignored],
]);

/** Accepted and without effect: every symbol is visible, and every instruction known. */
function ignored(r: TokenReader): Statement {
  r.at = r.tokens.length;
  return { kind: "nothing" };
}
function name(r: TokenReader): string {
  const t = r.next;
  if (t?.kind !== "name") throw new ProblemError("a name expected", r.column);
  r.at++;
  return r.qualify(t.text);
}
/** `section .data`: the name is no local label; attributes behind it are taken from the name. */
function section(r: TokenReader, column: number): Statement {
  const t = r.next;
  if (t?.kind !== "name") throw new ProblemError("a section name expected", r.column, "for example .text, .rodata, .data or .bss");
  r.at = r.tokens.length;
  return { kind: "section", name: t.text, column };
}
function align(r: TokenReader, column: number, zero: boolean): Statement {
  const to = r.expression();
  let fill: Expression | undefined;
  if (r.accept(",")) {
    // `align 16, db 0` as well as `align 16, 0`.
    r.acceptName("db");
    fill = r.expression();
  }
  return { kind: "align", to, fill, zero, column };
}
function codeSize(e: Expression, column: number): CodeSize {
  if (e.kind === "constant" && (e.value === 16n || e.value === 32n || e.value === 64n)) return Number(e.value) as CodeSize;
  throw new ProblemError("bits 16, bits 32 or bits 64 expected", column);
}
function whole(r: TokenReader): Expression {
  const e = r.expression();
  if (!r.done) throw new ProblemError("unexpected text at the end of the line", r.column);
  return e;
}
function punctuation(t: Token | undefined, text: string): boolean { return t?.kind === "punctuation" && t.text === text; }

function dataItems(r: TokenReader): DataItem[] {
  const items: DataItem[] = [];
  do {
    const t = r.next;
    const column = r.column;
    const after = r.tokens[r.at + 1];
    const alone = after === undefined || punctuation(after, ",");
    if (t?.kind === "string" && alone) { items.push({ kind: "bytes", bytes: t.bytes }); r.at++; }
    else if (punctuation(t, "?") && alone) { items.push({ kind: "uninitialized" }); r.at++; }
    else if (t?.kind === "float" || ((punctuation(t, "-") || punctuation(t, "+")) && after?.kind === "float")) {
      const negative = r.accept("-");
      r.accept("+");
      items.push({ kind: "float", text: (r.next as { text: string }).text, negative, column });
      r.at++;
    } else items.push({ kind: "value", value: r.expression(), column });
  } while (r.accept(","));
  if (!r.done) throw new ProblemError("unexpected text after the data", r.column, "items are separated by commas");
  return items;
}

function operandIsConstant(o: SourceOperand): boolean {
  switch (o.kind) {
    case "register": return true;
    case "immediate": return isConstant(o.value);
    case "far": return isConstant(o.selector) && isConstant(o.offset);
    // A rIP-relative operand depends on where the instruction lies; `default rel` decides about an unmarked one.
    case "memory": return isConstant(o.address) && o.relative === undefined && hasRegister(o.address);
  }
}

/** Edit distance, for suggestions. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

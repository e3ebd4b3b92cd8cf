import { ProblemError } from "./assembly-error.ts";
import { evaluate, type Expression, type Scope, type TokenReader } from "./expression.ts";
import { REGISTERS, SEGMENT_NAMES, type Register } from "./registers.ts";

/** Size keywords, in bits. */
export const SIZE_KEYWORDS: { readonly [name: string]: number } = {
  byte: 8, word: 16, dword: 32, qword: 64, fword: 48, tword: 80, tbyte: 80, oword: 128, dqword: 128, xmmword: 128,
};

/** What may precede an operand: `strict dword`, `short`, `near`, `far`. */
export interface OperandWords {
  /** Size keyword in bits, or 0. */
  readonly size: number;
  /** The size also fixes how long an immediate or displacement is encoded. */
  readonly strict: boolean;
  readonly distance: "short" | "near" | "far" | undefined;
}

/** An operand as written. */
export type SourceOperand = OperandWords & { readonly column: number } & (
  | { readonly kind: "register"; readonly register: Register }
  | { readonly kind: "immediate"; readonly value: Expression }
  | { readonly kind: "far"; readonly selector: Expression; readonly offset: Expression }
  | {
    readonly kind: "memory"; readonly address: Expression;
    /** Segment override 0-5, or -1. */
    readonly segment: number;
    /** `[rel x]`, `[abs x]`, or neither. */
    readonly relative: boolean | undefined;
    /** Size keyword inside the brackets: displacement size, or address size where there is no register. */
    readonly displacementSize: number;
    /** `[nosplit eax*2]`: index alone, as written. */
    readonly noSplit: boolean;
  });

/** Reads the operands up to the end of the line. */
export function parseOperands(r: TokenReader): SourceOperand[] {
  const operands: SourceOperand[] = [];
  if (r.done) return operands;
  do {
    // NASM's `fadd to st1` is `fadd st1, st0`.
    const to = r.acceptName("to") !== undefined;
    operands.push(parseOperand(r));
    if (to) operands.push({ kind: "register", register: REGISTERS.get("st0")!, size: 0, strict: false, distance: undefined, column: r.column });
  } while (r.accept(","));
  if (!r.done) throw new ProblemError("unexpected text after the operand", r.column, "operands are separated by commas");
  return operands;
}

function parseOperand(r: TokenReader): SourceOperand {
  const column = r.column;
  let size = 0, strict = false;
  let distance: OperandWords["distance"];
  for (let word = r.peekName(); word !== undefined; word = r.peekName()) {
    const keyword = SIZE_KEYWORDS[word];
    if (keyword) size = keyword;
    else if (word === "strict") strict = true;
    else if (word === "short" || word === "near" || word === "far") distance = word;
    else if (word !== "ptr") break;
    r.at++;
  }
  const words = { size, strict, distance, column };
  if (r.accept("[")) return { ...words, ...parseMemory(r, -1) };
  const first = r.expression();
  if (r.accept(":")) {
    if (first.kind === "register" && first.register.set === "segment" && r.accept("[")) return { ...words, ...parseMemory(r, first.register.number) };
    return { ...words, kind: "far", selector: first, offset: r.expression() };
  }
  if (first.kind === "register") return { ...words, kind: "register", register: first.register };
  return { ...words, kind: "immediate", value: first };
}

type Memory = Omit<Extract<SourceOperand, { kind: "memory" }>, keyof OperandWords | "column">;

/** The inside of `[ ]`, behind the opening bracket. */
function parseMemory(r: TokenReader, segmentBefore: number): Memory {
  let segment = segmentBefore, displacementSize = 0, noSplit = false;
  let relative: boolean | undefined;
  for (let word = r.peekName(); word !== undefined; word = r.peekName()) {
    const following = r.tokens[r.at + 1], keyword = SIZE_KEYWORDS[word];
    if (keyword) displacementSize = keyword;
    else if (word === "rel") relative = true;
    else if (word === "abs") relative = false;
    else if (word === "nosplit") noSplit = true;
    else if ((SEGMENT_NAMES as readonly string[]).includes(word) && following?.kind === "punctuation" && following.text === ":") {
      segment = REGISTERS.get(word)!.number;
      r.at++;
    } else break;
    r.at++;
  }
  const address = r.expression();
  r.expect("]", "a memory operand ends with ]");
  return { kind: "memory", address, segment, relative, displacementSize, noSplit };
}

/** An address as registers and a constant. */
export interface Address {
  readonly base: Register | undefined;
  readonly index: Register | undefined;
  /** 1, 2, 4 or 8. */
  readonly scale: number;
  /** Undefined where it is not known yet. */
  readonly displacement: bigint | undefined;
}

/** Sums of registers times constants, by register. */
interface Sum { readonly registers: Map<Register, { factor: bigint; readonly scaled: boolean; readonly column: number }>; constant: bigint | undefined }

/** Splits an address into base, scaled index and displacement, as NASM does: `eax*3` is `eax+eax*2`, `eax*2` alone `eax+eax`. */
export function splitAddress(operand: Extract<SourceOperand, { kind: "memory" }>, scope: Scope): Address {
  const sum = sumOf(operand.address, scope);
  const terms = [...sum.registers].filter(([, t]) => t.factor !== 0n);
  const fail = (message: string, hint: string): never => { throw new ProblemError(message, terms[0]?.[1].column ?? operand.column, hint); };
  if (terms.length > 2) fail("more than two registers in an address", "an address is base + index * (1, 2, 4 or 8) + displacement");
  let base: Register | undefined, index: Register | undefined, scale = 1n;
  for (const [register, { factor, scaled }] of terms) {
    if (factor === 1n && !base && !(scaled && (operand.noSplit || (terms.length === 2 && !index)))) base = register;
    else if (!index) [index, scale] = [register, factor];
    else if (factor === 1n && !base) base = register;
    else fail("two scaled registers in an address", "only one register can be multiplied");
  }
  if (index && !base && !operand.noSplit && [2n, 3n, 5n, 9n].includes(scale)) [base, scale] = [index, scale - 1n];
  if (index && ![1n, 2n, 4n, 8n].includes(scale)) fail(`register times ${scale} in an address`, "the factor can be 1, 2, 4 or 8 (3, 5 and 9 without another register)");
  // The stack pointer cannot be an index; a sum may be turned around.
  if (index && scale === 1n && (index.number === 4 && index.size !== 16) && base) [base, index] = [index, base];
  return { base, index, scale: Number(scale), displacement: sum.constant };
}

function sumOf(e: Expression, scope: Scope): Sum {
  if (e.kind === "register") return { registers: new Map([[e.register, { factor: 1n, scaled: false, column: e.column }]]), constant: 0n };
  if (e.kind === "unary" && hasRegister(e)) {
    if (e.operator === "+") return sumOf(e.of, scope);
    if (e.operator === "-") return scaleBy(sumOf(e.of, scope), -1n);
  }
  if (e.kind === "binary" && hasRegister(e)) {
    if (e.operator === "+" || e.operator === "-") {
      const left = sumOf(e.left, scope), right = sumOf(e.right, scope);
      return add(left, e.operator === "-" ? scaleBy(right, -1n) : right);
    }
    if (e.operator === "*") {
      const [registers, factor] = hasRegister(e.left) ? [e.left, e.right] : [e.right, e.left];
      const value = evaluate(factor, scope);
      return scaleBy(sumOf(registers, scope), value ?? 1n);
    }
    throw new ProblemError(`operator ${e.operator} on a register`, e.column, "registers can be added and multiplied by a constant");
  }
  return { registers: new Map(), constant: evaluate(e, scope) };
}

/** Whether an address names a register. */
export function hasRegister(e: Expression): boolean {
  return e.kind === "register" || (e.kind === "unary" && hasRegister(e.of)) || (e.kind === "binary" && (hasRegister(e.left) || hasRegister(e.right)));
}
function scaleBy(s: Sum, factor: bigint): Sum {
  return { registers: new Map([...s.registers].map(([r, t]) => [r, { ...t, factor: t.factor * factor, scaled: true }])), constant: s.constant === undefined ? undefined : s.constant * factor };
}
function add(a: Sum, b: Sum): Sum {
  const registers = new Map(a.registers);
  for (const [r, t] of b.registers) {
    const known = registers.get(r);
    registers.set(r, known ? { ...known, factor: known.factor + t.factor } : t);
  }
  return { registers, constant: a.constant === undefined || b.constant === undefined ? undefined : BigInt.asIntN(64, a.constant + b.constant) };
}

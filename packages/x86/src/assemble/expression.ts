import { ProblemError } from "./assembly-error.ts";
import type { Token } from "./lexer.ts";
import { REGISTERS, type Register } from "./registers.ts";

/** An expression over constants, symbols, `$` (this statement's address), `$$` (the section's start) and, in memory operands, registers. */
export type Expression =
  | { readonly kind: "constant"; readonly value: bigint }
  | { readonly kind: "symbol"; readonly name: string; readonly column: number }
  | { readonly kind: "here" } | { readonly kind: "sectionStart" }
  | { readonly kind: "register"; readonly register: Register; readonly column: number }
  | { readonly kind: "unary"; readonly operator: string; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression; readonly column: number };

/** What an expression's value depends on. */
export interface Scope {
  readonly here: bigint;
  readonly sectionStart: bigint;
  /** A symbol's value; undefined where a later pass will know it. */
  symbol(name: string, column: number): bigint | undefined;
}

/** Binary operators by falling precedence, as NASM's. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"], ["&&"], ["=", "==", "!=", "<>", "<", "<=", ">", ">="], ["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "%%"],
];

/** Reads tokens of one line from left to right. */
export class TokenReader {
  readonly tokens: readonly Token[];
  /** Index of the next token. */
  at = 0;
  readonly #end: number;
  /** Makes a local label's full name. */
  readonly qualify: (name: string) => string;
  constructor(tokens: readonly Token[], lineLength: number, qualify: (name: string) => string) {
    this.tokens = tokens;
    this.#end = lineLength + 1;
    this.qualify = qualify;
  }
  get next(): Token | undefined { return this.tokens[this.at]; }
  get done(): boolean { return this.at >= this.tokens.length; }
  get column(): number { return this.next?.column ?? this.#end; }

  /** Takes the next token if it is this punctuation. */
  accept(punctuation: string): boolean {
    const t = this.next;
    if (t?.kind !== "punctuation" || t.text !== punctuation) return false;
    this.at++;
    return true;
  }
  expect(punctuation: string, hint?: string): void {
    if (!this.accept(punctuation)) throw new ProblemError(`"${punctuation}" expected`, this.column, hint);
  }
  /** The next token's text in lower case if it is a name. */
  peekName(): string | undefined { return this.next?.kind === "name" ? this.next.text.toLowerCase() : undefined; }
  /** Takes the next token if it is one of these names (lower case). */
  acceptName(...names: readonly string[]): string | undefined {
    const name = this.peekName();
    if (name === undefined || !names.includes(name)) return undefined;
    this.at++;
    return name;
  }

  expression(level: number = 0): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    let left = this.expression(level + 1);
    for (;;) {
      const t = this.next;
      if (t?.kind !== "punctuation" || !operators.includes(t.text)) return left;
      this.at++;
      left = { kind: "binary", operator: t.text, left, right: this.expression(level + 1), column: t.column };
    }
  }
  #unary(): Expression {
    for (const operator of ["-", "+", "~", "!"]) if (this.accept(operator)) return { kind: "unary", operator, of: this.#unary() };
    return this.#primary();
  }
  #primary(): Expression {
    const t = this.next;
    if (!t) throw new ProblemError("the line ends where a value should follow", this.column);
    if (this.accept("(")) {
      const inner = this.expression();
      this.expect(")");
      return inner;
    }
    if (this.accept("$$")) return { kind: "sectionStart" };
    if (this.accept("$")) return { kind: "here" };
    this.at++;
    if (t.kind === "number") return { kind: "constant", value: t.value };
    if (t.kind === "string") return { kind: "constant", value: t.bytes.reduceRight((sum, b) => (sum << 8n) | BigInt(b), 0n) };
    if (t.kind === "name") {
      const register = REGISTERS.get(t.text.toLowerCase());
      if (register) return { kind: "register", register: this.#stackRegister(register), column: t.column };
      return { kind: "symbol", name: this.qualify(t.text), column: t.column };
    }
    throw new ProblemError(t.kind === "float" ? "a fraction cannot be used here" : `a value expected, not "${t.text}"`, t.column);
  }
  /** ST(i) as well as STi. */
  #stackRegister(register: Register): Register {
    if (register.name !== "st" || !this.accept("(")) return register;
    const t = this.next;
    if (t?.kind !== "number" || t.value > 7n) throw new ProblemError("st(0) to st(7) expected", this.column);
    this.at++;
    this.expect(")");
    return REGISTERS.get(`st${t.value}`)!;
  }
}

/** Value of an expression without registers, as a signed 64-bit number; undefined where a symbol is not known yet. */
export function evaluate(e: Expression, scope: Scope): bigint | undefined {
  switch (e.kind) {
    case "constant": return BigInt.asIntN(64, e.value);
    case "here": return scope.here;
    case "sectionStart": return scope.sectionStart;
    case "symbol": return scope.symbol(e.name, e.column);
    case "register": throw new ProblemError(`register ${e.register.name} in an expression`, e.column, "registers can be added up only inside [ ]");
    case "unary": {
      const v = evaluate(e.of, scope);
      if (v === undefined) return undefined;
      return BigInt.asIntN(64, e.operator === "-" ? -v : e.operator === "~" ? ~v : e.operator === "!" ? (v === 0n ? 1n : 0n) : v);
    }
    case "binary": {
      const a = evaluate(e.left, scope), b = evaluate(e.right, scope);
      return a === undefined || b === undefined ? undefined : BigInt.asIntN(64, binary(e.operator, a, b, e.column));
    }
  }
}

function binary(operator: string, a: bigint, b: bigint, column: number): bigint {
  const truth = (t: boolean): bigint => (t ? 1n : 0n);
  switch (operator) {
    case "+": return a + b;
    case "-": return a - b;
    case "*": return a * b;
    case "/": case "//": case "%": case "%%":
      if (b === 0n) throw new ProblemError("division by zero", column);
      return operator.startsWith("/") ? a / b : a % b;
    case "<<": return b < 0n || b > 63n ? 0n : a << b;
    case ">>": return b < 0n || b > 63n ? 0n : BigInt.asUintN(64, a) >> b;
    case "&": return a & b;
    case "|": return a | b;
    case "^": return a ^ b;
    case "&&": return truth(a !== 0n && b !== 0n);
    case "||": return truth(a !== 0n || b !== 0n);
    case "=": case "==": return truth(a === b);
    case "!=": case "<>": return truth(a !== b);
    case "<": return truth(a < b);
    case "<=": return truth(a <= b);
    case ">": return truth(a > b);
    case ">=": return truth(a >= b);
    default: throw new ProblemError(`operator ${operator}`, column);
  }
}

/** Whether a value depends on symbols or on where the statement lies. */
export function isConstant(e: Expression): boolean {
  switch (e.kind) {
    case "constant": case "register": return true;
    case "unary": return isConstant(e.of);
    case "binary": return isConstant(e.left) && isConstant(e.right);
    default: return false;
  }
}

import { OP } from "@ringzero/wasm";
import type { FlagSource, GprRef, Statement } from "../../ir/statement.ts";
import { KIND, type Value } from "../../ir/value.ts";
import type { BuiltVariant } from "../../isa/variants.ts";

/**
 * Operations that differ in constants only. With b' = b xor `invert`, every 32-bit addition, subtraction (with and without carry) and bitwise
 * operation of a and b is
 *
 *     (a xor b') · [difference] + (a and b') · product + carry in
 *
 * for a + b = (a xor b) + 2 (a and b), a or b = (a xor b) + (a and b), and a - b = a + not b + 1; and bit 32 of the sum is its carry.
 * So one piece of code without a branch does for all of them, and the processor under us has nothing to mispredict.
 */
export interface UniformOperation {
  readonly kind: UniformKind;
  /** Register written, of moves to memory the one read. Undefined: only flags are set. */
  readonly destination: GprRef | undefined;
  /** First operand; of moves undefined. */
  readonly first: GprRef | undefined;
  /** Second operand where it is a register; undefined where it is the immediate or in memory. */
  readonly second: GprRef | undefined;
  /** 0 or -1: the second operand's bits are inverted, and the carry goes in and comes out inverted. */
  readonly invert: 0 | -1;
  /** SELECT's bits. */
  readonly select: number;
}

/** What the second operand is, or where a move goes: each is code of its own. */
export type UniformKind = "register" | "load" | "loadAlu" | "store";

/** Bits of a uniform operation's `select` byte. */
export const SELECT = {
  /** How far a and b' is shifted left before it is added: by 1 makes a sum, whose carries are flags; NONE takes it out of the 32 bits and their carry. */
  shift: 63,
  /** CF (inverted with `invert`) is added. */
  carryIn: 0x40,
  /** a xor b' counts. */
  difference: 0x80,
} as const;

const SUM = 1 | SELECT.difference;
/** An even shift that leaves nothing of the product in 33 bits. */
const NONE = 62;

function formula(s: Exclude<FlagSource, { kind: "explicit" }>, a: Value, b: Value, carry: Value | undefined): Pick<UniformOperation, "invert" | "select"> | undefined {
  const is = (v: Value | undefined, op: number, x: Value | undefined, y: Value): boolean => v !== undefined && v.kind === op && v.a === x && v.b === y;
  const { result } = s;
  if (s.kind === "logic") {
    if (is(result, OP["i32.and"], a, b)) return { invert: 0, select: 0 };
    if (is(result, OP["i32.or"], a, b)) return { invert: 0, select: SELECT.difference };
    return is(result, OP["i32.xor"], a, b) ? { invert: 0, select: NONE | SELECT.difference } : undefined;
  }
  if (s.keepCarry || s.a !== a || s.b !== b) return undefined;
  const op = s.kind === "add" ? OP["i32.add"] : OP["i32.sub"], invert = s.kind === "add" ? 0 : -1;
  if (is(result, op, a, b)) return { invert, select: SUM };
  return carry && result.a && is(result.a, op, a, b) && is(result, op, result.a, carry) ? { invert, select: SUM | SELECT.carryIn } : undefined;
}

/** What recorded statements read and write; undefined where they do more than a uniform operation can. */
function summary(list: readonly Statement[]): Summary | undefined {
  const x: Summary = { registers: [], carry: undefined, loaded: undefined, written: undefined, stored: undefined, flags: undefined };
  let address: Value | undefined;
  for (const s of list) {
    const reads = !x.written && !x.stored && !x.flags;
    if (s.s === "node") continue;
    else if (s.s === "getGpr" && s.bits === 32 && reads) x.registers.push(s);
    else if (s.s === "getFlag" && s.flag === "C" && reads) x.carry = s.to;
    else if (s.s === "operandAddress" && s.size === 4 && !address) address = s.to;
    else if (s.s === "load" && s.size === 4 && s.address === address && reads && !x.loaded) x.loaded = s.to;
    else if (s.s === "setGpr" && s.bits === 32 && !x.written && !x.stored) x.written = s;
    else if (s.s === "store" && s.size === 4 && s.address === address && !x.written && !x.stored) x.stored = s.value;
    else if (s.s === "flags" && !x.flags) x.flags = s.source;
    else return undefined;
  }
  return x;
}
interface Summary {
  readonly registers: Extract<Statement, { s: "getGpr" }>[];
  carry: Value | undefined;
  loaded: Value | undefined;
  written: Extract<Statement, { s: "setGpr" }> | undefined;
  stored: Value | undefined;
  flags: FlagSource | undefined;
}

const same = (x: GprRef, y: GprRef): boolean => JSON.stringify(x) === JSON.stringify(y);
const isFieldA = (ref: GprRef | undefined): boolean => ref?.kind === "field" && ref.field === "a";

/** The uniform operation that a variant's recorded statements are, or undefined. */
export function uniformOperation({ statements }: BuiltVariant): UniformOperation | undefined {
  const x = summary(statements);
  if (!x) return undefined;
  const registerOf = (v: Value): GprRef | undefined => x.registers.find((r) => r.to === v)?.ref;
  if (!x.flags) {
    const [from] = x.registers, none = { first: undefined, second: undefined, invert: 0, select: 0 } as const;
    if (x.loaded && x.written?.value === x.loaded && isFieldA(x.written.ref)) return { kind: "load", destination: x.written.ref, ...none };
    return x.stored && from && x.stored === from.to && isFieldA(from.ref) ? { kind: "store", destination: from.ref, ...none } : undefined;
  }
  if (x.stored || x.flags.kind === "explicit") return undefined;
  const { result } = x.flags, sum = x.carry && result.b === x.carry ? result.a! : result, a = sum.a, b = sum.b;
  if (!a || !b || (x.written && x.written.value !== result)) return undefined;
  const constants = formula(x.flags, a, b, x.carry), first = registerOf(a), second = registerOf(b);
  if (!constants || !first || (x.written && !same(x.written.ref, first))) return undefined;
  const destination = x.written?.ref;
  if (x.loaded) return b === x.loaded && isFieldA(first) && destination ? { kind: "loadAlu", destination, first, second: undefined, ...constants } : undefined;
  if (!second && !(b.kind === KIND.immediate && b.bits === 32 && b.type === "i32")) return undefined;
  return { kind: "register", destination, first, second, ...constants };
}

import { OP, type Emitter, type ValueType } from "@ringzero/wasm";
import type { FlagName, FlagSource } from "../../ir/statement.ts";
import { STATE } from "../../state/state.ts";
import type { Lowering } from "../lowering.ts";
import { lowerFlag } from "../interpreter/lazy-flags.ts";

/** A value kept for flags, written down again where it is asked for: a constant, a local, a register's local, or an operation on such. */
export type Kept =
  | { readonly k: "constant"; readonly value: bigint; readonly type: ValueType }
  | { readonly k: "local"; readonly local: number }
  /** The local of general register `gpr`, or (`wrap`) its low 32 bits. */
  | { readonly k: "gpr"; readonly gpr: number; readonly local: number; readonly wrap: boolean }
  /** In the state block, at a byte offset. */
  | { readonly k: "state"; readonly offset: number; readonly type: Exclude<ValueType, "funcref"> }
  | { readonly k: "operation"; readonly op: number; readonly arguments: readonly Kept[] };

/** Pushes a kept value. */
export function pushKept(e: Emitter, k: Kept): void {
  switch (k.k) {
    case "constant":
      if (k.type === "i64") e.i64Const(BigInt.asIntN(64, k.value));
      else e.i32Const(Number(BigInt.asIntN(32, k.value)));
      break;
    case "local": e.localGet(k.local); break;
    case "gpr": e.localGet(k.local); if (k.wrap) e.op(OP["i32.wrap_i64"]); break;
    case "state": e.localGet(0); e.memory(OP[`${k.type}.load`], k.offset); break;
    default:
      for (const a of k.arguments) pushKept(e, a);
      e.op(k.op);
  }
}
/** General registers that a flag map depends on, as a bit mask. */
export function registersOf(map: FlagMap): number {
  let mask = 0;
  const visit = (k: Kept | undefined): void => {
    if (!k) return;
    if (k.k === "gpr") mask |= 1 << k.gpr;
    else if (k.k === "operation") k.arguments.forEach(visit);
  };
  for (const s of new Set(FLAG_NAMES.map((f) => map[f]))) {
    if (!s) continue;
    visit(s.a); visit(s.b); visit(s.result);
    Object.values(s.flags).forEach(visit);
  }
  return mask;
}
/** Locals that a flag map depends on besides registers'. */
export function localsOf(map: FlagMap): Set<number> {
  const locals = new Set<number>();
  mapKept(map, (k) => { visitLocals(k, locals); return k; }, false);
  return locals;
}
function visitLocals(k: Kept, into: Set<number>): void {
  if (k.k === "local") into.add(k.local);
  else if (k.k === "operation") for (const a of k.arguments) visitLocals(a, into);
}
/** The same map with every kept value put through `change`. */
export function mapKept(map: FlagMap, change: (k: Kept) => Kept, dropA: boolean): FlagMap {
  const done = new Map<KeptSource, KeptSource>();
  const one = (s: KeptSource | undefined): KeptSource | undefined => {
    if (!s) return undefined;
    let n = done.get(s);
    if (!n) {
      n = {
        ...s, a: s.a && !(dropA && s.plain) ? change(s.a) : undefined, b: s.b && change(s.b), result: s.result && change(s.result),
        flags: Object.fromEntries(Object.entries(s.flags).map(([f, k]) => [f, change(k)])),
      };
      done.set(s, n);
    }
    return n;
  };
  return { C: one(map.C), P: one(map.P), A: one(map.A), Z: one(map.Z), S: one(map.S), O: one(map.O) };
}
/** A flag source whose operands are kept in locals, so that flags cost nothing until somebody asks. */
export interface KeptSource {
  readonly kind: FlagSource["kind"];
  readonly bits: number;
  /** The result is exactly a - b or a + b, no carry in: comparisons may compare a and b, and `a` may be left out. */
  readonly plain: boolean;
  readonly a: Kept | undefined;
  readonly b: Kept | undefined;
  readonly result: Kept | undefined;
  readonly flags: { readonly [F in FlagName]?: Kept };
}
/** Where each flag is: a kept source, or undefined = in memory (or with the block that set the deferral local). */
export type FlagMap = { readonly [F in FlagName]: KeptSource | undefined };
export const IN_MEMORY: FlagMap = { C: undefined, P: undefined, A: undefined, Z: undefined, S: undefined, O: undefined };
export const FLAG_NAMES: readonly FlagName[] = ["C", "P", "A", "Z", "S", "O"];

function type(bits: number): ValueType { return bits === 64 ? "i64" : "i32"; }
function push(e: Emitter, k: Kept): void { pushKept(e, k); }
/** Pushes the first operand; where it was not kept, the result with the second undone. */
function first(e: Emitter, s: KeptSource): void {
  if (s.a) { pushKept(e, s.a); return; }
  pushKept(e, s.result!);
  pushKept(e, s.b!);
  e.op((OP as { [k: string]: number })[`${type(s.bits)}.${s.kind === "sub" ? "add" : "sub"}`]!);
  if (s.bits < 32) { e.i32Const(s.bits === 8 ? 0xff : 0xffff); e.op(OP["i32.and"]); }
}
function signed(e: Emitter, pushIt: () => void, bits: number): void {
  pushIt();
  if (bits === 8) e.op(OP["i32.extend8_s"]);
  else if (bits === 16) e.op(OP["i32.extend16_s"]);
}
function op(e: Emitter, bits: number, name: "and" | "or" | "xor" | "eqz" | "lt_u" | "le_u" | "lt_s" | "le_s" | "eq"): void {
  e.op((OP as { [k: string]: number })[`${type(bits)}.${name}`]!);
}

/** Pushes the carries (or borrows) out of every bit. */
function carries(e: Emitter, s: KeptSource): void {
  const not = (): void => { if (s.bits === 64) e.i64ConstNumber(-1); else e.i32Const(-1); op(e, s.bits, "xor"); };
  first(e, s); if (s.kind === "sub") not();
  push(e, s.b!); op(e, s.bits, "and");
  first(e, s); if (s.kind === "sub") not();
  push(e, s.b!); op(e, s.bits, "or");
  push(e, s.result!); if (s.kind === "add") not();
  op(e, s.bits, "and"); op(e, s.bits, "or");
}
/** Pushes bit `n` of a value of `bits` on the stack. */
function bit(e: Emitter, bits: number, n: number): void {
  if (bits === 64) { e.i64ConstNumber(n); e.op(OP["i64.shr_u"]); e.op(OP["i32.wrap_i64"]); } else if (n) { e.i32Const(n); e.op(OP["i32.shr_u"]); }
  e.i32Const(1);
  e.op(OP["i32.and"]);
}

/** Pushes one flag of a kept source as 0 or 1. */
export function pushKeptFlag(e: Emitter, s: KeptSource, flag: FlagName): void {
  const given = s.flags[flag];
  if (given) { push(e, given); return; }
  const n = s.bits;
  switch (flag) {
    case "Z": push(e, s.result!); op(e, n, "eqz"); return;
    case "S": push(e, s.result!); bit(e, n, n - 1); return;
    case "P":
      push(e, s.result!);
      if (n === 64) e.op(OP["i32.wrap_i64"]);
      e.i32Const(0xff); e.op(OP["i32.and"]); e.op(OP["i32.popcnt"]); e.i32Const(-1); e.op(OP["i32.xor"]); e.i32Const(1); e.op(OP["i32.and"]);
      return;
    default:
  }
  if (s.kind === "logic") { e.i32Const(0); return; }
  if (flag === "C") {
    if (s.plain) {
      if (s.kind === "sub") { first(e, s); push(e, s.b!); } else { push(e, s.result!); first(e, s); }
      op(e, n, "lt_u");
      return;
    }
    carries(e, s); bit(e, n, n - 1);
    return;
  }
  if (flag === "A") { carries(e, s); bit(e, n, 3); return; }
  // OF: sign of (a ^ r) & (b ^ r) for additions, (a ^ b) & (a ^ r) for subtractions.
  first(e, s); push(e, s.kind === "add" ? s.result! : s.b!); op(e, n, "xor");
  if (s.kind === "add") push(e, s.b!); else first(e, s); push(e, s.result!); op(e, n, "xor");
  op(e, n, "and"); bit(e, n, n - 1);
}

/** Pushes a flag from wherever it is. */
export function pushFlag(l: Lowering, map: FlagMap, flag: FlagName): void {
  const s = map[flag];
  if (s) pushKeptFlag(l.e, s, flag);
  else lowerFlag(l, flag);
}

/** Pushes a condition (Jcc's code): compares the operands themselves where one subtraction or logic operation set the flags. */
export function pushCondition(l: Lowering, map: FlagMap, code: number): void {
  const { e } = l;
  const kind = code >> 1, negate = (code & 1) === 1;
  const z = map.Z;
  const same = z && map.C === z && map.S === z && map.O === z;
  const compare = (name: "lt_u" | "le_u" | "lt_s" | "le_s" | "eq", s: KeptSource): void => {
    const sign = name.endsWith("_s");
    if (sign) { signed(e, () => first(e, s), s.bits); signed(e, () => push(e, s.b!), s.bits); } else { first(e, s); push(e, s.b!); }
    op(e, s.bits, name);
  };
  const withoutOverflow = same && z.kind === "logic";
  if (kind === 2 && z && z.kind === "sub" && z.plain && !z.flags.Z) compare("eq", z);
  else if (kind === 3 && same && z.kind === "sub" && z.plain) compare("le_u", z);
  else if (kind === 6 && same && z.kind === "sub" && z.plain) compare("lt_s", z);
  else if (kind === 7 && same && z.kind === "sub" && z.plain) compare("le_s", z);
  else if (kind === 3 && withoutOverflow) pushFlag(l, map, "Z");
  else if (kind === 6 && withoutOverflow) pushFlag(l, map, "S");
  else if (kind === 7 && withoutOverflow) { pushFlag(l, map, "S"); pushFlag(l, map, "Z"); e.op(OP["i32.or"]); }
  else {
    switch (kind) {
      case 0: pushFlag(l, map, "O"); break;
      case 1: pushFlag(l, map, "C"); break;
      case 2: pushFlag(l, map, "Z"); break;
      case 3: pushFlag(l, map, "C"); pushFlag(l, map, "Z"); e.op(OP["i32.or"]); break;
      case 4: pushFlag(l, map, "S"); break;
      case 5: pushFlag(l, map, "P"); break;
      case 6: pushFlag(l, map, "S"); pushFlag(l, map, "O"); e.op(OP["i32.xor"]); break;
      default: pushFlag(l, map, "S"); pushFlag(l, map, "O"); e.op(OP["i32.xor"]); pushFlag(l, map, "Z"); e.op(OP["i32.or"]);
    }
  }
  if (negate) e.op(OP["i32.eqz"]);
}

/** Stores the flags of an addition or subtraction: what the lazy form has are three bits of the carries. */
function storeSum(l: Lowering, s: KeptSource, temporary: (type: ValueType) => number): void {
  const { e } = l, c = temporary(type(s.bits));
  const mask = (push: () => void, bits: number): void => { push(); e.i32Const(bits); e.op(OP["i32.and"]); };
  carries(e, s); e.localSet(c);
  l.state();
  if (s.bits === 32) mask(() => e.localGet(c), 0xc000_0008 | 0);
  else {
    mask(() => {
      e.localGet(c);
      if (s.bits === 64) { e.i64ConstNumber(32); e.op(OP["i64.shr_u"]); e.op(OP["i32.wrap_i64"]); } else { e.i32Const(32 - s.bits); e.op(OP["i32.shl"]); }
    }, 0xc000_0000 | 0);
    mask(() => { e.localGet(c); if (s.bits === 64) e.op(OP["i32.wrap_i64"]); }, 8);
    e.op(OP["i32.or"]);
  }
  e.memory(OP["i32.store"], STATE.flagAux.offset);
  l.state();
  signed(e, () => push(e, s.result!), s.bits);
  if (s.bits !== 64) e.op(OP["i64.extend_i32_s"]);
  e.memory(OP["i64.store"], STATE.flagResult.offset);
}

/** Stores all flags in the state block's lazy form. */
export function storeFlags(l: Lowering, map: FlagMap, temporary: (type: ValueType) => number): void {
  if (FLAG_NAMES.every((f) => map[f] === undefined)) return;
  const { e } = l;
  const r = map.Z;
  const whole = r && r.result && map.S === r && map.P === r && !r.flags.Z && !r.flags.S && !r.flags.P;
  if (whole && (r.kind === "add" || r.kind === "sub") && map.C === r && map.O === r && map.A === r && Object.keys(r.flags).length === 0) {
    storeSum(l, r, temporary);
    return;
  }
  const c = temporary("i32"), o = temporary("i32"), a = temporary("i32");
  pushFlag(l, map, "C"); e.localSet(c);
  pushFlag(l, map, "O"); e.localSet(o);
  pushFlag(l, map, "A"); e.localSet(a);
  const inMemory = !map.Z && !map.S && !map.P;
  const z = temporary("i32"), p = temporary("i32"), s = temporary("i32");
  if (!whole && !inMemory) {
    pushFlag(l, map, "Z"); e.localSet(z);
    pushFlag(l, map, "P"); e.localSet(p);
    pushFlag(l, map, "S"); e.localSet(s);
  }
  l.state();
  e.localGet(c); e.i32Const(31); e.op(OP["i32.shl"]);
  e.localGet(c); e.localGet(o); e.op(OP["i32.xor"]); e.i32Const(30); e.op(OP["i32.shl"]); e.op(OP["i32.or"]);
  e.localGet(a); e.i32Const(3); e.op(OP["i32.shl"]); e.op(OP["i32.or"]);
  if (inMemory) { l.state(); e.memory(OP["i32.load"], STATE.flagAux.offset); e.i32Const(0xff01); e.op(OP["i32.and"]); e.op(OP["i32.or"]); }
  else if (!whole) {
    e.localGet(s); e.op(OP["i32.or"]);
    e.localGet(p); e.localGet(z); e.op(OP["i32.xor"]); e.i32Const(8); e.op(OP["i32.shl"]); e.op(OP["i32.or"]);
  }
  e.memory(OP["i32.store"], STATE.flagAux.offset);
  if (inMemory) return;
  l.state();
  if (whole) {
    signed(e, () => push(e, r.result!), r.bits);
    if (r.bits !== 64) e.op(OP["i64.extend_i32_s"]);
  } else { e.localGet(z); e.i32Const(1); e.op(OP["i32.xor"]); e.op(OP["i64.extend_i32_u"]); }
  e.memory(OP["i64.store"], STATE.flagResult.offset);
}

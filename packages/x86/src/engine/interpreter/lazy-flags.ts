import { OP } from "@ringzero/wasm";
import type { FlagName, FlagSource } from "../../ir/statement.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import type { Lowering } from "../lowering.ts";

/**
 * Status flags in memory, evaluated when asked for: STATE.flagResult gives Z, S and P, STATE.flagAux holds the carries.
 * An addition's carries out of every bit are (a & b) | ((a | b) & ~r), a subtraction's borrows (~a & b) | ((~a | b) & r):
 * CF is the most significant, bit 3 is AF, and the two most significant differ where the result overflowed.
 */

const CARRY = 0x8000_0000 | 0, PARTIAL = 0x4000_0000;

function aux(l: Lowering): void { l.state(); l.e.memory(OP["i32.load"], STATE.flagAux.offset); }
function result(l: Lowering): void { l.state(); l.e.memory(OP["i64.load"], STATE.flagResult.offset); }

/** Pushes a status flag as 0 or 1. */
export function lowerFlag(l: Lowering, flag: FlagName): void {
  const { e } = l;
  switch (flag) {
    case "C": aux(l); e.i32Const(31); e.op(OP["i32.shr_u"]); break;
    case "O": aux(l); e.i32Const(PARTIAL); e.op(OP["i32.add"]); e.i32Const(31); e.op(OP["i32.shr_u"]); break;
    case "A": aux(l); e.i32Const(3); e.op(OP["i32.shr_u"]); e.i32Const(1); e.op(OP["i32.and"]); break;
    case "Z": result(l); e.op(OP["i64.eqz"]); break;
    case "S": result(l); e.i64ConstNumber(63); e.op(OP["i64.shr_u"]); e.op(OP["i32.wrap_i64"]); aux(l); e.op(OP["i32.xor"]); e.i32Const(1); e.op(OP["i32.and"]); break;
    case "P":
      result(l); e.op(OP["i32.wrap_i64"]); aux(l); e.i32Const(8); e.op(OP["i32.shr_u"]); e.op(OP["i32.xor"]); e.i32Const(0xff); e.op(OP["i32.and"]);
      e.op(OP["i32.popcnt"]); e.i32Const(-1); e.op(OP["i32.xor"]); e.i32Const(1); e.op(OP["i32.and"]);
      break;
  }
}

/** Pushes a condition (Jcc's code) as zero or not zero: 0 or 1. */
export function lowerCondition(l: Lowering, code: number): void {
  const { e } = l;
  switch (code >> 1) {
    case 0: lowerFlag(l, "O"); break;
    case 1: lowerFlag(l, "C"); break;
    case 2: lowerFlag(l, "Z"); break;
    case 3: lowerFlag(l, "C"); lowerFlag(l, "Z"); e.op(OP["i32.or"]); break;
    case 4: lowerFlag(l, "S"); break;
    case 5: lowerFlag(l, "P"); break;
    case 6: lowerFlag(l, "S"); lowerFlag(l, "O"); e.op(OP["i32.xor"]); break;
    default: lowerFlag(l, "S"); lowerFlag(l, "O"); e.op(OP["i32.xor"]); lowerFlag(l, "Z"); e.op(OP["i32.or"]);
  }
  if (code & 1) e.op(OP["i32.eqz"]);
}

/** Pushes a value sign-extended from `bits` to an i64. */
function extended(l: Lowering, v: Value, bits: number): void {
  const { e } = l;
  l.value(v);
  if (bits === 64) return;
  if (bits === 8) e.op(OP["i32.extend8_s"]);
  else if (bits === 16) e.op(OP["i32.extend16_s"]);
  e.op(OP["i64.extend_i32_s"]);
}
function storeResult(l: Lowering, v: Value, bits: number): void {
  l.state();
  extended(l, v, bits);
  l.e.memory(OP["i64.store"], STATE.flagResult.offset);
}

/** Pushes the carries (borrows) in the aux word's form. */
export function lowerCarries(l: Lowering, s: Extract<FlagSource, { kind: "add" | "sub" }>): void {
  const { e } = l;
  const wide = s.bits === 64;
  const op = (name: "and" | "or" | "xor"): void => e.op(wide ? OP[`i64.${name}`] : OP[`i32.${name}`]);
  const not = (): void => { if (wide) e.i64ConstNumber(-1); else e.i32Const(-1); op("xor"); };
  l.value(s.a); if (s.kind === "sub") not();
  l.value(s.b); op("and");
  l.value(s.a); if (s.kind === "sub") not();
  l.value(s.b); op("or");
  l.value(s.result); if (s.kind === "add") not();
  op("and");
  op("or");
  if (s.bits === 32) { e.i32Const(CARRY | PARTIAL | 8); e.op(OP["i32.and"]); return; }
  const t = l.allocate(wide ? "i64" : "i32");
  e.localTee(t);
  if (wide) { e.i64ConstNumber(32); e.op(OP["i64.shr_u"]); e.op(OP["i32.wrap_i64"]); } else { e.i32Const(32 - s.bits); e.op(OP["i32.shl"]); }
  e.i32Const(CARRY | PARTIAL);
  e.op(OP["i32.and"]);
  e.localGet(t);
  if (wide) e.op(OP["i32.wrap_i64"]);
  e.i32Const(8);
  e.op(OP["i32.and"]);
  e.op(OP["i32.or"]);
}

/** Stores the flags that a source sets. */
export function lowerFlags(l: Lowering, s: FlagSource): void {
  const { e } = l;
  const storeAux = (t: number): void => { l.state(); e.localGet(t); e.memory(OP["i32.store"], STATE.flagAux.offset); };
  if (s.kind === "logic") {
    storeResult(l, s.result, s.bits);
    l.state(); e.i32Const(0); e.memory(OP["i32.store"], STATE.flagAux.offset);
    return;
  }
  if (s.kind === "explicit") { lowerExplicit(l, s); return; }
  if (!s.keepCarry) {
    l.state();
    lowerCarries(l, s);
    e.memory(OP["i32.store"], STATE.flagAux.offset);
    storeResult(l, s.result, s.bits);
    return;
  }
  // CF stays; bit 30 is CF xor OF, so it changes with the kept CF: (c31 ^ c30 ^ old31) there.
  const t = l.allocate("i32");
  lowerCarries(l, s);
  e.localSet(t);
  e.localGet(t); e.i32Const(1); e.op(OP["i32.shr_u"]); e.localGet(t); e.op(OP["i32.xor"]); e.i32Const(PARTIAL); e.op(OP["i32.and"]); // bit 30 = OF
  e.localGet(t); e.i32Const(8); e.op(OP["i32.and"]); e.op(OP["i32.or"]);
  const kept = l.allocate("i32");
  aux(l); e.i32Const(CARRY); e.op(OP["i32.and"]); e.localTee(kept);
  e.localGet(kept); e.i32Const(1); e.op(OP["i32.shr_u"]); e.op(OP["i32.xor"]); e.op(OP["i32.xor"]);
  e.localSet(t);
  storeAux(t);
  storeResult(l, s.result, s.bits);
}

function lowerExplicit(l: Lowering, s: Extract<FlagSource, { kind: "explicit" }>): void {
  const { e } = l;
  const { C, O, A, Z, S, P } = s.flags;
  // Truth values are made 0 or 1 by their producers.
  const temp = (push: () => void): number => { const t = l.allocate("i32"); push(); e.localSet(t); return t; };
  const bool = (v: Value | undefined, flag: FlagName): number => temp(() => { if (v) l.value(v); else lowerFlag(l, flag); });
  const c = bool(C, "C"), o = bool(O, "O"), a = bool(A, "A");
  const packed = (): void => {
    e.localGet(c); e.i32Const(31); e.op(OP["i32.shl"]);
    e.localGet(c); e.localGet(o); e.op(OP["i32.xor"]); e.i32Const(30); e.op(OP["i32.shl"]); e.op(OP["i32.or"]);
    e.localGet(a); e.i32Const(3); e.op(OP["i32.shl"]); e.op(OP["i32.or"]);
  };
  if (!Z && !S && !P) {
    const t = temp(() => {
      packed();
      if (!s.result) { aux(l); e.i32Const(0xff01); e.op(OP["i32.and"]); e.op(OP["i32.or"]); }
    });
    l.state(); e.localGet(t); e.memory(OP["i32.store"], STATE.flagAux.offset);
    if (s.result) storeResult(l, s.result, s.bits);
    return;
  }
  // Any mix of S, Z and P: result 0 or 1 stands for Z; the inverting bits supply the others.
  const r = s.result;
  const fromResult = (flag: "Z" | "S" | "P"): void => {
    if (!r) { lowerFlag(l, flag); return; }
    extended(l, r, s.bits);
    if (flag === "Z") e.op(OP["i64.eqz"]);
    else if (flag === "S") { e.i64ConstNumber(63); e.op(OP["i64.shr_u"]); e.op(OP["i32.wrap_i64"]); } else {
      e.op(OP["i32.wrap_i64"]); e.i32Const(0xff); e.op(OP["i32.and"]); e.op(OP["i32.popcnt"]); e.i32Const(-1); e.op(OP["i32.xor"]); e.i32Const(1); e.op(OP["i32.and"]);
    }
  };
  const z = temp(() => { if (Z) l.value(Z); else fromResult("Z"); });
  const sign = temp(() => { if (S) l.value(S); else fromResult("S"); });
  const p = temp(() => { if (P) l.value(P); else fromResult("P"); });
  l.state();
  packed();
  e.localGet(sign); e.op(OP["i32.or"]);
  e.localGet(p); e.localGet(z); e.op(OP["i32.xor"]); e.i32Const(8); e.op(OP["i32.shl"]); e.op(OP["i32.or"]);
  e.memory(OP["i32.store"], STATE.flagAux.offset);
  l.state();
  e.localGet(z); e.i32Const(1); e.op(OP["i32.xor"]); e.op(OP["i64.extend_i32_u"]);
  e.memory(OP["i64.store"], STATE.flagResult.offset);
}

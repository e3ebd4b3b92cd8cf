import { OP } from "@ringzero/wasm";
import { EVENT, STATE } from "../../state/state.ts";
import type { Routine } from "../../ir/routine.ts";
import { Value } from "../../ir/value.ts";
import { isPure } from "../effects.ts";
import type { Lowering, StatementOf } from "../lowering.ts";
import type { FlagSource, GprRef, Statement } from "../../ir/statement.ts";

/** Opcodes by type and bytes in memory. */
export const LOADS: { readonly [type: string]: { readonly [size: number]: number } } = {
  i32: { 1: OP["i32.load8_u"], 2: OP["i32.load16_u"], 4: OP["i32.load"] }, i64: { 8: OP["i64.load"] }, f32: { 4: OP["f32.load"] }, f64: { 8: OP["f64.load"] }, v128: { 16: OP["v128.load"] },
};
export const STORES: { readonly [type: string]: { readonly [size: number]: number } } = {
  i32: { 1: OP["i32.store8"], 2: OP["i32.store16"], 4: OP["i32.store"] }, i64: { 8: OP["i64.store"] }, f32: { 4: OP["f32.store"] }, f64: { 8: OP["f64.store"] }, v128: { 16: OP["v128.store"] },
};

/** The result is exactly a - b (or a + b): no carry in. */
export function isPlain(s: Extract<FlagSource, { kind: "add" | "sub" }>): boolean {
  let r = s.result;
  if (r.bits < 32 && r.kind === OP["i32.and"] && r.a) r = r.a;
  const name = `${s.bits === 64 ? "i64" : "i32"}.${s.kind}`;
  return r.kind === (OP as { [k: string]: number })[name] && r.a === s.a && r.b === s.b;
}
/** Whether some of the statements sets flags. */
export function setsFlags(list: readonly Statement[]): boolean {
  return list.some((s) => s.s === "flags" || (s.s === "if" && (setsFlags(s.then) || setsFlags(s.else))) || (s.s === "loop" && setsFlags(s.body)));
}
/** Nothing but flags comes of the statements. */
export function onlyFlags(list: readonly Statement[]): boolean { return list.every((s) => s.s === "flags" || s.s === "node"); }
const flagCalls = new WeakMap<readonly Statement[], ReadonlySet<Statement>>();

/** Calls of pure routines whose results nothing but flags depends on. */
export function callsForFlags(list: readonly Statement[]): ReadonlySet<Statement> {
  const known = flagCalls.get(list);
  if (known) return known;
  const calls: StatementOf<"call">[] = [], used = new Set<Value>();
  const use = (v: Value | undefined): void => {
    if (!v || used.has(v)) return;
    used.add(v);
    use(v.a); use(v.b); use(v.c);
  };
  const visit = (statements: readonly Statement[]): void => {
    for (const s of statements) {
      if (s.s === "flags" || s.s === "node") continue;
      if (s.s === "call" && isPure(s.routine as Routine)) { calls.push(s); continue; }
      for (const field of Object.values(s) as unknown[]) {
        if (field instanceof Value) use(field);
        else if (Array.isArray(field)) for (const x of field) if (x instanceof Value) use(x);
      }
      if (s.s === "if") { visit(s.then); visit(s.else); } else if (s.s === "loop" || s.s === "repeat") visit(s.body);
    }
  };
  visit(list);
  // What a call that is needed is given is needed as well.
  for (let before = -1; before !== used.size; ) {
    before = used.size;
    for (const c of calls) if (c.to.some((v) => used.has(v))) c.args.forEach(use);
  }
  const found = new Set(calls.filter((c) => !c.to.some((v) => used.has(v))));
  flagCalls.set(list, found);
  return found;
}
/** General registers that statements set, as a bit mask. `number` tells which register a reference means. */
export function gprsSet(list: readonly Statement[], number: (ref: GprRef) => number): number {
  let mask = 0;
  for (const s of list) {
    if (s.s === "setGpr") mask |= 1 << number(s.ref);
    else if (s.s === "if") mask |= gprsSet(s.then, number) | gprsSet(s.else, number);
    else if (s.s === "loop") mask |= gprsSet(s.body, number);
  }
  return mask;
}
/** Sets the event: an exception, with an error code where `pushCode` pushes one. */
export function storeException(l: Lowering, vector: number, pushCode: (() => void) | undefined): void {
  const { e } = l;
  l.state(); e.i32Const(vector); e.memory(OP["i32.store"], STATE.eventVector.offset);
  l.state(); if (pushCode) pushCode(); else e.i32Const(0);
  e.memory(OP["i32.store"], STATE.eventCode.offset);
  l.state(); e.i32Const(pushCode ? 1 : 0); e.memory(OP["i32.store"], STATE.eventFlags.offset);
  l.state(); e.i32Const(EVENT.exception); e.memory(OP["i32.store"], STATE.event.offset);
}

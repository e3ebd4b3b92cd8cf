import type { GprRef, Statement, VectorRef } from "../../ir/statement.ts";
import type { RegionInstruction } from "./region.ts";

/** Which general register a reference of an instruction means; `high`: bits 15 to 8 of it, where eight bits are asked for. */
export function gprOf(i: RegionInstruction, ref: GprRef): { readonly n: number; readonly high: boolean } {
  if (ref.kind === "fixed") return { n: ref.number, high: ref.high ?? false };
  const n = ref.field === "a" ? i.reg : ref.field === "b" ? i.rm : i.vvvv;
  const operand = i.built.variant.form.operands.find((o) => o.field === ref.field);
  // Without a REX prefix byte registers 4 to 7 are AH, CH, DH and BH.
  if (operand?.size === 8 && i.rex === 0 && n >= 4 && n < 8) return { n: n - 4, high: true };
  return { n, high: false };
}
/** Which vector register a reference of an instruction means. */
export function vectorOf(i: RegionInstruction, ref: VectorRef): number { return ref.kind === "fixed" ? ref.number : ref.field === "a" ? i.reg : i.rm; }

/** Registers that something reads and writes, as bit masks; `reads` has those that are written in part, or not in every case. */
export interface RegisterUse { gprReads: number; gprWrites: number; vectorReads: number; vectorWrites: number }

const known = new WeakMap<RegionInstruction, RegisterUse>();

/** Registers that an instruction reads and writes. */
export function registerUse(i: RegionInstruction): RegisterUse {
  const before = known.get(i);
  if (before) return before;
  const use: RegisterUse = { gprReads: 0, gprWrites: 0, vectorReads: 0, vectorWrites: 0 };
  // The address of an operand in memory; numbers from 16 on are no registers.
  if (i.base < 16) use.gprReads |= 1 << i.base;
  if (i.index < 16) use.gprReads |= 1 << i.index;
  const visit = (list: readonly Statement[], conditional: boolean): void => {
    for (const s of list) {
      switch (s.s) {
        case "getGpr": use.gprReads |= 1 << gprOf(i, s.ref).n; break;
        case "setGpr": {
          const bit = 1 << gprOf(i, s.ref).n;
          use.gprWrites |= bit;
          if (conditional || s.bits < 32) use.gprReads |= bit;
          break;
        }
        case "getVector": use.vectorReads |= 1 << vectorOf(i, s.ref); break;
        case "setVector": {
          const bit = 1 << vectorOf(i, s.ref);
          use.vectorWrites |= bit;
          if (conditional || s.value.type !== "v128") use.vectorReads |= bit;
          break;
        }
        case "if": visit(s.then, true); visit(s.else, true); break;
        case "loop": visit(s.body, true); break;
        default:
      }
    }
  };
  visit(i.built.statements, false);
  known.set(i, use);
  return use;
}

import { OP } from "@ringzero/wasm";
import { ADDRESS, OPERATION } from "../../decode/operation.ts";
import { STATE, TLB_ENTRIES, TLB_ENTRY } from "../../state/state.ts";
import type { InterpreterLowering } from "./interpreter-lowering.ts";
import { SELECT, type UniformKind } from "./uniform-operation.ts";

const S = 0, P = 1, GPR = STATE.gpr.offset;
const CARRY = 0x8000_0000 | 0, PARTIAL = 0x4000_0000, ADJUST = 8;

/**
 * Where the constants of a uniform operation are, in fields that its own handler does not look at. Of `register`: slots of the first operand (`m`),
 * the second (`c`) and the destination; an immediate, zero where there is none, is added to the second.
 */
export const UNIFORM = {
  register: { invert: OPERATION.displacement, select: OPERATION.displacement + 1, destination: OPERATION.displacement + 2, first: OPERATION.m, second: OPERATION.c },
  /** `own` (u16): number of the operation's own handler. */
  memory: { invert: OPERATION.immediate, select: OPERATION.immediate + 1, own: OPERATION.immediate + 2 },
} as const;

/** What a sequence needs of the loop around it. */
export interface UniformSurroundings {
  readonly tlb: number;
  readonly context: number;
  readonly linearMask: number;
  /** Goes on with the operation at P. */
  next(): void;
  /** Carries out the operation at P, the first of a sequence, by its own handler, and goes on behind it. */
  alone(): void;
}

/** Locals with what the status flags are made of, not yet stored. */
interface Pending { readonly invert: number; readonly select: number; readonly product: number; readonly difference: number; readonly sum: number; readonly result: number }

/** Writes a sequence of uniform operations, the first at P, without a branch but for accesses that the TLB has no entry for. */
export class UniformWriter {
  readonly #l: InterpreterLowering;
  readonly #around: UniformSurroundings;
  #at = 0;
  #pending: Pending | undefined;

  constructor(l: InterpreterLowering, around: UniformSurroundings) {
    this.#l = l;
    this.#around = around;
  }

  /** Leaves P at the last operation. */
  sequence(kinds: readonly UniformKind[]): void {
    this.#pending = undefined;
    kinds.forEach((kind, i) => {
      this.#at = i * OPERATION.bytes;
      if (kind === "register") this.#register();
      else if (kind === "store") this.#store();
      else this.#load(kind);
    });
    this.#storeFlags();
    this.#advance();
  }

  #field(op: number, offset: number): void { this.#l.field(op, this.#at + offset); }
  #slot(offset: number): void {
    const { e } = this.#l;
    e.localGet(S);
    this.#field(OP["i32.load8_u"], offset);
    e.op(OP["i32.add"]);
  }
  /** P = the operation being written. */
  #advance(): void {
    const { e } = this.#l;
    if (!this.#at) return;
    e.localGet(P); e.i32Const(this.#at); e.op(OP["i32.add"]); e.localSet(P);
  }

  #register(): void {
    const { e } = this.#l, f = UNIFORM.register;
    this.#slot(f.second); e.memory(OP["i32.load"], GPR); this.#field(OP["i32.load"], OPERATION.immediate); e.op(OP["i32.add"]);
    this.#compute(f, () => { this.#slot(f.first); e.memory(OP["i32.load"], GPR); });
    this.#slot(f.destination);
    e.localGet(this.#pending!.result); e.op(OP["i64.extend_i32_u"]); e.memory(OP["i64.store"], GPR);
  }
  #load(kind: "load" | "loadAlu"): void {
    const { e } = this.#l, f = UNIFORM.memory;
    const host = this.#host(0);
    if (kind === "load") {
      this.#slot(OPERATION.a);
      host();
      e.memory(OP["i64.load32_u"], 0); e.memory(OP["i64.store"], GPR);
      return;
    }
    host();
    e.memory(OP["i32.load"], 0);
    this.#compute(f, () => { this.#slot(OPERATION.a); e.memory(OP["i32.load"], GPR); });
    this.#slot(OPERATION.a);
    e.localGet(this.#pending!.result); e.op(OP["i64.extend_i32_u"]); e.memory(OP["i64.store"], GPR);
  }
  #store(): void {
    const { e } = this.#l;
    this.#host(TLB_ENTRIES * TLB_ENTRY)();
    this.#slot(OPERATION.a); e.memory(OP["i32.load"], GPR);
    e.memory(OP["i32.store"], 0);
  }

  /** From the second operand on the stack, and the first, to the pending flags with the result. */
  #compute(f: { readonly invert: number; readonly select: number }, first: () => void): void {
    const l = this.#l, { e } = l, i32 = (): number => l.allocate("i32");
    const invert = i32(), select = i32(), product = i32(), difference = i32(), second = i32(), a = i32(), result = i32(), sum = l.allocate("i64"), before = this.#pending;
    this.#field(OP["i32.load8_s"], f.invert); e.localTee(invert); e.op(OP["i32.xor"]); e.localSet(second);
    first(); e.localTee(a);
    e.localGet(second); e.op(OP["i32.and"]); e.localSet(product);
    e.localGet(a); e.localGet(second); e.op(OP["i32.xor"]); e.localSet(difference);
    this.#field(OP["i32.load8_s"], f.select); e.localSet(select);
    e.localGet(difference); e.localGet(select); e.i32Const(7); e.op(OP["i32.shr_s"]); e.op(OP["i32.and"]); e.op(OP["i64.extend_i32_u"]);
    // A shift count's upper bits do not count.
    e.localGet(product); e.op(OP["i64.extend_i32_u"]); e.localGet(select); e.op(OP["i64.extend_i32_u"]); e.op(OP["i64.shl"]);
    e.op(OP["i64.add"]);
    // Carry in: what waits for the operation before is kept short.
    const carryIn = (): void => { e.localGet(select); e.i32Const(6); e.op(OP["i32.shr_u"]); e.i32Const(1); e.op(OP["i32.and"]); };
    if (before) { e.localGet(before.sum); e.i64ConstNumber(32); e.op(OP["i64.shr_u"]); e.op(OP["i32.wrap_i64"]); } else { e.localGet(S); e.memory(OP["i32.load"], STATE.flagAux.offset); e.i32Const(31); e.op(OP["i32.shr_u"]); }
    carryIn(); e.op(OP["i32.and"]);
    if (before) { e.localGet(before.invert); carryIn(); e.op(OP["i32.and"]); e.localGet(invert); e.op(OP["i32.xor"]); } else e.localGet(invert);
    e.i32Const(1); e.op(OP["i32.and"]);
    e.op(OP["i32.xor"]); e.op(OP["i64.extend_i32_u"]);
    e.op(OP["i64.add"]);
    e.localTee(sum); e.op(OP["i32.wrap_i64"]); e.localSet(result);
    this.#pending = { invert, select, product, difference, sum, result };
  }
  /** Stores the flags as `lowerFlags` does. */
  #storeFlags(): void {
    const { e } = this.#l, p = this.#pending;
    if (!p) return;
    e.localGet(S);
    e.localGet(p.product); e.localGet(p.product); e.localGet(p.difference); e.op(OP["i32.or"]); e.localGet(p.result); e.i32Const(-1); e.op(OP["i32.xor"]); e.op(OP["i32.and"]); e.op(OP["i32.or"]);
    e.localGet(p.invert); e.op(OP["i32.xor"]);
    // Only of sums.
    e.localGet(p.select); e.i32Const(31); e.op(OP["i32.shl"]); e.i32Const(31); e.op(OP["i32.shr_s"]); e.op(OP["i32.and"]);
    e.i32Const(CARRY | PARTIAL | ADJUST); e.op(OP["i32.and"]);
    e.memory(OP["i32.store"], STATE.flagAux.offset);
    e.localGet(S); e.localGet(p.result); e.op(OP["i64.extend_i32_s"]); e.memory(OP["i64.store"], STATE.flagResult.offset);
  }

  /** Looks the operand's address up; what is returned pushes the host address. Where the TLB has no entry, the operation's own handler goes on. */
  #host(array: number): () => void {
    const l = this.#l, { e } = l, la = l.allocate("i64"), entry = l.allocate("i32");
    this.#slot(OPERATION.b); e.memory(OP["i64.load"], GPR);
    this.#slot(OPERATION.c); e.memory(OP["i64.load"], GPR);
    this.#field(OP["i64.load8_u"], OPERATION.m); e.i64ConstNumber(ADDRESS.scale); e.op(OP["i64.and"]); e.op(OP["i64.shl"]); e.op(OP["i64.add"]);
    this.#field(OP["i64.load32_s"], OPERATION.displacement); e.op(OP["i64.add"]);
    e.localGet(this.#around.linearMask); e.op(OP["i64.and"]); e.localSet(la);
    e.localGet(this.#around.tlb);
    e.localGet(la); e.op(OP["i32.wrap_i64"]); e.i32Const(8); e.op(OP["i32.shr_u"]); e.i32Const((TLB_ENTRIES - 1) << 4); e.op(OP["i32.and"]);
    e.op(OP["i32.add"]); e.localTee(entry);
    e.memory(OP["i64.load"], array);
    e.localGet(la); e.i64ConstNumber(3); e.op(OP["i64.add"]); e.i64ConstNumber(-4096); e.op(OP["i64.and"]); e.localGet(this.#around.context); e.op(OP["i64.or"]);
    e.op(OP["i64.ne"]);
    l.openHinted(0);
    this.#storeFlags();
    this.#advance();
    if (this.#at) this.#around.next(); else this.#around.alone();
    l.close();
    return () => { e.localGet(la); e.op(OP["i32.wrap_i64"]); e.localGet(entry); e.memory(OP["i32.load"], array + 8); e.op(OP["i32.add"]); };
  }
}

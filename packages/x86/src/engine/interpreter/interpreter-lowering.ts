import { OP, type Emitter } from "@ringzero/wasm";
import type { FlagSource, GprRef, Statement, VectorRef } from "../../ir/statement.ts";
import { KIND, type Value } from "../../ir/value.ts";
import { commitWrite, accessRead, accessWrite, INFO, probe } from "../../mmu/access.ts";
import { ADDRESS, OPERATION } from "../../decode/operation.ts";
import { MODE } from "../../decode/mode.ts";
import { segmentLinear } from "../../isa/system/segment-check.ts";
import type { Variant } from "../../isa/instruction-builder.ts";
import { EVENT, GPR_PAGE, STATE } from "../../state/state.ts";
import { fixedRecord, pushBased, pushCommonCase } from "../segment-fast-path.ts";
import { fixedGpr, Lowering, type FunctionIndex, type StatementOf } from "../lowering.ts";
import { FLAG_BIT, flagsWritten } from "../effects.ts";
import { FLAG_NAMES, IN_MEMORY, pushCondition, type FlagMap, type Kept, type KeptSource } from "../jit/flag-state.ts";
import { isPlain } from "../jit/region-statements.ts";
import { lowerCondition, lowerFlag, lowerFlags } from "./lazy-flags.ts";

const GPR = STATE.gpr.offset;
/** Locals that every function here has: the state block and the operation. */
const S = 0, P = 1;

/** Where code written by InterpreterLowering goes when it ends. */
export interface Ending {
  /** Leaves with the event set (nothing on the stack is kept). */
  leave(l: InterpreterLowering): void;
  /** Jumps to the address in STATE.rip. */
  jumped(l: InterpreterLowering): void;
  /** Jumps by the displacement; the engine may have cached the target. */
  jumpRelative?(l: InterpreterLowering, bits: number): void;
  /** Stores what is left of the slice before the instruction in STATE.budget, where it is not there already: TypeScript is about to be called. */
  noteBudget?(l: InterpreterLowering): void;
  /** Goes on with the operation behind that at P. */
  nextOperation?(l: InterpreterLowering): void;
  /** Values returned by a routine are on the stack. */
  return(l: InterpreterLowering): void;
  /** Locals with the data TLBs' address (i32), the context (i64) and the linear mask (i64); without them they are loaded. */
  readonly cached?: { readonly tlb: number; readonly context: number; readonly linearMask: number };
}

const LOADS: { readonly [type: string]: { readonly [size: number]: number } } = {
  i32: { 1: OP["i32.load8_u"], 2: OP["i32.load16_u"], 4: OP["i32.load"] },
  i64: { 8: OP["i64.load"] }, f32: { 4: OP["f32.load"] }, f64: { 8: OP["f64.load"] }, v128: { 16: OP["v128.load"] },
};
const STORES: { readonly [type: string]: { readonly [size: number]: number } } = {
  i32: { 1: OP["i32.store8"], 2: OP["i32.store16"], 4: OP["i32.store"] },
  i64: { 8: OP["i64.store"] }, f32: { 4: OP["f32.store"] }, f64: { 8: OP["f64.store"] }, v128: { 16: OP["v128.store"] },
};

/** Statements as WebAssembly with operands taken from the decoded operation: one function or switch case per variant. */
export class InterpreterLowering extends Lowering {
  ending: Ending;
  variant: Variant | undefined;
  readonly operandLinear: number;
  #origins = new Map<number, "stack" | "operand">();
  #tokens = new Map<number, number>();

  constructor(e: Emitter, functions: FunctionIndex, firstLocal: number, operandLinear: number, ending: Ending) {
    super(e, functions, firstLocal);
    this.operandLinear = operandLinear;
    this.ending = ending;
  }
  /** Flags set now are overwritten before anybody can ask: not stored. */
  flagsUnused = false;
  /** Flags set now are asked for by the next operation of a sequence: their operands are kept in locals besides. */
  keepFlags = false;
  #kept: FlagMap = IN_MEMORY;
  #nesting = 0;
  /** Ends what `keepFlags` began. */
  forgetFlags(): void { this.#kept = IN_MEMORY; }
  protected override branched(write: () => void): void {
    this.#nesting++;
    write();
    this.#nesting--;
  }

  override begin(size: number): void {
    super.begin(size);
    this.#addressing = -1;
    this.#origins.clear();
    this.#tokens.clear();
  }

  // ---- fields of the decoded operation ----
  field(op: number, offset: number): void {
    this.e.localGet(P);
    this.e.memory(op, this.at + offset);
  }
  /** Bytes from the operation in local P to the one being written, which leaves P alone until it must be right: at accesses to memory, and whatever may raise something. */
  at = 0;
  /** Brings P to the operation being written. */
  advance(): void {
    const { e } = this;
    if (!this.at) return;
    e.localGet(P); e.i32Const(this.at); e.op(OP["i32.add"]); e.localSet(P);
    this.at = 0;
  }
  /** Pushes the address of a register field's slot. */
  #slot(field: "a" | "b" | "v"): void {
    this.e.localGet(S);
    this.field(OP["i32.load8_u"], field === "a" ? OPERATION.a : field === "b" ? OPERATION.b : OPERATION.immediate);
    this.e.op(OP["i32.add"]);
  }
  override immediate(v: Value): void {
    const { e } = this;
    const kind = v.imm as string;
    if (kind === "second") this.field(OP["i32.load8_u"], OPERATION.immediate + 2);
    else if (kind.startsWith("register-")) {
      this.field(OP["i32.load8_u"], kind === "register-a" ? OPERATION.a : OPERATION.b);
      e.i32Const(3);
      e.op(OP["i32.shr_u"]);
    } else if (v.bits === 64) this.field(kind === "signed" ? OP["i64.load32_s"] : OP["i64.load"], kind === "signed" ? OPERATION.immediate : OPERATION.displacement);
    else this.field(v.bits === 8 ? OP["i32.load8_u"] : v.bits === 16 ? OP["i32.load16_u"] : OP["i32.load"], OPERATION.immediate);
  }
  /** Pushes rIP after (or, with `next` false, of) the current instruction, not yet masked. */
  ip(next: boolean): void {
    const { e } = this;
    e.localGet(S);
    e.memory(OP["i64.load"], GPR + GPR_PAGE * 8);
    this.field(OP["i32.load16_u"], OPERATION.place);
    e.i32Const(0xfff);
    e.op(OP["i32.and"]);
    if (next) {
      this.field(OP["i32.load16_u"], OPERATION.place);
      e.i32Const(12);
      e.op(OP["i32.shr_u"]);
      e.op(OP["i32.add"]);
    }
    e.op(OP["i64.extend_i32_u"]);
    e.op(OP["i64.add"]);
    this.linearMask();
    e.op(OP["i64.and"]);
  }
  linearMask(): void {
    if (this.ending.cached) this.e.localGet(this.ending.cached.linearMask);
    else { this.e.localGet(S); this.e.memory(OP["i64.load"], STATE.linearMask.offset); }
  }

  override afterCall(mayFault: boolean): void { if (mayFault) this.leaveOnEvent(); }
  leaveOnEvent(): void {
    this.event();
    this.openHinted(0);
    this.ending.leave(this);
    this.close();
  }
  /** Tells TypeScript which operation is being executed. */
  #noteOperation(): void {
    if (!this.variant) return;
    if (this.at) throw new Error("an access where P is not at its operation");
    this.e.localGet(S);
    this.e.localGet(P);
    this.e.memory(OP["i32.store"], STATE.operation.offset);
    this.ending.noteBudget?.(this);
  }
  protected override call(s: StatementOf<"call">): void {
    if ((s.routine as { mayFault?: boolean }).mayFault) this.#noteOperation();
    super.call(s);
  }

  override machine(s: Statement): void {
    const { e } = this;
    switch (s.s) {
      case "getGpr": this.#getGpr(s.ref, s.bits); this.define(s.to); break;
      case "setGpr": this.#setGpr(s.ref, s.bits, s.value); break;
      case "getVector":
        this.#vector(s.ref);
        e.memory(LOADS[s.to.type]![s.to.type === "v128" ? 16 : s.to.type === "i64" || s.to.type === "f64" ? 8 : 4]!, STATE.vector.offset);
        this.define(s.to);
        break;
      case "setVector":
        this.#vector(s.ref);
        this.value(s.value);
        e.memory(STORES[s.value.type]![s.value.type === "v128" ? 16 : s.value.type === "i64" || s.value.type === "f64" ? 8 : s.value.bits === 8 ? 1 : s.value.bits === 16 ? 2 : 4]!, STATE.vector.offset);
        break;
      case "getFlag": lowerFlag(this, s.flag); this.define(s.to); break;
      case "condition":
        if (this.#kept.Z) pushCondition(this, this.#kept, s.code as number); else lowerCondition(this, s.code as number);
        this.define(s.to);
        break;
      case "flags": this.setFlags(s.source); break;
      case "effectiveAddress": this.#effectiveAddress(); this.define(s.to); break;
      case "operandAddress": {
        this.#sum();
        this.#origins.set(s.to.id, "operand");
        this.#operandLinear(s.size, s.access === "write");
        this.define(s.to);
        break;
      }
      case "segmentAddress": this.#segmentAddress(s); break;
      case "load":
        this.#host(s.address, s.size, "read");
        e.memory(LOADS[s.to.type]![s.size]!, 0);
        this.define(s.to);
        break;
      case "store": this.#store(s.address, s.size, s.value); break;
      case "loadForStore": this.#loadForStore(s); break;
      case "storeBack": this.#storeBack(s); break;
      case "probe":
        this.#noteOperation();
        e.localGet(S);
        this.value(s.address);
        if (typeof s.size === "number") e.i32Const(s.size); else this.value(s.size);
        this.#info(s.address, 0);
        e.i32Const(s.access === "write" ? 1 : 0);
        e.call(this.functions.routine(probe));
        this.leaveOnEvent();
        break;
      case "raise":
        if (this.at) { e.localGet(P); e.i32Const(this.at); e.op(OP["i32.add"]); e.localSet(P); }
        e.localGet(S); e.i32Const(s.vector); e.memory(OP["i32.store"], STATE.eventVector.offset);
        e.localGet(S);
        if (s.code) this.value(s.code); else e.i32Const(0);
        e.memory(OP["i32.store"], STATE.eventCode.offset);
        e.localGet(S); e.i32Const(s.code ? 1 : 0); e.memory(OP["i32.store"], STATE.eventFlags.offset);
        e.localGet(S); e.i32Const(EVENT.exception); e.memory(OP["i32.store"], STATE.event.offset);
        this.ending.leave(this);
        break;
      case "escape": this.#escape(s); break;
      case "nextIp": this.ip(true); this.define(s.to); break;
      case "instructionIp": this.ip(false); this.define(s.to); break;
      case "budget":
        this.ending.noteBudget?.(this);
        e.localGet(S); e.memory(OP["i32.load"], STATE.budget.offset);
        this.define(s.to);
        break;
      case "jump": case "transfer":
        e.localGet(S);
        this.value(s.target);
        e.memory(OP["i64.store"], STATE.rip.offset);
        this.ending.jumped(this);
        break;
      case "jumpRelative": {
        const bits = this.variant!.bits;
        if (this.ending.jumpRelative) { this.ending.jumpRelative(this, bits); break; }
        this.storeTarget(bits);
        this.ending.jumped(this);
        break;
      }
      case "repeat": this.#repeat(s); break;
      case "nextOperation": this.ending.nextOperation!(this); break;
      case "return":
        for (const v of s.values) this.value(v);
        this.ending.return(this);
        break;
      default: throw new Error(`statement ${s.s}`);
    }
  }

  /** Stores the target of a relative jump in STATE.rip. */
  storeTarget(bits: number): void {
    const { e } = this;
    e.localGet(S);
    this.ip(true);
    this.field(OP["i64.load32_s"], OPERATION.immediate);
    e.op(OP["i64.add"]);
    if (bits !== 64) {
      e.i64ConstNumber(bits === 16 ? 0xffff : 0xffffffff);
      e.op(OP["i64.and"]);
    }
    e.memory(OP["i64.store"], STATE.rip.offset);
  }

  // ---- registers ----
  #gpr(ref: GprRef): number {
    if (ref.kind === "fixed") { this.e.localGet(S); return fixedGpr(ref); }
    this.#slot(ref.field);
    return GPR;
  }
  #getGpr(ref: GprRef, bits: number): void {
    const offset = this.#gpr(ref);
    this.e.memory(bits === 64 ? OP["i64.load"] : bits === 32 ? OP["i32.load"] : bits === 16 ? OP["i32.load16_u"] : OP["i32.load8_u"], offset);
  }
  #setGpr(ref: GprRef, bits: number, value: Value): void {
    const { e } = this;
    const offset = this.#gpr(ref);
    this.value(value);
    if (bits === 32) e.op(OP["i64.extend_i32_u"]);
    e.memory(bits >= 32 ? OP["i64.store"] : bits === 16 ? OP["i32.store16"] : OP["i32.store8"], offset);
  }
  #vector(ref: VectorRef): void {
    const { e } = this;
    e.localGet(S);
    if (ref.kind === "fixed") {
      if (ref.number) { e.i32Const(ref.number * 32); e.op(OP["i32.add"]); }
      return;
    }
    this.field(OP["i32.load8_u"], ref.field === "a" ? OPERATION.a : OPERATION.b);
    e.i32Const(2);
    e.op(OP["i32.shl"]);
    e.op(OP["i32.add"]);
  }

  setFlags(source: FlagSource): void {
    if (this.flagsUnused) return;
    this.#kept = IN_MEMORY;
    if (this.keepFlags && this.#nesting === 0 && source.kind !== "explicit") this.#keep(source);
    lowerFlags(this, source);
  }
  #keep(source: Exclude<FlagSource, { kind: "explicit" }>): void {
    const kept = (v: Value): Kept => {
      if (v.kind === KIND.constant) return { k: "constant", value: BigInt(v.imm as number | bigint), type: v.type };
      const local = this.local(v);
      this.localOf[v.id] = local;
      return { k: "local", local };
    };
    const s: KeptSource = {
      kind: source.kind, bits: source.bits, plain: source.kind !== "logic" && !source.keepCarry && isPlain(source),
      a: "a" in source ? kept(source.a) : undefined, b: "b" in source ? kept(source.b) : undefined, result: kept(source.result), flags: {},
    };
    const written = flagsWritten(source);
    this.#kept = Object.fromEntries(FLAG_NAMES.map((f) => [f, written & FLAG_BIT[f] ? s : undefined])) as unknown as FlagMap;
  }

  // ---- addresses ----
  /** Local with field m of the operation from #sum to what comes next, or -1. One load of 32 bits: V8 masks a 64-bit shift count again, and reads a field once more where it is compared. */
  #addressing = -1;
  #m(): void {
    if (this.#addressing < 0) this.field(OP["i32.load8_u"], OPERATION.m); else this.e.localGet(this.#addressing);
    this.#addressing = -1;
  }
  /** Pushes base + index * scale + displacement, or the absolute offset. */
  #sum(): void {
    const { e } = this;
    if (this.variant!.form.operands.some((o) => o.kind === "offset")) { this.field(OP["i64.load"], OPERATION.displacement); return; }
    this.#slot("b");
    e.memory(OP["i64.load"], GPR);
    e.localGet(S);
    this.field(OP["i32.load8_u"], OPERATION.c);
    e.op(OP["i32.add"]);
    e.memory(OP["i64.load"], GPR);
    this.field(OP["i32.load8_u"], OPERATION.m);
    this.#addressing = this.allocate("i32");
    e.localTee(this.#addressing);
    e.i32Const(ADDRESS.scale);
    e.op(OP["i32.and"]);
    e.op(OP["i64.extend_i32_u"]);
    e.op(OP["i64.shl"]);
    e.op(OP["i64.add"]);
    this.field(OP["i64.load32_s"], OPERATION.displacement);
    e.op(OP["i64.add"]);
  }
  #effectiveAddress(): void {
    const { e } = this;
    this.#sum();
    const t = this.allocate("i64");
    e.localSet(t);
    this.#m();
    e.i32Const(ADDRESS.slow);
    e.op(OP["i32.and"]);
    this.openHinted(0, "i64");
    e.localGet(t);
    // The address size's mask: 0xffff, 0xffffffff or all ones.
    e.i64ConstNumber(-1);
    e.i64ConstNumber(48);
    this.field(OP["i64.load8_u"], OPERATION.m);
    e.i64ConstNumber(ADDRESS.sizeShift);
    e.op(OP["i64.shr_u"]);
    e.i64ConstNumber(ADDRESS.size);
    e.op(OP["i64.and"]);
    e.i64ConstNumber(4);
    e.op(OP["i64.shl"]);
    e.op(OP["i64.sub"]);
    // 48, 32 and (for 64 bits) 16: a 64-bit address is not wrapped.
    const n = this.allocate("i64");
    e.localTee(n);
    e.i64ConstNumber(0);
    e.localGet(n);
    e.i64ConstNumber(16);
    e.op(OP["i64.ne"]);
    e.op(OP.select);
    e.op(OP["i64.shr_u"]);
    e.op(OP["i64.and"]);
    e.else();
    e.localGet(t);
    this.linearMask();
    e.op(OP["i64.and"]);
    this.close();
  }
  /** From the offset on the stack to a linear address on the stack. */
  #operandLinear(size: number, write: boolean): void {
    const { e } = this;
    const t = this.allocate("i64");
    e.localSet(t);
    this.#m();
    e.i32Const(ADDRESS.slow);
    e.op(OP["i32.and"]);
    this.openHinted(0, "i64");
    e.localGet(S);
    e.localGet(P);
    e.localGet(t);
    e.i32Const(size | (write ? 1 << 16 : 0));
    e.call(this.operandLinear);
    this.leaveOnEvent();
    e.else();
    e.localGet(t);
    this.linearMask();
    e.op(OP["i64.and"]);
    this.close();
  }
  #segmentAddress(s: StatementOf<"segmentAddress">): void {
    const { e } = this;
    const write = s.access === "write";
    if (s.segment === "operand") {
      this.value(s.offset);
      this.#origins.set(s.to.id, "operand");
      this.#operandLinear(s.size, write);
      this.define(s.to);
      return;
    }
    if (s.segment === 2) this.#origins.set(s.to.id, "stack");
    const offset = this.local(s.offset);
    // Only in 64-bit mode is nothing of this slow, and FS and GS are not named there but by operands.
    if (s.segment >= 4) throw new Error(`segment ${s.segment} by number`);
    e.localGet(S);
    if (s.segment === 2) e.memory(OP["i32.load"], STATE.slowStack.offset);
    else {
      e.memory(OP["i32.load"], STATE.mode.offset);
      e.i32Const(MODE.flat);
      e.op(OP["i32.and"]);
      e.op(OP["i32.eqz"]);
    }
    this.openHinted(0, "i64");
    const record = fixedRecord(e, s.segment);
    pushCommonCase(e, record, offset, () => e.i64ConstNumber(s.size - 1));
    this.open("if", "i64");
    pushBased(e, record, offset, true);
    e.else();
    e.localGet(S);
    e.i32Const(s.segment);
    e.localGet(offset);
    e.i32Const(s.size | (write ? 1 << 16 : 0));
    e.call(this.functions.routine(segmentLinear));
    this.leaveOnEvent();
    this.close();
    e.else();
    e.localGet(offset);
    this.linearMask();
    e.op(OP["i64.and"]);
    this.close();
    this.define(s.to);
  }

  // ---- guest memory ----
  #origin(v: Value): "stack" | "operand" | undefined {
    const known = this.#origins.get(v.id);
    if (known || v.kind === KIND.constant) return known;
    return (v.a && this.#origin(v.a)) || (v.b && this.#origin(v.b)) || undefined;
  }
  /** Pushes the access description for a slow access: size, and whether a bad address is a stack fault. */
  #info(address: Value, flags: number): void {
    const { e } = this;
    const origin = this.variant ? this.#origin(address) : undefined;
    if (origin !== "operand") { e.i32Const(flags | (origin === "stack" ? INFO.stack : 0)); return; }
    this.field(OP["i32.load8_u"], OPERATION.m);
    e.i32Const(ADDRESS.segment << ADDRESS.segmentShift);
    e.op(OP["i32.and"]);
    e.i32Const(2 << ADDRESS.segmentShift);
    e.op(OP["i32.eq"]);
    e.i32Const(10);
    e.op(OP["i32.shl"]);
    e.i32Const(flags);
    e.op(OP["i32.or"]);
  }
  /** Pushes 1 where the TLB holds the address in local `la`; leaves the entry's address in local `entry`. */
  #tlbHit(la: number, size: number, entry: number, write: boolean): void {
    const { e } = this;
    const cached = this.ending.cached;
    if (cached) e.localGet(cached.tlb);
    else {
      e.localGet(S);
      e.localGet(S);
      e.memory(OP["i32.load"], STATE.tlb.offset);
      e.op(OP["i32.add"]);
    }
    e.localGet(la);
    e.op(OP["i32.wrap_i64"]);
    e.i32Const(8);
    e.op(OP["i32.shr_u"]);
    e.i32Const(1023 << 4);
    e.op(OP["i32.and"]);
    e.op(OP["i32.add"]);
    e.localTee(entry);
    e.memory(OP["i64.load"], write ? 1024 * 16 : 0);
    e.localGet(la);
    if (size > 1) { e.i64ConstNumber(size - 1); e.op(OP["i64.add"]); }
    e.i64ConstNumber(-4096);
    e.op(OP["i64.and"]);
    if (cached) e.localGet(cached.context);
    else { e.localGet(S); e.memory(OP["i64.load"], STATE.context.offset); }
    e.op(OP["i64.or"]);
    e.op(OP["i64.eq"]);
  }
  #hitAddress(la: number, entry: number, write: boolean): void {
    const { e } = this;
    e.localGet(la);
    e.op(OP["i32.wrap_i64"]);
    e.localGet(entry);
    e.memory(OP["i32.load"], (write ? 1024 * 16 : 0) + 8);
    e.op(OP["i32.add"]);
  }
  #slow(address: Value, la: number, flags: number, write: boolean): void {
    const { e } = this;
    this.#noteOperation();
    e.localGet(S);
    e.localGet(la);
    this.#info(address, flags);
    e.call(this.functions.routine(write ? accessWrite : accessRead));
    this.leaveOnEvent();
  }
  /** Pushes the host address of a read. */
  #host(address: Value, size: number, _kind: "read"): void {
    const la = this.local(address);
    const entry = this.allocate("i32");
    this.#tlbHit(la, size, entry, false);
    this.openHinted(1, "i32");
    this.#hitAddress(la, entry, false);
    this.e.else();
    this.#slow(address, la, size, false);
    this.close();
  }
  #store(address: Value, size: number, value: Value): void {
    const { e } = this;
    const la = this.local(address), v = this.local(value);
    const entry = this.allocate("i32");
    this.#tlbHit(la, size, entry, true);
    this.openHinted(1);
    this.#hitAddress(la, entry, true);
    e.localGet(v);
    e.memory(STORES[value.type]![size]!, 0);
    e.else();
    this.#slowStore(address, la, size, value, v);
    this.close();
  }
  #slowStore(address: Value, la: number, size: number, value: Value, v: number): void {
    const { e } = this;
    this.#slow(address, la, size, true);
    e.localGet(v);
    e.memory(STORES[value.type]![size]!, 0);
    e.localGet(S);
    e.call(this.functions.routine(commitWrite));
  }
  #loadForStore(s: StatementOf<"loadForStore">): void {
    const { e } = this;
    const la = this.local(s.address), entry = this.allocate("i32"), host = this.allocate("i32");
    this.#tokens.set(s.token, host);
    this.#tlbHit(la, s.size, entry, true);
    this.openHinted(1, "i32");
    this.#hitAddress(la, entry, true);
    e.localTee(host);
    e.else();
    e.i32Const(0);
    e.localSet(host);
    this.#slow(s.address, la, s.size | INFO.gather, true);
    this.close();
    e.memory(LOADS[s.to.type]![s.size]!, 0);
    this.define(s.to);
  }
  #storeBack(s: StatementOf<"storeBack">): void {
    const { e } = this;
    const host = this.#tokens.get(s.token)!;
    const la = this.local(s.address), v = this.local(s.value);
    e.localGet(host);
    this.openHinted(1);
    e.localGet(host);
    e.localGet(v);
    e.memory(STORES[s.value.type]![s.size]!, 0);
    e.else();
    this.#slowStore(s.address, la, s.size, s.value, v);
    this.close();
  }

  // ---- events ----
  #escape(s: StatementOf<"escape">): void {
    const { e } = this;
    this.#noteOperation();
    e.localGet(S); this.ip(false); e.memory(OP["i64.store"], STATE.rip.offset);
    e.localGet(S); this.ip(true); e.memory(OP["i64.store"], STATE.nextRip.offset);
    e.localGet(S);
    for (const a of s.args) this.value(a);
    e.call(this.functions.callOut(s.name));
    e.op(OP.drop);
    this.ending.jumped(this);
  }
  #repeat(s: StatementOf<"repeat">): void {
    const { e } = this;
    const bits = s.counterBits;
    const counter = (): void => this.#getGpr(s.counter, bits);
    const finish = this.open("block");
    counter();
    e.op(bits === 64 ? OP["i64.eqz"] : OP["i32.eqz"]);
    this.branchIf(finish);
    const loop = this.open("loop");
    this.statements(s.body);
    // rCX - 1
    const offset = this.#gpr(s.counter);
    counter();
    if (bits === 64) { e.i64ConstNumber(1); e.op(OP["i64.sub"]); } else { e.i32Const(1); e.op(OP["i32.sub"]); }
    if (bits === 32) e.op(OP["i64.extend_i32_u"]);
    e.memory(bits === 16 ? OP["i32.store16"] : OP["i64.store"], offset);
    if (s.until !== "never") {
      lowerFlag(this, "Z");
      if (s.until === "notZero") e.op(OP["i32.eqz"]);
      this.branchIf(finish);
    }
    counter();
    e.op(bits === 64 ? OP["i64.eqz"] : OP["i32.eqz"]);
    this.branchIf(finish);
    // Goes on while the slice lasts and nobody asks for attention. Each iteration retires one instruction; the caller counts the last.
    const left = (): void => { e.localGet(S); e.memory(OP["i32.load"], STATE.budget.offset); };
    left();
    e.i32Const(1);
    e.op(OP["i32.gt_s"]);
    e.localGet(S);
    e.memory(OP["i32.load"], STATE.attention.offset);
    e.op(OP["i32.eqz"]);
    e.op(OP["i32.and"]);
    this.open("if");
    e.localGet(S); left(); e.i32Const(1); e.op(OP["i32.sub"]); e.memory(OP["i32.store"], STATE.budget.offset);
    this.branch(loop);
    this.close();
    e.localGet(S); this.ip(false); e.memory(OP["i64.store"], STATE.rip.offset);
    this.ending.jumped(this);
    this.close();
    this.close();
  }
}

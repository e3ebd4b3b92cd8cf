import { ADDRESS, OPERATION } from "../../decode/operation.ts";
import { MODE } from "../../decode/mode.ts";
import type { Routine } from "../../ir/routine.ts";
import type { FlagSource, GprRef, Statement, VectorRef } from "../../ir/statement.ts";
import { KIND, type Value } from "../../ir/value.ts";
import type { Variant } from "../../isa/instruction-builder.ts";
import { segmentLinear } from "../../isa/system/segment-check.ts";
import type { BuiltVariant } from "../../isa/variants.ts";
import { accessRead, accessWrite, commitWrite, INFO, probe } from "../../mmu/access.ts";
import { EVENT, GPR_PAGE, STATE, VECTOR_STRIDE } from "../../state/state.ts";
import type { EngineTarget } from "../engine.ts";
import { LOADS, loadAs, STORES, storeAs } from "./memory-operations.ts";
import { arithmeticNans, holdsArithmeticNan } from "./nan.ts";
import { OPERATIONS } from "./operations.ts";
import { conditionHolds, flagsOfAddition, flagsOfResult, flagsOfSubtraction, readStatusFlags, writeStatusFlags, type StatusFlags } from "./status-flags.ts";
import { f32FromNumber, f64FromNumber, type Word } from "./word.ts";

/** How a list of statements ended. */
export type Completion =
  /** At its end. */
  | "end"
  /** With an event: nothing more of the instruction happens. */
  | "event"
  /** STATE.rip holds the next instruction's address. */
  | "jumped"
  | "break" | "continue" | "return";

/** The values of one instruction or one call of a routine. */
class Frame {
  /** By number of the node. */
  readonly results: (Word | undefined)[] = [];
  readonly variables: Word[] = [];
  /** What a completion "break" or "continue" leaves or repeats. */
  loop = -1;
  returned: readonly Word[] = [];
  /** Linear addresses through SS, and of memory operands: what is not canonical there raises #SS, or asks for the operand's segment. */
  readonly origins: Map<Value, "stack" | "operand"> = new Map();
  /** The instruction, in whose variant operands are looked up; routines have none. */
  readonly variant: Variant | undefined;
  constructor(variant: Variant | undefined) { this.variant = variant; }
}

type StatementOf<S extends Statement["s"]> = Extract<Statement, { s: S }>;

/**
 * Evaluates recorded statements on one vCPU's state block and linear memory, one after the other. Pure nodes are computed where they were
 * built. Guest memory is always reached through the routines of `mmu/access.ts`, evaluated too.
 */
export class Evaluator {
  readonly #target: EngineTarget;
  readonly #state: number;
  /** Address of the decoded operation being executed. */
  readonly #operation: number;
  #memory: DataView;
  /** Instructions that let a NaN made by arithmetic reach a register or memory, with how often. Empty unless a description is wrong. */
  readonly nanLeaks: Map<string, number> = new Map();

  constructor(target: EngineTarget, operation: number) {
    this.#target = target;
    this.#state = target.state;
    this.#operation = operation;
    this.#memory = new DataView(target.memory.memory.buffer);
  }

  /** Linear memory. A call-out may let it grow, which takes earlier views away. */
  get memory(): DataView {
    if (this.#memory.buffer !== this.#target.memory.memory.buffer) this.#memory = new DataView(this.#target.memory.memory.buffer);
    return this.#memory;
  }

  /** Executes the operation. */
  instruction(built: BuiltVariant): Completion {
    const nans = arithmeticNans.made;
    const completion = this.#statements(new Frame(built.variant), built.statements);
    // The pattern may also come from the guest: it counts only where the instruction made one itself.
    if (this.#stored && arithmeticNans.made !== nans) {
      const name = built.variant.form.text;
      this.nanLeaks.set(name, (this.nanLeaks.get(name) ?? 0) + 1);
    }
    this.#stored = false;
    return completion;
  }
  /** The instruction stored the pattern of a NaN made by arithmetic. */
  #stored = false;
  #checkLeak(word: Word): void { if (holdsArithmeticNan(word)) this.#stored = true; }

  /** Calls a routine; where an event is set afterwards the results mean nothing. */
  call(routine: Routine, args: readonly Word[]): readonly Word[] {
    const body = routine.body(), frame = new Frame(undefined);
    body.params.forEach((p, i) => { frame.results[p.id] = args[i]!; });
    const completion = this.#statements(frame, body.statements);
    if (completion === "return") return frame.returned;
    return routine.results.map(({ type }) => (type === "v128" ? new Uint8Array(16) : type === "i64" || type === "f64" ? 0n : 0));
  }

  // ---- values ----
  #value(frame: Frame, v: Value): Word {
    const known = frame.results[v.id];
    if (known !== undefined) return known;
    if (v.kind === KIND.constant) return literal(v);
    if (v.kind === KIND.immediate) return this.#immediate(v);
    if (v.kind === KIND.result) throw new Error(`${frame.variant?.form.text ?? "a routine"}: value ${v.id} is used where it is not defined`);
    return this.#pure(frame, v);
  }
  #number(frame: Frame, v: Value): number { return this.#value(frame, v) as number; }
  #bigint(frame: Frame, v: Value): bigint { return this.#value(frame, v) as bigint; }
  #pure(frame: Frame, v: Value): Word {
    const operation = OPERATIONS.get(v.kind);
    if (!operation) throw new Error(`no evaluation of opcode ${v.kind}`);
    return operation(v.a ? this.#value(frame, v.a) : 0, v.b ? this.#value(frame, v.b) : 0, v.c ? this.#value(frame, v.c) : 0, v.imm as number | Uint8Array);
  }
  /** A field of the decoded operation. */
  #immediate(v: Value): Word {
    const { memory } = this, at = this.#operation;
    switch (v.imm) {
      case "second": return memory.getUint8(at + OPERATION.immediate + 2);
      case "register-a": return memory.getUint8(at + OPERATION.a) >> 3;
      case "register-b": return memory.getUint8(at + OPERATION.b) >> 3;
      case "signed": if (v.bits === 64) return BigInt(memory.getInt32(at + OPERATION.immediate, true)); break;
      default: if (v.bits === 64) return memory.getBigInt64(at + OPERATION.displacement, true);
    }
    return loadAs(memory, at + OPERATION.immediate, "i32", v.bits / 8);
  }

  // ---- statements ----
  #statements(frame: Frame, list: readonly Statement[]): Completion {
    for (const s of list) {
      const completion = this.#statement(frame, s);
      if (completion !== "end") return completion;
    }
    return "end";
  }

  #statement(frame: Frame, s: Statement): Completion {
    const { results } = frame, state = this.#state;
    switch (s.s) {
      case "node": results[s.value.id] = this.#pure(frame, s.value); return "end";
      case "get": results[s.to.id] = frame.variables[s.variable.id]!; return "end";
      case "set": frame.variables[s.variable.id] = this.#value(frame, s.value); return "end";

      case "if": return this.#statements(frame, this.#value(frame, s.condition) !== 0 ? s.then : s.else);
      case "loop": return this.#loop(frame, s);
      case "break": case "continue": frame.loop = s.loop; return s.s;
      case "call": {
        const values = this.call(s.routine as Routine, s.args.map((a) => this.#value(frame, a)));
        s.to.forEach((to, i) => { results[to.id] = values[i]!; });
        return (s.routine as Routine).mayFault ? this.#unlessEvent() : "end";
      }
      case "return": frame.returned = s.values.map((v) => this.#value(frame, v)); return "return";

      case "getGpr": results[s.to.id] = loadAs(this.memory, this.#gpr(s.ref), s.to.type, s.bits / 8); return "end";
      case "setGpr": this.#setGpr(s.ref, s.bits, this.#value(frame, s.value)); return "end";
      case "getVector": results[s.to.id] = loadAs(this.memory, this.#vector(s.ref), s.to.type, bytesOf(s.to)); return "end";
      case "setVector": {
        const value = this.#value(frame, s.value);
        this.#checkLeak(value);
        storeAs(this.memory, this.#vector(s.ref), bytesOf(s.value), value);
        return "end";
      }

      case "stateLoad": results[s.to.id] = LOADS.get(s.op)!(this.memory, state + s.offset + (s.index ? this.#number(frame, s.index) : 0)); return "end";
      case "stateStore": STORES.get(s.op)!(this.memory, state + s.offset + (s.index ? this.#number(frame, s.index) : 0), this.#value(frame, s.value)); return "end";
      case "stateBase": results[s.to.id] = state; return "end";
      case "hostLoad": results[s.to.id] = LOADS.get(s.op)!(this.memory, (this.#number(frame, s.address) >>> 0) + s.offset); return "end";
      case "hostStore": STORES.get(s.op)!(this.memory, (this.#number(frame, s.address) >>> 0) + s.offset, this.#value(frame, s.value)); return "end";

      case "getFlag": results[s.to.id] = Number(readStatusFlags(this.memory, state)[s.flag]); return "end";
      case "condition": results[s.to.id] = Number(conditionHolds(readStatusFlags(this.memory, state), s.code as number)); return "end";
      case "flags": writeStatusFlags(this.memory, state, this.#flags(frame, s.source)); return "end";

      case "effectiveAddress": results[s.to.id] = this.#effectiveAddress(frame.variant!); return "end";
      case "operandAddress":
        frame.origins.set(s.to, "operand");
        return this.#operandLinear(frame, s.to, this.#addressSum(frame.variant!), s);
      case "segmentAddress": return this.#segmentAddress(frame, s);
      case "load": case "loadForStore": return this.#load(frame, s);
      case "store": case "storeBack": return this.#store(frame, s);
      case "probe":
        this.call(probe, [this.#value(frame, s.address), typeof s.size === "number" ? s.size : this.#value(frame, s.size), this.#info(frame, s.address, 0), Number(s.access === "write")]);
        return this.#unlessEvent();

      case "nextIp": results[s.to.id] = this.nextIp(); return "end";
      case "instructionIp": results[s.to.id] = this.ip(); return "end";
      case "budget": results[s.to.id] = this.memory.getInt32(state + STATE.budget.offset, true); return "end";
      case "jump": case "transfer": this.setRip(this.#bigint(frame, s.target)); return "jumped";
      case "jumpRelative": this.setRip(this.#relativeTarget(frame.variant!)); return "jumped";
      case "repeat": return this.#repeat(frame, s);
      case "raise": this.#raise(s.vector, s.code && this.#number(frame, s.code)); return "event";
      case "escape": {
        this.setRip(this.ip());
        this.memory.setBigInt64(state + STATE.nextRip.offset, this.nextIp(), true);
        this.#callOut(frame, s.name, s.args);
        return "jumped";
      }
      case "callOut": {
        const result = this.#callOut(frame, s.name, s.args);
        if (s.to) results[s.to.id] = s.to.type === "i64" ? BigInt.asIntN(64, BigInt(result)) : Number(result) | 0;
        return this.#unlessEvent();
      }
      case "nextOperation": throw new Error("a sequence's statement in an instruction");
    }
  }

  #loop(frame: Frame, s: StatementOf<"loop">): Completion {
    for (;;) {
      const completion = this.#statements(frame, s.body);
      if (completion === "end" || (completion === "continue" && frame.loop === s.id)) continue;
      return completion === "break" && frame.loop === s.id ? "end" : completion;
    }
  }

  /** One iteration of a repeated string instruction. SDM vol. 2B, "REP/REPE/REPZ/REPNE/REPNZ—Repeat String Operation Prefix". */
  #repeat(frame: Frame, s: StatementOf<"repeat">): Completion {
    const size = s.counterBits / 8;
    const counter = (): bigint => BigInt.asUintN(s.counterBits, BigInt(loadAs(this.memory, this.#gpr(s.counter), "i64", size) as number | bigint));
    if (counter() === 0n) return "end";
    const completion = this.#statements(frame, s.body);
    if (completion !== "end") return completion;
    const left = counter() - 1n;
    this.#setGpr(s.counter, s.counterBits, s.counterBits === 64 ? left : Number(left));
    const { Z } = readStatusFlags(this.memory, this.#state);
    if (left === 0n || (s.until === "zero" && Z) || (s.until === "notZero" && !Z)) return "end";
    this.setRip(this.ip());
    return "jumped";
  }

  // ---- events ----
  hasEvent(): boolean { return this.memory.getUint32(this.#state + STATE.event.offset, true) !== EVENT.none; }
  #unlessEvent(): Completion { return this.hasEvent() ? "event" : "end"; }
  #raise(vector: number, code: number | undefined): void {
    const { memory } = this, s = this.#state;
    memory.setUint32(s + STATE.eventVector.offset, vector, true);
    memory.setInt32(s + STATE.eventCode.offset, code ?? 0, true);
    memory.setUint32(s + STATE.eventFlags.offset, code === undefined ? 0 : 1, true);
    memory.setUint32(s + STATE.event.offset, EVENT.exception, true);
  }
  #callOut(frame: Frame, name: string, args: readonly Value[]): number | bigint {
    const f = this.#target.out[name];
    if (!f) throw new Error(`nothing provides call-out "${name}"`);
    return f(this.#state, ...args.map((a) => this.#value(frame, a) as number | bigint));
  }

  // ---- instruction pointer ----
  /** Address of the instruction. */
  ip(): bigint { return this.#inPage(this.#place & 0xfff); }
  /** Address of the instruction behind it. */
  nextIp(): bigint { return this.#inPage((this.#place & 0xfff) + (this.#place >> 12)); }
  get #place(): number { return this.memory.getUint16(this.#operation + OPERATION.place, true); }
  #inPage(offset: number): bigint {
    return (this.memory.getBigInt64(this.#state + STATE.gpr.offset + GPR_PAGE * 8, true) + BigInt(offset)) & this.#linearMask;
  }
  get #linearMask(): bigint { return this.memory.getBigInt64(this.#state + STATE.linearMask.offset, true); }
  setRip(address: bigint): void { this.memory.setBigInt64(this.#state + STATE.rip.offset, address, true); }
  /** The operand size wraps the target. SDM vol. 2A, "Jcc—Jump if Condition Is Met", Operation. */
  #relativeTarget({ bits }: Variant): bigint {
    const target = this.nextIp() + BigInt(this.memory.getInt32(this.#operation + OPERATION.immediate, true));
    return bits === 64 ? BigInt.asIntN(64, target) : BigInt.asUintN(bits, target);
  }

  // ---- registers ----
  /** Address of a general register, or of its high byte. */
  #gpr(ref: GprRef): number {
    const slot = ref.kind === "fixed" ? ref.number * 8 + (ref.high ? 1 : 0) : this.#field(ref.field);
    return this.#state + STATE.gpr.offset + slot;
  }
  #setGpr(ref: GprRef, bits: number, value: Word): void {
    this.#checkLeak(value);
    const at = this.#gpr(ref);
    // SDM vol. 1, "General-Purpose Registers in 64-Bit Mode": 32-bit results are zero-extended.
    if (bits === 32) this.memory.setBigInt64(at, BigInt((value as number) >>> 0), true);
    else storeAs(this.memory, at, bits / 8, value);
  }
  #vector(ref: VectorRef): number {
    const number = ref.kind === "fixed" ? ref.number : this.#field(ref.field) >> 3;
    return this.#state + STATE.vector.offset + number * VECTOR_STRIDE;
  }
  /** A register field: eight times the number, plus one for AH, CH, DH and BH. */
  #field(field: "a" | "b" | "v"): number {
    return this.memory.getUint8(this.#operation + (field === "a" ? OPERATION.a : field === "b" ? OPERATION.b : OPERATION.immediate));
  }

  // ---- flags ----
  #flags(frame: Frame, source: FlagSource): StatusFlags {
    const before = readStatusFlags(this.memory, this.#state);
    const integer = (v: Value): bigint => BigInt(this.#value(frame, v) as number | bigint);
    switch (source.kind) {
      case "add": case "sub": {
        const flagsOf = source.kind === "add" ? flagsOfAddition : flagsOfSubtraction;
        const flags = flagsOf(integer(source.a), integer(source.b), integer(source.result), source.bits);
        return source.keepCarry ? { ...flags, C: before.C } : flags;
      }
      case "logic": return { C: false, O: false, A: false, ...flagsOfResult(integer(source.result), source.bits) };
      case "explicit": {
        const flags = source.result ? { ...before, ...flagsOfResult(integer(source.result), source.bits) } : { ...before };
        for (const [name, v] of Object.entries(source.flags)) flags[name as keyof StatusFlags] = this.#value(frame, v) !== 0;
        return flags;
      }
    }
  }

  // ---- addresses ----
  /** Base + index × scale + displacement, or the absolute offset. */
  #addressSum({ form }: Variant): bigint {
    const { memory } = this, at = this.#operation, gpr = this.#state + STATE.gpr.offset;
    if (form.operands.some((o) => o.kind === "offset")) return memory.getBigInt64(at + OPERATION.displacement, true);
    const base = memory.getBigInt64(gpr + memory.getUint8(at + OPERATION.b), true), index = memory.getBigInt64(gpr + memory.getUint8(at + OPERATION.c), true);
    return base + (index << BigInt(this.#addressing & ADDRESS.scale)) + BigInt(memory.getInt32(at + OPERATION.displacement, true));
  }
  get #addressing(): number { return this.memory.getUint8(this.#operation + OPERATION.m); }
  #wrapToAddressSize(offset: bigint): bigint {
    const bits = [16, 32, 64][(this.#addressing >> ADDRESS.sizeShift) & ADDRESS.size]!;
    return bits === 64 ? BigInt.asIntN(64, offset) : BigInt.asUintN(bits, offset);
  }
  #effectiveAddress(variant: Variant): bigint {
    const sum = this.#addressSum(variant);
    return this.#addressing & ADDRESS.slow ? this.#wrapToAddressSize(sum) : BigInt.asIntN(64, sum) & this.#linearMask;
  }
  /** The linear address of an offset in the memory operand's segment, into `to`. */
  #operandLinear(frame: Frame, to: Value, offset: bigint, { size, access }: { size: number; access: string }): Completion {
    if (!(this.#addressing & ADDRESS.slow)) {
      frame.results[to.id] = BigInt.asIntN(64, offset) & this.#linearMask;
      return "end";
    }
    const segment = (this.#addressing >> ADDRESS.segmentShift) & ADDRESS.segment;
    return this.#segmentLinear(frame, to, segment, this.#wrapToAddressSize(offset), size, access);
  }
  #segmentLinear(frame: Frame, to: Value, segment: number, offset: bigint, size: number, access: string): Completion {
    frame.results[to.id] = this.call(segmentLinear, [segment, offset, size | (access === "write" ? 1 << 16 : 0)])[0]!;
    return this.#unlessEvent();
  }
  #segmentAddress(frame: Frame, s: StatementOf<"segmentAddress">): Completion {
    const offset = this.#bigint(frame, s.offset);
    if (s.segment === "operand") {
      frame.origins.set(s.to, "operand");
      return this.#operandLinear(frame, s.to, offset, s);
    }
    if (s.segment === SS) frame.origins.set(s.to, "stack");
    // FS and GS have bases in every mode.
    const isFlat = s.segment === SS ? this.#u32(STATE.slowStack.offset) === 0 : s.segment < FS && (this.#u32(STATE.mode.offset) & MODE.flat) !== 0;
    if (!isFlat) return this.#segmentLinear(frame, s.to, s.segment, offset, s.size, s.access);
    frame.results[s.to.id] = offset & this.#linearMask;
    return "end";
  }
  #u32(offset: number): number { return this.memory.getUint32(this.#state + offset, true); }

  // ---- guest memory ----
  #load(frame: Frame, s: StatementOf<"load" | "loadForStore">): Completion {
    const la = this.#value(frame, s.address);
    const host = s.s === "load" ? this.call(accessRead, [la, this.#info(frame, s.address, s.size)])[0]! as number
      : this.call(accessWrite, [la, this.#info(frame, s.address, s.size | INFO.gather)])[0]! as number;
    if (this.hasEvent()) return "event";
    frame.results[s.to.id] = loadAs(this.memory, host >>> 0, s.to.type, s.size);
    return "end";
  }
  #store(frame: Frame, s: StatementOf<"store" | "storeBack">): Completion {
    const value = this.#value(frame, s.value);
    this.#checkLeak(value);
    const host = this.call(accessWrite, [this.#value(frame, s.address), this.#info(frame, s.address, s.size)])[0]! as number;
    if (this.hasEvent()) return "event";
    storeAs(this.memory, host >>> 0, s.size, value);
    this.call(commitWrite, []);
    return "end";
  }
  /** The access description: size, and whether the address came from the stack segment. */
  #info(frame: Frame, address: Value, flags: number): number {
    const origin = frame.variant && originOf(frame, address);
    const isStack = origin === "stack" || (origin === "operand" && ((this.#addressing >> ADDRESS.segmentShift) & ADDRESS.segment) === SS);
    return flags | (isStack ? INFO.stack : 0);
  }
}

const SS = 2, FS = 4;

/** Where a linear address came from: arithmetic on one keeps its origin. */
function originOf(frame: Frame, v: Value): "stack" | "operand" | undefined {
  return frame.origins.get(v) ?? (v.a && originOf(frame, v.a)) ?? (v.b && originOf(frame, v.b));
}

function literal(v: Value): Word {
  switch (v.type) {
    case "i64": return v.imm as bigint;
    case "f32": return f32FromNumber(Number(v.imm));
    case "f64": return f64FromNumber(Number(v.imm));
    case "v128": return v.imm as Uint8Array;
    default: return Number(v.imm) | 0;
  }
}
/** Bytes that a value takes in a vector register. */
function bytesOf({ type, bits }: Value): number {
  return type === "v128" ? 16 : type === "i64" || type === "f64" ? 8 : type === "f32" ? 4 : bits / 8;
}

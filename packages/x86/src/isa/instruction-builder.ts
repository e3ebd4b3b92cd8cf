import { Builder, sizeOf } from "../ir/builder.ts";
import type { AccessKind, FlagName, GprRef, Statement, VectorRef } from "../ir/statement.ts";
import { KIND, Value, type Bits, type Type } from "../ir/value.ts";
import { STATE } from "../state/state.ts";
import type { Instruction } from "./instruction.ts";
import type { FormSpec, OperandSpec } from "./notation.ts";

/** What distinguishes one variant of a form: one handler in the interpreter. */
export interface Variant {
  readonly instruction: Instruction;
  readonly form: FormSpec;
  /** Operand size. */
  readonly bits: 16 | 32 | 64;
  /** The r/m operand is in memory. */
  readonly memory: boolean;
  /** Address size; 0 where it makes no difference to the meaning. */
  readonly addressBits: 0 | 16 | 32 | 64;
  /** Repeat prefix of a string instruction: F3 is "rep" (repe), F2 "repne". */
  readonly repeat: "none" | "rep" | "repne";
}

/** An operand as `execute` receives it. */
export interface Operand {
  readonly spec: OperandSpec;
  readonly isMemory: boolean;
  /** Width in bits of this operand in this variant (register width; memory width when in memory). */
  readonly bits: number;
  /** @internal position */
  readonly index: number;
}

export const ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5;
export const RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7;

/** Exception vectors by their mnemonic (SDM vol. 3A, "Protected-Mode Exceptions and Interrupts"). */
export const DE = 0, DB = 1, BP = 3, OF = 4, BR = 5, UD = 6, NM = 7, DF = 8, TS = 10, NP = 11, SSF = 12, GP = 13, PF = 14, MF = 16, AC = 17, XM = 19;

/** The language of `execute`: the Builder's general part plus operands, stack and jumps. */
export class InstructionBuilder extends Builder {
  readonly variant: Variant;
  /** Operand size of this variant in bits: 16, 32 or 64. */
  readonly bits: 16 | 32 | 64;
  /** Address size of this variant (forms with attribute `addr`), else 0. */
  readonly addressBits: 0 | 16 | 32 | 64;
  readonly operands: readonly Operand[];
  /** Operands that an earlier dry run saw written after being read: those are loaded with the intent to write. */
  readonly #written: ReadonlySet<number>;
  /** @internal Operands written in this run. */
  readonly wrote: Set<number> = new Set();
  #address: Value | undefined;
  #tokens = new Map<number, number>();

  constructor(variant: Variant, written: ReadonlySet<number> = new Set()) {
    super();
    this.variant = variant;
    this.bits = variant.bits;
    this.addressBits = variant.addressBits;
    this.#written = written;
    this.operands = variant.form.operands.map((spec, index) => {
      const isMemory = spec.memory && (!spec.register || (spec.field === "b" && variant.memory));
      const size = isMemory ? spec.memorySize : spec.size;
      return { spec, isMemory, bits: this.#size(size), index };
    });
  }

  #size(size: OperandSpec["size"]): number {
    if (size === "v") return this.bits;
    if (size === "y") return this.bits === 64 ? 64 : 32;
    if (size === "z") return this.bits === 16 ? 16 : 32;
    return size;
  }

  /** The operand size of the stack and of near branches' addresses equals `m.bits`. */
  get name(): string { return this.variant.instruction.name; }

  // ---- operands ----
  #gprRef(o: Operand): GprRef {
    if (o.spec.kind === "fixed") return o.spec.text === "AH" ? { kind: "fixed", number: 0, high: true } : { kind: "fixed", number: o.spec.number };
    if (!o.spec.field) throw new Error(`${this.name}: operand ${o.spec.text} has no register field`);
    return { kind: "field", field: o.spec.field };
  }
  #vectorRef(o: Operand): VectorRef {
    return o.spec.kind === "implicit" ? { kind: "fixed", number: 0 } : { kind: "field", field: o.spec.field ?? "a" };
  }

  /** Reads an integer operand at its own width: register, memory, immediate, absolute offset. Repeated reads of memory read once. */
  read(o: Operand): Value {
    const bits = o.bits as Bits;
    switch (o.spec.kind) {
      case "fixed": case "gpr": return this.getGpr(this.#gprRef(o), bits);
      case "rm": case "memory": case "offset":
        if (!o.isMemory) return this.getGpr(this.#gprRef(o), bits);
        if (this.#written.has(o.index)) {
          const r = this.loadForStore(this.address(o, bits / 8, "write"), bits);
          this.#tokens.set(o.index, r.token);
          return r.value;
        }
        return this.load(this.address(o, bits / 8, "read"), bits);
      case "immediate": return this.immediate(o);
      case "one": return this.int(1, 8);
      default: throw new Error(`${this.name}: read(${o.spec.text})`);
    }
  }
  /** The immediate: `simm8` and `immz` sign-extended to the operand size, others at their own width. */
  immediate(o: Operand): Value {
    const own = o.bits as Bits;
    const bits = o.spec.signed ? this.bits : own;
    // A sign-extended immediate next to 8-bit operands stays 8 bits wide.
    return new Value(this, KIND.immediate, bits === 64 ? "i64" : "i32", bits, o.spec.signed ? "signed" : "unsigned");
  }
  /** Selector (16 bits) and offset (64 bits, zero-extended) of a far pointer: ptr16:z in the instruction, m16:z or m16:v in memory. */
  farPointer(o: Operand): { selector: Value; offset: Value } {
    if (!o.isMemory) {
      // The decoder puts the offset below the selector, where a 64-bit immediate lies.
      const both = new Value(this, KIND.immediate, "i64", 64, "unsigned");
      return { selector: both.shrU(32).trunc(16), offset: both.and(0xffff_ffffn) };
    }
    const bytes = o.bits / 8, address = this.address(o, bytes + 2, "read");
    const offset = this.load(address, o.bits as Bits).zext(64);
    return { selector: this.load(address.add(bytes), 16), offset };
  }
  /** The second immediate byte (ENTER's nesting level, EXTRQ and the like). */
  immediate2(): Value { return new Value(this, KIND.immediate, "i32", 8, "second"); }

  /** Writes an integer operand: the width of `value` must be the operand's. 32-bit register writes clear the upper half. */
  write(o: Operand, value: Value): void {
    if (value.bits !== o.bits) throw new Error(`${this.name}: write of ${value.bits} bits to ${o.spec.text} of ${o.bits} bits`);
    this.wrote.add(o.index);
    if (!o.isMemory) { this.setGpr(this.#gprRef(o), value); return; }
    const token = this.#tokens.get(o.index);
    const address = this.address(o, o.bits / 8, "write");
    if (token === undefined) this.store(address, value);
    else this.storeBack(token, address, value);
  }

  /** Writes a register operand of any width form (destination narrower or wider than the row's, e.g. a 32-bit result to r64): by the value's width. */
  writeRegister(o: Operand, value: Value): void { this.setGpr(this.#gprRef(o), value); }
  /** Reads a register operand at another width than its own. */
  readRegister(o: Operand, bits: Bits): Value { return this.getGpr(this.#gprRef(o), bits); }

  /** Number of the operand's register field (segment, control, debug register, x87 stack index): a decode-time constant as a 32-bit value. */
  registerNumber(o: Operand): Value {
    if (!o.spec.field) return this.i32(o.spec.number);
    return new Value(this, KIND.immediate, "i32", 32, `register-${o.spec.field}`);
  }

  /** Effective address (offset) of the memory operand, 64 bits, wrapped to the address size. */
  effectiveAddress(): Value { return this.result("i64", 64, (to) => ({ s: "effectiveAddress", to })); }
  /** Linear address of the memory operand, checked for `size` bytes; computed once. */
  address(_o: Operand, size: number, access: AccessKind): Value {
    return (this.#address ??= this.result("i64", 64, (to) => ({ s: "operandAddress", to, size, access })));
  }

  // ---- vector operands ----
  /**
   * Reads an XMM or memory operand as a WebAssembly type: the low part of a register, or that many bytes of memory.
   * 128-bit memory operands raise #GP(0) unless aligned to 16 bytes.
   */
  readVector(o: Operand, type: Type): Value {
    if (!o.isMemory) return this.getVector(this.#vectorRef(o), type);
    if (type === "v128") this.checkAligned(o, 16, "read");
    return this.readUnaligned(o, type);
  }
  /** As readVector without the alignment check (MOVUPS, LDDQU, PCMPESTRI …). */
  readUnaligned(o: Operand, type: Type): Value {
    if (!o.isMemory) return this.getVector(this.#vectorRef(o), type);
    return this.loadAs(this.address(o, sizeOf(type, type === "i32" ? 32 : 64), "read"), type);
  }
  /** Writes the low part by the value's type; the rest of a register stays as it is. 128-bit memory operands must be aligned. */
  writeVector(o: Operand, value: Value): void {
    this.wrote.add(o.index);
    if (o.isMemory && value.type === "v128") this.checkAligned(o, 16, "write");
    this.writeUnaligned(o, value);
  }
  writeUnaligned(o: Operand, value: Value): void {
    this.wrote.add(o.index);
    if (!o.isMemory) { this.setVector(this.#vectorRef(o), value); return; }
    this.store(this.address(o, sizeOf(value.type, value.bits), "write"), value);
  }
  /** Raises #GP(0) where the memory operand's linear address is not a multiple of `size`. */
  checkAligned(o: Operand, size: number, access: AccessKind): void {
    if (!o.isMemory) return;
    this.raiseIf(this.address(o, size, access).and(size - 1).nez(), GP, 0);
  }


  // ---- jumps ----
  /** Address of the next instruction, 64 bits. */
  nextIp(): Value { return this.result("i64", 64, (to) => ({ s: "nextIp", to })); }
  /** Address of this instruction, 64 bits. */
  instructionIp(): Value { return this.result("i64", 64, (to) => ({ s: "instructionIp", to })); }
  /** Jumps by the decoded displacement (rel8, relz). */
  jumpRelative(): void { this.emit({ s: "jumpRelative" }); }
  /** As `jump`, once STATE has another privilege or context: engines look at all of it anew. */
  transfer(target: Value): void {
    this.setState(STATE.codePage, 0);
    const t = target.zext(64);
    t.use();
    this.emit({ s: "transfer", target: t });
  }
  /** Jumps to an offset in the code segment. */
  jump(target: Value): void {
    const t = target.zext(64);
    t.use();
    this.emit({ s: "jump", target: t });
  }

  /** One repeated string instruction: see statement "repeat". `body` does one iteration, counter excluded. */
  repeat(body: () => void, until: "never" | "zero" | "notZero"): void {
    this.loopDepth++;
    const statements: Statement[] = this.block(body);
    this.loopDepth--;
    this.emit({ s: "repeat", body: statements, counter: { kind: "fixed", number: RCX }, counterBits: this.addressBits, until });
  }

  /** Shorthand for several flags given as truth values. */
  flags(values: { readonly [F in FlagName]?: Value }): void { this.flagsExplicit(undefined, values); }
}

import type { FormSpec } from "../isa/notation.ts";

/** Code and operand sizes in bits. */
export type CodeSize = 16 | 32 | 64;

/** A memory operand, ready to be encoded. */
export interface EncodedMemory {
  /** Register number 0-15, -1 = none, or "ip" for rIP-relative. */
  readonly base: number | "ip";
  /** Register number, or -1. */
  readonly index: number;
  readonly scale: 1 | 2 | 4 | 8;
  /** Displacement; rIP-relative: the target address. */
  readonly displacement: bigint;
  /** Bytes of displacement wanted next to a base: 0 = the shortest. */
  readonly displacementBytes: 0 | 1 | 2 | 4;
}

/** Everything that decides the bytes of one instruction. */
export interface Encoding {
  readonly form: FormSpec;
  readonly codeSize: CodeSize;
  readonly operandSize: CodeSize;
  readonly addressSize: CodeSize;
  /** Register fields of the operands by `OperandSpec.field`: ModRM.reg or opcode, ModRM.rm, VEX.vvvv; 0-15. */
  readonly a: number;
  readonly b: number;
  readonly v: number;
  readonly memory: EncodedMemory | undefined;
  /** Values by `form.immediates`; relative ones are target addresses; a far pointer's is offset, then selector. */
  readonly immediates: readonly bigint[];
  readonly lock: boolean;
  /** 0xf2, 0xf3 or 0, besides a mandatory prefix. */
  readonly repeat: number;
  /** Segment override 0-5, or -1. */
  readonly segment: number;
  /** A REX prefix even without bits, for SPL, BPL, SIL and DIL. */
  readonly rex: boolean;
  /** AH, CH, DH or BH is an operand: no REX prefix possible. */
  readonly high: boolean;
}

const SEGMENT_PREFIX = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65] as const;

/** Whether prefix 66 selects the operand size of a form (y sizes follow REX.W alone). */
export function sizedByPrefix(form: FormSpec): boolean {
  return form.sized && !form.vex && (form.attributes.has("d64") || form.attributes.has("f64") || form.attributes.has("sized") || form.operands.some((o) => o.size === "v" || o.size === "z" || o.memorySize === "v" || o.memorySize === "z"));
}

/** Operand size without prefixes. */
export function defaultOperandSize(form: FormSpec, codeSize: CodeSize): CodeSize {
  if (codeSize !== 64) return codeSize;
  return form.attributes.has("d64") || form.attributes.has("f64") ? 64 : 32;
}

class Writer {
  readonly bytes: number[] = [];
  little(value: bigint, size: number): void {
    for (let i = 0; i < size; i++) this.bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
  }
}

/**
 * The bytes of an instruction at `address`, or undefined where the wanted combination has no encoding (a value out of range, a
 * register that needs a prefix the form cannot have). SDM vol. 2A, "Instruction Format".
 */
export function encode(e: Encoding, address: bigint): number[] | undefined {
  const { form, codeSize } = e;
  const w = new Writer();
  const wide = form.w === 1 || (form.w === undefined && form.sized && e.operandSize === 64 && defaultOperandSize(form, codeSize) !== 64);
  const operandPrefix = sizedByPrefix(form) && !wide && e.operandSize !== defaultOperandSize(form, codeSize);
  if (operandPrefix && (form.prefix === "none" || (codeSize === 64 && e.operandSize !== 16))) return undefined;
  // A mandatory 66 selects the operand size as well, where that makes a difference (MOVBE, RDRAND with 66).
  if (form.prefix === 0x66 && sizedByPrefix(form) && !wide && !operandPrefix) return undefined;
  if (wide && !form.vex && codeSize !== 64) return undefined;
  if (e.addressSize !== codeSize && (codeSize === 64 ? e.addressSize === 16 : e.addressSize === 64)) return undefined;
  if (e.lock) w.bytes.push(0xf0);
  if (e.repeat) {
    if (form.prefix !== undefined) return undefined;
    w.bytes.push(e.repeat);
  }
  if (e.segment >= 0) w.bytes.push(SEGMENT_PREFIX[e.segment]!);
  if (operandPrefix && form.prefix !== 0x66) w.bytes.push(0x66);
  if (e.addressSize !== codeSize) w.bytes.push(0x67);
  // XCHG rAX, rAX in this form is NOP, which leaves bits 63-32 alone.
  if (form.plusR && form.opcode === 0x90 && form.map === 0 && e.a === 0) return undefined;
  if (!opcode(e, w, wide)) return undefined;
  const rip = form.modrm ? modrm(e, w) : -1;
  if (rip === undefined) return undefined;
  return immediates(e, w, address, rip) ? w.bytes : undefined;
}

/** Mandatory prefix, REX or VEX, escape bytes, opcode. False where a register cannot be had. */
function opcode(e: Encoding, w: Writer, wide: boolean): boolean {
  const { form, codeSize } = e;
  const m = e.memory;
  const r = form.modrm ? (form.digit === undefined ? e.a : 0) >> 3 : 0;
  const x = m && m.index >= 8 ? 1 : 0;
  const b = (m ? (m.base === "ip" || m.base < 0 ? 0 : m.base) : form.modrm ? e.b : form.plusR ? e.a : 0) >> 3;
  if ((r || x || b || e.rex || e.v > 7) && codeSize !== 64) return false;
  if (form.vex) {
    const pp = form.prefix === 0x66 ? 1 : form.prefix === 0xf3 ? 2 : form.prefix === 0xf2 ? 3 : 0;
    const usesV = form.operands.some((o) => o.field === "v");
    const last = ((usesV ? ~e.v & 15 : 15) << 3) | pp;
    if (form.map === 1 && !x && !b && !wide) w.bytes.push(0xc5, (r ? 0 : 0x80) | last);
    else w.bytes.push(0xc4, (r ? 0 : 0x80) | (x ? 0 : 0x40) | (b ? 0 : 0x20) | form.map, (wide ? 0x80 : 0) | last);
  } else {
    if (typeof form.prefix === "number") w.bytes.push(form.prefix);
    const rex = (wide ? 8 : 0) | (r << 2) | (x << 1) | b;
    if (rex || e.rex) {
      if (e.high) return false;
      w.bytes.push(0x40 | rex);
    }
    if (form.map > 0) w.bytes.push(0x0f);
    if (form.map > 1) w.bytes.push(form.map === 2 ? 0x38 : 0x3a);
  }
  w.bytes.push(form.opcode + (form.plusR ? e.a & 7 : 0));
  return true;
}

/** ModRM, SIB and displacement: the place of a rIP-relative displacement, -1 without one, undefined where there is no encoding. */
function modrm(e: Encoding, w: Writer): number | undefined {
  const { form } = e;
  if (form.fixedModrm !== undefined) {
    w.bytes.push(form.fixedModrm + (form.plusI ? e.b & 7 : 0));
    return -1;
  }
  const reg = (form.digit ?? e.a & 7) << 3;
  const m = e.memory;
  if (!m) {
    w.bytes.push(0xc0 | reg | (e.b & 7));
    return -1;
  }
  if (e.addressSize === 16) return address16(m, reg, w) ? -1 : undefined;
  if (m.base === "ip") {
    w.bytes.push(reg | 5, 0, 0, 0, 0);
    return w.bytes.length - 4;
  }
  return address32(e, m, reg, w) ? -1 : undefined;
}

/** Bytes of displacement: 0, 1 or `full`; undefined where it does not fit what is wanted. */
function displacementBytes(m: EncodedMemory, bits: number, full: 2 | 4, zeroAllowed: boolean): number | undefined {
  const value = BigInt.asIntN(bits, m.displacement);
  const fits = value >= -128n && value <= 127n;
  if (m.displacementBytes === 1) return fits ? 1 : undefined;
  if (m.displacementBytes !== 0) return m.displacementBytes === full ? full : undefined;
  return zeroAllowed && value === 0n ? 0 : fits ? 1 : full;
}

function inRange(value: bigint, bits: number): boolean {
  return value >= -(1n << BigInt(bits - 1)) && value < 1n << BigInt(bits);
}

/** ModRM.rm of 16-bit addressing by base and index (SDM vol. 2A, "16-Bit Addressing Forms with the ModR/M Byte"). */
function address16(m: EncodedMemory, reg: number, w: Writer): boolean {
  if (!inRange(m.displacement, 16)) return false;
  if (m.base === -1 && m.index === -1) {
    w.bytes.push(reg | 6);
    w.little(m.displacement, 2);
    return true;
  }
  if (m.scale !== 1) return false;
  const pair = [m.base, m.index].filter((n) => n !== -1).sort().join();
  const rm = ["3,6", "3,7", "5,6", "5,7", "6", "7", "5", "3"].indexOf(pair);
  if (rm < 0) return false;
  const size = displacementBytes(m, 16, 2, rm !== 6);
  if (size === undefined) return false;
  w.bytes.push((size << 6) | reg | rm);
  w.little(m.displacement, size);
  return true;
}

function address32(e: Encoding, m: EncodedMemory, reg: number, w: Writer): boolean {
  const bits = e.addressSize;
  const base = m.base as number;
  if (bits === 64 ? BigInt.asIntN(32, m.displacement) !== m.displacement : !inRange(m.displacement, 32)) return false;
  if (m.index === 4) return false;
  const scale = [1, 2, 4, 8].indexOf(m.scale) << 6;
  const index = m.index < 0 ? 4 : m.index & 7;
  if (base < 0) {
    // Without a base the displacement has four bytes; in 64-bit mode the form without SIB is rIP-relative.
    if (m.index < 0 && e.codeSize !== 64) w.bytes.push(reg | 5);
    else w.bytes.push(reg | 4, scale | (index << 3) | 5);
    w.little(m.displacement, 4);
    return true;
  }
  const size = displacementBytes(m, bits, 4, (base & 7) !== 5);
  if (size === undefined) return false;
  const mod = size === 4 ? 0x80 : size << 6;
  if (m.index < 0 && (base & 7) !== 4) w.bytes.push(mod | reg | (base & 7));
  else w.bytes.push(mod | reg | 4, scale | (index << 3) | (base & 7));
  w.little(m.displacement, size);
  return true;
}

/** Immediate fields, and the rIP-relative displacement, which counts from the end. */
function immediates(e: Encoding, w: Writer, address: bigint, rip: number): boolean {
  const { form } = e;
  const signed = form.operands.some((o) => o.kind === "immediate" && o.signed);
  for (let i = 0; i < form.immediates.length; i++) {
    const kind = form.immediates[i]!, value = e.immediates[i]!;
    const size = immediateBytes(kind, e.operandSize, e.addressSize);
    if (kind === "cb" || kind === "cz") {
      const end = address + BigInt(w.bytes.length + size);
      const distance = BigInt.asIntN(e.operandSize, value - end);
      if (BigInt.asIntN(8 * size, distance) !== distance) return false;
      w.little(distance, size);
      continue;
    }
    const fits = kind === "b" && signed || kind === "z" ? fitsExtended(value, 8 * size, kind === "b" && !form.sized ? 8 : e.operandSize) : inRange(value, 8 * size);
    if (!fits) return false;
    w.little(value, size);
    if (kind === "cp") {
      if (!inRange(e.immediates[i + 1]!, 16)) return false;
      w.little(e.immediates[i + 1]!, 2);
    }
  }
  if (rip >= 0) {
    const exact = e.memory!.displacement - (address + BigInt(w.bytes.length));
    const distance = e.addressSize === 32 ? BigInt.asIntN(32, exact) : exact;
    if (BigInt.asIntN(32, distance) !== distance) return false;
    for (let k = 0; k < 4; k++) w.bytes[rip + k] = Number((distance >> BigInt(8 * k)) & 0xffn);
  }
  return true;
}

/** Bytes of an immediate field (offset part of a far pointer). */
export function immediateBytes(kind: string, operandSize: number, addressSize: number): number {
  switch (kind) {
    case "b": case "cb": return 1;
    case "w": return 2;
    case "d": return 4;
    case "v": return operandSize / 8;
    case "mo": return addressSize / 8;
    default: return operandSize === 16 ? 2 : 4;
  }
}

/** Whether `value`, taken modulo the operand size, is what sign extension of its low `bits` gives. */
function fitsExtended(value: bigint, bits: number, operandBits: number): boolean {
  if (!inRange(value, operandBits)) return false;
  const reduced = BigInt.asIntN(operandBits, value);
  return BigInt.asIntN(bits, reduced) === reduced;
}

import { GPR_PAGE, GPR_ZERO } from "../state/state.ts";
import { variantKey } from "../isa/variants.ts";
import type { DecodeEntry, DecodeTable } from "./decode-table.ts";
import { MODE } from "./mode.ts";
import { ADDRESS, OPERATION } from "./operation.ts";

/** What became of an attempt to decode. */
export const DECODED = {
  /** An instruction; the decoder's fields describe it. */
  ok: 0,
  /** The bytes given end before the instruction does. */
  more: 1,
  /** No instruction of this processor: #UD. */
  invalid: 2,
  /** More than 15 bytes: #GP(0). */
  tooLong: 3,
} as const;

const MAX_LENGTH = 15;

/**
 * The instruction decoder: from bytes and mode to a variant and its fields. One for execution and disassembly.
 * Reused for every instruction: the result is in its fields. SDM vol. 2A, "Instruction Format".
 */
export class Decoder {
  readonly #table: DecodeTable;
  constructor(table: DecodeTable) { this.#table = table; }

  // ---- result ----
  entry: DecodeEntry | undefined;
  variant: number = -1;
  length: number = 0;
  /** Operand size: 0 = 16, 1 = 32, 2 = 64 bits; address size likewise. */
  operandSize: number = 0;
  addressSize: number = 0;
  memory: boolean = false;
  modrm: number = 0;
  /** Register fields with their REX bits. */
  reg: number = 0;
  rm: number = 0;
  vvvv: number = 0;
  /** Base and index registers; GPR_ZERO for none, GPR_PAGE for rIP. */
  base: number = GPR_ZERO;
  index: number = GPR_ZERO;
  scale: number = 0;
  /** Segment 0-5, as the operand uses it (default or override). */
  segment: number = 3;
  hasOverride: boolean = false;
  displacement: number = 0;
  /** Immediate, low and (of 64 bits) high half; ENTER's second at bits 23-16. */
  immediate: number = 0;
  immediateHigh: number = 0;
  lock: boolean = false;
  /** Last of F2 and F3, or 0. */
  repeat: number = 0;
  prefix66: boolean = false;
  rex: number = 0;

  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #start = 0;
  #end = 0;
  #short = false;

  #u8(): number {
    if (this.#at >= this.#end) { this.#short = true; return 0; }
    return this.#bytes[this.#at++]!;
  }
  #u16(): number { const low = this.#u8(); return low | (this.#u8() << 8); }
  #i32(): number { const low = this.#u16(); return low | (this.#u16() << 16); }

  /** Decodes at `bytes[at]`, of which bytes up to `end` may be used, in a code mode (STATE.mode bits). */
  decode(bytes: Uint8Array, at: number, end: number, mode: number): number {
    this.#bytes = bytes;
    this.#start = this.#at = at;
    const limited = Math.min(end, at + MAX_LENGTH);
    this.#end = limited;
    this.#short = false;
    const status = this.#run(mode);
    this.length = this.#at - at;
    if (this.#short) return limited === at + MAX_LENGTH ? DECODED.tooLong : DECODED.more;
    return status;
  }

  #run(mode: number): number {
    const size = mode & MODE.size;
    let p66 = false, p67 = false, rep = 0, lock = false, rex = 0, segment = -1, byte: number;
    for (;;) {
      byte = this.#u8();
      if (this.#short) return DECODED.more;
      if (byte === 0x66) p66 = true;
      else if (byte === 0x67) p67 = true;
      else if (byte === 0xf2 || byte === 0xf3) rep = byte;
      else if (byte === 0xf0) lock = true;
      else if (byte === 0x2e || byte === 0x36 || byte === 0x3e || byte === 0x26) { if (size !== MODE.code64) segment = (byte >> 3) & 3; }
      else if (byte === 0x64 || byte === 0x65) segment = byte - 0x60;
      else if (size === MODE.code64 && (byte & 0xf0) === 0x40) { rex = byte; continue; }
      else break;
      rex = 0; // REX counts only right before the opcode
    }
    this.lock = lock;
    this.repeat = rep;
    this.prefix66 = p66;
    this.hasOverride = segment >= 0;
    let map = 0, vex = false, vexPrefix = 0, vexL = 0, vexV = 0;
    this.vvvv = 0;
    if (byte === 0x0f) {
      map = 1;
      byte = this.#u8();
      if (byte === 0x38) { map = 2; byte = this.#u8(); }
      else if (byte === 0x3a) { map = 3; byte = this.#u8(); }
    } else if ((byte === 0xc4 || byte === 0xc5) && (mode & MODE.real) === 0) {
      if (size === MODE.code64 || (this.#at < this.#end && (this.#bytes[this.#at]! & 0xc0) === 0xc0)) {
        vex = true;
        if (p66 || rep || lock || rex) return DECODED.invalid;
        let b = this.#u8();
        rex = 0x40 | ((b & 0x80) ? 0 : 4);
        if (byte === 0xc5) map = 1;
        else {
          rex |= ((b & 0x40) ? 0 : 2) | ((b & 0x20) ? 0 : 1);
          map = b & 0x1f;
          b = this.#u8();
          rex |= (b & 0x80) ? 8 : 0;
        }
        vexPrefix = [0, 0x66, 0xf3, 0xf2][b & 3]!;
        vexL = (b >> 2) & 1;
        this.vvvv = ~(b >> 3) & 15;
        vexV = this.vvvv;
        if (size !== MODE.code64) { rex &= ~7; this.vvvv &= 7; }
        if (map < 1 || map > 3) return DECODED.invalid;
        byte = this.#u8();
      } else if (this.#at >= this.#end) { this.#short = true; return DECODED.more; }
    }
    if (this.#short) return DECODED.more;
    this.rex = rex;
    const w = (rex >> 3) & 1;
    const candidates = this.#table[map * 256 + byte]!;
    if (candidates.length === 0) return DECODED.invalid;

    // ModRM is looked at (not consumed) to choose among the candidates.
    let modrm = -1;
    const wantsModrm = candidates[0]!.modrm || candidates.some((c) => c.modrm);
    if (wantsModrm) {
      if (this.#at >= this.#end) { this.#short = true; return DECODED.more; }
      modrm = this.#bytes[this.#at]!;
    }
    let entry: DecodeEntry | undefined;
    for (const c of candidates) {
      if (c.vex !== vex) continue;
      // 90 is NOP (PAUSE with F3), with REX.B XCHG r8, rAX.
      if (byte === 0x90 && map === 0 && c.plusR !== ((rex & 1) === 1)) continue;
      if (size === MODE.code64 ? c.i64 : c.o64) continue;
      if (c.w >= 0 && c.w !== w && (vex ? true : size === MODE.code64 || c.w === 1)) continue;
      if (vex) { if (c.prefix !== vexPrefix) continue; }
      else if (c.prefix >= 0) {
        if (c.prefix === 0 ? p66 || rep !== 0 : c.prefix === 0x66 ? !p66 || rep !== 0 : rep !== c.prefix) continue;
      }
      if (c.modrm) {
        if (c.digit >= 0 && ((modrm >> 3) & 7) !== c.digit) continue;
        if (c.fixedModrm >= 0 ? (c.plusI ? (modrm & 0xf8) !== c.fixedModrm : modrm !== c.fixedModrm) : modrm >= 0xc0 || c.ignoresMod ? !c.registerForm : !c.memoryForm) continue;
      }
      entry = c;
      break;
    }
    if (!entry) return DECODED.invalid;
    this.entry = entry;
    if (entry.protectedOnly && (mode & MODE.real)) return DECODED.invalid;
    if (vex && (vexL || (!entry.usesVvvv && vexV !== 0))) return DECODED.invalid;

    let operandSize: number;
    if (size === MODE.code64) {
      operandSize = w ? 2 : p66 ? 0 : entry.d64 || entry.f64 ? 2 : 1;
    } else operandSize = (size === MODE.code16) === p66 ? 1 : 0;
    const addressSize = size === MODE.code64 ? (p67 ? 1 : 2) : (size === MODE.code16) === p67 ? 1 : 0;
    this.operandSize = operandSize;
    this.addressSize = addressSize;
    this.memory = false;
    this.base = this.index = GPR_ZERO;
    this.scale = 0;
    this.displacement = 0;
    this.immediate = this.immediateHigh = 0;
    let defaultSegment = 3;
    if (entry.modrm) {
      this.#at++;
      this.modrm = modrm;
      this.reg = ((modrm >> 3) & 7) | (entry.extendA ? (rex & 4) << 1 : 0);
      this.rm = (modrm & 7) | (entry.extendB ? (rex & 1) << 3 : 0);
      if (modrm < 0xc0 && !entry.ignoresMod) {
        this.memory = true;
        defaultSegment = addressSize === 0 ? this.#address16(modrm) : this.#address32(modrm, rex, size === MODE.code64);
      }
    } else {
      this.modrm = 0;
      this.rm = 0;
      this.reg = entry.plusR ? (byte & 7) | ((rex & 1) << 3) : 0;
    }
    this.segment = segment >= 0 ? segment : defaultSegment;
    if (lock && !(entry.lock && this.memory)) return this.#finish(entry, DECODED.invalid);
    return this.#finish(entry, DECODED.ok);
  }

  #finish(entry: DecodeEntry, status: number): number {
    for (let i = 0; i < entry.immediates.length; i++) {
      const kind = entry.immediates[i]!;
      let value: number;
      switch (kind) {
        case "b": value = entry.signedImmediate ? (this.#u8() << 24) >> 24 : this.#u8(); break;
        case "w": value = this.#u16(); break;
        case "d": value = this.#i32(); break;
        case "z": value = this.operandSize === 0 ? (this.#u16() << 16) >> 16 : this.#i32(); break;
        case "v":
          if (this.operandSize === 2) { this.displacement = this.#i32(); this.immediateHigh = this.#i32(); value = this.immediateHigh; }
          else value = this.operandSize === 0 ? this.#u16() : this.#i32();
          break;
        case "cb": value = (this.#u8() << 24) >> 24; break;
        case "cz": value = this.operandSize === 0 ? (this.#u16() << 16) >> 16 : this.#i32(); break;
        case "cp":
          this.displacement = this.operandSize === 0 ? this.#u16() : this.#i32();
          value = this.#u16();
          break;
        case "mo":
          this.memory = true;
          if (this.addressSize === 2) { this.displacement = this.#i32(); value = this.immediateHigh = this.#i32(); }
          else { this.displacement = this.addressSize === 0 ? this.#u16() : this.#i32(); value = 0; }
          break;
        default: throw new Error(`immediate ${kind}`);
      }
      this.immediate = i === 0 ? value : (this.immediate & 0xffff) | (value << 16);
    }
    if (this.#short) return DECODED.more;
    if (status !== DECODED.ok) return status;
    const repeat = this.repeat === 0xf3 ? 1 : this.repeat === 0xf2 ? 2 : 0;
    this.variant = entry.variants[variantKey(this.operandSize, this.memory ? 1 : 0, this.addressSize, repeat)]!;
    if (this.variant < 0) return DECODED.invalid;
    return DECODED.ok;
  }

  #address16(modrm: number): number {
    const mod = modrm >> 6, rm = modrm & 7;
    if (mod === 0 && rm === 6) {
      this.displacement = this.#u16();
      return 3;
    }
    // BX+SI BX+DI BP+SI BP+DI SI DI BP BX
    this.base = [3, 3, 5, 5, 6, 7, 5, 3][rm]!;
    if (rm < 4) this.index = rm & 1 ? 7 : 6;
    if (mod === 1) this.displacement = (this.#u8() << 24) >> 24;
    else if (mod === 2) this.displacement = (this.#u16() << 16) >> 16;
    return this.base === 5 ? 2 : 3;
  }

  #address32(modrm: number, rex: number, code64: boolean): number {
    const mod = modrm >> 6, rm = modrm & 7;
    let low = rm;
    if (rm === 4) {
      const sib = this.#u8();
      low = sib & 7;
      this.base = low | ((rex & 1) << 3);
      const index = ((sib >> 3) & 7) | ((rex & 2) << 2);
      if (index !== 4) {
        this.index = index;
        this.scale = sib >> 6;
      }
      if (low === 5 && mod === 0) {
        this.base = GPR_ZERO;
        this.displacement = this.#i32();
        return 3;
      }
    } else if (rm === 5 && mod === 0) {
      this.displacement = this.#i32();
      this.base = code64 ? GPR_PAGE : GPR_ZERO;
      return 3;
    } else this.base = rm | ((rex & 1) << 3);
    if (mod === 1) this.displacement = (this.#u8() << 24) >> 24;
    else if (mod === 2) this.displacement = this.#i32();
    return this.base === 4 || this.base === 5 ? 2 : 3;
  }

  /**
   * Writes the instruction as an operation at byte address `at`; `offset` is its place in the page, `handler` its number.
   */
  write(view: DataView, at: number, handler: number, offset: number, mode: number): void {
    const entry = this.entry!;
    const size = mode & MODE.size;
    const flat = (mode & MODE.flat) !== 0;
    let { base, index, displacement } = this;
    // CS may be read like the flat data segments, but not written.
    let slow = this.memory && (!flat || this.segment > 3 || this.segment === 1 || this.addressSize !== size);
    const high = (r: number, byte: boolean): number => (byte && r >= 4 && r < 8 && this.rex === 0 ? (r - 4) * 8 + 1 : r * 8);
    if (entry.immediates[0] === "mo") base = GPR_ZERO;
    if (base === GPR_PAGE) {
      // rIP-relative: counted from the page's start. A sum beyond 31 bits goes through a slot that holds 8192.
      displacement += offset + this.length;
      if (displacement > 0x7fffffff) { displacement -= 8192; index = GPR_RIP_BIAS; }
    }
    if (!this.memory && size === MODE.code64) slow = this.hasOverride || this.addressSize !== 2;
    else if (!this.memory) slow = !flat || this.hasOverride || this.addressSize !== size;
    view.setUint16(at + OPERATION.handler, handler, true);
    view.setUint16(at + OPERATION.place, offset | (this.length << 12), true);
    view.setUint8(at + OPERATION.a, high(this.reg, entry.a8));
    view.setUint8(at + OPERATION.b, this.memory ? base * 8 : high(this.rm, entry.b8));
    view.setUint8(at + OPERATION.c, index * 8);
    view.setUint8(at + OPERATION.m, this.scale | (this.segment << ADDRESS.segmentShift) | (this.addressSize << ADDRESS.sizeShift) | (slow ? ADDRESS.slow : 0));
    view.setInt32(at + OPERATION.displacement, displacement, true);
    view.setInt32(at + OPERATION.immediate, entry.usesVvvv ? this.vvvv * 8 : this.immediate, true);
  }
}

/** The `gpr` slot that holds the constant 8192. */
export const GPR_RIP_BIAS = 18;

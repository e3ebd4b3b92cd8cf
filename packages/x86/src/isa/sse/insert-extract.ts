import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Feature, type Instruction } from "../instruction.ts";
import type { Value } from "../../ir/value.ts";
import { enterMmx } from "../x87/mmx-registers.ts";
import { byteNumbers, dwords, words, zero } from "./constants.ts";
import { readPacked, writePacked } from "./operands.ts";

const INSERT = "PINSRB/PINSRD/PINSRQ—Insert Byte/Dword/Qword", EXTRACT = "PEXTRB/PEXTRD/PEXTRQ—Extract Byte/Dword/Qword";

/** The lane whose number is `index` (32 bits), as it would be extracted: zero-extended. */
function laneAt(m: InstructionBuilder, v: Value, index: Value, bits: number): Value {
  if (bits === 64) return m.choose(index, v.lane("i64x2.extract_lane", 1), v.lane("i64x2.extract_lane", 0));
  if (bits === 32) return v.op("i8x16.swizzle", index.mul(0x04040404).add(0x03020100).op("i32x4.splat")).lane("i32x4.extract_lane", 0);
  if (bits === 16) return v.op("i8x16.swizzle", index.mul(0x0202).add(0x0100).op("i16x8.splat")).lane("i16x8.extract_lane_u", 0);
  return v.op("i8x16.swizzle", index.op("i8x16.splat")).lane("i8x16.extract_lane_u", 0);
}

/** `v` with the lane whose number is `index` replaced. */
function withLaneAt(m: InstructionBuilder, v: Value, index: Value, lane: Value, bits: number): Value {
  const splat = { 8: "i8x16", 16: "i16x8", 32: "i32x4", 64: "i64x2" }[bits]!;
  const here = bits === 8 ? index.op("i8x16.splat").op("i8x16.eq", byteNumbers(m))
    : bits === 16 ? index.op("i16x8.splat").op("i16x8.eq", words(m, [0, 1, 2, 3, 4, 5, 6, 7]))
    : index.op("i32x4.splat").op("i32x4.eq", dwords(m, bits === 32 ? [0, 1, 2, 3] : [0, 0, 1, 1]));
  return lane.op(`${splat}.splat`).op("v128.bitselect", v, here);
}

/** Number of the lane from the immediate, whose upper bits are ignored. */
function laneNumber(m: InstructionBuilder, imm: Operand, lanes: number): Value { return m.immediate(imm).zext(32).and(lanes - 1); }

function insert(name: string, form: string, bits: number, feature: Feature, unit: "sse" | "mmx", title: string): Instruction {
  return instruction(name, {
    forms: [form], feature, unit, title,
    execute(m, dst, src, imm) {
      const value = m.read(src!);
      const lane = value.bits === 64 ? value : value.zext(32);
      const lanes = (unit === "mmx" ? 64 : 128) / bits;
      writePacked(m, dst!, withLaneAt(m, readPacked(m, dst!), laneNumber(m, imm!, lanes), lane, bits));
    },
  });
}

function extract(name: string, form: string, bits: number, feature: Feature, unit: "sse" | "mmx", title: string): Instruction {
  return instruction(name, {
    forms: [form], feature, unit, title,
    execute(m, dst, src, imm) {
      const lanes = (unit === "mmx" ? 64 : 128) / bits;
      const lane = laneAt(m, readPacked(m, src!), laneNumber(m, imm!, lanes), bits);
      if (dst!.isMemory && bits < 32) m.write(dst!, lane.trunc(bits as 8 | 16));
      else m.write(dst!, lane);
      if (unit === "mmx") enterMmx(m);
    },
  });
}

const INSERTPS = instruction("INSERTPS", {
  forms: ["66 0F 3A 21 /r ib  INSERTPS xmm, xmm/m32, imm8"], feature: "sse4_1", unit: "sse", title: "INSERTPS—Insert Scalar Single Precision Floating-Point Value",
  execute(m, dst, src, imm) {
    const control = m.immediate(imm!).zext(32), bits = dwords(m, [1, 2, 4, 8]);
    const value = src!.isMemory ? m.readVector(src!, "i32") : laneAt(m, m.readVector(src!, "v128"), control.shrU(6), 32);
    const inserted = withLaneAt(m, m.readVector(dst!, "v128"), control.shrU(4).and(3), value, 32);
    m.writeVector(dst!, inserted.op("v128.and", control.op("i32x4.splat").op("v128.and", bits).op("i32x4.eq", zero(m))));
  },
});

/** Sign bits of the lanes as an integer. */
function signMask(name: string, form: string, op: string, feature: Feature, title: string): Instruction {
  return instruction(name, {
    forms: [form], feature, unit: "sse", title,
    execute(m, dst, src) { m.write(dst!, m.readVector(src!, "v128").op(op)); },
  });
}

const PMOVMSKB_MM = instruction("PMOVMSKB", {
  forms: ["NP 0F D7 /r  PMOVMSKB r32, mm"], feature: "sse", unit: "mmx", title: "PMOVMSKB—Move Byte Mask",
  execute(m, dst, src) {
    m.write(dst!, readPacked(m, src!).op("i8x16.bitmask"));
    enterMmx(m);
  },
});

/**
 * MASKMOVQ, MASKMOVDQU: stores the bytes whose mask byte has bit 7 set, at segment:rDI. The whole width is checked for access, whatever
 * the mask says, and MASKMOVQ enters MMX state before that.
 */
function maskedMove(name: string, form: string, feature: Feature, unit: "sse" | "mmx", title: string): Instruction {
  const count = unit === "mmx" ? 8 : 16;
  return instruction(name, {
    forms: [form], feature, unit, title,
    execute(m, src, mask) {
      const value = readPacked(m, src!), bits = readPacked(m, mask!).op("i8x16.bitmask");
      if (unit === "mmx") enterMmx(m);
      const address = m.linear("operand", m.gpr(7, m.addressBits as 16 | 32 | 64).zext(64), count, "write");
      m.probe(address, count, "write");
      for (let i = 0; i < count; i++) m.if(bits.bit(i), () => m.store(address.add(i), value.lane("i8x16.extract_lane_u", i).trunc(8)));
    },
  });
}

/** MOVMSKx, PINSRx, PEXTRx, INSERTPS, EXTRACTPS, MASKMOVx. */
export const INSERT_EXTRACT: readonly Instruction[] = [
  insert("PINSRB", "66 0F 3A 20 /r ib  PINSRB xmm, r32/m8, imm8", 8, "sse4_1", "sse", INSERT),
  insert("PINSRW", "NP 0F C4 /r ib  PINSRW mm, r32/m16, imm8", 16, "sse", "mmx", "PINSRW—Insert Word"),
  insert("PINSRW", "66 0F C4 /r ib  PINSRW xmm, r32/m16, imm8", 16, "sse2", "sse", "PINSRW—Insert Word"),
  insert("PINSRD", "66 W0 0F 3A 22 /r ib  PINSRD xmm, r/m32, imm8", 32, "sse4_1", "sse", INSERT),
  insert("PINSRQ", "66 REX.W 0F 3A 22 /r ib  PINSRQ xmm, r/m64, imm8", 64, "sse4_1", "sse", INSERT),
  extract("PEXTRB", "66 0F 3A 14 /r ib  PEXTRB r32/m8, xmm, imm8", 8, "sse4_1", "sse", EXTRACT),
  extract("PEXTRW", "66 0F 3A 15 /r ib  PEXTRW r32/m16, xmm, imm8", 16, "sse4_1", "sse", "PEXTRW—Extract Word"),
  extract("PEXTRW", "NP 0F C5 /r ib  PEXTRW r32, mm, imm8", 16, "sse", "mmx", "PEXTRW—Extract Word"),
  extract("PEXTRW", "66 0F C5 /r ib  PEXTRW r32, xmm, imm8", 16, "sse2", "sse", "PEXTRW—Extract Word"),
  extract("PEXTRD", "66 W0 0F 3A 16 /r ib  PEXTRD r/m32, xmm, imm8", 32, "sse4_1", "sse", EXTRACT),
  extract("PEXTRQ", "66 REX.W 0F 3A 16 /r ib  PEXTRQ r/m64, xmm, imm8", 64, "sse4_1", "sse", EXTRACT),
  extract("EXTRACTPS", "66 0F 3A 17 /r ib  EXTRACTPS r/m32, xmm, imm8", 32, "sse4_1", "sse", "EXTRACTPS—Extract Packed Floating-Point Values"),
  INSERTPS,
  signMask("MOVMSKPS", "NP 0F 50 /r  MOVMSKPS r32, xmm", "i32x4.bitmask", "sse", "MOVMSKPS—Extract Packed Single Precision Floating-Point Sign Mask"),
  signMask("MOVMSKPD", "66 0F 50 /r  MOVMSKPD r32, xmm", "i64x2.bitmask", "sse2", "MOVMSKPD—Extract Packed Double Precision Floating-Point Sign Mask"),
  signMask("PMOVMSKB", "66 0F D7 /r  PMOVMSKB r32, xmm", "i8x16.bitmask", "sse2", "PMOVMSKB—Move Byte Mask"),
  PMOVMSKB_MM,
  maskedMove("MASKMOVQ", "NP 0F F7 /r  MASKMOVQ mm, mm  addr", "sse", "mmx", "MASKMOVQ—Store Selected Bytes of Quadword"),
  maskedMove("MASKMOVDQU", "66 0F F7 /r  MASKMOVDQU xmm, xmm  addr", "sse2", "sse", "MASKMOVDQU—Store Selected Bytes of Double Quadword"),
];

import type { InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import type { Value } from "../../ir/value.ts";
import { byteNumbers, range, splat8 } from "./constants.ts";
import { packed, readPacked, writePacked } from "./operands.ts";

const LEFT = "PSLLW/PSLLD/PSLLQ—Shift Packed Data Left Logical";
const RIGHT = "PSRLW/PSRLD/PSRLQ—Shift Packed Data Right Logical";
const ARITHMETIC = "PSRAW/PSRAD/PSRAQ—Shift Packed Data Right Arithmetic";

/** All lanes shifted by one count of 64 bits: one that is not less than the width clears the lanes, or fills them with their sign. */
function shifted(m: InstructionBuilder, a: Value, count: Value, lane: string, width: number, op: "shl" | "shr_u" | "shr_s"): Value {
  const inside = count.ltU(width), low = count.type === "i64" ? count.trunc(32) : count;
  if (op === "shr_s") return a.op(`${lane}.shr_s`, m.choose(inside, low, width - 1));
  return a.op(`${lane}.${op}`, low).op("v128.and", m.i32(0).sub(inside).op("i32x4.splat"));
}

function shift(name: string, opcode: string, immediate: string, lane: string, width: number, op: "shl" | "shr_u" | "shr_s", title: string): Instruction[] {
  const byImmediate = (m: InstructionBuilder, dst: Parameters<typeof readPacked>[1], imm: Parameters<typeof readPacked>[1]): void =>
    writePacked(m, dst, shifted(m, readPacked(m, dst), m.immediate(imm).zext(32), lane, width, op));
  return [
    ...packed(name, { opcode: `${opcode} /r`, mmx: "mmx", sse: "sse2", title }, (a, b, { m }) => shifted(m, a, b.lane("i64x2.extract_lane", 0), lane, width, op)),
    instruction(name, { forms: [`NP ${immediate} ib  ${name} mm, imm8`], feature: "mmx", unit: "mmx", title, execute(m, dst, imm) { byImmediate(m, dst!, imm!); } }),
    instruction(name, { forms: [`66 ${immediate} ib  ${name} xmm, imm8`], feature: "sse2", unit: "sse", title, execute(m, dst, imm) { byImmediate(m, dst!, imm!); } }),
  ];
}

/** min(count, limit), count 32 bits. */
function atMost(m: InstructionBuilder, count: Value, limit: number): Value { return m.choose(count.ltU(limit), count, limit); }

/** PSLLDQ, PSRLDQ: i8x16.swizzle yields zero for byte numbers above 15. */
function byteShift(name: string, form: string, direction: "i8x16.add" | "i8x16.sub", title: string): Instruction {
  return instruction(name, {
    forms: [form], feature: "sse2", unit: "sse", title,
    execute(m, dst, imm) {
      const count = atMost(m, m.immediate(imm!).zext(32), 16).op("i8x16.splat");
      m.writeVector(dst!, m.readVector(dst!, "v128").op("i8x16.swizzle", byteNumbers(m).op(direction, count)));
    },
  });
}

const PALIGNR = packed("PALIGNR", { opcode: "0F 3A 0F /r ib", mmx: "ssse3", sse: "ssse3", title: "PALIGNR—Packed Align Right" }, (a, b, { m, mmx, imm }) => {
  if (mmx) {
    const joined = b.shuffle(a, [...range(0, 8), ...range(16, 8)]);
    return joined.op("i8x16.swizzle", byteNumbers(m).op("i8x16.add", atMost(m, imm, 16).op("i8x16.splat")));
  }
  const from = byteNumbers(m).op("i8x16.add", atMost(m, imm, 32).op("i8x16.splat"));
  return b.op("i8x16.swizzle", from).op("v128.or", a.op("i8x16.swizzle", from.op("i8x16.sub", splat8(m, 16))));
});

export const PACKED_SHIFT: readonly Instruction[] = [
  ...shift("PSLLW", "0F F1", "0F 71 /6", "i16x8", 16, "shl", LEFT),
  ...shift("PSLLD", "0F F2", "0F 72 /6", "i32x4", 32, "shl", LEFT),
  ...shift("PSLLQ", "0F F3", "0F 73 /6", "i64x2", 64, "shl", LEFT),
  ...shift("PSRLW", "0F D1", "0F 71 /2", "i16x8", 16, "shr_u", RIGHT),
  ...shift("PSRLD", "0F D2", "0F 72 /2", "i32x4", 32, "shr_u", RIGHT),
  ...shift("PSRLQ", "0F D3", "0F 73 /2", "i64x2", 64, "shr_u", RIGHT),
  ...shift("PSRAW", "0F E1", "0F 71 /4", "i16x8", 16, "shr_s", ARITHMETIC),
  ...shift("PSRAD", "0F E2", "0F 72 /4", "i32x4", 32, "shr_s", ARITHMETIC),
  byteShift("PSLLDQ", "66 0F 73 /7 ib  PSLLDQ xmm, imm8", "i8x16.sub", "PSLLDQ—Shift Double Quadword Left Logical"),
  byteShift("PSRLDQ", "66 0F 73 /3 ib  PSRLDQ xmm, imm8", "i8x16.add", "PSRLDQ—Shift Double Quadword Right Logical"),
  ...PALIGNR,
];

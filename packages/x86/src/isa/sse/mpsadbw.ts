import type { Instruction } from "../instruction.ts";
import { byteNumbers, range } from "./constants.ts";
import { vector } from "./operands.ts";

/** MPSADBW: eight sums of absolute differences between four neighbouring bytes of the destination, one further each time, and one group of four of the source. */
export const MPSADBW: Instruction = vector("MPSADBW", "66 0F 3A 42 /r ib  MPSADBW xmm, xmm/m128, imm8", "sse4_1", "MPSADBW—Compute Multiple Packed Sums of Absolute Difference",
  (a, b, { m, imm }) => {
    const window = a.op("i8x16.swizzle", byteNumbers(m).op("i8x16.add", imm.shrU(2).and(1).shl(2).op("i8x16.splat")));
    const group = b.op("i8x16.swizzle", imm.and(3).mul(0x04040404).add(0x03020100).op("i32x4.splat"));
    const differences = range(0, 4).map((k) => {
      const moved = window.shuffle(window, [...range(k, 8), ...range(k, 8)]), fixed = group.shuffle(group, Array<number>(16).fill(k));
      return moved.op("i8x16.max_u", fixed).op("i8x16.sub", moved.op("i8x16.min_u", fixed)).op("i16x8.extend_low_i8x16_u");
    });
    return differences.reduce((sum, d) => sum.op("i16x8.add", d));
  });

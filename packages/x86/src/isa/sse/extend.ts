import { instruction, type Instruction } from "../instruction.ts";
import { readPacked } from "./operands.ts";

const LANES: { readonly [bits: number]: string } = { 8: "i8x16", 16: "i16x8", 32: "i32x4", 64: "i64x2" };
const LETTERS: { readonly [bits: number]: string } = { 8: "B", 16: "W", 32: "D", 64: "Q" };

/** PMOVSXxy, PMOVZXxy: the low lanes extended, doubling the width step by step. */
function extend(opcode: number, sign: "s" | "u", from: number, to: number): Instruction {
  const name = `PMOV${sign === "s" ? "S" : "Z"}X${LETTERS[from]}${LETTERS[to]}`;
  return instruction(name, {
    forms: [`66 0F 38 ${opcode.toString(16).toUpperCase()} /r  ${name} xmm, xmm/m${128 * from / to}`],
    feature: "sse4_1", unit: "sse", title: sign === "s" ? "PMOVSX—Packed Move With Sign Extend" : "PMOVZX—Packed Move With Zero Extend",
    execute(m, dst, src) {
      let v = readPacked(m, src!);
      for (let width = from; width < to; width *= 2) v = v.op(`${LANES[width * 2]}.extend_low_${LANES[width]}_${sign}`);
      m.writeVector(dst!, v);
    },
  });
}

const PAIRS: readonly (readonly [number, number])[] = [[8, 16], [8, 32], [8, 64], [16, 32], [16, 64], [32, 64]];

export const EXTEND: readonly Instruction[] = [
  ...PAIRS.map(([from, to], i) => extend(0x20 + i, "s", from, to)),
  ...PAIRS.map(([from, to], i) => extend(0x30 + i, "u", from, to)),
];

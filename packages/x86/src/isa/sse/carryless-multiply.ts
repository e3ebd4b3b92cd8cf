import type { Builder } from "../../ir/builder.ts";
import { I64, routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** Every fourth bit from bit `first`. */
const everyFourth = (first: number): bigint => 0x1111_1111_1111_1111n << BigInt(first);

/**
 * Low 64 bits of the carry-less product, by integer multiplications of operands with holes: with three zeros between neighbouring bits
 * a column sums at most sixteen ones, so that only the topmost column can carry over, out of the 64 bits.
 */
const LOW_PRODUCT: Routine = routine("carryless-low", { params: [I64, I64], results: [I64] }, (m, a, b) => {
  const part = (v: Value): Value[] => [0, 1, 2, 3].map((i) => v.and(m.i64(BigInt.asIntN(64, everyFourth(i)))));
  const x = part(a!), y = part(b!);
  let product: Value | undefined;
  for (let i = 0; i < 4; i++) {
    let column: Value | undefined;
    for (let j = 0; j < 4; j++) {
      const term = x[j]!.mul(y[(i - j) & 3]!);
      column = column ? column.xor(term) : term;
    }
    const kept = column!.and(m.i64(BigInt.asIntN(64, everyFourth(i))));
    product = product ? product.or(kept) : kept;
  }
  m.return(product!);
});

/** The bits of a quadword in opposite order. */
function reversed(m: Builder, v: Value): Value {
  const swap = (x: Value, shift: number, mask: bigint): Value => x.shrU(shift).and(m.i64(mask)).or(x.and(m.i64(mask)).shl(shift));
  const nibbles = swap(swap(swap(v, 1, 0x5555_5555_5555_5555n), 2, 0x3333_3333_3333_3333n), 4, 0x0f0f_0f0f_0f0f_0f0fn);
  return swap(swap(nibbles, 8, 0x00ff_00ff_00ff_00ffn), 16, 0x0000_ffff_0000_ffffn).rotl(32);
}

/** 128-bit carry-less product: the upper half is the low product of the reversed operands, reversed (bit 127 is always clear). */
const PRODUCT: Routine = routine("carryless-product", { params: [I64, I64], results: [V128] }, (m, a, b) => {
  const high = reversed(m, m.call1(LOW_PRODUCT, reversed(m, a!), reversed(m, b!))).shrU(1);
  m.return(m.call1(LOW_PRODUCT, a!, b!).op("i64x2.splat").withLane("i64x2.replace_lane", 1, high));
});

export const PCLMULQDQ: Instruction = instruction("PCLMULQDQ", {
  forms: ["66 0F 3A 44 /r ib  PCLMULQDQ xmm, xmm/m128, imm8"], feature: "pclmulqdq", unit: "sse", title: "PCLMULQDQ—Carry-Less Multiplication Quadword",
  execute(m, dst, src, imm) {
    const b = m.readVector(src!, "v128"), a = m.readVector(dst!, "v128"), select = m.immediate(imm!).zext(32);
    const half = (v: Value, bit: number): Value => m.choose(select.bit(bit), v.lane("i64x2.extract_lane", 1), v.lane("i64x2.extract_lane", 0));
    m.writeVector(dst!, m.call1(PRODUCT, half(a, 0), half(b, 4)));
  },
});

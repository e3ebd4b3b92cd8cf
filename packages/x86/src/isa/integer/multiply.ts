import type { Value } from "../../ir/value.ts";
import { RAX, RDX, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { multiplyHighSigned, multiplyHighUnsigned } from "./wide-arithmetic.ts";

/** SF, ZF, AF and PF are undefined after a multiplication; AMD keeps them. */
const UNDEFINED = "SZAP";

/** Stores a double-width product: in AX for bytes, else in rDX:rAX. CF = OF = `overflow`. */
function writeProduct(m: InstructionBuilder, low: Value, high: Value, overflow: Value): void {
  if (low.bits === 8) m.setGprNumber(RAX, low.zext(16).or(high.zext(16).shl(8)));
  else {
    m.setGprNumber(RAX, low);
    m.setGprNumber(RDX, high);
  }
  m.flags({ C: overflow, O: overflow });
}

/** MUL — Unsigned multiplication. SDM vol. 2B, "MUL—Unsigned Multiply". */
export const MUL: Instruction = instruction("MUL", {
  forms: ["F6 /4  MUL r/m8", "F7 /4  MUL r/mv"],
  undefined: UNDEFINED,
  execute(m, factor) {
    const bits = factor!.bits as 8 | 16 | 32 | 64;
    const a = m.gpr(RAX, bits), b = m.read(factor!);
    if (bits === 64) {
      const high = m.call1(multiplyHighUnsigned, a, b);
      writeProduct(m, a.mul(b), high, high.nez());
      return;
    }
    const wide = bits === 32 ? 64 : 32;
    const product = a.zext(wide).mul(b.zext(wide)), high = product.shrU(bits).trunc(bits);
    writeProduct(m, product.trunc(bits), high, high.nez());
  },
});

/** A product's low half and whether the signed product does not fit in it. */
function signedProduct(m: InstructionBuilder, a: Value, b: Value): { low: Value; high: () => Value; overflow: Value } {
  const bits = a.bits as 8 | 16 | 32 | 64;
  if (bits === 64) {
    const low = a.mul(b), high = m.call1(multiplyHighSigned, a, b);
    return { low, high: () => high, overflow: high.ne(low.shrS(63)) };
  }
  const wide = bits === 32 ? 64 : 32;
  const product = a.sext(wide).mul(b.sext(wide)), low = product.trunc(bits);
  return { low, high: () => product.shrU(bits).trunc(bits), overflow: product.ne(low.sext(wide)) };
}

/** IMUL — Signed multiplication with one, two or three operands. SDM vol. 2A, "IMUL—Signed Multiply". */
export const IMUL: Instruction = instruction("IMUL", {
  forms: ["F6 /5  IMUL r/m8", "F7 /5  IMUL r/mv", "0F AF /r  IMUL rv, r/mv", "6B /r ib  IMUL rv, r/mv, simm8", "69 /r iz  IMUL rv, r/mv, immz"],
  undefined: UNDEFINED,
  execute(m, first, second, third) {
    if (!second) {
      const { low, high, overflow } = signedProduct(m, m.gpr(RAX, first!.bits as 8), m.read(first!));
      writeProduct(m, low, high(), overflow);
      return;
    }
    const a = m.read(second), b = m.read(third ?? first!);
    const { low, overflow } = signedProduct(m, a, b);
    m.write(first!, low);
    m.flags({ C: overflow, O: overflow });
  },
});

/** Multiplication. */
export const MULTIPLICATION: readonly Instruction[] = [MUL, IMUL];

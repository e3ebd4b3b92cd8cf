import type { Value } from "../../ir/value.ts";
import { DE, RAX, RDX, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { divideWideSigned, divideWideUnsigned } from "./wide-arithmetic.ts";

/** rDX:rAX, AX for bytes, as one number of twice the width; 64-bit operands are done by routines. */
function dividend(m: InstructionBuilder, bits: 8 | 16 | 32): Value {
  if (bits === 8) return m.gpr(RAX, 16).zext(32);
  const wide = bits === 32 ? 64 : 32;
  return m.gpr(RDX, bits).zext(wide).shl(bits).or(m.gpr(RAX, bits).zext(wide));
}

/** Stores quotient and remainder. All flags are undefined: AMD keeps CF and OF, sets AF and clears the others. */
function writeQuotient(m: InstructionBuilder, quotient: Value, remainder: Value): void {
  if (quotient.bits === 8) m.setGprNumber(RAX, quotient.zext(16).or(remainder.zext(16).shl(8)));
  else {
    m.setGprNumber(RAX, quotient);
    m.setGprNumber(RDX, remainder);
  }
  const no = m.i32(0);
  m.flags({ A: m.i32(1), Z: no, S: no, P: no });
}

/** DIV — Unsigned division; #DE where the quotient does not fit. SDM vol. 2A, "DIV—Unsigned Divide". */
export const DIV: Instruction = instruction("DIV", {
  forms: ["F6 /6  DIV r/m8", "F7 /6  DIV r/mv"],
  undefined: "OSZAPC",
  execute(m, by) {
    const bits = by!.bits as 8 | 16 | 32 | 64;
    const divisor = m.read(by!);
    if (bits === 64) {
      const high = m.gpr(RDX, 64), low = m.gpr(RAX, 64);
      // Also true of a zero divisor.
      m.raiseIf(high.geU(divisor), DE);
      const [q, r] = m.call(divideWideUnsigned, high, low, divisor) as [Value, Value];
      writeQuotient(m, q, r);
      return;
    }
    const n = dividend(m, bits), d = divisor.zext(n.bits as 32 | 64);
    m.raiseIf(n.shrU(bits).geU(d), DE);
    writeQuotient(m, n.divU(d).trunc(bits), n.remU(d).trunc(bits));
  },
});

/** IDIV — Signed division, truncated towards zero; #DE where the quotient does not fit. SDM vol. 2A, "IDIV—Signed Divide". */
export const IDIV: Instruction = instruction("IDIV", {
  forms: ["F6 /7  IDIV r/m8", "F7 /7  IDIV r/mv"],
  undefined: "OSZAPC",
  execute(m, by) {
    const bits = by!.bits as 8 | 16 | 32 | 64;
    const divisor = m.read(by!);
    if (bits === 64) {
      const [q, r, fits] = m.call(divideWideSigned, m.gpr(RDX, 64), m.gpr(RAX, 64), divisor) as [Value, Value, Value];
      m.raiseIf(fits.eqz(), DE);
      writeQuotient(m, q, r);
      return;
    }
    const wide = bits === 32 ? 64 : 32;
    const n = bits === 8 ? dividend(m, 8).shl(16).shrS(16) : dividend(m, bits), d = divisor.sext(wide);
    // The one overflow that WebAssembly's own division traps on; #DE here as well.
    const least = wide === 64 ? -0x8000_0000_0000_0000n : -0x8000_0000;
    m.raiseIf(d.eqz().or(n.eq(least).and(d.eq(-1))), DE);
    const q = n.divS(d), quotient = q.trunc(bits);
    m.raiseIf(quotient.sext(wide).ne(q), DE);
    writeQuotient(m, quotient, n.remS(d).trunc(bits));
  },
});

/** Division. */
export const DIVISION: readonly Instruction[] = [DIV, IDIV];

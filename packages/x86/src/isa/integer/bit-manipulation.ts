import { I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { RDX } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { multiplyHighUnsigned } from "./wide-arithmetic.ts";

/** ANDN — Bitwise and of the second source and the inverted first. SDM vol. 2A, "ANDN—Logical AND NOT". A and P are undefined; AMD clears A and sets P as usual. */
export const ANDN: Instruction = instruction("ANDN", {
  forms: ["VEX.LZ.0F38 F2 /r  ANDN ry, By, r/my"],
  feature: "bmi1",
  undefined: "AP",
  execute(m, dst, inverted, src) {
    const result = m.read(inverted!).not().and(m.read(src!)), no = m.i32(0);
    m.write(dst!, result);
    m.flagsExplicit(result, { C: no, O: no, A: no });
  },
});

/** BEXTR — Extract `length` bits from bit `start`. SDM vol. 2A, "BEXTR—Bit Field Extract". A, S and P are undefined: AMD sets A and clears S. */
export const BEXTR: Instruction = instruction("BEXTR", {
  forms: ["VEX.LZ.0F38 F7 /r  BEXTR ry, r/my, By"],
  feature: "bmi1",
  undefined: "ASP",
  execute(m, dst, src, control) {
    const a = m.read(src!), c = m.read(control!), bits = a.bits;
    const start = c.and(0xff), length = c.shrU(8).and(0xff);
    const shifted = m.choose(start.ltU(bits), a.shrU(start), 0);
    const mask = m.choose(length.ltU(bits), m.int(1, bits as 32).shl(length).sub(1), -1);
    const result = shifted.and(mask), no = m.i32(0);
    m.write(dst!, result);
    m.flagsExplicit(result, { C: no, O: no, A: m.i32(1), S: no });
  },
});

/** BLSI, BLSMSK, BLSR: A and P are undefined; AMD clears A. */
function lowestBit(name: string, digit: number, title: string, compute: (a: Value) => Value, carry: (a: Value) => Value): Instruction {
  return instruction(name, {
    forms: [`VEX.LZ.0F38 F3 /${digit}  ${name} By, r/my`],
    feature: "bmi1",
    title,
    undefined: "AP",
    execute(m, dst, src) {
      const a = m.read(src!), result = compute(a), no = m.i32(0);
      m.write(dst!, result);
      m.flagsExplicit(result, { C: carry(a), O: no, A: no });
    },
  });
}

/** BLSR — Clear the lowest one bit. SDM vol. 2A, "BLSR—Reset Lowest Set Bit". */
export const BLSR: Instruction = lowestBit("BLSR", 1, "BLSR—Reset Lowest Set Bit", (a) => a.sub(1).and(a), (a) => a.eqz());
/** BLSMSK — Mask up to the lowest one bit. SDM vol. 2A, "BLSMSK—Get Mask Up to Lowest Set Bit". */
export const BLSMSK: Instruction = lowestBit("BLSMSK", 2, "BLSMSK—Get Mask Up to Lowest Set Bit", (a) => a.sub(1).xor(a), (a) => a.eqz());
/** BLSI — Isolate the lowest one bit. SDM vol. 2A, "BLSI—Extract Lowest Set Isolated Bit". */
export const BLSI: Instruction = lowestBit("BLSI", 3, "BLSI—Extract Lowest Set Isolated Bit", (a) => a.neg().and(a), (a) => a.nez());

/** BZHI — Clear the bits from an index up. SDM vol. 2A, "BZHI—Zero High Bits Starting with Specified Bit Position". A and P are undefined. */
export const BZHI: Instruction = instruction("BZHI", {
  forms: ["VEX.LZ.0F38 F5 /r  BZHI ry, r/my, By"],
  feature: "bmi2",
  undefined: "AP",
  execute(m, dst, src, position) {
    const a = m.read(src!), index = m.read(position!).and(0xff), inside = index.ltU(a.bits);
    const result = m.choose(inside, a.and(m.int(1, a.bits as 32).shl(index).sub(1)), a), no = m.i32(0);
    m.write(dst!, result);
    m.flagsExplicit(result, { C: inside.xor(1), O: no, A: no });
  },
});

/** MULX — Unsigned product with rDX into two registers, no flags. SDM vol. 2B, "MULX—Unsigned Multiply Without Affecting Flags". */
export const MULX: Instruction = instruction("MULX", {
  forms: ["VEX.LZ.F2.0F38 F6 /r  MULX ry, By, r/my"],
  feature: "bmi2",
  execute(m, high, low, src) {
    const b = m.read(src!), a = m.gpr(RDX, b.bits as 32);
    // The upper half wins where both destinations are the same.
    if (b.bits === 64) {
      const upper = m.call1(multiplyHighUnsigned, a, b);
      m.write(low!, a.mul(b));
      m.write(high!, upper);
      return;
    }
    const product = a.zext(64).mul(b.zext(64));
    m.write(low!, product.trunc(32));
    m.write(high!, product.shrU(32).trunc(32));
  },
});

/** The low bits of a number, moved to where the mask has ones. */
const depositBits: Routine = routine("depositBits", { params: [I64, I64], results: [I64] }, (m, source, mask) => {
  const rest = m.local(source!), places = m.local(mask!), result = m.local(m.i64(0));
  m.loop(() => {
    const p = places.get();
    m.breakIf(p.eqz());
    result.set(result.get().or(p.and(p.neg()).and(rest.get().and(1).neg())));
    rest.set(rest.get().shrU(1));
    places.set(p.and(p.sub(1)));
  });
  m.return(result.get());
});

/** The bits where the mask has ones, moved together at the low end. */
const extractBits: Routine = routine("extractBits", { params: [I64, I64], results: [I64] }, (m, source, mask) => {
  const places = m.local(mask!), bit = m.local(m.i64(1)), result = m.local(m.i64(0));
  m.loop(() => {
    const p = places.get();
    m.breakIf(p.eqz());
    const chosen = source!.and(p).and(p.neg()).nez();
    result.set(m.choose(chosen, result.get().or(bit.get()), result.get()));
    bit.set(bit.get().shl(1));
    places.set(p.and(p.sub(1)));
  });
  m.return(result.get());
});

function scatter(name: string, pp: string, title: string, by: Routine): Instruction {
  return instruction(name, {
    forms: [`VEX.LZ.${pp}.0F38 F5 /r  ${name} ry, By, r/my`],
    feature: "bmi2",
    title,
    execute(m, dst, src, mask) {
      const result = m.call1(by, m.read(src!).zext(64), m.read(mask!).zext(64));
      m.write(dst!, result.fit(dst!.bits as 32));
    },
  });
}

/** PDEP — Scatter low bits to a mask. SDM vol. 2B, "PDEP—Parallel Bits Deposit". */
export const PDEP: Instruction = scatter("PDEP", "F2", "PDEP—Parallel Bits Deposit", depositBits);
/** PEXT — Gather bits of a mask. SDM vol. 2B, "PEXT—Parallel Bits Extract". */
export const PEXT: Instruction = scatter("PEXT", "F3", "PEXT—Parallel Bits Extract", extractBits);

/** RORX — Rotate right by an immediate, no flags. SDM vol. 2B, "RORX—Rotate Right Logical Without Affecting Flags". */
export const RORX: Instruction = instruction("RORX", {
  forms: ["VEX.LZ.F2.0F3A F0 /r ib  RORX ry, r/my, imm8"],
  feature: "bmi2",
  execute(m, dst, src, by) { m.write(dst!, m.read(src!).rotr(m.read(by!).zext(dst!.bits as 32))); },
});

/** Shifts by a register's low 5 or 6 bits, no flags; WebAssembly's shifts take the count modulo the width as these do. */
function shiftBy(name: string, pp: string, compute: (a: Value, count: Value) => Value): Instruction {
  return instruction(name, {
    forms: [`VEX.LZ.${pp}.0F38 F7 /r  ${name} ry, r/my, By`],
    feature: "bmi2",
    title: "SARX/SHLX/SHRX—Shift Without Affecting Flags",
    execute(m, dst, src, by) { m.write(dst!, compute(m.read(src!), m.read(by!))); },
  });
}

/** SARX, SHLX, SHRX. SDM vol. 2B, "SARX/SHLX/SHRX—Shift Without Affecting Flags". */
export const SARX: Instruction = shiftBy("SARX", "F3", (a, n) => a.shrS(n));
export const SHLX: Instruction = shiftBy("SHLX", "66", (a, n) => a.shl(n));
export const SHRX: Instruction = shiftBy("SHRX", "F2", (a, n) => a.shrU(n));

/** ADCX and ADOX: addition through one flag alone. */
function addThrough(name: string, prefix: string, flag: "C" | "O", title: string): Instruction {
  return instruction(name, {
    forms: [`${prefix} 0F 38 F6 /r  ${name} ry, r/my`],
    feature: "adx",
    title,
    execute(m, dst, src) {
      const a = m.read(dst!), b = m.read(src!), partial = a.add(b);
      const sum = partial.add(m.flag(flag).fit(a.bits as 32));
      const carry = partial.ltU(a).or(sum.ltU(partial));
      m.write(dst!, sum);
      m.flags(flag === "C" ? { C: carry } : { O: carry });
    },
  });
}

/** ADCX — Add with CF in and out. SDM vol. 2A, "ADCX—Unsigned Integer Addition of Two Operands With Carry Flag". */
export const ADCX: Instruction = addThrough("ADCX", "66", "C", "ADCX—Unsigned Integer Addition of Two Operands With Carry Flag");
/** ADOX — Add with OF in and out. SDM vol. 2A, "ADOX—Unsigned Integer Addition of Two Operands With Overflow Flag". */
export const ADOX: Instruction = addThrough("ADOX", "F3", "O", "ADOX—Unsigned Integer Addition of Two Operands With Overflow Flag");

/** BMI1, BMI2 and ADX. */
export const BIT_MANIPULATION: readonly Instruction[] = [ANDN, BEXTR, BLSR, BLSMSK, BLSI, BZHI, MULX, PDEP, PEXT, RORX, SARX, SHLX, SHRX, ADCX, ADOX];

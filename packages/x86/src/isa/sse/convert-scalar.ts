import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { convertFromInteger, convertToInteger, narrow, powerOfTwo, widen } from "./convert-routines.ts";
import { beginFloat, commitFloat, inexactKnown, isPlain, roundsToNearest } from "./float-control.ts";
import { compare, DOUBLE, isClearOfUnderflow, isFinite, isOrdinary, SINGLE, toBits, toFloat, type Format, type Shape } from "./float-format.ts";
import { ROUNDING, roundingMode } from "./float-round.ts";

const suffix = (f: Format): string => (f.bits === 32 ? "SS" : "SD");
const prefix = (f: Format): string => (f.bits === 32 ? "F3" : "F2");
const precision = (f: Format): string => (f.bits === 32 ? "Single" : "Double");
const feature = (f: Format): "sse" | "sse2" => (f.bits === 32 ? "sse" : "sse2");

/** Float to integer with exceptions. */
function toIntegerSlow(f: Format, width: 32 | 64, truncate: boolean): Routine {
  return routine(`${truncate ? "truncate" : "round"}-${f.float}-i${width}`, { params: [f.slot], results: [width === 32 ? I32 : I64], mayFault: true }, (m, bits) => {
    beginFloat(m);
    const result = convertToInteger(m, f, width, bits!, truncate ? m.i32(ROUNDING.zero) : roundingMode(m));
    commitFloat(m);
    m.return(result);
  });
}

function toInteger(f: Format, truncate: boolean): Instruction {
  const name = `CVT${truncate ? "T" : ""}${suffix(f)}2SI`;
  const slow = { 32: toIntegerSlow(f, 32, truncate), 64: toIntegerSlow(f, 64, truncate) };
  return instruction(name, {
    forms: [`${prefix(f)} 0F ${truncate ? "2C" : "2D"} /r  ${name} ry, xmm/m${f.bits}`], feature: feature(f), unit: "sse",
    title: `${name}—Convert ${truncate ? "With Truncation " : ""}Scalar ${precision(f)} Precision Floating-Point Value to Integer`,
    execute(m, dst, src) {
      const s: Shape = { format: f, packed: false }, width = dst!.bits as 32 | 64;
      const bits = m.readVector(src!, f.int), value = toFloat(f, bits), integer = truncate ? value : value.op(`${f.float}.nearest`);
      const result = m.local(integer.op(`i${width}.trunc_sat_${f.float}_s`));
      const size = value.op(`${f.float}.abs`), limit = powerOfTwo(m, f, width - 1);
      // Just below the limit a double may still round up to it.
      const fits = f.bits === 64 && width === 32 && !truncate ? compare(s, "lt", size.op("f64.ceil"), limit) : compare(s, "lt", size, limit);
      const whole = truncate ? value.op(`${f.float}.trunc`) : integer;
      let fast = fits.and(inexactKnown(m).or(compare(s, "eq", whole, value)));
      if (!truncate) fast = fast.and(roundsToNearest(m));
      m.if(fast.eqz(), () => result.set(m.call1(slow[width], bits)));
      m.writeRegister(dst!, result.get());
    },
  });
}

function fromIntegerSlow(f: Format, width: 32 | 64): Routine {
  return routine(`convert-i${width}-${f.float}`, { params: [width === 32 ? I32 : I64], results: [f.slot], mayFault: true }, (m, integer) => {
    beginFloat(m);
    const result = convertFromInteger(m, f, integer!);
    commitFloat(m);
    m.return(result);
  });
}

function fromInteger(f: Format): Instruction {
  const name = `CVTSI2${suffix(f)}`, slow = { 32: fromIntegerSlow(f, 32), 64: fromIntegerSlow(f, 64) };
  return instruction(name, {
    forms: [`${prefix(f)} 0F 2A /r  ${name} xmm, r/my`], feature: feature(f), unit: "sse", title: `${name}—Convert Doubleword Integer to Scalar ${precision(f)} Precision Floating-Point Value`,
    execute(m, dst, src) {
      const integer = m.read(src!), width = src!.bits as 32 | 64, result = m.local(toBits(f, integer.op(`${f.float}.convert_i${width}_s`)));
      if (f.bits === 32 || width === 64) {
        // As many bits as the fraction holds are exact.
        const half = 1n << BigInt(f.mantissaBits), exact = integer.add(half).ltU(m.constant(2n * half, width));
        m.if(exact.or(inexactKnown(m).and(roundsToNearest(m))).eqz(), () => result.set(m.call1(slow[width], integer)));
      }
      m.writeVector(dst!, result.get());
    },
  });
}

const WIDEN: Routine = routine("widen-f32", { params: [I32], results: [I64], mayFault: true }, (m, bits) => {
  beginFloat(m);
  const result = widen(m, bits!);
  commitFloat(m);
  m.return(result);
});
const NARROW: Routine = routine("narrow-f64", { params: [I64], results: [I32], mayFault: true }, (m, bits) => {
  beginFloat(m);
  const result = narrow(m, bits!);
  commitFloat(m);
  m.return(result);
});

const CVTSS2SD = instruction("CVTSS2SD", {
  forms: ["F3 0F 5A /r  CVTSS2SD xmm, xmm/m32"], feature: "sse2", unit: "sse", title: "CVTSS2SD—Convert Scalar Single Precision Floating-Point Value to Scalar Double Precision Floating-Point Value",
  execute(m, dst, src) {
    const bits = m.readVector(src!, "i32"), value = toFloat(SINGLE, bits), result = m.local(value.op("f64.promote_f32").op("i64.reinterpret_f64"));
    m.if(isOrdinary(m, { format: SINGLE, packed: false }, value).eqz(), () => result.set(m.call1(WIDEN, bits)));
    m.writeVector(dst!, result.get());
  },
});

const CVTSD2SS = instruction("CVTSD2SS", {
  forms: ["F2 0F 5A /r  CVTSD2SS xmm, xmm/m64"], feature: "sse2", unit: "sse", title: "CVTSD2SS—Convert Scalar Double Precision Floating-Point Value to Scalar Single Precision Floating-Point Value",
  execute(m, dst, src) {
    const s: Shape = { format: SINGLE, packed: false }, bits = m.readVector(src!, "i64"), value: Value = toFloat(DOUBLE, bits), single = value.op("f32.demote_f64");
    const result = m.local(single.op("i32.reinterpret_f32"));
    const ordinary = isFinite(m, s, single).and(isClearOfUnderflow(m, s, single)).and(isPlain(m)).or(bits.shl(1).eqz());
    m.if(ordinary.eqz(), () => result.set(m.call1(NARROW, bits)));
    m.writeVector(dst!, result.get());
  },
});

/** CVT between scalars. */
export const SCALAR_CONVERSIONS: readonly Instruction[] = [
  ...[SINGLE, DOUBLE].flatMap((f) => [toInteger(f, false), toInteger(f, true), fromInteger(f)]), CVTSS2SD, CVTSD2SS,
];

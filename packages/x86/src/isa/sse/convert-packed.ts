import type { Builder } from "../../ir/builder.ts";
import { routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Feature, type Instruction } from "../instruction.ts";
import { unitCheck } from "../unit-checks.ts";
import { enterMmx } from "../x87/mmx-registers.ts";
import { splat32, splat64, zero } from "./constants.ts";
import { convertFromInteger, convertToInteger, narrow, widen } from "./convert-routines.ts";
import { beginFloat, commitFloat, inexactKnown, isPlain, roundsToNearest } from "./float-control.ts";
import { all, arithmetic, both, compare, DOUBLE, isClearOfUnderflow, isFinite, isOrdinary, SINGLE, type Format, type Shape } from "./float-format.ts";
import { ROUNDING, roundingMode } from "./float-round.ts";
import { readPacked, writePacked } from "./operands.ts";

/** One conversion of a vector: `fast` is what WebAssembly computes, and whether that is exact and silent; `slow` one lane in software. */
interface Conversion {
  readonly name: string;
  readonly form: string;
  readonly feature: Feature;
  readonly title: string;
  /** Lanes converted, and the integer type of a source and of a result lane. */
  readonly lanes: 2 | 4;
  readonly from: "i32x4" | "i64x2";
  readonly to: "i32x4" | "i64x2";
  /** The rest of an XMM destination stays. */
  readonly merge?: true;
  fast(m: Builder, source: Value): { readonly result: Value; readonly silent: Value };
  slow(m: Builder, lane: Value): Value;
}

function conversion(c: Conversion): Instruction {
  const slow: Routine = routine(c.name.toLowerCase(), { params: [V128], results: [V128], mayFault: true }, (m, source) => {
    beginFloat(m);
    let result = zero(m);
    for (let i = 0; i < c.lanes; i++) result = result.withLane(`${c.to}.replace_lane`, i, c.slow(m, source!.lane(`${c.from}.extract_lane`, i)));
    commitFloat(m);
    m.return(result);
  });
  return instruction(c.name, {
    forms: [c.form], feature: c.feature, unit: "sse", title: c.title,
    execute(m, dst, src) {
      const mmx = dst!.spec.kind === "mmx" || (src!.spec.kind === "mmx" && !src!.isMemory);
      if (mmx) unitCheck(m, "mmx");
      const source = readPacked(m, src!);
      // The unit is in MMX state even where the conversion then raises #XM.
      if (mmx) enterMmx(m);
      const { result: fast, silent } = c.fast(m, source), result = m.local(fast);
      m.if(silent.eqz(), () => result.set(m.call1(slow, source)));
      if (c.merge) m.writeVector(dst!, result.get().lane("i64x2.extract_lane", 0));
      else writePacked(m, dst!, result.get());
    },
  });
}

const shape = (format: Format): Shape => ({ format, packed: true });
/** Lanes beyond the first two count as passed. */
function firstTwo(m: Builder, mask: Value): Value { return mask.op("v128.or", m.vector([0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255])); }

/** Floats to doublewords. A NaN fails the test of its size. */
function toIntegers(f: Format, truncate: boolean, two: boolean) {
  const s = shape(f);
  return {
    fast(m: Builder, source: Value): { result: Value; silent: Value } {
      const whole = arithmetic(s, truncate ? "trunc" : "nearest", source);
      const result = f.bits === 32 ? whole.op("i32x4.trunc_sat_f32x4_s") : whole.op("i32x4.trunc_sat_f64x2_s_zero");
      const limit = f.bits === 32 ? splat32(m, 0x4f000000) : splat64(m, 0x41dfffffffc00000n), size = arithmetic(s, "abs", source);
      // 2^31 for single, 2^31 - 1 for double precision: none below it rounds out of range.
      let fits = compare(s, "lt", size, limit), exact = compare(s, "eq", whole, source);
      if (two && f.bits === 32) [fits, exact] = [firstTwo(m, fits), firstTwo(m, exact)];
      const silent = all(s, fits).and(inexactKnown(m).or(all(s, exact)));
      return { result, silent: truncate ? silent : silent.and(roundsToNearest(m)) };
    },
    slow: (m: Builder, lane: Value): Value => convertToInteger(m, f, 32, lane, truncate ? m.i32(ROUNDING.zero) : roundingMode(m)),
  };
}

/** Doublewords to single precision: exact below 2^24. */
function toSingles(two: boolean) {
  return {
    fast(m: Builder, source: Value): { result: Value; silent: Value } {
      const small = source.op("i32x4.add", splat32(m, 1 << 24)).op("i32x4.lt_u", splat32(m, 1 << 25));
      const exact = (two ? firstTwo(m, small) : small).op("i32x4.all_true");
      return { result: source.op("f32x4.convert_i32x4_s"), silent: exact.or(inexactKnown(m).and(roundsToNearest(m))) };
    },
    slow: (m: Builder, lane: Value): Value => convertFromInteger(m, SINGLE, lane),
  };
}

/** Doublewords to double precision: always exact. */
const toDoubles = {
  fast: (m: Builder, source: Value): { result: Value; silent: Value } => ({ result: source.op("f64x2.convert_low_i32x4_s"), silent: m.i32(1) }),
  slow: (m: Builder, lane: Value): Value => convertFromInteger(m, DOUBLE, lane),
};

const CVTPS2PD = conversion({
  name: "CVTPS2PD", form: "NP 0F 5A /r  CVTPS2PD xmm, xmm/m64", feature: "sse2", lanes: 2, from: "i32x4", to: "i64x2",
  title: "CVTPS2PD—Convert Packed Single Precision Floating-Point Values to Packed Double Precision Floating-Point Values",
  fast: (m, source) => ({ result: source.op("f64x2.promote_low_f32x4"), silent: all(shape(SINGLE), firstTwo(m, isOrdinary(m, shape(SINGLE), source))) }),
  slow: (m, lane) => widen(m, lane),
});
const CVTPD2PS = conversion({
  name: "CVTPD2PS", form: "66 0F 5A /r  CVTPD2PS xmm, xmm/m128", feature: "sse2", lanes: 2, from: "i64x2", to: "i32x4",
  title: "CVTPD2PS—Convert Packed Double Precision Floating-Point Values to Packed Single Precision Floating-Point Values",
  fast(m, source) {
    const s = shape(SINGLE), result = source.op("f32x4.demote_f64x2_zero");
    return { result, silent: all(s, firstTwo(m, both(s, isFinite(m, s, result), isClearOfUnderflow(m, s, result)))).and(isPlain(m)) };
  },
  slow: (m, lane) => narrow(m, lane),
});

function integers(name: string, form: string, feature: Feature, f: Format, two: boolean): Instruction {
  const truncate = name.startsWith("CVTT");
  return conversion({
    name, form, feature, lanes: two ? 2 : 4, from: f.ints, to: "i32x4", ...toIntegers(f, truncate, two),
    title: `${name}—Convert ${truncate ? "With Truncation " : ""}Packed ${f.bits === 32 ? "Single" : "Double"} Precision Floating-Point Values to Packed Doubleword Integers`,
  });
}
function singles(name: string, form: string, feature: Feature, two: boolean): Instruction {
  return conversion({
    name, form, feature, lanes: two ? 2 : 4, from: "i32x4", to: "i32x4", ...(two ? { merge: true } : {}), ...toSingles(two),
    title: `${name}—Convert Packed Doubleword Integers to Packed Single Precision Floating-Point Values`,
  });
}
function doubles(name: string, form: string): Instruction {
  return conversion({
    name, form, feature: "sse2", lanes: 2, from: "i32x4", to: "i64x2", ...toDoubles,
    title: `${name}—Convert Packed Doubleword Integers to Packed Double Precision Floating-Point Values`,
  });
}

/** CVT of packed values, those with MMX registers included. */
export const PACKED_CONVERSIONS: readonly Instruction[] = [
  CVTPS2PD, CVTPD2PS,
  singles("CVTDQ2PS", "NP 0F 5B /r  CVTDQ2PS xmm, xmm/m128", "sse2", false),
  singles("CVTPI2PS", "NP 0F 2A /r  CVTPI2PS xmm, mm/m64", "sse", true),
  doubles("CVTDQ2PD", "F3 0F E6 /r  CVTDQ2PD xmm, xmm/m64"),
  doubles("CVTPI2PD", "66 0F 2A /r  CVTPI2PD xmm, mm/m64"),
  integers("CVTPS2DQ", "66 0F 5B /r  CVTPS2DQ xmm, xmm/m128", "sse2", SINGLE, false),
  integers("CVTTPS2DQ", "F3 0F 5B /r  CVTTPS2DQ xmm, xmm/m128", "sse2", SINGLE, false),
  integers("CVTPD2DQ", "F2 0F E6 /r  CVTPD2DQ xmm, xmm/m128", "sse2", DOUBLE, true),
  integers("CVTTPD2DQ", "66 0F E6 /r  CVTTPD2DQ xmm, xmm/m128", "sse2", DOUBLE, true),
  integers("CVTPS2PI", "NP 0F 2D /r  CVTPS2PI mm, xmm/m64", "sse", SINGLE, true),
  integers("CVTTPS2PI", "NP 0F 2C /r  CVTTPS2PI mm, xmm/m64", "sse", SINGLE, true),
  integers("CVTPD2PI", "66 0F 2D /r  CVTPD2PI mm, xmm/m128", "sse2", DOUBLE, true),
  integers("CVTTPD2PI", "66 0F 2C /r  CVTTPD2PI mm, xmm/m128", "sse2", DOUBLE, true),
];

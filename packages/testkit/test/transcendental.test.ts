import { describe, expect, test } from "vitest";
import * as constants from "../../x86/src/isa/x87/transcendental.table.ts";
import { ulpError, type Extended } from "../src/transcendental/exact.ts";
import { arctangent, FRACTION, LN2, ONE, PI } from "../src/transcendental/fixed-point.ts";
import { exactResult, FUNCTIONS, randomFrom } from "../src/transcendental/functions.ts";
import { measureTolerance } from "../src/transcendental/measure.ts";
import { X87Unit } from "../src/transcendental/x87-unit.ts";

const unit = new X87Unit();

/** A fixed-point number rounded to `bits` fraction bits. */
const rounded = (v: bigint, bits: number): bigint => (v + (1n << BigInt(FRACTION - bits - 1))) >> BigInt(FRACTION - bits);

test("the constants are those of the series", () => {
  expect(constants.PI).toBe(rounded(PI, 126));
  expect(constants.REDUCTION_PI).toBe(rounded(PI, 64));
  expect(constants.TWO_OVER_PI).toBe((ONE * (1n << 65n)) / PI);
  expect(constants.LN2).toBe(rounded(LN2, 128));
  expect(constants.TWO_OVER_LN2).toBe(rounded((2n * ONE * ONE) / LN2, 126));
  expect(constants.SQRT2 ** 2n < 1n << 127n && (constants.SQRT2 + 1n) ** 2n > 1n << 127n).toBe(true);
  constants.ARCTANGENTS.forEach((v, j) => expect(v, `arctan(${j}/8)`).toBe(rounded(arctangent((ONE * BigInt(j)) / 8n), 128)));
});

// SDM vol. 1, "Transcendental Instruction Accuracy": less than 1 ulp in round-to-nearest mode.
describe("error against 320-bit series", () => {
  for (const f of FUNCTIONS) {
    test(f.name, () => {
      const t = measureTolerance(unit, f, 3000, 12345);
      expect(t.worst).toBeLessThan(1);
      expect(t.worst).toBeGreaterThan(0.4);
      expect(t.misrounded).toBe(0);
    });
  }
});

describe("rounding control decides the direction, precision control nothing", () => {
  for (const f of FUNCTIONS) {
    test(f.name, () => {
      const random = randomFrom(99);
      unit.load(f.code);
      for (let i = 0; i < 300; i++) {
        const args = f.arguments(random), exact = exactResult(f, args);
        const error = (controlWord: number): number => {
          unit.execute(args, controlWord);
          return ulpError(unit.st(f.result), exact);
        };
        // Single precision, and double.
        const nearest = error(0x07f), down = error(0x67f), up = error(0xa7f), zero = error(0xe7f);
        if (exact.magnitude === 0n) continue;
        expect(Math.abs(nearest)).toBeLessThanOrEqual(0.5);
        expect(down <= 0 && down > -1 && up >= 0 && up < 1, `${down} ${up}`).toBe(true);
        expect(zero).toBe(exact.negative ? up : down);
      }
    });
  }
});

test("tan next to an odd multiple of pi/2: the reciprocal of 2^-65 is below 2^65", () => {
  unit.load(FUNCTIONS.find((f) => f.name === "FPTAN")!.code);
  const results = [0x37f, 0x77f, 0xb7f].map((controlWord) => {
    unit.execute([bits(HALF_PI)], controlWord);
    return text(unit.st(1));
  });
  expect(results).toEqual(["c040:8000000000000000", "c040:8000000000000000", "c03f:ffffffffffffffff"]);
});

const bits = (text: string): Extended => ({ signExponent: Number.parseInt(text.slice(0, 4), 16), significand: BigInt(`0x${text.slice(5)}`) });
const text = (v: Extended): string => `${v.signExponent.toString(16).padStart(4, "0")}:${v.significand.toString(16).padStart(16, "0")}`;
const ZERO = "0000:0000000000000000", MINUS_ZERO = "8000:0000000000000000", TINY = "0000:0000000000000001", ONE_ = "3fff:8000000000000000", MINUS_ONE = "bfff:8000000000000000", TWO = "4000:8000000000000000";
const INFINITY = "7fff:8000000000000000", MINUS_INFINITY = "ffff:8000000000000000", NAN = "ffff:c000000000000000", SIGNALLING = "7fff:a000000000000000", QUIETED = "7fff:e000000000000000";
const HUGE = "403e:8000000000000000", LARGEST = "7ffe:ffffffffffffffff", UNNORMAL = "4000:0000000000000001", HALF_PI = "3fff:c90fdaa22168c235", PI_ = "4000:c90fdaa22168c235", THREE_QUARTERS = "4000:96cbe3f9990e91a8";
const IE = 1, DE = 2, ZE = 4, OE = 8, UE = 0x10, PE = 0x20, C2 = 0x400;

/** Limits as an AMD Zen 5 reports them: instruction, stack before, stack after, flags with C2 (C1 left out). */
const LIMITS: readonly (readonly [string, readonly string[], readonly string[], number])[] = [
  ["FSIN", [MINUS_ZERO], [MINUS_ZERO], 0], ["FSIN", [TINY], [TINY], DE | UE | PE], ["FSIN", [INFINITY], [NAN], IE], ["FSIN", [HUGE], [HUGE], C2], ["FSIN", [UNNORMAL], [NAN], IE],
  // The 66-bit pi: sin of pi rounded to 64 bits is -2^-64.
  ["FSIN", [PI_], ["bfbf:8000000000000000"], PE],
  ["FCOS", [ZERO], [ONE_], 0], ["FCOS", [TINY], [ONE_], DE | PE], ["FCOS", [HUGE], [HUGE], C2], ["FCOS", [SIGNALLING], [QUIETED], IE],
  ["FSINCOS (sine)", [MINUS_ZERO], [ONE_, MINUS_ZERO], 0], ["FSINCOS (sine)", [INFINITY], [NAN, NAN], IE], ["FSINCOS (sine)", [SIGNALLING], [QUIETED, QUIETED], IE], ["FSINCOS (sine)", [HUGE], [HUGE], C2],
  ["FPTAN", [MINUS_ZERO], [ONE_, MINUS_ZERO], 0], ["FPTAN", [INFINITY], [NAN, NAN], IE], ["FPTAN", [HUGE], [HUGE], C2], ["FPTAN", [HALF_PI], [ONE_, "c040:8000000000000000"], PE],
  ["FPATAN", [ONE_, ZERO], [ZERO], 0], ["FPATAN", [MINUS_ONE, MINUS_ZERO], ["c000:c90fdaa22168c235"], PE], ["FPATAN", [ZERO, ONE_], [HALF_PI], PE], ["FPATAN", [ZERO, ZERO], [ZERO], 0],
  ["FPATAN", [MINUS_ZERO, ZERO], [PI_], PE], ["FPATAN", [INFINITY, INFINITY], ["3ffe:c90fdaa22168c235"], PE], ["FPATAN", [MINUS_INFINITY, INFINITY], [THREE_QUARTERS], PE], ["FPATAN", [INFINITY, ONE_], [ZERO], 0],
  ["FPATAN", [LARGEST, TINY], [ZERO], DE | UE | PE], ["FPATAN", [MINUS_ONE, ONE_], [THREE_QUARTERS], PE],
  ["F2XM1", [ONE_], [ONE_], PE], ["F2XM1", [MINUS_ONE], ["bffe:8000000000000000"], PE], ["F2XM1", [TWO], [TWO], PE], ["F2XM1", [INFINITY], [INFINITY], 0], ["F2XM1", [MINUS_INFINITY], [MINUS_ONE], 0],
  ["FYL2X", [ZERO, ONE_], [MINUS_INFINITY], ZE], ["FYL2X", [ZERO, TINY], [MINUS_INFINITY], ZE], ["FYL2X", [ZERO, ZERO], [NAN], IE], ["FYL2X", [ZERO, MINUS_INFINITY], [INFINITY], 0], ["FYL2X", [MINUS_ONE, ONE_], [NAN], IE],
  ["FYL2X", [ONE_, INFINITY], [NAN], IE], ["FYL2X", [ONE_, MINUS_ONE], [MINUS_ZERO], 0], ["FYL2X", [TWO, TWO], [TWO], PE], ["FYL2X", [TWO, TINY], [TINY], DE | UE | PE], ["FYL2X", [INFINITY, ZERO], [NAN], IE],
  ["FYL2X", [LARGEST, LARGEST], [INFINITY], OE | PE],
  ["FYL2XP1", [ZERO, MINUS_ONE], [MINUS_ZERO], 0], ["FYL2XP1", [ZERO, INFINITY], [NAN], IE], ["FYL2XP1", [ONE_, TWO], [TWO], PE], ["FYL2XP1", [MINUS_ONE, TWO], [MINUS_ONE], PE], ["FYL2XP1", [INFINITY, ONE_], [INFINITY], 0],
  ["FYL2XP1", [MINUS_INFINITY, ONE_], [NAN], IE],
];
describe("limits as the silicon reports them", () => {
  for (const [name, before, after, flags] of LIMITS) {
    test(`${name} ${before.join(", ")}`, () => {
      unit.load(FUNCTIONS.find((f) => f.name === name)!.code);
      unit.execute(before.map(bits));
      expect(after.map((_, i) => text(unit.st(i)))).toEqual(after);
      expect(unit.status & 0x43f).toBe(flags);
      expect((8 - (unit.status >> 11)) & 7).toBe(after.length);
    });
  }
});

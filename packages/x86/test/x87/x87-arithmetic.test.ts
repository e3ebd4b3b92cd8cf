import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extended } from "./operands.ts";
import { controlWord, model, type Control, type Operation } from "./rational-model.ts";
import { show, X87Unit } from "./x87-unit.ts";

const unit = new X87Unit(), SEED = 80, RUNS = process.env["SLOW"] === "1" ? 20000 : 300;
const SOURCE: { readonly [operation in Operation]: string } = {
  add: "fadd st0, st1", sub: "fsub st0, st1", subr: "fsubr st0, st1", mul: "fmul st0, st1", div: "fdiv st0, st1", divr: "fdivr st0, st1", sqrt: "fsqrt",
};
const CONTROLS: readonly Control[] = ([0, 2, 3] as const).flatMap((precision) => ([0, 1, 2, 3] as const).map((rounding) => ({ precision, rounding })));

describe("exact arithmetic, rounded once", () => {
  for (const operation of Object.keys(SOURCE) as Operation[]) {
    for (const control of CONTROLS) {
      test(`${operation}, precision control ${control.precision}, rounding control ${control.rounding}`, () => {
        unit.load(SOURCE[operation]);
        fc.assert(fc.property(extended, extended, (a, b) => {
          unit.execute({ st: [a, b], control: controlWord(control) });
          const expected = model(operation, a, b, control);
          expect(`${show(unit.st(0))} ${(unit.status & 0x27f).toString(16)}`).toBe(`${show(expected.value)} ${expected.flags.toString(16)}`);
          expect(show(unit.st(1))).toBe(show(b));
        }), { seed: SEED, numRuns: RUNS });
      });
    }
  }
});

// The forms differ in what they read and write, not in what they compute.
describe("forms", () => {
  const pairs: readonly (readonly [source: string, operation: Operation, result: 0 | 1])[] = [
    ["fadd st1, st0", "add", 1], ["fmul st1, st0", "mul", 1], ["fsub st1, st0", "subr", 1], ["fsubr st1, st0", "sub", 1], ["fdiv st1, st0", "divr", 1], ["fdivr st1, st0", "div", 1],
    ["faddp st1, st0", "add", 0], ["fmulp st1, st0", "mul", 0], ["fsubp st1, st0", "subr", 0], ["fsubrp st1, st0", "sub", 0], ["fdivp st1, st0", "divr", 0], ["fdivrp st1, st0", "div", 0],
  ];
  for (const [source, operation, result] of pairs) {
    test(source, () => {
      unit.load(source);
      fc.assert(fc.property(extended, extended, (a, b) => {
        unit.execute({ st: [a, b] });
        expect(show(unit.st(result))).toBe(show(model(operation, a, b, { precision: 3, rounding: 0 }).value));
        if (result === 1) expect(show(unit.st(0))).toBe(show(a));
        else expect([unit.top, unit.tags]).toEqual([7, 0x80]);
      }), { seed: SEED, numRuns: RUNS });
    });
  }
});

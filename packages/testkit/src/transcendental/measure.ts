import { toNearest, ulpError, type Extended } from "./exact.ts";
import { exactResult, randomFrom, type Function80 } from "./functions.ts";
import type { X87Unit } from "./x87-unit.ts";

/** How far results were from the exact ones. */
export interface Tolerance {
  readonly name: string;
  readonly samples: number;
  /** Greatest error in units in the last place, and where. */
  readonly worst: number;
  readonly at: readonly Extended[];
  /** Results that are not the nearest number. */
  readonly misrounded: number;
}

/** Executes `samples` random cases of a function, rounding to nearest. */
export function measureTolerance(unit: X87Unit, f: Function80, samples: number, seed: number): Tolerance {
  const random = randomFrom(seed);
  let worst = 0, misrounded = 0, at: readonly Extended[] = [];
  unit.load(f.code);
  for (let i = 0; i < samples; i++) {
    const args = f.arguments(random), expected = exactResult(f, args);
    if (expected.magnitude === 0n) continue;
    unit.execute(args);
    const result = unit.st(f.result), error = Math.abs(ulpError(result, expected)), nearest = toNearest(expected);
    if (result.significand !== nearest.significand || result.signExponent !== nearest.signExponent) misrounded++;
    if (error > worst) {
      worst = error;
      at = args;
    }
  }
  return { name: f.name, samples, worst, at, misrounded };
}

import { parseArgs } from "node:util";
import type { Extended } from "../transcendental/exact.ts";
import { FUNCTIONS } from "../transcendental/functions.ts";
import { measureTolerance } from "../transcendental/measure.ts";
import { X87Unit } from "../transcendental/x87-unit.ts";

const USAGE = `Measures the x87's transcendental instructions against series of 320 bits: the greatest error in units in the last place (64-bit significands,
rounding to nearest; 0.5 is the least possible) and how many results are not the nearest number.

  npm run ulp -- [--samples N] [--seed N]

The exit status is 1 where an error reaches 1.`;

const { values } = parseArgs({ options: { samples: { type: "string", default: "20000" }, seed: { type: "string", default: "1" }, help: { type: "boolean", default: false } } });
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const unit = new X87Unit(), show = (v: Extended): string => `${v.signExponent.toString(16).padStart(4, "0")}:${v.significand.toString(16).padStart(16, "0")}`;
let worst = 0;
for (const f of FUNCTIONS) {
  const t = measureTolerance(unit, f, Number(values.samples), Number(values.seed));
  worst = Math.max(worst, t.worst);
  console.log(`${t.name.padEnd(17)} ${t.worst.toFixed(6)} ulp at ${t.at.map(show).join(" ").padEnd(41)} ${t.misrounded} of ${t.samples} not nearest`);
}
console.log(`greatest error ${worst.toFixed(6)} ulp`);
process.exitCode = worst >= 1 ? 1 : 0;

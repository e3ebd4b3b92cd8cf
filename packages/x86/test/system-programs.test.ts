import { describe, expect, test } from "vitest";
import { CpuModel } from "../src/index.ts";
import { SYSTEM_PROGRAMS } from "./system/programs/index.ts";
import { sourceOf } from "./system/programs/system-program.ts";
import { protectedProgram } from "./system/protected-program.ts";
import { ENGINES, outcomes, runProgram } from "./system/run-program.ts";

/** What Bochs and QEMU print for the same images is in `golden/` of testkit's privileged tests. */
describe.each(SYSTEM_PROGRAMS.map((program) => [program.name, program] as const))("%s", (_, program) => {
  test.each(ENGINES)("%s", (engine) => {
    expect(outcomes(runProgram(sourceOf(program), {}, { model: CpuModel.max, engine }))).toEqual(program.expected);
  });
});

test("an interrupt without a gate: EXT is set", () => {
  const program = protectedProgram({ a: "sti\n nop\n out 0x80, al\n nop" });
  const said = runProgram(program, { write: (port, _value, _size, m) => { if (port === 0x80) m.cpu.setInterruptRequest(true); } }, { acknowledge: () => 0x40 });
  expect(said).toMatch(/^a: #d:203@4,8\n/);
});

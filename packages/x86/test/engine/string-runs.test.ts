import { expect, test } from "vitest";
import type { EngineName } from "../../src/engine/engine.ts";
import { Random } from "../random.ts";
import { BareVcpu, type Mode } from "../system/bare-vcpu.ts";

const AREA = 0x3_0000, BYTES = 0x4000;
const INSTRUCTIONS = ["rep movsb", "rep movsw", "rep movsd", "rep movsq", "rep stosb", "rep stosw", "rep stosd", "rep stosq", "rep es movsb", "rep gs movsd"] as const;

interface Case { readonly text: string; readonly from: number; readonly to: number; readonly count: number; readonly flags: number; readonly slices: readonly number[] }

/** Near each other or not, up or down, in slices of chance. */
function randomCase(random: Random, mode: Mode): Case {
  const text = random.pick(mode === 64 ? INSTRUCTIONS : INSTRUCTIONS.filter((t) => !t.endsWith("q"))), to = AREA + 0x800 + random.below(BYTES - 0x2000);
  const from = random.chance(40) ? to + random.below(64) - 32 : AREA + 0x800 + random.below(BYTES - 0x2000);
  return { text, from, to, count: random.chance(80) ? random.below(300) : random.below(1200), flags: random.chance(15) ? 0x402 : 2, slices: Array.from({ length: 40 }, () => 1 + random.below(random.pick([3, 60, 500]))) };
}
/** What the instruction leaves after each slice. `watched`: a data breakpoint is armed, so that every access is looked at and each iteration is one of its own. */
function run(mode: Mode, c: Case, watched: boolean, engine: EngineName = "interpreter"): unknown {
  const v = new BareVcpu(mode, { engine });
  for (let i = 0; i < BYTES; i += 4) v.memory.writeNumber(AREA + i, 4, (i * 0x9e37_79b1) >>> 0);
  v.load(`mov al, [${AREA}]\n mov [${AREA + 0x1000}], al\n mov [${AREA + 0x2000}], al\n mov al, [${AREA + 0x1000}]\n mov al, [${AREA + 0x2000}]\n mov [${AREA}], al\n mov eax, 0x12345678\n ${c.text}\n jmp $`,
    { rsi: c.from, rdi: c.to, rcx: c.count, flags: c.flags });
  if (watched) {
    const state = v.vcpu.save();
    v.vcpu.restore({ ...state, dr: state.dr.map((value, i) => (i === 0 ? BigInt(0x5_8000) : i === 7 ? value | 0xf_0001n : value)) });
  }
  return c.slices.map((instructions) => {
    const exit = v.vcpu.run({ instructions }), { gpr, rip, flags, retired } = v.vcpu.save();
    return { exit, gpr, rip, flags, retired, memory: Buffer.from(v.memory.read(AREA, BYTES)).toString("base64") };
  });
}

test.each([32, 64] as const)("a repeated string instruction leaves the same in one go as one by one, %i bits", (mode) => {
  const random = new Random(mode + 7);
  for (let n = 0; n < 60; n++) {
    const c = randomCase(random, mode);
    expect([c, run(mode, c, false)]).toEqual([c, run(mode, c, true)]);
  }
  const c = randomCase(random, mode);
  expect(run(mode, c, false, "reference")).toEqual(run(mode, c, true));
});

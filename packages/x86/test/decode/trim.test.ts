import { expect, test } from "vitest";
import type { EngineName } from "../../src/engine/engine.ts";
import { FlatGuest } from "../flat-guest.ts";

// Twelve pages of code, each called in turn; instructions lie across their ends, and one page rewrites another now and then.
const PAGES = 12, PAGE = 0x1000;
const SOURCE = `
      mov ecx, 3000
again: ${Array.from({ length: PAGES }, (_, i) => `call part${i}`).join("\n ")}
      test ecx, 255
      jnz same
      add dword [part3+1], 0x01010101
same: dec ecx
      jnz again
      hlt
${Array.from({ length: PAGES }, (_, i) => `
      times ${(i + 1) * PAGE}-($-$$)-3 nop
part${i}: xor eax, ${0x1234_5678 + i * 77}
      rol eax, ${1 + (i % 7)}
      adc ebx, eax
      ret`).join("")}`;

function start(engine: EngineName): FlatGuest {
  const guest = new FlatGuest(32, 1, { engine });
  guest.load(SOURCE, 32);
  guest.restart();
  return guest;
}
function end(guest: FlatGuest, each: (slice: number) => void): unknown {
  for (let n = 0; guest.vcpu.run({ instructions: 400 + (n * 37) % 300 }).kind === "budget"; n++) each(n);
  const { gpr, flags, rip } = guest.vcpu.save();
  return { gpr, flags, rip, retired: guest.vcpu.retired };
}

test.each(["interpreter", "jit"] as const)("decoded code that is given back between runs changes nothing (%s)", (engine) => {
  const wanted = end(start("interpreter"), () => {}), guest = start(engine), { core } = guest.vcpu.processor;
  if (core.jit) core.jit.threshold = 1;
  let least = Number.POSITIVE_INFINITY;
  expect(end(guest, (n) => {
    if (n % 5) return;
    core.trimCode();
    least = Math.min(least, core.code.bytes);
  })).toEqual(wanted);
  // All of it where nothing is compiled.
  if (engine === "interpreter") expect(least).toBe(0);
  else expect(core.jit!.counters.compiled).toBeGreaterThan(PAGES);
});

test("memory of decoded code is used again", () => {
  const guest = start("interpreter"), { core } = guest.vcpu.processor;
  guest.vcpu.run({ instructions: 2000 });
  const { byteLength } = guest.memory.memory.buffer, { bytes } = core.code;
  for (let n = 0; n < 200; n++) {
    core.trimCode();
    guest.vcpu.run({ instructions: 2000 });
    expect(core.code.bytes).toBeLessThan(bytes * 1.2);
  }
  expect(guest.memory.memory.buffer.byteLength).toBe(byteLength);
});

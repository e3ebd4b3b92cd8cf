import { expect, test } from "vitest";
import { Jit } from "../../src/engine/jit/jit.ts";
import { defaultInstructionSet } from "../../src/default-instruction-set.ts";
import { FlatGuest } from "../flat-guest.ts";

// A loop that rewrites its own constant every 4096th round: compiled code is dropped, and hot again.
const source = `
      mov ecx, 4000000
loop: add eax, 0x01020304
      xor ebx, eax
      test ecx, 0xfff
      jnz same
      add dword [loop+1], 1
same: dec ecx
      jnz loop
      hlt`;

function run(limits: ConstructorParameters<typeof Jit>[2]): { jit: Jit; gpr: readonly bigint[] } {
  const guest = new FlatGuest(32, 1, { engine: "jit" }), { core } = guest.vcpu.processor, jit = new Jit(core, defaultInstructionSet(), limits);
  Object.assign(core, { jit });
  guest.load(source, 32);
  guest.restart();
  guest.runToHalt();
  return { jit, gpr: guest.vcpu.save().gpr };
}

test("what is compiled over and over has a limit", () => {
  const free = run({ limits: { start: 1e9 } }), limited = run({ limits: { start: 100, perMillion: 10 } });
  expect(free.gpr).toEqual(limited.gpr);
  expect(limited.jit.counters.compiled).toBeGreaterThan(0);
  // 24 million instructions.
  expect(limited.jit.counters.instructions).toBeLessThan(400);
  expect(free.jit.counters.instructions).toBeGreaterThan(800);
});

test("with more bytes than may be kept all regions go, and their places are used again", () => {
  const expected = run({}), jit = run({ limits: { bytes: 0 } });
  expect(jit.gpr).toEqual(expected.gpr);
  expect(jit.jit.counters.liveBytes).toBeLessThanOrEqual(expected.jit.counters.bytes);
  expect(jit.jit.counters.dropped).toBeGreaterThan(0);
});

test("regions that count tell what they did, and show their code", () => {
  const guest = new FlatGuest(32, 1, { engine: "jit", calls: new Map() });
  guest.load("mov ecx, 3000000\nloop: add eax, ecx\ndec ecx\njnz loop\nhlt\nself: jmp self", 32);
  guest.restart();
  guest.runToHalt();
  const [busiest] = guest.vcpu.processor.core.jit!.regions();
  // All but what was executed before it was compiled, and the ends of slices.
  expect(busiest!.retired).toBeGreaterThan(8_000_000);
  expect(busiest!.retired).toBeLessThanOrEqual(guest.vcpu.retired);
  // The loop, and what lies behind the halt.
  expect(busiest!.instructions).toBe(4);
  expect(busiest!.entries).toBeGreaterThan(0);
  expect(busiest!.text()).toContain("\n\n(module");
  expect(busiest!.text()).toMatch(/^block 0\n +1005 +add eax, ecx\n +1007 +dec ecx\n +1008 +jne 0x1005\nblock 1\n/);
  guest.vcpu.processor.core.jit!.dropRegions();
  expect(guest.vcpu.processor.core.jit!.regions()).toEqual([]);
  expect(guest.vcpu.processor.core.jit!.counters.liveBytes).toBe(0);
});

import { expect, test } from "vitest";
import type { EngineName } from "../../src/engine/engine.ts";
import { FlatGuest } from "../flat-guest.ts";
import { Random } from "../random.ts";

// A kernel's everyday system operations in a hot loop, and a handler that notes where it came.
const PROGRAM = `
      mov ecx, 1000000
      mov ebp, 0x100000
loop: cli
      mov eax, 16
      mov fs, ax
      add ebx, [fs:0x9000]
      pushf
      pop edx
      sti
      nop
      push ds
      pop es
      xor eax, eax
      mov gs, ax
      rdtsc
      add ebx, eax
      pushf
      cli
      rol ebx, 3
      popf
      adc ebx, edx
      mov [0x9000], ebx
      dec ecx
      jnz loop
      hlt
irq:  push eax
      mov eax, [esp + 4]
      mov [ebp], eax
      add ebp, 4
      and ebp, 0x10ffff
      or ebp, 0x100000
      pop eax
      iret`;

/** Runs in slices of chance, with interrupts of chance between them; what the processor is after each. */
function run(engine: EngineName, slices: number, seed: number): { readonly states: readonly unknown[]; readonly calls: ReadonlyMap<string, number>; readonly guest: FlatGuest } {
  const random = new Random(seed), calls = new Map<string, number>(), states: unknown[] = [];
  const guest = new FlatGuest(32, 2, { engine, calls, acknowledge: () => { guest.vcpu.setInterruptRequest(false); return 0x20; } });
  guest.load(PROGRAM, 32, { 0x20: "irq" });
  guest.restart();
  for (let i = 0; i < slices; i++) {
    guest.vcpu.run({ instructions: 1 + random.below(i % 8 === 0 ? 200_000 : 70) });
    if (random.below(3) === 0) guest.vcpu.setInterruptRequest(true);
    const { gpr, rip, flags, retired, segments, shadow } = guest.vcpu.save();
    states.push({ gpr, rip, flags, retired, segments, shadow });
  }
  return { states, calls, guest };
}

test.each([1, 2, 3])("interrupts come at the same instructions with and without regions, seed %i", (seed) => {
  const jit = run("jit", 300, seed), interpreter = run("interpreter", 300, seed);
  expect(jit.states).toEqual(interpreter.states);
  expect([...jit.guest.memory.read(0x10_0000, 0x1_0000)]).toEqual([...interpreter.guest.memory.read(0x10_0000, 0x1_0000)]);
  expect(jit.states.some((s) => (s as { shadow: boolean }).shadow)).toBe(true);
  expect(jit.guest.vcpu.processor.core.jit!.counters.compiled).toBeGreaterThan(0);
});

test("the interpreter and the reference engine agree", () => {
  const run1 = (engine: EngineName): unknown => {
    const guest = new FlatGuest(32, 2, { engine, acknowledge: () => { guest.vcpu.setInterruptRequest(false); return 0x20; } });
    guest.load(PROGRAM, 32, { 0x20: "irq" });
    guest.restart();
    return Array.from({ length: 400 }, (_, i) => {
      guest.vcpu.run({ instructions: 1 + (i * 7919) % 23 });
      if (i % 5 === 0) guest.vcpu.setInterruptRequest(true);
      return guest.vcpu.save();
    });
  };
  expect(run1("interpreter")).toEqual(run1("reference"));
});

test("none of it goes to TypeScript but once a slice", () => {
  const { calls, states } = run("interpreter", 64, 4);
  for (const name of ["sti", "popf", "moveSegment", "popSegment", "rdtsc"]) expect([name, (calls.get(name) ?? 0) < 4 * states.length]).toEqual([name, true]);
});

import { expect, test } from "vitest";
import type { EngineName } from "../../src/engine/engine.ts";
import { STATE } from "../../src/state/state.ts";
import { FlatGuest, STACK } from "../flat-guest.ts";

// A loop that calls a routine in the next page, which calls one in the page behind; computed jumps go both ways.
const NEXT = 0x2000, THIRD = 0x3000;
const program = (rounds: number): string => `
      mov ecx, ${rounds}
loop: call near_
      mov edx, third
      call edx
      dec ecx
      jnz loop
      hlt
      times ${NEXT}-0x1000-($-$$) nop
near_: add eax, ecx
      rol eax, 3
      call third
      ret
      times ${THIRD}-0x1000-($-$$) nop
third: xor eax, 0x5a5a5a5a
      adc ebx, eax
      ret`;

function run(engine: EngineName, source: string): { readonly gpr: readonly bigint[]; readonly flags: number; readonly retired: number; readonly guest: FlatGuest } {
  const guest = new FlatGuest(32, 1, { engine });
  guest.load(source, 32);
  guest.restart();
  guest.runToHalt();
  const { gpr, flags } = guest.vcpu.save();
  return { gpr, flags, retired: guest.vcpu.retired, guest };
}

test("a region goes on in other pages", () => {
  const jit = run("jit", program(1_000_000)), interpreter = run("interpreter", program(1_000_000));
  expect({ gpr: jit.gpr, flags: jit.flags, retired: jit.retired }).toEqual({ gpr: interpreter.gpr, flags: interpreter.flags, retired: interpreter.retired });
  const { compiled, instructions } = jit.guest.vcpu.processor.core.jit!.counters;
  // Page by page they would be three, of 6, 4 and 3 instructions.
  expect(instructions / compiled).toBeGreaterThan(6);
  expect(jit.gpr[4]).toBe(BigInt(STACK));
});

test("a program that rewrites a routine in another page runs what it wrote", () => {
  const source = program(2_000_000).replace("dec ecx", `test ecx, 0xffff
      jnz same
      add dword [third+1], 0x01010101
same: dec ecx`);
  const jit = run("jit", source), interpreter = run("interpreter", source);
  expect({ gpr: jit.gpr, flags: jit.flags, retired: jit.retired }).toEqual({ gpr: interpreter.gpr, flags: interpreter.flags, retired: interpreter.retired });
  expect(jit.guest.vcpu.processor.core.jit!.counters.dropped).toBeGreaterThan(5);
});

// A loop over the end of a page: its addition has its last bytes in the next one.
const crossing = (rounds: number, body: string = ""): string => `
      mov ecx, ${rounds}
      jmp loop
      times ${NEXT}-0x1000-($-$$)-5 nop
loop: nop
      nop
      add eax, 0x01020304
      xor ebx, eax
      ${body}
      dec ecx
      jnz loop
      hlt`;

test("a region has instructions that lie across two pages", () => {
  const jit = run("jit", crossing(2_000_000)), interpreter = run("interpreter", crossing(2_000_000));
  expect({ gpr: jit.gpr, flags: jit.flags, retired: jit.retired }).toEqual({ gpr: interpreter.gpr, flags: interpreter.flags, retired: interpreter.retired });
  const { core } = jit.guest.vcpu.processor;
  // Each round that the interpreter carries out decodes the instruction anew.
  expect(core.view.getUint32(core.state + STATE.decodes.offset, true)).toBeLessThan(1_000_000);
});

test("what is written to the second half of an instruction across two pages is executed", () => {
  const source = crossing(1_000_000, `test ecx, 0xffff
      jnz same
      add dword [loop+5], 0x01010101
same:`);
  const jit = run("jit", source), interpreter = run("interpreter", source);
  expect({ gpr: jit.gpr, flags: jit.flags, retired: jit.retired }).toEqual({ gpr: interpreter.gpr, flags: interpreter.flags, retired: interpreter.retired });
  expect(jit.guest.vcpu.processor.core.jit!.counters.dropped).toBeGreaterThan(2);
});

test("a region that starts behind an instruction across two pages lies where it is", () => {
  const source = `
      mov ecx, 1000
      jmp routine
      times ${NEXT}-0x1000-3-($-$$) nop
routine: add eax, 0x12345678
      call inner
      xor ebx, eax
      mov edx, routine
      dec ecx
      jz done
      jmp edx
done: hlt
inner: add ebx, [esp]
      ret`;
  const guest = new FlatGuest(32, 1, { engine: "jit" });
  guest.load(source, 32);
  guest.restart();
  // To the instruction across the pages, all code executed before.
  guest.vcpu.run({ instructions: 2 + 90 });
  expect(guest.vcpu.save().rip).toBe(BigInt(NEXT - 3));
  const { jit } = guest.vcpu.processor.core;
  expect([jit!.executeOnce(), jit!.counters.compiled]).toEqual([false, 1]);
  guest.runToHalt();
  const { gpr, flags } = guest.vcpu.save(), interpreter = run("interpreter", source);
  expect({ gpr, flags, retired: guest.vcpu.retired }).toEqual({ gpr: interpreter.gpr, flags: interpreter.flags, retired: interpreter.retired });
});

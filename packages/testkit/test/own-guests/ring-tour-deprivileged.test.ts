import { ownGuests } from "@ringzero/guests";
import { virtualHost } from "@ringzero/host/virtual";
import { pc, VirtualMachine, type TrappedInstruction } from "@ringzero/hypervisor";
import { Machine } from "@ringzero/machine";
import { expect, test } from "vitest";
import { golden } from "./oracle.ts";

/**
 * What trap and emulate cannot hide, as Popek and Goldberg's theorem says: each of these lines comes from an instruction that is sensitive and does
 * not trap. The hypervisor's descriptor table is at FFC00000h; real interrupts are always on below it.
 */
const BROKEN: readonly (readonly [onAProcessor: string, deprivileged: string])[] = [
  ["sensitive: MOV from CS reads 0008, ring 0", "sensitive: MOV from CS reads 000b, ring 3: the kernel sees that it is not in ring 0"],
  ["sensitive: PUSHF after CLI reads IF 0", "sensitive: PUSHF after CLI reads IF 1\n           CLI trapped and somebody kept a flag for this kernel; PUSHF shows the processor's"],
  ["lets it in:\n  -: vector 20 IRQ0  error --------  CPL 0 -> 0\nsensitive: it came", "lets it in:\nsensitive: it did not come: POPF is not allowed to set IF here, and says nothing"],
  ["SGDT reads base 00104000, limit 002f: what LGDT loaded", "SGDT reads base ffc00000, limit 002f: not what LGDT loaded, but the table of somebody who runs this kernel in ring 3"],
  ["the kernel has counted 2 ticks", "the kernel has counted 1 ticks"],
];

test.each(["interpreter", "jit"] as const)("at CPL 3 under a hypervisor that emulates what traps, the tour differs in what does not trap, and in nothing else: %s", async (engine) => {
  const machine = await Machine.create(virtualHost(), { memory: 64 << 20 });
  const vm = await VirtualMachine.create(machine, pc({ memory: 8 << 20, multiboot: ownGuests["ring-tour"].assemble() }), { idle: "free", engine, technique: "ring-deprivileging" });
  let serial = "";
  const seen: TrappedInstruction[] = [];
  vm.console.onOutput((bytes) => { serial += new TextDecoder("latin1").decode(bytes); });
  vm.onTraps(({ traps, lost }) => {
    expect(lost).toBe(0);
    seen.push(...traps.filter(({ cause }) => cause !== "in" && cause !== "out"));
  });
  for (let turns = 0; turns < 1000 && vm.advance(20_000).kind === "ran"; turns++);
  let expected = golden("ring-tour");
  for (const [before, after] of BROKEN) {
    expect(expected).toContain(before);
    expected = expected.replace(before, after);
  }
  expect(serial.replaceAll("\r\n", "\n")).toBe(expected);
  // One HLT waits for a tick, one ends all, and one is tried in ring 3.
  const { traps } = vm.counters, { hlt, lgdt, lidt, ltr, iret, sti, popf, sgdt } = Object.fromEntries(traps.instructions) as { [mnemonic: string]: number | undefined };
  expect({ hlt, lgdt, lidt, ltr, sti, popf, sgdt }).toEqual({ hlt: 3, lgdt: 1, lidt: 1, ltr: 1, sti: 1, popf: undefined, sgdt: undefined });
  // Every way back to ring 3, and the one tick in ring 0.
  expect(iret).toBe(serial.match(/: iret/g)!.length + 1);
  // What a person reads of them.
  const told = (text: RegExp): readonly [number, string, string] => {
    const trap = seen.find((t) => text.test(t.text))!;
    return [trap.ring, trap.kind, trap.done.replace(/goes on at [0-9a-f]{8}h/, "goes on")];
  };
  expect(told(/^lgdt/)).toEqual([0, "emulated", "GDTR base = 104000h, GDTR limit = 2fh"]);
  expect(told(/^sti/)).toEqual([0, "emulated", "virtual IF 0 → 1"]);
  expect(told(/^int 0x80/)).toEqual([3, "reflected", "virtual ring 3 → 0, goes on, virtual IF 1 → 0"]);
  expect(told(/^mov eax, \[0x0\]/)).toEqual([3, "reflected", "the guest's handler has it: virtual ring 3 → 0, goes on, CR2 = 0h, virtual IF 1 → 0"]);
  // The last page fault's address, as the kernel's report reads it.
  expect(told(/^mov eax, cr2/)).toEqual([0, "emulated", "EAX = 10014ch"]);
  expect(seen.filter(({ cause, ring }) => cause === "cli" && ring === 3).map(({ kind }) => kind)).toEqual(["reflected"]);
});

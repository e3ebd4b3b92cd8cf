import { ownGuests } from "@ringzero/guests";
import { virtualHost } from "@ringzero/host/virtual";
import { pc, VirtualMachine } from "@ringzero/hypervisor";
import { Machine } from "@ringzero/machine";
import { expect, test } from "vitest";
import { golden } from "./oracle.ts";

const MIB = 2 ** 20, TURN = 200_000;

/** A virtual machine with the ring tour in it; the text of its console grows. */
async function tour(machine: Machine, word: string): Promise<{ vm: VirtualMachine; serial: () => string }> {
  const vm = await VirtualMachine.create(machine, pc({ memory: 8 * MIB, multiboot: ownGuests["ring-tour"].assemble(), commandLine: `kernel ${word}` }), { name: word || "tour", idle: "free" });
  let serial = "";
  vm.console.onOutput((bytes) => { serial += new TextDecoder("latin1").decode(bytes); });
  return { vm, serial: () => serial.replaceAll("\r\n", "\n") };
}

test("the ring tour in a virtual machine prints what it prints on QEMU, and stops for good", async () => {
  const machine = await Machine.create(virtualHost(), { memory: 64 * MIB });
  const { vm, serial } = await tour(machine, "");
  let went = vm.advance(TURN);
  for (let turns = 0; turns < 100 && went.kind === "ran"; turns++) went = vm.advance(TURN);
  expect(serial()).toBe(golden("ring-tour"));
  expect(went.kind).toBe("halted");
  // One tick that POPF lets in, one that ends an HLT, three in ring 3.
  expect(vm.counters.interruptsByVector).toEqual(new Map([[0x20, 5]]));
  expect(vm.counters.exits).toMatchObject({ hlt: 2, shutdown: 0 });
});

test("kernels that crash, scribble and spin, in turn with one that tours: it notices nothing", async () => {
  const machine = await Machine.create(virtualHost(), { memory: 128 * MIB });
  const crash = await tour(machine, "crash"), scribble = await tour(machine, "scribble"), spin = await tour(machine, "spin"), good = await tour(machine, "");
  for (let turn = 0; turn < 60; turn++) for (const { vm } of [crash, scribble, spin, good]) vm.advance(TURN);
  expect(good.serial()).toBe(golden("ring-tour"));
  expect([crash.vm.state, crash.serial(), crash.vm.counters.triplefaults]).toEqual(["crashed", golden("ring-tour-crash"), 1]);
  expect(scribble.serial()).toMatch(/scribble: \.\./);
  expect(spin.serial()).toMatch(/spin: for ever\n$/);
  expect(spin.vm.advance(TURN).kind).toBe("ran");
});

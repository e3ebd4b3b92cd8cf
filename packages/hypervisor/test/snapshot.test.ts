import { virtualHost } from "@ringzero/host/virtual";
import { Machine } from "@ringzero/machine";
import { expect, test } from "vitest";
import { decodeSnapshot, encodeSnapshot, pc, VirtualMachine } from "../src/index.ts";
import { listen, makeVm, runOut, ticker } from "./guests.ts";

/** A checksum goes on between the ticks. */
const WORKER = ticker(2000, `
    mov eax, [sum]
    imul eax, eax, 1664525
    add eax, 1013904223
    mov [sum], eax
    shr eax, 12
    and eax, 0xffffc
    mov [eax + 0x200000], eax`);
const PLATFORM = pc({ memory: 8 << 20, multiboot: WORKER });

test("a restored machine goes on as the original does, from any instruction", async () => {
  for (const [engine, at] of [["interpreter", 1000], ["interpreter", 123_457], ["jit", 99_999], ["jit", 1_500_001]] as const) {
    const { vm, machine, text } = await makeVm({ multiboot: WORKER }, { engine });
    vm.advance(at);
    const said = text(), snapshot = decodeSnapshot(encodeSnapshot(vm.snapshot()));
    const twin = await VirtualMachine.restore(machine, PLATFORM, snapshot, { engine: engine === "jit" ? "interpreter" : "jit", idle: "free", date: 0, name: "twin" }), twinText = listen(twin);
    runOut(vm, 77_777);
    runOut(twin, 1_000_000);
    const end = (v: VirtualMachine): unknown => ({ ...v.snapshot(), state: v.state });
    expect([said + twinText(), twin.state]).toEqual([text(), "off"]);
    expect(end(twin)).toEqual(end(vm));
  }
});

test("a snapshot holds what has been written, and only that", async () => {
  const { vm } = await makeVm({ multiboot: WORKER });
  const { frames, contents } = vm.snapshot();
  expect([contents.length, frames.length < 20]).toEqual([frames.length * 4096, true]);
});

test("what does not fit is refused in a sentence, and leaves nothing", async () => {
  const { vm } = await makeVm({ multiboot: WORKER }), snapshot = vm.snapshot();
  const machine = await Machine.create(virtualHost(), { memory: 32 << 20, shared: false });
  await expect(VirtualMachine.restore(machine, pc({ memory: 16 << 20, multiboot: WORKER }), snapshot)).rejects.toThrow("8 MiB and a x86-64-v2 processor, and this one has 16 MiB");
  await expect(VirtualMachine.restore(machine, PLATFORM, { ...snapshot, version: 2 as 1 })).rejects.toThrow("version 2");
  await expect(VirtualMachine.restore(machine, PLATFORM, { ...snapshot, vcpu: { ...snapshot.vcpu, version: 9 as 1 } })).rejects.toThrow("version 9");
  expect(machine.ledger().owners).toEqual([]);
  const bytes = encodeSnapshot(snapshot);
  expect(() => decodeSnapshot(bytes.subarray(0, bytes.length - 1))).toThrow("no snapshot");
  expect(() => decodeSnapshot(new Uint8Array(3))).toThrow("no snapshot");
});

import { assemble, CpuModel, flatProtectedState, PlainMemory, Vcpu } from "@ringzero/x86";
import { expect, test } from "vitest";
import { ownGuests } from "../src/index.ts";

// In a page there are no files: guests of our own are assembled all the same, and run.
test("every guest is assembled", () => {
  for (const [name, { format, assemble: make }] of Object.entries(ownGuests)) {
    const bytes = make();
    if (format === "boot") expect([name, bytes.length, bytes[510], bytes[511]]).toEqual([name, 512, 0x55, 0xaa]);
    else expect([name, ...bytes.subarray(0, 5)]).toEqual([name, 0x7f, 0x45, 0x4c, 0x46, format === "elf64" ? 2 : 1]);
  }
});

test("the ring tour begins and, asked to, ends in a triple fault", () => {
  let serial = "";
  const memory = new PlainMemory(4), guest = assemble(ownGuests["ring-tour"].source, { format: "multiboot" });
  for (const s of guest.sections) memory.write(Number(s.address), s.bytes);
  memory.write(0x9100, new TextEncoder().encode("kernel crash\0"));
  memory.writeNumber(0x9000, 4, 1 << 2);
  memory.writeNumber(0x9010, 4, 0x9100);
  const pio = { read: (port: number) => (port === 0x3fd ? 0x20 : 0xff), write: (port: number, _size: number, value: number) => { if (port === 0x3f8) serial += String.fromCharCode(value); } };
  const vcpu = new Vcpu({ model: CpuModel.pentium4, memory, io: { pio } }), state = flatProtectedState(vcpu.save(), Number(guest.entry));
  vcpu.restore({ ...state, gpr: state.gpr.map((g, i) => (i === 0 ? 0x2badb002n : i === 3 ? 0x9000n : g)) });
  expect(vcpu.run({ instructions: 1_000_000 })).toEqual({ kind: "shutdown" });
  expect(serial).toContain("crash: an interrupt table of no length");
});

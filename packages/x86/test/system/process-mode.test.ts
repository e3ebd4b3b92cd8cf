import { expect, test } from "vitest";
import { Intercepts, PROCESS_ENTRY as E, ProcessTable } from "../../src/index.ts";
import { AT, BareVcpu, type Mode } from "./bare-vcpu.ts";

/** A user program whose code is mapped and nothing else. */
function userProgram(mode: Mode, text: string): { v: BareVcpu; table: ProcessTable } {
  const v = new BareVcpu(mode, { intercepts: Intercepts.processMode });
  v.load(text);
  v.toUser();
  const { memory } = v.memory;
  const table = new ProcessTable(memory, { allocate: () => v.memory.allocate(4096), free() {} }, mode === 32 ? 2 : 4);
  const host = (physical: number): number => new Uint32Array(memory.buffer)[(v.memory.mapping.frameMap >> 2) + physical / 4096]! & ~0xfff;
  table.set(AT.code, host(AT.code) | E.present | E.executable);
  v.vcpu.useProcessTable(table, 1);
  return { v, table };
}

test.each([32, 64] as const)("a %d-bit program's pages come from its kernel, exit by exit", (mode) => {
  const { v, table } = userProgram(mode, `
    mov dword [${AT.data}], 5
    add dword [${AT.data}], 2
    mov eax, [${AT.data + 0x1000}]
    int 0x80
    mov byte [${AT.code}], 0x90`);
  const faults: [number, bigint][] = [];
  const zero = v.memory.allocate(4096);
  for (let turns = 0; turns < 10; turns++) {
    const exit = v.vcpu.run({ instructions: 1000 });
    if (exit.kind === "syscall") {
      expect(exit).toMatchObject({ instruction: "int", vector: 0x80 });
      continue;
    }
    if (exit.kind !== "exception" || exit.vector !== 14) throw new Error(`exit ${exit.kind}`);
    faults.push([exit.errorCode!, exit.address]);
    if (exit.address === BigInt(AT.code)) break;
    // Written pages get a frame of their own, read ones the shared zero page.
    const write = (exit.errorCode! & 2) !== 0;
    table.set(Number(exit.address & ~0xfffn), (write ? v.memory.allocate(4096) : zero) | E.present | (write ? E.writable : 0));
    v.vcpu.flushPage(exit.address);
  }
  expect(faults).toEqual([[6, BigInt(AT.data)], [4, BigInt(AT.data + 0x1000)], [7, BigInt(AT.code)]]);
  const leaf = table.get(AT.data);
  expect(new DataView(v.memory.memory.buffer).getUint32(leaf & ~0xfff, true)).toBe(7);
  expect(leaf & (E.accessed | E.dirty)).toBe(E.accessed | E.dirty);
  expect(table.get(AT.data + 0x1000) & (E.accessed | E.dirty)).toBe(E.accessed);
});

test("entries of another address space stay and do not serve", () => {
  const { v, table } = userProgram(32, `mov eax, [${AT.data}]\n mov ebx, [${AT.data + 0x1000}]\n mov ecx, [${AT.data}]`);
  const other = new ProcessTable(v.memory.memory, { allocate: () => v.memory.allocate(4096), free() {} }, 2);
  const pages = [1, 2].map((n) => {
    const page = v.memory.allocate(4096);
    new DataView(v.memory.memory.buffer).setUint32(page, n, true);
    return page;
  });
  table.set(AT.data, pages[0]! | E.present);
  other.set(AT.data + 0x1000, pages[1]! | E.present);
  other.set(AT.code, table.get(AT.code));
  v.vcpu.run({ instructions: 1 });
  v.vcpu.useProcessTable(other, 2);
  v.vcpu.run({ instructions: 1 });
  // Back in the first: its entry serves though the table has nothing there any more.
  table.set(AT.data, 0);
  v.vcpu.useProcessTable(table, 1);
  v.vcpu.run({ instructions: 1 });
  expect([v.gpr("rax"), v.gpr("rbx"), v.gpr("rcx")]).toEqual([1n, 2n, 1n]);
});

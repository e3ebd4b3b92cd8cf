import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PageList, PROCESS_ENTRY as E, ProcessTable, type TablePages } from "../../src/mmu/process-table.ts";
import { ACCESS, PRIVILEGE } from "../../src/mmu/tlb.ts";
import { PAGING } from "../../src/mmu/paging.ts";
import { STATE } from "../../src/state/state.ts";
import { MmuMachine } from "./mmu-machine.ts";

const machine = new MmuMachine(16);
const arena = machine.allocate(512 * 4096);
/** Nodes from a stack of free pages, so that a leak shows. */
class Arena implements TablePages {
  readonly pages: number[] = Array.from({ length: 512 }, (_, i) => arena + i * 4096);
  allocate(): number {
    const page = this.pages.pop()!;
    expect(new Uint32Array(machine.view.buffer, page, 1024).every((w) => w === 0)).toBe(true);
    return page;
  }
  /** Pages come back with what was in them. */
  free(page: number): void {
    new Uint8Array(machine.view.buffer, page, 4096).fill(0);
    this.pages.push(page);
  }
}
const pages = new Arena();

function use(table: ProcessTable, wide: boolean): void {
  machine.set(STATE.paging, PAGING.process);
  machine.set(STATE.cr3, BigInt(table.cr3));
  machine.set(STATE.cr0, 0x8001_0001n);
  machine.set(STATE.efer, 0xd00n);
  machine.set(STATE.linearMask, wide ? -1n : 0xffff_ffffn);
  machine.core.tlb.flushAll();
}
const host = (frame: number): number => machine.ram + frame * 4096;

describe.each([[2, false], [4, true]] as const)("a process table of %d levels", (levels, wide) => {
  test("rights, absence and the accessed and dirty bits", () => {
    const table = new ProcessTable(machine.core.memory.memory, pages, levels);
    use(table, wide);
    const at = wide ? 0x7fff_dead_b000 : 0xbfff_e000;
    const translate = (access: number, privilege: number = PRIVILEGE.user): unknown => machine.translate(BigInt(at) + 0x123n, access, privilege);
    const fault = (errorCode: number): unknown => ({ errorCode, cr2: BigInt(at) + 0x123n });
    expect(translate(ACCESS.read)).toEqual(fault(4));
    expect(translate(ACCESS.write)).toEqual(fault(6));
    expect(translate(ACCESS.fetch)).toEqual(fault(0x14));

    table.set(at, host(3) | E.present);
    expect(translate(ACCESS.read)).toEqual({ host: host(3) + 0x123 });
    expect(table.get(at) & E.flags).toBe(E.present | E.accessed);
    expect(translate(ACCESS.write)).toEqual(fault(7));
    expect(translate(ACCESS.fetch)).toEqual(fault(0x15));

    table.set(at, host(3) | E.present | E.writable | E.executable);
    expect(translate(ACCESS.fetch)).toEqual({ host: host(3) + 0x123 });
    expect(table.get(at) & E.dirty).toBe(0);
    expect(translate(ACCESS.write)).toEqual({ host: host(3) + 0x123 });
    expect(table.get(at) & E.flags).toBe(E.present | E.writable | E.executable | E.accessed | E.dirty);

    // A page that only the processor itself may look at.
    table.set(at, host(4) | E.present | E.supervisor);
    machine.core.tlb.flushAll();
    expect(translate(ACCESS.read)).toEqual(fault(5));
    expect(translate(ACCESS.read, PRIVILEGE.implicit)).toEqual({ host: host(4) + 0x123 });
    table.free();
  });
  test("beyond the table's span nothing is mapped", () => {
    const table = new ProcessTable(machine.core.memory.memory, pages, levels);
    use(table, true);
    for (let i = 0; i < table.span / 4096 && i < 1024; i++) table.set(i * 4096, host(1) | E.present);
    for (const la of [BigInt(table.span), 0xffff_8000_0000_0000n, 0xffff_ffff_ffff_f000n]) expect(machine.translate(la, ACCESS.read, PRIVILEGE.user)).toEqual({ errorCode: 4, cr2: la });
    expect(() => table.get(table.span)).toThrow(RangeError);
    table.free();
  });
  test("walker and table agree with a map, whatever was set, changed and removed", () => {
    const limit = wide ? 2 ** 47 : 2 ** 32;
    const page = fc.oneof(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: limit / 4096 - 1 })).map((n) => n * 4096);
    const leaf = fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 7 })).map(([frame, rights]) => host(frame) | rights);
    const step = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), page, leaf }),
      fc.record({ kind: fc.constant("clear" as const), page, length: fc.constantFrom(4096, 0x8000, 0x40_0000, 2 ** 32) }),
      fc.record({ kind: fc.constant("protect" as const), page, length: fc.constantFrom(4096, 0x8000, 0x40_0000, 2 ** 32) }),
    );
    const before = pages.pages.length;
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const table = new ProcessTable(machine.core.memory.memory, pages, levels), model = new Map<number, number>();
      use(table, wide);
      for (const s of steps) {
        if (s.kind === "set") { table.set(s.page, s.leaf); model.set(s.page, s.leaf); continue; }
        const change = (e: number): number => (s.kind === "clear" ? 0 : (e & ~E.writable) >>> 0);
        table.update(s.page, s.page + s.length, change);
        for (const [at, e] of model) if (at >= s.page && at < s.page + s.length) model.set(at, change(e));
      }
      for (const [at, e] of model) {
        expect(table.get(at)).toBe(e >>> 0);
        const expected = (access: number, needs: number, code: number): unknown =>
          (e & E.present) === 0 ? { errorCode: code, cr2: BigInt(at) } : (e & needs) !== needs ? { errorCode: code | 1, cr2: BigInt(at) } : { host: e & ~E.flags };
        for (const [access, needs, code] of [[ACCESS.read, 0, 4], [ACCESS.write, E.writable, 6], [ACCESS.fetch, E.executable, 0x14]] as const) {
          expect(machine.translate(BigInt(at), access, PRIVILEGE.user)).toEqual(expected(access, needs, code));
        }
      }
      table.free();
    }), { numRuns: 150, seed: 2 });
    expect(pages.pages.length).toBe(before);
  });
  test("leaves are lent to another table and taken away", () => {
    const span = wide ? 2 ** 47 : 2 ** 32, page = fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: span / 4096 - 1 })).map((n) => n * 4096);
    const leaf = fc.tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 0, max: 7 })).map(([frame, rights]) => host(frame) | rights | E.dirty);
    const before = pages.pages.length;
    fc.assert(fc.property(fc.array(fc.tuple(page, leaf), { maxLength: 40 }), page, fc.constantFrom(4096, 0x8000, 0x40_0000, 0x123_4000, 2 ** 32), (leaves, start, length) => {
      const table = new ProcessTable(machine.core.memory.memory, pages, levels), other = new ProcessTable(machine.core.memory.memory, pages, levels), list = new PageList();
      const model = new Map(leaves), end = Math.min(start + length, span), within = [...model].filter(([at]) => at >= start && at < end);
      for (const [at, e] of model) table.set(at, e);
      table.lend(start, end, other, ~E.writable, ~(E.writable | E.dirty), list);
      expect([...list.frames.subarray(0, list.length)].sort((a, b) => a - b)).toEqual(within.map(([, e]) => e >>> 12).sort((a, b) => a - b));
      for (const [at, e] of model) {
        const lent = at >= start && at < end;
        expect([table.get(at), other.get(at)]).toEqual(lent ? [(e & ~E.writable) >>> 0, (e & ~(E.writable | E.dirty)) >>> 0] : [e >>> 0, 0]);
      }
      list.length = 0;
      table.take(start, end, list);
      expect(list.length).toBe(within.length);
      for (const [at, e] of model) expect(table.get(at)).toBe(at >= start && at < end ? 0 : e >>> 0);
      table.free();
      other.free();
    }), { numRuns: 150, seed: 3 });
    expect(pages.pages.length).toBe(before);
  });
});

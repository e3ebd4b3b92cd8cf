import { beforeEach, describe, expect, test } from "vitest";
import { PAGING } from "../../src/mmu/paging.ts";
import { ACCESS, PRIVILEGE } from "../../src/mmu/tlb.ts";
import { STATE } from "../../src/state/state.ts";
import { MmuMachine } from "./mmu-machine.ts";

/** Tables in frames 1 to 4; pages of 4 KiB at 0, a large one at 4 MiB (2 MiB) and one at 1 GiB, all on the first frames, global from 8 MiB on. */
const machine = new MmuMachine(1024);
const entry = (frame: number, index: number, value: bigint): void => machine.view.setBigUint64(machine.ram + frame * 4096 + index * 8, value, true);
const read = (la: number): boolean => "host" in machine.translate(BigInt(la), ACCESS.read, PRIVILEGE.supervisor);
const SMALL = 0, LARGE = 4 << 20, GLOBAL = 8 << 20, GIANT = 1 << 30;

beforeEach(() => {
  new Uint8Array(machine.view.buffer, machine.ram, 5 * 4096).fill(0);
  entry(1, 0, 0x2003n);
  entry(2, 0, 0x3003n);
  entry(2, 1, 0x83n);
  entry(3, 0, 0x4003n);
  entry(3, LARGE >> 21, 0x83n);
  entry(3, GLOBAL >> 21, 0x183n);
  for (let page = 0; page < 8; page++) entry(4, page, BigInt(page * 4096 + 3));
  machine.set(STATE.paging, PAGING.fourLevel);
  machine.set(STATE.cr0, 0x8001_0001n);
  machine.set(STATE.cr3, 0x1000n);
  machine.set(STATE.cr4, 0xa0n);
  machine.set(STATE.efer, 0x500n);
  machine.set(STATE.linearMask, -1n);
  machine.core.tlb.flushAll();
});
/** Makes every address present in the TLBs and absent in the tables. */
function enterAndForget(...addresses: number[]): void {
  for (const la of addresses) expect(read(la)).toBe(true);
  new Uint8Array(machine.view.buffer, machine.ram + 2 * 4096, 3 * 4096).fill(0);
}

describe("flushes reach what they must and leave the rest", () => {
  test("a page of 4 KiB", () => {
    enterAndForget(SMALL, SMALL + 0x1000);
    machine.core.tlb.flushPage(BigInt(SMALL + 0x1ff8));
    expect([SMALL, SMALL + 0x1000].map(read)).toEqual([true, false]);
  });
  test("a large page is entered in pieces and goes as a whole", () => {
    const pieces = [LARGE, LARGE + 0x1000, LARGE + 0x1f_f000];
    enterAndForget(SMALL + 0x2000, ...pieces);
    machine.core.tlb.flushPage(BigInt(LARGE + 0x8_0000));
    expect(pieces.map(read)).toEqual([false, false, false]);
    expect(read(SMALL + 0x2000)).toBe(true);
  });
  test("a page of 1 GiB too", () => {
    const pieces = [GIANT + 0x3000, GIANT + (17 << 20), GIANT + (1023 << 20)];
    enterAndForget(SMALL + 0x2000, ...pieces.slice(0, 1));
    machine.core.tlb.flushPage(BigInt(GIANT + (512 << 20)));
    expect(read(pieces[0]!)).toBe(false);
    expect(read(SMALL + 0x2000)).toBe(true);
  });
  test("MOV to CR3 leaves global pages", () => {
    enterAndForget(SMALL, GLOBAL + 0x1000);
    machine.core.tlb.flushNonGlobal();
    expect([SMALL, GLOBAL + 0x1000].map(read)).toEqual([false, true]);
    machine.core.tlb.flushAll();
    expect(read(GLOBAL + 0x1000)).toBe(false);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACCESS, CONTEXT, PRIVILEGE } from "../../src/mmu/tlb.ts";
import { PAGING } from "../../src/mmu/paging.ts";
import { STATE } from "../../src/state/state.ts";
import { MmuMachine } from "./mmu-machine.ts";
import { translate, type AccessKind, type PagingRegisters, type PhysicalMemory } from "./paging-model.ts";

/** 3 MiB: enough that address line 20 matters. */
const FRAMES = 768;
const machine = new MmuMachine(FRAMES);

const KINDS: AccessKind[] = (["read", "write", "fetch"] as const).flatMap((access) => (["user", "supervisor", "implicit"] as const).map((privilege) => ({ access, privilege })))
  .filter((k) => !(k.access === "fetch" && k.privilege === "implicit"));
const NUMBERS = { none: PAGING.none, "32-bit": PAGING.legacy, PAE: PAGING.pae, "4-level": PAGING.fourLevel } as const;

/** An 8-byte or 4-byte entry: usually present and in memory, sometimes large, sometimes with any bits at all. */
const address = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: FRAMES - 1 }) }, { weight: 1, arbitrary: fc.integer({ min: FRAMES, max: 0xfffff }) });
const flags = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 0x1ff }).map((n) => (n & ~0x80) | 7) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 0xfff }).map((n) => n | 1) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xfff }) },
);
const high = fc.oneof({ weight: 12, arbitrary: fc.constant(0n) }, { weight: 2, arbitrary: fc.constant(1n << 63n) }, { weight: 1, arbitrary: fc.integer({ min: 32, max: 62 }).map((n) => 1n << BigInt(n)) });
const entry = fc.oneof(
  { weight: 7, arbitrary: fc.tuple(address, flags, high).map(([a, f, h]) => (BigInt(a) << 12n) | BigInt(f) | h) },
  // Large pages: address bits below the page's size are reserved.
  { weight: 3, arbitrary: fc.tuple(flags, high, fc.constantFrom(0n, 0n, 0n, 1n << 12n, 1n << 13n, 1n << 20n, 1n << 21n, 1n << 29n, 1n << 30n)).map(([f, h, r]) => BigInt(f) | 0x80n | h | r) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) },
);
const registers = fc.record({
  paging: fc.constantFrom("none", "32-bit", "32-bit", "PAE", "PAE", "PAE", "4-level", "4-level", "4-level", "4-level"),
  root: fc.integer({ min: 1, max: 8 }), pdptes: fc.array(address.map((a) => (BigInt(a) << 12n) | 1n), { minLength: 4, maxLength: 4 }), absentPdpte: fc.integer({ min: 0, max: 15 }),
  pse: fc.boolean(), wp: fc.boolean(), smep: fc.boolean(), smap: fc.boolean(), nxe: fc.boolean(), ac: fc.boolean(), a20: fc.integer({ min: 0, max: 7 }).map((n) => n !== 0),
  physicalBits: fc.constantFrom(36n, 40n, 48n), pse36: fc.boolean(), giantPages: fc.boolean(),
});
/** Linear addresses that differ in one table index each, so that they meet the same tables. */
const linear = fc.tuple(fc.bigInt({ min: 0n, max: (1n << 48n) - 1n }), fc.array(fc.constantFrom(0n, 1n, 1n << 12n, 1n << 21n, 1n << 22n, 1n << 30n, 1n << 39n), { minLength: 1, maxLength: 4 }))
  .map(([base, changes]) => changes.map((c) => BigInt.asUintN(64, BigInt.asIntN(48, base ^ c))));
const accesses = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(...KINDS)), { minLength: 1, maxLength: 6 });

class Memory implements PhysicalMemory {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
  }
  read(at: bigint, size: 4 | 8): bigint {
    if (at >= BigInt(FRAMES * 4096)) return size === 8 ? (1n << 64n) - 1n : 0xffff_ffffn;
    return size === 8 ? this.#view.getBigUint64(Number(at), true) : BigInt(this.#view.getUint32(Number(at), true));
  }
  write(at: bigint, size: 4 | 8, value: bigint): void {
    if (at >= BigInt(FRAMES * 4096)) return;
    if (size === 8) this.#view.setBigUint64(Number(at), value, true);
    else this.#view.setUint32(Number(at), Number(value), true);
  }
}

function load(r: PagingRegisters): void {
  machine.set(STATE.paging, NUMBERS[r.paging]);
  machine.set(STATE.cr0, r.wp ? 0x8001_0001n : 0x8000_0001n);
  machine.set(STATE.cr3, r.cr3);
  machine.set(STATE.cr4, (r.pse ? 0x10n : 0n) | (r.paging === "PAE" || r.paging === "4-level" ? 0x20n : 0n) | 0x80n | (r.smep ? 1n << 20n : 0n) | (r.smap ? 1n << 21n : 0n));
  machine.set(STATE.efer, (r.paging === "4-level" ? 0x500n : 0n) | (r.nxe ? 0x800n : 0n));
  machine.set(STATE.eflags, r.ac ? 0x4_0002 : 2);
  machine.set(STATE.linearMask, r.paging === "4-level" ? -1n : 0xffff_ffffn);
  machine.set(STATE.context, CONTEXT.base | (r.smap && r.ac ? CONTEXT.accessible : 0));
  machine.set(STATE.addressMask, r.a20 ? -1n : ~(1n << 20n));
  machine.set(STATE.reservedPhysical, 0x000f_ffff_ffff_ffffn & ~((1n << r.physicalBits) - 1n));
  machine.set(STATE.reservedLarge, r.pse36 ? [...Array(22).keys()].filter((b) => b >= 13 + Math.min(Number(r.physicalBits) - 32, 8)).reduce((m, b) => m | (1 << b), 0) : 0x3f_e000);
  machine.set(STATE.reservedGiant, r.giantPages ? 0 : 1);
  r.pdptes.forEach((e, i) => machine.set({ ...STATE.pdpte, offset: STATE.pdpte.offset + i * 8 }, e));
  machine.core.tlb.flushAll();
}

/** Gives every table that a walk of `addresses` can meet an entry at the index it will be asked for. */
function build(memory: Memory, r: PagingRegisters, addresses: readonly bigint[], entries: readonly bigint[]): void {
  let next = 0;
  const pick = (): bigint => entries[next++ % entries.length]!;
  const size = r.paging === "32-bit" ? 4 : 8;
  const fill = (table: bigint, la: bigint, shifts: readonly number[]): void => {
    const [shift, ...rest] = shifts;
    if (shift === undefined) return;
    const index = (la >> BigInt(shift)) & (size === 8 ? 511n : 1023n), at = table + index * BigInt(size);
    memory.write(at, size, size === 4 ? pick() & 0xffff_ffffn : pick());
    fill(memory.read(at, size) & 0x000f_ffff_ffff_f000n & (size === 4 ? 0xffff_f000n : -1n), la, rest);
  };
  for (const la of addresses) {
    if (r.paging === "32-bit") fill(r.cr3, la, [22, 12]);
    else if (r.paging === "4-level") fill(r.cr3, la, [39, 30, 21, 12]);
    else fill(r.pdptes[Number((la >> 30n) & 3n)]! & ~1n, la, [21, 12]);
  }
}

describe("the walker", () => {
  test("translates, faults and sets accessed and dirty bits as the manuals say", () => {
    const ram = new Uint8Array(machine.view.buffer, machine.ram, FRAMES * 4096);
    let faults = 0, pages = 0, reserved = 0, devices = 0;
    fc.assert(fc.property(registers, linear, fc.array(entry, { minLength: 3, maxLength: 16 }), accesses, (choice, wide, entries, list) => {
      const { root, absentPdpte, ...rest } = choice;
      const pdptes = choice.pdptes.map((e, i) => (i === absentPdpte ? e & ~1n : e));
      const r: PagingRegisters = { ...rest, pdptes, cr3: BigInt(root) << 12n };
      const addresses = wide.map((la) => (r.paging === "4-level" ? la : la & 0xffff_ffffn));
      ram.fill(0);
      build(new Memory(ram), r, addresses, entries);
      const copy = new Memory(ram.slice());
      load(r);
      for (const [which, kind] of list) {
        const la = addresses[which % addresses.length]!;
        const expected = translate(r, copy, la, kind);
        const got = machine.translate(la, ACCESS[kind.access], PRIVILEGE[kind.privilege]);
        if ("errorCode" in expected) {
          faults++;
          if (expected.errorCode & 8) reserved++;
          expect(got).toEqual({ errorCode: expected.errorCode, cr2: la });
        } else if (expected.physical < BigInt(FRAMES * 4096)) {
          pages++;
          expect(got).toEqual({ host: machine.ram + Number(expected.physical) });
        } else {
          devices++;
          expect(got).toEqual({ device: expected.physical });
        }
      }
      expect(Buffer.compare(ram, copy.bytes)).toBe(0);
    }), { numRuns: 4000, seed: 1 });
    // The property is about something: each outcome was met often.
    for (const n of [faults, pages, reserved, devices]) expect(n).toBeGreaterThan(400);
  });
});

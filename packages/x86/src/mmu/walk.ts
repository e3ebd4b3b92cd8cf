import type { Builder, Local } from "../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../ir/routine.ts";
import type { Value } from "../ir/value.ts";
import { STATE } from "../state/state.ts";
import { DEVICE, frameAddress, setEntryBits } from "./frame-address.ts";
import { pageFault } from "./page-fault.ts";
import { PAGING } from "./paging.ts";
import { processWalk } from "./process-walk.ts";
import { ACCESS, enterTlb, PRIVILEGE } from "./tlb.ts";

/**
 * Page walks over tables in guest memory, generated into every engine. SDM vol. 3A, "Hierarchical Paging Structures: an Overview";
 * APM vol. 2, "Page Translation and Protection".
 */

/** Page table entry bits. */
export const PTE = { P: 1n, RW: 2n, US: 4n, PWT: 8n, PCD: 16n, A: 32n, D: 64n, PS: 128n, G: 256n } as const;
const CR0_WP = 1n << 16n;
const CR4_PSE = 1n << 4n, CR4_PGE = 1n << 7n, CR4_SMEP = 1n << 20n, CR4_SMAP = 1n << 21n;
const EFER_NX = 1n << 11n;
const EFLAGS_AC = 1 << 18;
/** Bits 51-12: the physical address in an 8-byte entry. */
const ADDRESS_BITS = 0x000f_ffff_ffff_f000n;

interface Walk {
  readonly m: Builder; readonly la: Value; readonly access: Value; readonly user: Value;
  /** Rights so far: the AND of R/W and U/S, the OR of NX. */
  readonly rw: Local; readonly us: Local; readonly nx: Local;
  /** Entry read last and its physical address. */
  readonly at: Local; readonly entry: Local;
  /** Physical address of the 4 KiB page; once a large page's entry has given it, LARGE.megabytes or LARGE.gigabyte. */
  readonly page: Local; readonly large: Local;
}
interface Level {
  /** Lowest linear address bit that indexes this level's table. */
  readonly shift: number;
  readonly bytes: 4 | 8;
  /** What else the entry is: always a table's, a page's, or a page's where PS is set. */
  readonly maps: "table" | "page" | "either";
  /** 1 where the entry has a reserved bit set. */
  reserved(entry: Value): Value;
}

const fault = (w: Walk, present: number, reserved: number): void => pageFault(w.m, w.la, w.access, w.user, w.m.i32(present | (reserved << 3)));

/**
 * Reads the entry of `la` in `table`: not present and reserved bits fault, the rights are combined. The accessed bit is set as soon as the table that
 * the entry refers to is going to be read: a later fault does not undo it. APM vol. 2, "Accessed (A) Bit".
 */
function readEntry(w: Walk, table: Value, level: Level): Value {
  const { m } = w;
  const at = table.add(w.la.shrU(level.shift).and(level.bytes === 8 ? 0x1ffn : 0x3ffn).mul(level.bytes));
  const host = m.call1(frameAddress, at, m.i32(0));
  m.if(host.eqz(), () => m.return(m.i32(0)));
  // Where nobody answers, entries read as all ones.
  w.entry.set(m.i64(level.bytes === 8 ? -1n : 0xffff_ffffn));
  m.if(host.gtU(DEVICE), () => w.entry.set(level.bytes === 8 ? m.hostLoad("i64.load", host) : m.hostLoad("i32.load", host).zext(64)));
  const entry = w.entry.get();
  m.if(entry.bit(0).eqz(), () => fault(w, 0, 0));
  m.if(level.reserved(entry), () => fault(w, 1, 1));
  w.rw.set(w.rw.get().and(entry.bit(1)));
  w.us.set(w.us.get().and(entry.bit(2)));
  if (level.bytes === 8) w.nx.set(w.nx.get().or(entry.bit(63)));
  w.at.set(at);
  const setAccessed = (): void => m.if(entry.bit(5).eqz(), () => m.call(setEntryBits, at, entry.trunc(32).or(Number(PTE.A))));
  if (level.maps === "table") setAccessed();
  else if (level.maps === "either") m.if(isLarge(w, entry, level).eqz(), setAccessed);
  return entry;
}
/** PS counts in 4-byte entries only with CR4.PSE. */
function isLarge({ m }: Walk, entry: Value, level: Level): Value {
  return level.bytes === 8 ? entry.bit(7) : entry.bit(7).and(m.state(STATE.cr4).and(CR4_PSE).nez());
}
/** A page of 2 or 4 MiB, of 1 GiB. */
const LARGE = { megabytes: 1, gigabyte: 2 } as const;

function largePage(w: Walk, base: Value, offsetMask: bigint): void {
  w.large.set(w.m.i32(offsetMask > 0x40_0000n ? LARGE.gigabyte : LARGE.megabytes));
  w.page.set(base.or(w.la.and(offsetMask)));
}

/** 32-bit paging. SDM vol. 3A, "32-Bit Paging". With PSE-36 bits 20-13 of a large page's entry are physical address bits 39-32. */
function walk32(w: Walk): void {
  const { m } = w;
  const no = (): Value => m.i32(0);
  const directory: Level = {
    shift: 22, bytes: 4, maps: "either",
    reserved: (e) => e.bit(7).and(m.state(STATE.cr4).and(CR4_PSE).nez()).and(e.trunc(32).and(m.state(STATE.reservedLarge)).nez()),
  };
  const e = readEntry(w, m.state(STATE.cr3).and(0xffff_f000n), directory);
  m.if(isLarge(w, e, directory), () => largePage(w, e.and(0xffc0_0000n).or(e.shrU(13).and(0xffn).shl(32)), 0x3f_f000n), () => {
    w.page.set(readEntry(w, e.and(0xffff_f000n), { shift: 12, bytes: 4, maps: "page", reserved: no }).and(0xffff_f000n));
  });
}

/** PAE and four-level paging. SDM vol. 3A, "PAE Paging", "4-Level Paging and 5-Level Paging"; APM vol. 2, "Legacy-Mode Page Translation", "Long-Mode Page Translation". */
function walk64(w: Walk, paging: Value): void {
  const { m } = w;
  const noNx = m.state(STATE.efer).and(EFER_NX).eqz(), pae = paging.eq(PAGING.pae);
  // Bits 62-52 are software's in long mode and reserved in PAE paging.
  const high = m.state(STATE.reservedPhysical).or(m.select(pae, m.i64(0x7ff0_0000_0000_0000n), m.i64(0n)));
  const always = (e: Value): Value => e.bit(63).and(noNx).or(e.and(high).nez());
  const largeReserved = (bits: bigint) => (e: Value): Value => always(e).or(e.bit(7).and(e.and(bits).nez()));
  const table = m.local(m.i64(0));
  m.if(pae, () => {
    // The four entries were loaded and checked with CR3 and give no rights of their own. SDM vol. 3A, "PDPTE Registers".
    const e = m.state({ ...STATE.pdpte, bits: 64 }, w.la.shrU(30).trunc(32).and(3).shl(3));
    m.if(e.bit(0).eqz(), () => fault(w, 0, 0));
    table.set(e.and(ADDRESS_BITS));
  }, () => {
    // Bit 8 of a PML4 entry is reserved on AMD's processors.
    const pml4 = readEntry(w, m.state(STATE.cr3).and(ADDRESS_BITS), { shift: 39, bytes: 8, maps: "table", reserved: (e) => always(e).or(e.and(0x180n).nez()) });
    const giant = largeReserved(0x3fff_e000n);
    const e = readEntry(w, pml4.and(ADDRESS_BITS), {
      shift: 30, bytes: 8, maps: "either", reserved: (x) => giant(x).or(x.bit(7).and(m.state(STATE.reservedGiant))),
    });
    m.if(e.bit(7), () => largePage(w, e.and(0x000f_ffff_c000_0000n), 0x3fff_f000n));
    table.set(e.and(ADDRESS_BITS));
  });
  m.if(w.large.get().eqz(), () => {
    const e = readEntry(w, table.get(), { shift: 21, bytes: 8, maps: "either", reserved: largeReserved(0x1f_e000n) });
    m.if(e.bit(7), () => largePage(w, e.and(0x000f_ffff_ffe0_0000n), 0x1f_f000n), () => {
      w.page.set(readEntry(w, e.and(ADDRESS_BITS), { shift: 12, bytes: 8, maps: "page", reserved: always }).and(ADDRESS_BITS));
    });
  });
}

/** Remembers that a region has entries made from a large page: INVLPG must find them all. */
function noteLarge(m: Builder, la: Value, large: Value): void {
  const giant = large.eq(LARGE.gigabyte);
  const region = m.choose(giant, la.shrU(30).trunc(32).and(63), la.shrU(22).trunc(32).and(255));
  const at = m.stateBase().add(m.choose(giant, STATE.giantSeen.offset, STATE.largeSeen.offset)).add(region.shrU(5).shl(2));
  m.hostStore("i32.store", at, m.hostLoad("i32.load", at).or(m.i32(1).shl(region.and(31))));
}

/** Faults where the rights do not allow the access. SDM vol. 3A, "Determination of Access Rights". */
function checkRights(w: Walk): void {
  const { m, access, user } = w;
  const denied = m.local(m.i32(0));
  m.if(user.eq(PRIVILEGE.user), () => denied.set(w.us.get().eqz()), () => {
    m.if(w.us.get(), () => {
      m.if(access.eq(ACCESS.fetch), () => denied.set(m.state(STATE.cr4).and(CR4_SMEP).nez()), () => {
        // EFLAGS.AC lifts SMAP, but not for accesses that the processor makes on its own account: descriptor tables, TSS, gates' stacks.
        const lifted = m.state(STATE.eflags).and(EFLAGS_AC).nez().and(user.ne(PRIVILEGE.implicit));
        denied.set(m.state(STATE.cr4).and(CR4_SMAP).nez().and(lifted.eqz()));
      });
    });
  });
  m.if(access.eq(ACCESS.write).and(w.rw.get().eqz()), () => {
    m.if(user.eq(PRIVILEGE.user).or(m.state(STATE.cr0).and(CR0_WP).nez()), () => denied.set(m.i32(1)));
  });
  m.if(access.eq(ACCESS.fetch).and(w.nx.get()), () => denied.set(m.i32(1)));
  m.if(denied.get(), () => fault(w, 1, 0));
}

/** Sets the accessed and, for a write, dirty bit of the page's entry: only once the access is known to be allowed. */
function setAccessedAndDirty(w: Walk): void {
  const { m } = w;
  const want = m.choose(w.access.eq(ACCESS.write), Number(PTE.A | PTE.D), Number(PTE.A)), entry = w.entry.get().trunc(32);
  m.if(entry.and(want).ne(want), () => m.call(setEntryBits, w.at.get(), entry.or(want)));
}

/**
 * Translates a linear address, one page: host address; 0 = event set (#PF); DEVICE = device memory (STATE.slowPhysical).
 * `access` is one of ACCESS, `user` one of PRIVILEGE. Enters the TLB where it may.
 */
export const walk: Routine = routine("walk", { params: [I64, I32, I32], results: [I32], mayFault: true }, (m, la0, access, user) => {
  const la = la0!.and(m.state(STATE.linearMask)), paging = m.state(STATE.paging), global = m.local(m.i32(0));
  m.if(paging.eq(PAGING.process), () => m.return(m.call1(processWalk, la, access!, user!)));
  const w: Walk = {
    m, la, access: access!, user: user!, rw: m.local(m.i32(1)), us: m.local(m.i32(1)), nx: m.local(m.i32(0)),
    page: m.local(la.and(~0xfffn)), large: m.local(m.i32(0)), at: m.local(m.i64(0)), entry: m.local(m.i64(0)),
  };
  m.if(paging, () => {
    m.if(paging.eq(PAGING.legacy), () => walk32(w), () => walk64(w, paging));
    checkRights(w);
    setAccessedAndDirty(w);
    global.set(w.entry.get().bit(8).and(m.state(STATE.cr4).and(CR4_PGE).nez()));
  });
  const host = m.call1(frameAddress, w.page.get().or(la.and(0xfffn)), access!.eq(ACCESS.write));
  m.if(host.leU(DEVICE), () => m.return(host));
  enterTlb(m, la, host, access!, user!, global.get());
  m.if(w.large.get(), () => noteLarge(m, la, w.large.get()));
  m.return(host);
});

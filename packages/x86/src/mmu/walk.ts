import type { Builder, Local } from "../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../ir/routine.ts";
import type { Value } from "../ir/value.ts";
import { EVENT, STATE } from "../state/state.ts";
import { PF } from "../isa/instruction-builder.ts";
import { fillTlb } from "./tlb.ts";

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

/** Results of `frameAddress` below any real address. */
export const DEVICE = 1;

/**
 * Host address of a guest-physical address through the frame map; DEVICE where no memory answers there; 0 where the fill failed
 * (event set). Frame map entries: host page address | bit 0 present | bit 1 writable (else write faults to TypeScript: shared, logged).
 */
export const frameAddress: Routine = routine("frameAddress", { params: [I64, I32], results: [I32], mayFault: true }, (m, physical, write) => {
  const address = physical!.and(m.state(STATE.addressMask));
  const frame = address.shrU(12);
  m.if(frame.geU(m.state(STATE.frameCount).zext(64)), () => {
    m.setState(STATE.slowPhysical, address);
    m.return(m.i32(DEVICE));
  });
  const slot = m.state(STATE.frameMap).add(frame.trunc(32).shl(2));
  const entry = m.local(m.hostLoad("i32.load", slot));
  // Absent, or write to a frame that is not this tenant's alone: TypeScript fills the map.
  m.if(entry.get().bit(0).eqz().or(write!.and(entry.get().bit(1).eqz())), () => {
    const kind = m.callOut("frameFault", "i32", address, write!);
    m.if(kind.eq(0), () => {
      m.setState(STATE.slowPhysical, address);
      m.return(m.i32(DEVICE));
    });
    entry.set(m.hostLoad("i32.load", slot));
  });
  m.return(entry.get().and(~0xfff).or(address.trunc(32).and(0xfff)));
});

function pageFault(m: Builder, la: Value, present: Value, access: Value, user: Value, reserved: Value): void {
  const nx = m.state(STATE.efer).and(EFER_NX).nez().and(m.state(STATE.paging).ne(1)).or(m.state(STATE.cr4).and(CR4_SMEP).nez());
  const fetch = access.eq(2).and(nx);
  const code = present.or(access.eq(1).shl(1)).or(user.shl(2)).or(reserved.shl(3)).or(fetch.shl(4));
  m.setState(STATE.cr2, la);
  m.setState(STATE.eventVector, PF);
  m.setState(STATE.eventCode, code);
  m.setState(STATE.eventFlags, 1);
  m.setState(STATE.event, EVENT.exception);
  m.return(m.i32(0));
}

interface Walk { m: Builder; la: Value; access: Value; user: Value; rw: Local; us: Local; nx: Local; page: Local; large: Local; global: Local; at: Local; entry: Local }

/** Reads the entry at a guest-physical address and checks it; sets its accessed bit where it refers to a table. */
function level(w: Walk, table: Value, shift: number, bytes: 4 | 8, mayBeLarge: boolean, reserved: (entry: Value) => Value, last: boolean): void {
  const { m } = w;
  const mask = bytes === 8 ? 0x1ffn : 0x3ffn;
  const at = table.add(w.la.shrU(shift).and(mask).mul(bytes));
  const host = m.call1(frameAddress, at, m.i32(0));
  m.if(host.leU(DEVICE), () => {
    m.if(host.eqz(), () => m.return(m.i32(0)));
    // Tables in device memory read as all ones: a reserved-bit fault, as on a bus that nobody answers.
    pageFault(m, w.la, m.i32(1), w.access, w.user, m.i32(1));
  });
  const entry = bytes === 8 ? m.hostLoad("i64.load", host) : m.hostLoad("i32.load", host).zext(64);
  m.if(entry.bit(0).eqz(), () => pageFault(m, w.la, m.i32(0), w.access, w.user, m.i32(0)));
  m.if(reserved(entry), () => pageFault(m, w.la, m.i32(1), w.access, w.user, m.i32(1)));
  w.rw.set(w.rw.get().and(entry.bit(1)));
  w.us.set(w.us.get().and(entry.bit(2)));
  w.nx.set(w.nx.get().or(bytes === 8 ? entry.bit(63) : m.i32(0)));
  w.entry.set(entry);
  w.at.set(at);
  const setAccessed = (): void => m.if(entry.bit(5).eqz(), () => m.call(setBits, at, entry.trunc(32).or(Number(PTE.A))));
  if (last) return;
  if (mayBeLarge) m.if(entry.bit(7).eqz(), setAccessed);
  else setAccessed();
}

/** Tells TypeScript where a walker's own write hit a frame that holds decoded code or is logged. */
export const noteWrite: Routine = routine("noteWrite", { params: [I32] }, (m, host) => {
  const flags = m.hostLoad("i32.load8_u", m.state(STATE.frameFlags).add(host!.shrU(12)));
  m.if(flags.nez(), () => { m.callOut("frameWritten", "i32", host!, m.i32(8)); });
  m.return();
});

/** Writes the low byte (accessed and dirty bits) of the entry at a guest-physical address. */
const setBits: Routine = routine("setBits", { params: [I64, I32], mayFault: true }, (m, at, entry) => {
  const host = m.call1(frameAddress, at!, m.i32(1));
  m.if(host.gtU(DEVICE), () => {
    m.hostStore("i32.store8", host, entry!.and(0xff).trunc(8));
    m.call(noteWrite, host);
  });
  m.return();
});

/**
 * Translates a linear address, one page: host address; 0 = event set (#PF); DEVICE = device memory (STATE.slowPhysical).
 * `access` 0 read, 1 write, 2 fetch; `user` 1 where the access has user privilege. Enters the TLB where it may.
 */
export const walk: Routine = routine("walk", { params: [I64, I32, I32], results: [I32], mayFault: true }, (m, la0, access, user) => {
  const la = la0!.and(m.state(STATE.linearMask));
  const paging = m.state(STATE.paging);
  const w: Walk = {
    m, la, access: access!, user: user!, rw: m.local(m.i32(1)), us: m.local(m.i32(1)), nx: m.local(m.i32(0)),
    page: m.local(la.and(~0xfffn)), large: m.local(m.i32(0)), global: m.local(m.i32(0)), at: m.local(m.i64(0)), entry: m.local(m.i64(0)),
  };
  const noNx = m.state(STATE.efer).and(EFER_NX).eqz();
  const nxReserved = (e: Value): Value => e.bit(63).and(noNx);
  const high = (e: Value): Value => e.and(0x000f_0000_0000_0000n).nez(); // physical addresses have 48 bits
  const table = m.local(m.i64(0));
  m.if(paging.eqz(), () => w.us.set(m.i32(1)), () => {
    m.if(paging.eq(1), () => {
      level(w, m.state(STATE.cr3).and(0xffff_f000n), 22, 4, true, () => m.i32(0), false);
      const e = w.entry.get();
      m.if(e.bit(7).and(m.state(STATE.cr4).and(CR4_PSE).nez()), () => {
        // PSE-36: bits 20-13 of the entry are physical address bits 39-32; bit 21 is reserved.
        m.if(e.bit(21), () => pageFault(m, la, m.i32(1), access!, user!, m.i32(1)));
        w.large.set(m.i32(1));
        w.page.set(e.and(0xffc0_0000n).or(e.shrU(13).and(0xffn).shl(32)).or(la.and(0x3f_f000n)));
      }, () => {
        m.if(e.bit(7).and(e.bit(5).eqz()), () => m.call(setBits, w.at.get(), e.trunc(32).or(Number(PTE.A))));
        level(w, e.and(0xffff_f000n), 12, 4, false, () => m.i32(0), true);
        w.page.set(w.entry.get().and(0xffff_f000n));
      });
    }, () => {
      m.if(paging.eq(2), () => {
        // PDPTEs were loaded and checked by MOV to CR3; they are read again here from memory, without rights of their own.
        const at = m.state(STATE.cr3).and(0xffff_ffe0n).add(la.shrU(30).and(3n).shl(3));
        const host = m.call1(frameAddress, at, m.i32(0));
        m.if(host.leU(DEVICE), () => pageFault(m, la, m.i32(0), access!, user!, m.i32(0)));
        const e = m.hostLoad("i64.load", host);
        m.if(e.bit(0).eqz(), () => pageFault(m, la, m.i32(0), access!, user!, m.i32(0)));
        table.set(e.and(0x000f_ffff_ffff_f000n));
      }, () => {
        level(w, m.state(STATE.cr3).and(0x000f_ffff_ffff_f000n), 39, 8, false, (e) => nxReserved(e).or(e.bit(7)).or(high(e)), false);
        level(w, w.entry.get().and(0x000f_ffff_ffff_f000n), 30, 8, true, (e) => nxReserved(e).or(high(e)), false);
        const e = w.entry.get();
        m.if(e.bit(7), () => {
          m.if(e.and(0x3fff_e000n).nez(), () => pageFault(m, la, m.i32(1), access!, user!, m.i32(1)));
          w.large.set(m.i32(1));
          w.page.set(e.and(0x000f_ffff_c000_0000n).or(la.and(0x3fff_f000n)));
        });
        table.set(e.and(0x000f_ffff_ffff_f000n));
      });
      m.if(w.large.get().eqz(), () => {
        level(w, table.get(), 21, 8, true, (e) => nxReserved(e).or(high(e)), false);
        const e = w.entry.get();
        m.if(e.bit(7), () => {
          m.if(e.and(0x1f_e000n).nez(), () => pageFault(m, la, m.i32(1), access!, user!, m.i32(1)));
          w.large.set(m.i32(1));
          w.page.set(e.and(0x000f_ffff_ffe0_0000n).or(la.and(0x1f_f000n)));
        }, () => {
          level(w, e.and(0x000f_ffff_ffff_f000n), 12, 8, false, (x) => nxReserved(x).or(high(x)), true);
          w.page.set(w.entry.get().and(0x000f_ffff_ffff_f000n));
        });
      });
    });
    // Rights. SDM vol. 3A, "Determination of Access Rights".
    const denied = m.local(m.i32(0));
    const us = w.us.get(), rw = w.rw.get();
    m.if(user!, () => denied.set(us.eqz()), () => {
      m.if(us, () => {
        m.if(access!.eq(2), () => denied.set(m.state(STATE.cr4).and(CR4_SMEP).nez()), () => {
          // EFLAGS.AC lifts SMAP for explicit accesses below CPL 3; `user` = 2 would be implicit ones, made by TypeScript with AC ignored.
          denied.set(m.state(STATE.cr4).and(CR4_SMAP).nez().and(m.state(STATE.eflags).and(EFLAGS_AC).eqz()));
        });
      });
    });
    m.if(access!.eq(1).and(rw.eqz()), () => {
      m.if(user!.or(m.state(STATE.cr0).and(CR0_WP).nez()), () => denied.set(m.i32(1)));
    });
    m.if(access!.eq(2).and(w.nx.get()), () => denied.set(m.i32(1)));
    m.if(denied.get(), () => pageFault(m, la, m.i32(1), access!, user!, m.i32(0)));
    // Accessed and dirty bits of the last entry.
    const want = m.choose(access!.eq(1), Number(PTE.A | PTE.D), Number(PTE.A));
    const last = w.entry.get().trunc(32);
    m.if(last.and(want).ne(want), () => {
      m.call(setBits, w.at.get(), last.or(want));
      w.entry.set(w.entry.get().or(want.zext(64)));
    });
    w.global.set(w.entry.get().bit(8).and(m.state(STATE.cr4).and(CR4_PGE).nez()));
  });
  const physical = w.page.get().or(la.and(0xfffn));
  const host = m.call1(frameAddress, physical, access!.eq(1));
  m.if(host.leU(DEVICE), () => m.return(host));
  const flags = m.hostLoad("i32.load8_u", m.state(STATE.frameFlags).add(host.shrU(12)));
  // A frame that holds decoded code or whose writes are logged is never entered for writing; nor is anything while data breakpoints are armed.
  const skip = m.choose(access!.eq(2), 0, access!.eq(1).and(flags.nez()).or(m.state(STATE.dataBreakpoints)));
  m.if(skip.eqz(), () => m.call(fillTlb, la, host, access!, user!, w.global.get()));
  m.return(host);
});

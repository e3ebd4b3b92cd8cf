import { I32, I64, routine, type Routine } from "../ir/routine.ts";
import { STATE } from "../state/state.ts";
import { PF_ERROR, pageFault } from "./page-fault.ts";
import { PROCESS_ENTRY } from "./process-table.ts";
import { ACCESS, enterTlb, PRIVILEGE } from "./tlb.ts";

/**
 * The walk over a process table (see process-table.ts), root and depth in STATE.cr3. Host address of a linear address, entered in the TLB; 0 = #PF
 * pending. A kernel intercepts that exception, fills or refuses, and goes on.
 */
export const processWalk: Routine = routine("processWalk", { params: [I64, I32, I32], results: [I32], mayFault: true }, (m, la, access, user) => {
  const root = m.state(STATE.cr3).trunc(32), levels = root.and(PROCESS_ENTRY.flags);
  const absent = (): void => pageFault(m, la!, access!, user!, m.i32(0));
  const shift = m.local(levels.mul(PROCESS_ENTRY.indexBits).add(2));
  // Beyond what the table spans (the non-canonical and upper half among it) nothing is mapped.
  m.if(la!.shrU(shift.get().add(10).zext(64)).nez(), absent);
  const entry = m.local(root), at = m.local(m.i32(0));
  m.loop(() => {
    at.set(entry.get().and(~0xfff).add(la!.shrU(shift.get().zext(64)).trunc(32).and(0x3ff).shl(2)));
    entry.set(m.hostLoad("i32.load", at.get()));
    m.if(entry.get().bit(0).eqz(), absent);
    m.breakIf(shift.get().eq(12));
    shift.set(shift.get().sub(PROCESS_ENTRY.indexBits));
  });
  const e = entry.get();
  const missing = m.choose(access!.eq(ACCESS.write), e.and(PROCESS_ENTRY.writable).eqz(), m.choose(access!.eq(ACCESS.fetch), e.and(PROCESS_ENTRY.executable).eqz(), 0))
    .or(user!.eq(PRIVILEGE.user).and(e.and(PROCESS_ENTRY.supervisor).nez()));
  m.if(missing, () => pageFault(m, la!, access!, user!, m.i32(PF_ERROR.P)));
  const want = m.choose(access!.eq(ACCESS.write), PROCESS_ENTRY.accessed | PROCESS_ENTRY.dirty, PROCESS_ENTRY.accessed);
  m.if(e.and(want).ne(want), () => m.hostStore("i32.store", at.get(), e.or(want)));
  const host = e.and(~0xfff).or(la!.trunc(32).and(0xfff));
  enterTlb(m, la!, host, access!, user!, m.i32(0));
  m.return(host);
});

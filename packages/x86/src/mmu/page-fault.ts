import type { Builder } from "../ir/builder.ts";
import type { Value } from "../ir/value.ts";
import { PF } from "../isa/instruction-builder.ts";
import { EVENT, STATE } from "../state/state.ts";
import { ACCESS, PRIVILEGE } from "./tlb.ts";

const CR4_SMEP = 1n << 20n, EFER_NX = 1n << 11n;

/** Error code of a page fault. SDM vol. 3A, "Interrupt 14—Page-Fault Exception (#PF)". */
export const PF_ERROR = { P: 1, W: 2, U: 4, RSVD: 8, I: 16 } as const;

/**
 * Makes a page fault pending and returns 0 from the routine being built. `cause` has P and RSVD of the error code; W, U and I follow from the access. I is only
 * reported where execution can be prevented at all: SMEP, or NX in paging structures that have it.
 */
export function pageFault(m: Builder, la: Value, access: Value, user: Value, cause: Value): void {
  const reportsFetch = m.state(STATE.efer).and(EFER_NX).nez().and(m.state(STATE.paging).ne(1)).or(m.state(STATE.cr4).and(CR4_SMEP).nez());
  const code = cause.or(access.eq(ACCESS.write).shl(1)).or(user.eq(PRIVILEGE.user).shl(2)).or(access.eq(ACCESS.fetch).and(reportsFetch).shl(4));
  m.setState(STATE.eventAddress, la);
  m.setState(STATE.eventVector, PF);
  m.setState(STATE.eventCode, code);
  m.setState(STATE.eventFlags, 1);
  m.setState(STATE.event, EVENT.exception);
  m.return(m.i32(0));
}

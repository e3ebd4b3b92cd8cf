import type { Builder } from "../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../ir/routine.ts";
import type { Value } from "../ir/value.ts";
import { STATE, TLB_BYTES, TLB_ENTRIES, TLB_FILL_LIMIT, TLB_FILL_LIST, TLB_SUPERVISOR, TLB_USER } from "../state/state.ts";

/**
 * The software TLB. One direct-mapped array of 1024 entries for each access kind and privilege, in the state block.
 * Entry, 16 bytes: tag u64 = linear page address | context; addend u32 with host address = low 32 bits of linear address + addend;
 * info u32, for fetch entries the code page last used there. A tag never matches a context of 0 in its low bits: empty is 0.
 *
 * The engines test `tag == ((la + size - 1) & ~0xfff | context)` on the entry of `la`'s page, so an access that crosses a page
 * misses, and everything special (device memory, frames that hold code, clean pages on a write) is simply never entered.
 */

/** Access kinds: index of the TLB array within its privilege's three. */
export const ACCESS = { read: 0, write: 1, fetch: 2 } as const;
/**
 * With whose rights memory is accessed: a supervisor's (EFLAGS.AC lifts SMAP), a user's, or the processor's own for descriptor tables and the like, a
 * supervisor's whatever AC says. The first and third share TLB entries, but for those made while AC lifted SMAP.
 */
export const PRIVILEGE = { supervisor: 0, user: 1, implicit: 2 } as const;
/** Contexts: bits 11-0 of a tag. */
export const CONTEXT_MASK = 0xfff;
/**
 * Bits of STATE.context: never zero; linear addresses of 64 bits; SMAP is on and lifted by EFLAGS.AC; alignment is checked, so that no data entries are made and
 * every data access is looked at; from bit 4 on the number of the address space, whose entries stay while others are in use.
 */
export const CONTEXT = { base: 1, wide: 2, accessible: 4, checked: 8, spaceShift: 4, spaces: 256 } as const;

/** Address in linear memory of the entry for `la`: base block, access kind and privilege (0 supervisor, 1 user) given. */
export function entryAddress(m: Builder, la: Value, access: Value, user: Value): Value {
  const array = m.choose(user, TLB_USER, TLB_SUPERVISOR).add(access.mul(TLB_BYTES));
  return m.stateBase().add(array).add(la.trunc(32).shrU(8).and((TLB_ENTRIES - 1) << 4));
}

/** Enters a translation: la's page to the host page of `host`. `global` entries survive flushNonGlobal. */
export const fillTlb: Routine = routine("fillTlb", { params: [I64, I32, I32, I32, I32] }, (m, la, host, access, user, global) => {
  const entry = entryAddress(m, la!, access!, user!);
  m.hostStore("i64.store", entry, la!.and(~0xfffn).or(m.state(STATE.context)));
  m.hostStore("i32.store", entry, host!.sub(la!.trunc(32)), 8);
  m.hostStore("i32.store", entry, m.i32(0), 12);
  m.if(global!.eqz(), () => {
    const n = m.state(STATE.tlbFilled);
    m.if(n.ltU(TLB_FILL_LIMIT), () => {
      m.hostStore("i32.store", m.stateBase().add(TLB_FILL_LIST).add(n.shl(2)), entry);
      m.setState(STATE.tlbFilled, n.add(1));
    }, () => m.setState(STATE.tlbOverflow, 1));
  });
  m.return();
});

/**
 * Enters a translation unless every access must be seen: writes to a frame that holds decoded code or is logged, data accesses while data breakpoints are
 * armed or alignment is checked.
 */
export function enterTlb(m: Builder, la: Value, host: Value, access: Value, user: Value, global: Value): void {
  const flags = m.hostLoad("i32.load8_u", m.state(STATE.frameFlags).add(host.shrU(12)));
  const watched = m.state(STATE.dataBreakpoints).or(m.state(STATE.context).and(CONTEXT.checked).nez());
  const skip = m.choose(access.eq(ACCESS.fetch), 0, access.eq(ACCESS.write).and(flags.nez()).or(watched));
  m.if(skip.eqz(), () => m.call(fillTlb, la, host, access, user.eq(PRIVILEGE.user), global));
}

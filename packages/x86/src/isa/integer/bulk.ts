import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { MODE } from "../../decode/mode.ts";
import { ACCESS, entryAddress } from "../../mmu/tlb.ts";
import { ATTRIBUTE, segmentField, STATE } from "../../state/state.ts";
import { FS, GS } from "../instruction-builder.ts";

/**
 * Many iterations of a repeated string instruction at once, as far as they are nothing but memory of one page each: the TLB has the pages, so that no access faults, is
 * watched or holds code. What comes of it is what as many single iterations leave.
 */

/** Fewer are not worth it. */
const LEAST = 4;

const no = (m: Builder, condition: Value): void => m.ifUnlikely(condition, () => m.return(m.i32(0)));
/** Host address of a linear address whose page the TLB has for an access; returns 0 from the routine else. */
function hostOf(m: Builder, la: Value, access: number): Value {
  const entry = entryAddress(m, la, m.i32(access), m.state(STATE.cpl).eq(3));
  no(m, m.hostLoad("i64.load", entry).ne(la.and(~0xfffn).or(m.state(STATE.context))));
  return la.trunc(32).add(m.hostLoad("i32.load", entry, 8));
}
/** Whole elements of 2^shift bytes from a linear address to its page's end. */
function room(m: Builder, la: Value, shift: Value): Value { return m.i32(0x1000).sub(la.trunc(32).and(0xfff)).shrU(shift); }
/** Carries `each` out for offsets 0, 8, … and the rest byte by byte. */
function chunks(m: Builder, bytes: Value, eight: (at: Value) => void, one: (at: Value) => void): void {
  const at = m.local(m.i32(0));
  m.loop(() => {
    m.breakIf(at.get().add(8).gtU(bytes));
    eight(at.get());
    at.set(at.get().add(8));
  });
  m.loop(() => {
    m.breakIf(at.get().geU(bytes));
    one(at.get());
    at.set(at.get().add(1));
  });
}

/** `fillRun(la, pattern, shift, most)`: stores elements of 2^shift bytes upwards from a linear address, at most so many: how many, 0 = the case is another. `pattern`: the element in all of 8 bytes. */
export const fillRun: Routine = routine("fillRun", { params: [I64, I64, I32, I32], results: [I32] }, (m, la0, pattern, shift, most) => {
  const la = la0!, left = room(m, la, shift!), n = m.choose(most!.ltU(left), most!, left);
  no(m, n.ltU(LEAST));
  const to = hostOf(m, la, ACCESS.write), bytes = n.shl(shift!);
  chunks(m, bytes, (at) => m.hostStore("i64.store", to.add(at), pattern!),
    (at) => m.hostStore("i32.store8", to.add(at), pattern!.shrU(at.and(7).shl(3).zext(64)).trunc(32).and(0xff).trunc(8)));
  m.return(n);
});

/** `copyRun(from, to, shift, most)`: copies elements upwards, as `fillRun`. Not where a later element is read from what an earlier one wrote. */
export const copyRun: Routine = routine("copyRun", { params: [I64, I64, I32, I32], results: [I32] }, (m, from0, to0, shift, most) => {
  const here = room(m, from0!, shift!), there = room(m, to0!, shift!), both = m.choose(here.ltU(there), here, there), n = m.choose(most!.ltU(both), most!, both);
  no(m, n.ltU(LEAST));
  const from = hostOf(m, from0!, ACCESS.read), to = hostOf(m, to0!, ACCESS.write), bytes = n.shl(shift!);
  no(m, to.sub(from).sub(1).ltU(bytes.sub(1)));
  chunks(m, bytes, (at) => m.hostStore("i64.store", to.add(at), m.hostLoad("i64.load", from.add(at))),
    (at) => m.hostStore("i32.store8", to.add(at), m.hostLoad("i32.load8_u", from.add(at)).trunc(8)));
  m.return(n);
});

/** 1 where a linear address that equals its offset is in a segment without a limit, whichever it is: FS and GS may have base 0 and a limit. A null segment faults anyway. */
export const unlimited: Routine = routine("unlimited", { params: [], results: [I32] }, (m) => {
  const mode = m.state(STATE.mode);
  m.if(mode.and(MODE.size).eq(MODE.code64), () => m.return(m.i32(1)));
  const whole = (segment: number): Value => m.state(segmentField(segment, "base")).nez().or(m.state(segmentField(segment, "limit")).eq(-1))
    .or(m.state(segmentField(segment, "attributes")).and(ATTRIBUTE.unusable).nez());
  m.return(mode.and(MODE.flat).nez().and(whole(FS)).and(whole(GS)));
});

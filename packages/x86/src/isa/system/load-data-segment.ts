import type { Builder } from "../../ir/builder.ts";
import { I32, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { MODE } from "../../decode/mode.ts";
import { ACCESS, CONTEXT, entryAddress, PRIVILEGE } from "../../mmu/tlb.ts";
import { ATTRIBUTE, SEGMENT_STRIDE, segmentField, STATE } from "../../state/state.ts";
import { FS, SS } from "../instruction-builder.ts";

/** Bits of a descriptor's upper doubleword. SDM vol. 3A, "Segment Descriptors". */
const ACCESSED = 0x100, PRESENT = 0x8000, SEGMENT_BIT = 0x1000, CODE = 0x800, CONFORMING = 0x400, READABLE = 0x200, GRANULAR = 0x80_0000;
const LDTR = 6, NULL = 0xfffc;
/** Attributes of a segment that MODE.flat counts on: see system/derive-mode.ts. */
const FLAT_MASK: number = ATTRIBUTE.unusable | ATTRIBUTE.P | ATTRIBUTE.S | 0xe, FLAT: number = ATTRIBUTE.P | ATTRIBUTE.S | 2;

/** Returns 0 from the routine under a condition that nearly never holds. */
export const no = (m: Builder, condition: Value): void => m.ifUnlikely(condition, () => m.return(m.i32(0)));

/** Host address of the descriptor of a selector where it lies within its table and the TLB has it; returns 0 from the routine else. */
export function findDescriptor(m: Builder, selector: Value): Value {
  const isLocal = selector.and(4), offset = selector.and(0xfff8);
  no(m, isLocal.nez().and(m.state(segmentField(LDTR, "attributes")).and(ATTRIBUTE.unusable).nez()));
  const limit = m.choose(isLocal, m.state(segmentField(LDTR, "limit")), m.state(STATE.gdtrLimit));
  no(m, offset.add(7).gtU(limit));
  const base = m.choose(isLocal, m.state(segmentField(LDTR, "base")), m.state(STATE.gdtrBase));
  const la = base.add(offset.zext(64)).and(m.state(STATE.linearMask)), context = m.state(STATE.context);
  // EFLAGS.AC does not lift SMAP for what the processor reads itself.
  no(m, context.and(CONTEXT.accessible).nez());
  const entry = entryAddress(m, la, m.i32(ACCESS.read), m.i32(PRIVILEGE.supervisor));
  no(m, m.hostLoad("i64.load", entry).ne(la.add(7).and(~0xfffn).or(context)));
  return la.trunc(32).add(m.hostLoad("i32.load", entry, 8));
}

/** Loads a segment register's hidden part and selector. */
function setSegment(m: Builder, segment: Value, selector: Value, base: Value, limit: Value, attributes: Value): void {
  const at = segment.mul(SEGMENT_STRIDE);
  m.setState(segmentField(0, "base"), base, at);
  m.setState(segmentField(0, "limit"), limit, at);
  m.setState(segmentField(0, "attributes"), attributes, at);
  m.setState(segmentField(0, "selector"), selector, at);
}

/**
 * `loadDataSegment(segment, selector)`: loads DS, ES, FS or GS in protected mode where that is all there is to it: 1. Where there is more (a fault, an accessed bit to be set,
 * another mode of addressing, a descriptor that the TLB does not have) nothing has happened: 0. SDM vol. 2B, "MOV—Move" (loading a segment register); the whole of it is
 * `loadSegment` in system/load-segment.ts.
 */
export const loadDataSegment: Routine = routine("loadDataSegment", { params: [I32, I32], results: [I32] }, (m, segment0, selector0) => {
  const segment = segment0!, selector = selector0!, mode = m.state(STATE.mode), is64 = mode.and(MODE.size).eq(MODE.code64);
  no(m, segment.eq(SS).or(mode.and(MODE.real).nez()));
  const decides = segment.ltU(FS).and(is64.eqz());
  m.if(selector.and(NULL).eqz(), () => {
    no(m, decides);
    setSegment(m, segment, selector, m.i64(0), m.i32(0), m.i32(ATTRIBUTE.unusable));
    m.return(m.i32(1));
  });
  const host = findDescriptor(m, selector), low = m.hostLoad("i32.load", host), high = m.hostLoad("i32.load", host, 4);
  const wanted = ACCESSED | PRESENT | SEGMENT_BIT;
  no(m, high.and(wanted).ne(wanted));
  // Data, or code that may be read and does not conform.
  no(m, high.and(CODE).nez().and(high.and(CONFORMING | READABLE).ne(READABLE)));
  const rpl = selector.and(3), cpl = m.state(STATE.cpl);
  no(m, high.shrU(13).and(3).ltU(m.choose(cpl.gtU(rpl), cpl, rpl)));
  const base = high.and(0xff00_0000).or(high.and(0xff).shl(16)).or(low.shrU(16)), units = high.and(0xf_0000).or(low.and(0xffff));
  const limit = m.choose(high.and(GRANULAR), units.shl(12).or(0xfff), units), attributes = high.shrU(8).and(0xf0ff);
  // DS and ES decide on MODE.flat.
  m.if(decides, () => no(m, mode.and(MODE.flat).eqz().or(base.nez()).or(limit.ne(-1)).or(attributes.and(FLAT_MASK).ne(FLAT))));
  setSegment(m, segment, selector, base.zext(64), limit, attributes);
  m.return(m.i32(1));
});

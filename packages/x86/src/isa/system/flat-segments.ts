import type { Builder } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";
import { segmentField, STATE, TLB_BYTES, TLB_SUPERVISOR, TLB_USER } from "../../state/state.ts";

/** Loads a segment register with base 0, all of 4 GiB and attributes as in ATTRIBUTE, without reading a descriptor. */
export function setFlatSegment(m: Builder, segment: number, selector: Value, attributes: Value | number): void {
  m.setState(segmentField(segment, "base"), 0n);
  m.setState(segmentField(segment, "limit"), -1);
  m.setState(segmentField(segment, "attributes"), attributes);
  m.setState(segmentField(segment, "selector"), selector);
}
/** Changes between CPL 3 and 0: what is derived of it (system/derive-mode.ts) where all segments are and stay flat and no alignment is checked. */
export function setPrivilege(m: Builder, cpl: 0 | 3): void {
  const tlb = cpl === 3 ? TLB_USER : TLB_SUPERVISOR;
  m.setState(STATE.cpl, cpl);
  m.setState(STATE.tlb, tlb);
  m.setState(STATE.tlbCode, tlb + 2 * TLB_BYTES);
  m.setState(STATE.ringCrossings, m.state(STATE.ringCrossings).add(1));
}

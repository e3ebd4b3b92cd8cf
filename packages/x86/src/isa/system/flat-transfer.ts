import type { Builder, StateField } from "../../ir/builder.ts";
import { I32, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { MODE } from "../../decode/mode.ts";
import { ACCESS, CONTEXT, entryAddress, PRIVILEGE } from "../../mmu/tlb.ts";
import { ATTRIBUTE, segmentField, STATE } from "../../state/state.ts";
import { RSP } from "../instruction-builder.ts";
import { setFlatSegment, setPrivilege } from "./flat-segments.ts";
import { findDescriptor, no } from "./load-data-segment.ts";

/**
 * Interrupt gates and IRET where they are what 32-bit kernels with flat segments do: to and from CPL 0, every table, stack and descriptor in the TLB, every accessed bit set. Anything else is
 * system/interrupt-return.ts's and system/enter-protected.ts's: then nothing has happened. SDM vol. 2A, "IRET/IRETD/IRETQ—Interrupt Return", "INT n/INTO/INT3/INT1—Call to Interrupt Procedure".
 */

const ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5, TR = 7, NULL = 0xfffc;
const EFER_LMA = 1n << 10n;
/** Bits of rFLAGS. SDM vol. 1, "EFLAGS Register". */
const TF = 1 << 8, IF = 1 << 9, DF = 1 << 10, IOPL = 3 << 12, NT = 1 << 14, RF = 1 << 16, VM = 1 << 17, AC = 1 << 18, VIF = 1 << 19, VIP = 1 << 20, ID = 1 << 21, FIXED = 2;
/** STATE.pending: an interrupt waits; an NMI waits or NMIs are blocked. */
const INTERRUPT = 1, NMI = 6;
/** A descriptor's upper doubleword: base 0, limit 4 GiB, 32 bits, present, accessed, and its type. SDM vol. 3A, "Segment Descriptors". */
const FLAT_MASK = 0xff8f_00ff | 0x40_0000 | 0x9d00, FLAT = 0x008f_0000 | 0x40_0000 | 0x9100, WIDE = 0x20_0000, READABLE_OR_WRITABLE = 0x200, CODE = 0x800, DPL = 0x6000;
/** Where `interruptReturn` leaves rIP, the stack pointer and the flags' image. */
const result = (n: number): StateField => ({ offset: STATE.scratch.offset + 4 * n, type: "i32", bits: 32 });
/** What an IRET has read: see `interruptReturn`. */
export const RETURNED: { readonly [name in "ip" | "sp" | "flags"]: StateField } = { ip: result(0), sp: result(1), flags: result(2) };

/** Host address of `size` bytes of one page at a linear address, for a supervisor, where the TLB has it; returns 0 from the routine else. */
function find(m: Builder, la: Value, size: number, access: number): Value {
  const entry = entryAddress(m, la, m.i32(access), m.i32(PRIVILEGE.supervisor));
  no(m, m.hostLoad("i64.load", entry).ne(la.add(size - 1).and(~0xfffn).or(m.state(STATE.context))));
  return la.trunc(32).add(m.hostLoad("i32.load", entry, 8));
}
/** The upper doubleword of a flat segment's descriptor, which is code or writable data of privilege `dpl`; returns 0 from the routine else. */
function flatDescriptor(m: Builder, selector: Value, kind: "code" | "stack", dpl: Value): Value {
  no(m, selector.and(NULL).eqz());
  const host = findDescriptor(m, selector), high = m.hostLoad("i32.load", host, 4);
  const type = kind === "code" ? CODE | READABLE_OR_WRITABLE : READABLE_OR_WRITABLE;
  // Nothing that conforms, grows down or is 64-bit code.
  no(m, m.hostLoad("i32.load", host).ne(0xffff).or(high.and(FLAT_MASK | WIDE | CODE | READABLE_OR_WRITABLE | 0x400 | DPL).ne(dpl.shl(13).or(FLAT | type))));
  return high;
}
/** Returns 0 from the routine outside flat 32-bit protected mode, or where EFLAGS.AC counts. */
function onlyFlat(m: Builder): void {
  no(m, m.state(STATE.mode).ne(MODE.code32 | MODE.flat).or(m.state(STATE.efer).and(EFER_LMA).nez()).or(m.state(STATE.context).and(CONTEXT.accessible | CONTEXT.checked).nez()));
}
/** EFLAGS from an image that sets none of the bits that need more. */
function setEflags(m: Builder, image: Value): void {
  m.setState(STATE.eflags, image.and(TF | IF | DF | IOPL | NT | AC | ID).and(m.state(STATE.flagsAbsent).not()).or(FIXED));
}

/**
 * `interruptReturn(stack pointer)`: 1 where IRET from CPL 0 has been carried out but for the general registers, rIP and the status flags (RETURNED); 0 = nothing has happened, `iret` in
 * system/interrupt-return.ts does it all.
 */
export const interruptReturn: Routine = routine("interruptReturn", { params: [I32], results: [I32] }, (m, sp0) => {
  const sp = sp0!, special = TF | VM | AC | VIF | VIP, pending = m.state(STATE.pending);
  onlyFlat(m);
  no(m, m.state(STATE.cpl).nez().or(m.state(STATE.eflags).and(special | NT).nez()).or(pending.and(NMI).nez()));
  const host = find(m, sp.zext(64), 12, ACCESS.read);
  const ip = m.hostLoad("i32.load", host), selector = m.hostLoad("i32.load", host, 4).and(0xffff), image = m.hostLoad("i32.load", host, 8);
  no(m, image.and(special).nez().or(image.and(IF).nez().and(pending.and(INTERRUPT).nez())));
  const rpl = selector.and(3);
  no(m, rpl.sub(1).ltU(2));
  const code = flatDescriptor(m, selector, "code", rpl);
  m.setState(RETURNED.sp, sp.add(12));
  m.if(rpl.nez(), () => {
    no(m, sp.and(0xfff).gtU(0x1000 - 20));
    const stackSelector = m.hostLoad("i32.load", host, 16).and(0xffff);
    no(m, stackSelector.and(3).ne(3));
    const stack = flatDescriptor(m, stackSelector, "stack", m.i32(3));
    // Data segments that CPL 3 may not use become null.
    for (const segment of [ES, DS, FS, GS]) {
      const a = m.state(segmentField(segment, "attributes"));
      no(m, a.and(ATTRIBUTE.unusable).eqz().and(a.and(0xc).ne(0xc)).and(a.shrU(ATTRIBUTE.DPL_SHIFT).and(3).ltU(3)));
    }
    m.setState(RETURNED.sp, m.hostLoad("i32.load", host, 12));
    setFlatSegment(m, SS, stackSelector, stack.shrU(8).and(0xf0ff));
    setPrivilege(m, 3);
  });
  setFlatSegment(m, CS, selector, code.shrU(8).and(0xf0ff));
  setEflags(m, image);
  m.setState(RETURNED.ip, ip);
  m.setState(RETURNED.flags, image);
  m.return(m.i32(1));
});

/** Second parameter of `enterGate`: there is an error code; the gate's DPL is checked. */
export const GATE = { code: 1, software: 2 } as const;

/** `enterGate(vector, GATE bits, error code, rFLAGS to be pushed)`: 1 where control has passed through a 32-bit gate to CPL 0; 0 = nothing has happened. */
export const enterGate: Routine = routine("enterGate", { params: [I32, I32, I32, I32], results: [I32] }, (m, vector0, info0, code, flags0) => {
  const vector = vector0!, info = info0!, flags = flags0!, cpl = m.state(STATE.cpl);
  onlyFlat(m);
  no(m, flags.and(VM | VIF | VIP).nez().or(vector.shl(3).add(7).gtU(m.state(STATE.idtrLimit))));
  const gate = find(m, m.state(STATE.idtrBase).add(vector.shl(3).zext(64)).and(0xffff_ffffn), 8, ACCESS.read);
  const low = m.hostLoad("i32.load", gate), high = m.hostLoad("i32.load", gate, 4);
  // A present interrupt or trap gate of 32 bits.
  no(m, high.and(0x9e00).ne(0x8e00).or(info.and(GATE.software).nez().and(high.shrU(13).and(3).ltU(cpl))));
  const selector = low.shrU(16), handler = flatDescriptor(m, selector, "code", m.i32(0));
  const isInner = cpl.nez(), top = m.local(m.gpr(RSP, 32)), stack = m.local(m.i32(0)), stackSelector = m.local(m.i32(0));
  m.if(isInner, () => {
    const tr = m.state(segmentField(TR, "attributes"));
    no(m, tr.and(8).eqz().or(m.state(segmentField(TR, "limit")).ltU(11)));
    const task = find(m, m.state(segmentField(TR, "base")).add(4).and(0xffff_ffffn), 8, ACCESS.read);
    top.set(m.hostLoad("i32.load", task));
    stackSelector.set(m.hostLoad("i32.load", task, 4).and(0xffff));
    no(m, stackSelector.get().and(3).nez());
    stack.set(flatDescriptor(m, stackSelector.get(), "stack", m.i32(0)));
  });
  const hasCode = info.and(GATE.code), size = m.choose(isInner, 20, 12).add(hasCode.shl(2)), sp = top.get().sub(size);
  no(m, sp.and(0xfff).add(size).gtU(0x1000));
  const frame = find(m, sp.zext(64), 4, ACCESS.write), above = m.local(frame);
  m.if(hasCode, () => {
    m.hostStore("i32.store", frame, code!);
    above.set(frame.add(4));
  });
  const at = above.get();
  m.hostStore("i32.store", at, m.state(STATE.rip).trunc(32));
  m.hostStore("i32.store", at, m.state(segmentField(CS, "selector")), 4);
  m.hostStore("i32.store", at, flags, 8);
  m.if(isInner, () => {
    m.hostStore("i32.store", at, m.gpr(RSP, 32), 12);
    m.hostStore("i32.store", at, m.state(segmentField(SS, "selector")), 16);
    setFlatSegment(m, SS, stackSelector.get(), stack.get().shrU(8).and(0xf0ff));
    setPrivilege(m, 0);
  });
  m.setGprNumber(RSP, sp);
  setFlatSegment(m, CS, selector.and(NULL), handler.shrU(8).and(0xf0ff));
  m.setState(STATE.rip, high.and(0xffff_0000).or(low.and(0xffff)).zext(64));
  // Of the two kinds of gate the interrupt gate clears IF.
  setEflags(m, flags.and(m.choose(high.and(0x100), ~(TF | NT | RF), ~(TF | NT | RF | IF))));
  m.setState(STATE.codePage, 0);
  m.return(m.i32(1));
});

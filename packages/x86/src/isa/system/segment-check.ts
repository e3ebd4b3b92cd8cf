import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { MODE } from "../../decode/mode.ts";
import { ATTRIBUTE, SEGMENT_STRIDE, segmentField, STATE } from "../../state/state.ts";
import { GP, SS, SSF } from "../instruction-builder.ts";

/** Third parameter of `segmentLinear`: size in bytes, and this bit where the access writes. */
export const SEGMENT_WRITE: number = 1 << 16;

/** Type bits of a data or code segment: 8 code; of data 4 expand-down, 2 writable; of code 4 conforming, 2 readable. */
const CODE = 8, EXPAND_DOWN = 4, PERMITTED = 2;
const CR0_PE = 1n, EFLAGS_VM = 1 << 17;

/** #SS(0) for the stack segment, else #GP(0). */
function raise(m: Builder, segment: Value): void {
  m.if(segment.eq(SS), () => m.raise(SSF, 0));
  m.raise(GP, 0);
}

/** 1 where the bytes offset to offset + size - 1 lie within a segment outside 64-bit mode (offset unsigned). SDM vol. 3A, "Limit Checking". */
export const withinLimit: Routine = routine("withinLimit", { params: [I32, I32, I32, I32], results: [I32] }, (m, attributes, limit, offset0, size) => {
  const offset = offset0!.zext(64), last = offset.add(size!.zext(64)).sub(1);
  const down = attributes!.and(ATTRIBUTE.S | CODE | EXPAND_DOWN).eq(ATTRIBUTE.S | EXPAND_DOWN);
  const top = m.choose(attributes!.and(ATTRIBUTE.DB), m.i64(0xffff_ffffn), m.i64(0xffffn));
  m.return(m.choose(down, offset.gtU(limit!.zext(64)).and(last.leU(top)), last.leU(limit!.zext(64))));
});

/**
 * From segment:offset to a linear address, with the checks of the mode: limits everywhere but in 64-bit mode; types and null selectors in protected
 * mode. The offset is wrapped to the address size already. SDM vol. 3A, "Limit Checking" and "Type Checking"; real-address and virtual-8086 mode check
 * the limit alone, so that limits loaded in protected mode stay in force ("unreal mode").
 */
export const segmentLinear: Routine = routine("segmentLinear", { params: [I32, I64, I32], results: [I64], mayFault: true }, (m, segment0, offset0, sizeAndAccess) => {
  const segment = segment0!, offset = offset0!;
  const at = segment.mul(SEGMENT_STRIDE);
  const base = m.state(segmentField(0, "base"), at);
  m.if(m.state(STATE.mode).and(MODE.size).eq(MODE.code64), () => {
    // Bases of ES, CS, SS and DS count as zero; the canonical check is the access's own.
    m.return(offset.add(m.choose(segment.geU(4), base, m.i64(0))));
  });
  const attributes = m.state(segmentField(0, "attributes"), at), limit = m.state(segmentField(0, "limit"), at);
  const size = sizeAndAccess!.and(SEGMENT_WRITE - 1), write = sizeAndAccess!.and(SEGMENT_WRITE);
  m.if(m.state(STATE.cr0).and(CR0_PE).nez().and(m.state(STATE.eflags).and(EFLAGS_VM).eqz()), () => {
    m.if(attributes.and(ATTRIBUTE.unusable), () => raise(m, segment));
    const code = attributes.and(CODE).nez(), permitted = attributes.and(PERMITTED).nez();
    // Reads: not of execute-only code. Writes: to writable data alone.
    m.if(m.choose(write, code.or(permitted.eqz()), code.and(permitted.eqz())), () => raise(m, segment));
  });
  m.if(m.call1(withinLimit, attributes, limit, offset.trunc(32), size).eqz(), () => raise(m, segment));
  m.return(base.add(offset).and(0xffff_ffffn));
});

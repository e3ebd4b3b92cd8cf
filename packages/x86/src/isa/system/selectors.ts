import { instruction, type Instruction } from "../instruction.ts";

function examine(name: "LAR" | "LSL", opcode: string, callOut: "lar" | "lsl", title: string): Instruction {
  return instruction(name, {
    forms: [`0F ${opcode} /r  ${name} rv, rv/m16`],
    title,
    protectedOnly: true,
    intercept: name,
    execute(m, dst, src) {
      const selector = src!.isMemory ? m.read(src!) : m.readRegister(src!, 16);
      const found = m.callOut(callOut, "i64", selector.zext(32));
      const valid = found.geS(0n);
      m.if(valid, () => m.write(dst!, found.fit(m.bits)));
      m.flags({ Z: valid });
    },
  });
}
/** LAR — Access rights of a segment. SDM vol. 2A, "LAR—Load Access Rights Byte". */
export const LAR: Instruction = examine("LAR", "02", "lar", "LAR—Load Access Rights Byte");
/** LSL — Limit of a segment. SDM vol. 2A, "LSL—Load Segment Limit". */
export const LSL: Instruction = examine("LSL", "03", "lsl", "LSL—Load Segment Limit");

function verify(name: "VERR" | "VERW", digit: number, write: number): Instruction {
  return instruction(name, {
    forms: [`0F 00 /${digit}  ${name} r/m16`],
    title: "VERR/VERW—Verify a Segment for Reading or Writing",
    protectedOnly: true,
    intercept: name,
    execute(m, src) { m.flags({ Z: m.callOut("verify", "i32", m.read(src!).zext(32), m.i32(write)) }); },
  });
}
/** VERR — Whether a segment may be read. SDM vol. 2C, "VERR/VERW—Verify a Segment for Reading or Writing". */
export const VERR: Instruction = verify("VERR", 4, 0);
/** VERW — Whether a segment may be written. SDM vol. 2C, "VERR/VERW—Verify a Segment for Reading or Writing". */
export const VERW: Instruction = verify("VERW", 5, 1);

/** ARPL — Raise the RPL of a selector to that of another. SDM vol. 2A, "ARPL—Adjust RPL Field of Segment Selector". */
export const ARPL: Instruction = instruction("ARPL", {
  forms: ["63 /r  ARPL r/m16, r16  i64"],
  title: "ARPL—Adjust RPL Field of Segment Selector",
  protectedOnly: true,
  execute(m, dst, src) {
    // Memory is read first and written only where the RPL changes: a fault of the read is a read's.
    const at = dst!.isMemory ? m.address(dst!, 2, "read") : undefined, selector = at ? m.load(at, 16) : m.read(dst!);
    const rpl = m.read(src!).and(3), below = selector.and(3).ltU(rpl), raised = selector.and(0xfffc).or(rpl);
    m.if(below, () => { if (at) m.store(at, raised); else m.write(dst!, raised); });
    m.flags({ Z: below });
  },
});

/** Examinations of selectors. */
export const SELECTORS: readonly Instruction[] = [LAR, LSL, VERR, VERW, ARPL];

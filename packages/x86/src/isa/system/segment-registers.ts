import type { Value } from "../../ir/value.ts";
import { segmentField } from "../../state/state.ts";
import { UD, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { peek, push, release } from "../integer/stack.ts";
import { loadDataSegment } from "./load-data-segment.ts";

/** The selector in a segment register given by number (0 to 7). */
export function selectorOf(m: InstructionBuilder, number: number): Value { return m.state(segmentField(number, "selector")).trunc(16); }

/** MOV from and to segment registers. SDM vol. 2B, "MOV—Move". Numbers 6 and 7 are #UD, and so is a load of CS. */
export const MOV_SEGMENT: Instruction = instruction("MOV", {
  forms: ["8C /r  MOV rv/m16, Sreg", "8E /r  MOV Sreg, r/m16"],
  title: "MOV—Move",
  execute(m, dst, src) {
    const segment = dst!.spec.kind === "segment" ? dst! : src!, n = m.registerNumber(segment);
    if (segment === dst) {
      m.raiseIf(n.eq(1).or(n.gtU(5)), UD);
      const selector = m.read(src!).zext(32);
      m.escapeIf(m.call1(loadDataSegment, n, selector).eqz(), "moveSegment", n, selector);
      return;
    }
    m.raiseIf(n.gtU(5), UD);
    const selector = m.state(segmentField(0, "selector"), n.mul(32));
    if (dst!.isMemory) m.write(dst!, selector.trunc(16));
    else m.write(dst!, selector.and(0xffff).fit(m.bits));
  },
});

/** PUSH of a segment register. SDM vol. 2B, "PUSH—Push Word, Doubleword, or Quadword Onto the Stack". */
export const PUSH_SEGMENT: Instruction = instruction("PUSH", {
  forms: ["06  PUSH ES  i64 d64", "0E  PUSH CS  i64 d64", "16  PUSH SS  i64 d64", "1E  PUSH DS  i64 d64", "0F A0  PUSH FS  d64", "0F A8  PUSH GS  d64"],
  title: "PUSH—Push Word, Doubleword, or Quadword Onto the Stack",
  execute(m, src) { push(m, selectorOf(m, src!.spec.number).fit(m.bits)); },
});

/** POP into a segment register. SDM vol. 2B, "POP—Pop a Value From the Stack". */
export const POP_SEGMENT: Instruction = instruction("POP", {
  forms: ["07  POP ES  i64 d64", "17  POP SS  i64 d64", "1F  POP DS  i64 d64", "0F A1  POP FS  d64", "0F A9  POP GS  d64"],
  title: "POP—Pop a Value From the Stack",
  execute(m, dst) {
    const n = m.i32(dst!.spec.number), selector = peek(m, m.bits).trunc(16).zext(32);
    m.escapeIf(m.call1(loadDataSegment, n, selector).eqz(), "popSegment", n, selector, m.i32(m.bits / 8));
    release(m, m.bits / 8, m.bits);
  },
});

/** Offsets have at most 32 bits, with REX.W too: zero-extended, as AMD processors do it. */
function loadPointer(name: string, form: string, segment: number): Instruction {
  return instruction(name, {
    forms: [form],
    title: "LDS/LES/LFS/LGS/LSS—Load Far Pointer",
    execute(m, dst, src) {
      const { selector, offset } = m.farPointer(src!);
      m.escape("loadPointer", m.i32(segment), selector.zext(32), offset, m.registerNumber(dst!), m.i32(m.bits));
    },
  });
}
/** LES — Load ES and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LES: Instruction = loadPointer("LES", "C4 /r  LES rv, m16:z  i64", 0);
/** LDS — Load DS and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LDS: Instruction = loadPointer("LDS", "C5 /r  LDS rv, m16:z  i64", 3);
/** LSS — Load SS and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LSS: Instruction = loadPointer("LSS", "0F B2 /r  LSS rv, m16:z", 2);
/** LFS — Load FS and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LFS: Instruction = loadPointer("LFS", "0F B4 /r  LFS rv, m16:z", 4);
/** LGS — Load GS and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LGS: Instruction = loadPointer("LGS", "0F B5 /r  LGS rv, m16:z", 5);

/** Loads and stores of segment registers. */
export const SEGMENT_REGISTERS: readonly Instruction[] = [MOV_SEGMENT, PUSH_SEGMENT, POP_SEGMENT, LES, LDS, LSS, LFS, LGS];

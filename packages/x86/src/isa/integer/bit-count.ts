import type { Value } from "../../ir/value.ts";
import type { InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** The operand in the width that WebAssembly counts in. */
function wide(a: Value): Value { return a.bits === 16 ? a.zext(32) : a; }

/** Zero bits below the lowest one; the width for zero. */
function trailing(m: InstructionBuilder, a: Value): Value { return a.bits === 16 ? a.zext(32).or(m.i32(0x10000)).ctz().trunc(16) : a.ctz(); }
/** Zero bits above the highest one; the width for zero. */
function leading(_m: InstructionBuilder, a: Value): Value { return a.bits === 16 ? wide(a).clz().sub(16).trunc(16) : a.clz(); }

/**
 * The scans. A source of zero leaves the destination as it was (all 64 bits of it: AMD documents this, Intel implements it). The flags but ZF
 * are undefined; AMD clears them except PF, which is the parity of the result, or set for a source of zero.
 */
function scan(name: string, opcode: string, title: string, index: (m: InstructionBuilder, a: Value) => Value): Instruction {
  return instruction(name, {
    forms: [`0F ${opcode} /r  ${name} rv, r/mv`],
    title,
    undefined: "OSAPC",
    execute(m, dst, src) {
      const a = m.read(src!), found = a.nez(), result = index(m, a), no = m.i32(0);
      m.if(found, () => m.write(dst!, result));
      const flagged = m.choose(found, result, m.int(0, m.bits));
      m.flagsExplicit(flagged, { C: no, O: no, A: no, S: no, Z: found.xor(1) });
    },
  });
}

/** BSF — Index of the lowest one bit. SDM vol. 2A, "BSF—Bit Scan Forward". */
export const BSF: Instruction = scan("BSF", "BC", "BSF—Bit Scan Forward", trailing);

/** BSR — Index of the highest one bit. SDM vol. 2A, "BSR—Bit Scan Reverse". */
export const BSR: Instruction = scan("BSR", "BD", "BSR—Bit Scan Reverse", (m, a) => leading(m, a).xor(m.bits - 1));

/** The counts: CF = source is zero, ZF = result is zero; OF SF AF PF are undefined, AMD keeps OF and clears the others. */
function count(name: string, opcode: string, feature: "bmi1" | "abm", title: string, compute: (m: InstructionBuilder, a: Value) => Value): Instruction {
  return instruction(name, {
    forms: [`F3 0F ${opcode} /r  ${name} rv, r/mv`],
    feature,
    title,
    undefined: "OSAP",
    execute(m, dst, src) {
      const a = m.read(src!), result = compute(m, a), no = m.i32(0);
      m.write(dst!, result);
      m.flags({ C: a.eqz(), Z: result.eqz(), S: no, A: no, P: no });
    },
  });
}

/** TZCNT — Trailing zero bits. SDM vol. 2C, "TZCNT—Count the Number of Trailing Zero Bits". */
export const TZCNT: Instruction = count("TZCNT", "BC", "bmi1", "TZCNT—Count the Number of Trailing Zero Bits", trailing);

/** LZCNT — Leading zero bits. SDM vol. 2A, "LZCNT—Count the Number of Leading Zero Bits". */
export const LZCNT: Instruction = count("LZCNT", "BD", "abm", "LZCNT—Count the Number of Leading Zero Bits", leading);

/** POPCNT — One bits; ZF = source is zero, the other flags are cleared. SDM vol. 2B, "POPCNT—Return the Count of Number of Bits Set to 1". */
export const POPCNT: Instruction = instruction("POPCNT", {
  forms: ["F3 0F B8 /r  POPCNT rv, r/mv"],
  feature: "popcnt",
  execute(m, dst, src) {
    const a = m.read(src!), no = m.i32(0);
    m.write(dst!, a.popcnt());
    m.flags({ C: no, O: no, S: no, A: no, P: no, Z: a.eqz() });
  },
});

/** Bit scans and counts. */
export const BIT_COUNTS: readonly Instruction[] = [BSF, BSR, TZCNT, LZCNT, POPCNT];

import type { Value } from "../../ir/value.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** Permission, intercept and breakpoints are the operations' affair: all depend on the port. */
const port = (m: InstructionBuilder, o: Operand): Value => m.read(o).zext(32);
/** Bytes: a 64-bit operand size moves 32 bits. */
const bytes = (m: InstructionBuilder, o: Operand): Value => m.i32(Math.min(o.bits, 32) / 8);
const repeat = (m: InstructionBuilder): Value => m.i32(m.variant.repeat === "none" ? 0 : 1);

const IN = instruction("IN", {
  forms: ["E4 ib  IN AL, imm8", "E5 ib  IN rAX, imm8", "EC  IN AL, DX", "ED  IN rAX, DX"], title: "IN—Input From Port",
  execute(m, to, from) { m.escape("input", port(m, from!), bytes(m, to!)); },
});
const OUT = instruction("OUT", {
  forms: ["E6 ib  OUT imm8, AL", "E7 ib  OUT imm8, rAX", "EE  OUT DX, AL", "EF  OUT DX, rAX"], title: "OUT—Output to Port",
  execute(m, to, from) { m.escape("output", port(m, to!), bytes(m, from!)); },
});
const INS = instruction("INS", {
  forms: ["6C  INS m8, DX  rep addr", "6D  INS mv, DX  rep addr"], title: "INS/INSB/INSW/INSD—Input from Port to String",
  execute(m, to) { m.escape("ins", bytes(m, to!), repeat(m)); },
});
const OUTS = instruction("OUTS", {
  forms: ["6E  OUTS DX, m8  rep addr", "6F  OUTS DX, mv  rep addr"], title: "OUTS/OUTSB/OUTSW/OUTSD—Output String to Port",
  execute(m, _to, from) { m.escape("outs", bytes(m, from!), repeat(m)); },
});

/** Ports. */
export const PORTS: readonly Instruction[] = [IN, OUT, INS, OUTS];

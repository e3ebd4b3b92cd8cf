import type { Value } from "../../ir/value.ts";
import type { Instruction } from "../instruction.ts";
import { packed, vector } from "./operands.ts";

type Operation = (a: Value, b: Value) => Value;
const and: Operation = (a, b) => a.op("v128.and", b);
const andNot: Operation = (a, b) => b.op("v128.andnot", a);
const or: Operation = (a, b) => a.op("v128.or", b);
const xor: Operation = (a, b) => a.op("v128.xor", b);

const SINGLE = "Packed Single Precision Floating-Point Values", DOUBLE = "Packed Double Precision Floating-Point Values";

export const LOGIC: readonly Instruction[] = [
  ...packed("PAND", { opcode: "0F DB /r", mmx: "mmx", sse: "sse2", title: "PAND—Logical AND" }, and),
  ...packed("PANDN", { opcode: "0F DF /r", mmx: "mmx", sse: "sse2", title: "PANDN—Logical AND NOT" }, andNot),
  ...packed("POR", { opcode: "0F EB /r", mmx: "mmx", sse: "sse2", title: "POR—Bitwise Logical OR" }, or),
  ...packed("PXOR", { opcode: "0F EF /r", mmx: "mmx", sse: "sse2", title: "PXOR—Logical Exclusive OR" }, xor),
  vector("ANDPS", "NP 0F 54 /r  ANDPS xmm, xmm/m128", "sse", `ANDPS—Bitwise Logical AND of ${SINGLE}`, and),
  vector("ANDPD", "66 0F 54 /r  ANDPD xmm, xmm/m128", "sse2", `ANDPD—Bitwise Logical AND of ${DOUBLE}`, and),
  vector("ANDNPS", "NP 0F 55 /r  ANDNPS xmm, xmm/m128", "sse", `ANDNPS—Bitwise Logical AND NOT of ${SINGLE}`, andNot),
  vector("ANDNPD", "66 0F 55 /r  ANDNPD xmm, xmm/m128", "sse2", `ANDNPD—Bitwise Logical AND NOT of ${DOUBLE}`, andNot),
  vector("ORPS", "NP 0F 56 /r  ORPS xmm, xmm/m128", "sse", `ORPS—Bitwise Logical OR of ${SINGLE}`, or),
  vector("ORPD", "66 0F 56 /r  ORPD xmm, xmm/m128", "sse2", `ORPD—Bitwise Logical OR of ${DOUBLE}`, or),
  vector("XORPS", "NP 0F 57 /r  XORPS xmm, xmm/m128", "sse", `XORPS—Bitwise Logical XOR of ${SINGLE}`, xor),
  vector("XORPD", "66 0F 57 /r  XORPD xmm, xmm/m128", "sse2", `XORPD—Bitwise Logical XOR of ${DOUBLE}`, xor),
];

import type { Instruction } from "../instruction.ts";
import { AES } from "./aes.ts";
import { BLEND } from "./blend.ts";
import { PCLMULQDQ } from "./carryless-multiply.ts";
import { PACKED_CONVERSIONS } from "./convert-packed.ts";
import { SCALAR_CONVERSIONS } from "./convert-scalar.ts";
import { EXTEND } from "./extend.ts";
import { FLOAT_ARITHMETIC } from "./float-arithmetic.ts";
import { FLOAT_COMPARE } from "./float-compare.ts";
import { FLOAT_HORIZONTAL } from "./float-horizontal.ts";
import { FLOAT_ROUND } from "./float-round.ts";
import { FXSAVE } from "./fxsave.ts";
import { INSERT_EXTRACT } from "./insert-extract.ts";
import { LOGIC } from "./logic.ts";
import { HALF_MOVES } from "./move-half.ts";
import { SCALAR_MOVES } from "./move-scalar.ts";
import { MOVES } from "./move.ts";
import { MPSADBW } from "./mpsadbw.ts";
import { PACK } from "./pack.ts";
import { PACKED_ARITHMETIC } from "./packed-arithmetic.ts";
import { PACKED_COMPARE } from "./packed-compare.ts";
import { PACKED_SHIFT } from "./packed-shift.ts";
import { RECIPROCALS } from "./reciprocal.ts";
import { SHA } from "./sha.ts";
import { SHUFFLE } from "./shuffle.ts";
import { STRING_COMPARE } from "./string-compare.ts";
import { XSAVE } from "./xsave.ts";

/** SSE to SSE4.2, AES-NI, PCLMULQDQ, SHA with the MMX forms of packed operations, and the instructions that save vector state. */
export const SSE: readonly Instruction[] = [
  ...MOVES, ...SCALAR_MOVES, ...HALF_MOVES, ...INSERT_EXTRACT, ...EXTEND, ...BLEND, ...SHUFFLE, ...PACK, ...LOGIC,
  ...PACKED_ARITHMETIC, ...PACKED_COMPARE, ...PACKED_SHIFT, MPSADBW, ...STRING_COMPARE, ...AES, ...SHA, PCLMULQDQ,
  ...FLOAT_ARITHMETIC, ...FLOAT_COMPARE, ...FLOAT_HORIZONTAL, ...FLOAT_ROUND, ...SCALAR_CONVERSIONS, ...PACKED_CONVERSIONS, ...RECIPROCALS,
  ...FXSAVE, ...XSAVE,
];

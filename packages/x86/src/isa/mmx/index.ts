import type { Instruction } from "../instruction.ts";
import { EMMS } from "./emms.ts";
import { MMX_MOVES } from "./move.ts";

/**
 * What only MMX has: its moves and EMMS. Packed operations (PADDB, PMADDWD, PSHUFB …) and conversions have an MMX form beside the SSE form;
 * one description in `../sse` serves both (`packed` in sse/operands.ts). The registers are the x87 unit's: x87/mmx-registers.ts.
 */
export const MMX: readonly Instruction[] = [...MMX_MOVES, EMMS];

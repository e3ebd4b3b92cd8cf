import type { Instruction } from "../instruction.ts";
import { CONTROL_TRANSFERS } from "./control-transfer.ts";
import { PRIVILEGED } from "./privileged.ts";
import { SEGMENTATION } from "./segment-registers.ts";

/** Instructions of operating systems. */
export const SYSTEM: readonly Instruction[] = [...CONTROL_TRANSFERS, ...SEGMENTATION, ...PRIVILEGED];

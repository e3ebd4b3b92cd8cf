import type { Instruction } from "../instruction.ts";
import { CONTROL_TRANSFERS } from "./control-transfer.ts";
import { DESCRIPTOR_TABLES } from "./descriptor-tables.ts";
import { GUARDED_FLAGS } from "./guarded-flags.ts";
import { PRIVILEGED } from "./privileged.ts";
import { SEGMENT_BASES } from "./segment-bases.ts";
import { SEGMENT_REGISTERS } from "./segment-registers.ts";
import { SELECTORS } from "./selectors.ts";

/** Instructions of operating systems. */
export const SYSTEM: readonly Instruction[] = [
  ...CONTROL_TRANSFERS, ...SEGMENT_REGISTERS, ...SELECTORS, ...DESCRIPTOR_TABLES, ...SEGMENT_BASES, ...GUARDED_FLAGS, ...PRIVILEGED,
];

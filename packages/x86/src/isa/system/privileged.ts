import type { Instruction } from "../instruction.ts";
import { CONTROL_REGISTERS_AND_DEBUG } from "./control-registers.ts";
import { MACHINE_REGISTERS } from "./machine-registers.ts";
import { PORTS } from "./ports.ts";
import { TRANSLATION } from "./translation.ts";
import { WAITING } from "./waiting.ts";

/** Privileged and sensitive instructions but those on segments and control transfer. */
export const PRIVILEGED: readonly Instruction[] = [...CONTROL_REGISTERS_AND_DEBUG, ...TRANSLATION, ...MACHINE_REGISTERS, ...PORTS, ...WAITING];

import type { InstructionBuilder } from "./instruction-builder.ts";
export function unitCheck(_m: InstructionBuilder, _unit: "x87" | "x87-nowait" | "mmx" | "sse"): void {}

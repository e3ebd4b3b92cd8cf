export type { Exit } from "./exit.ts";
export type { FrameMapping } from "./engine/core.ts";
export type { Feature } from "./isa/instruction.ts";
export type { ProcessorModel } from "./model.ts";
export { PlainMemory } from "./plain-memory.ts";
export { openBus, type Bus, type Io } from "./system/bus.ts";
export type { VcpuState } from "./system/snapshot.ts";
export { Vcpu, type RunLimits, type VcpuOptions } from "./vcpu.ts";
export type { VcpuMemory } from "./vcpu-memory.ts";

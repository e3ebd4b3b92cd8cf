export { decodeIoInfo, type ExceptionExit, type Exit, type InterceptExit, type SystemCallExit, type IoInfo } from "./exit.ts";
export type { FrameMapping } from "./engine/core.ts";
export type { EngineName } from "./engine/engine.ts";
export type { Feature } from "./isa/instruction.ts";
export {
  INTERCEPT, Intercepts, interceptControlRead, interceptControlWrite, interceptDebugRead, interceptDebugWrite, interceptException, interceptName, type InterceptChoice, type InterceptName,
} from "./intercepts.ts";
export type { Level, LevelName } from "./model/levels.table.ts";
export { CpuModel, type HypervisorIdentity, type IntelBehaviour, type ModelChanges } from "./model/cpu-model.ts";
export { PageList, PROCESS_ENTRY, ProcessTable, type TablePages } from "./mmu/process-table.ts";
export { PlainMemory } from "./plain-memory.ts";
export { openBus, type Bus, type Io, type TaskPriority } from "./system/bus.ts";
export type { Notice, UnknownMsrNotice } from "./system/notice.ts";
export type { EventCounts } from "./system/event-counts.ts";
export { flatProtectedState, type FlatSelectors } from "./system/flat-state.ts";
export { CONTEXT_BYTES, GPR, Registers, SREG } from "./system/register-context.ts";
export type { LateFault, SegmentState, VcpuState } from "./system/snapshot.ts";
export { SystemRegisters, type SystemRegister } from "./system/system-registers.ts";
export { Vcpu, type RunLimits, type VcpuOptions } from "./vcpu.ts";
export type { FrameCaches, VcpuMemory } from "./vcpu-memory.ts";
export { AssemblyError, type AssemblyProblem } from "./assemble/assembly-error.ts";
export { assemble, formatListing, type AssembledSection, type AssembleOptions, type Assembly } from "./assemble/assemble.ts";
export type { CodeSize } from "./assemble/encoding.ts";
export type { OutputFormat } from "./assemble/formats.ts";
export type { ListingLine } from "./assemble/layout.ts";
export { disassemble, disassembleAll, type DisassembleOptions, type Disassembled } from "./disassemble/disassemble.ts";
export type { DisassembledOperand } from "./disassemble/operand-text.ts";

/**
 * Parts of the processor that its own tools and tests work on: not promised to stay.
 * @internal
 */
export { Core, type CoreHooks, type FrameMapping } from "./engine/core.ts";
export type { CallOut, EngineName } from "./engine/engine.ts";
export { defaultInstructionSet } from "./default-instruction-set.ts";
export { InstructionSet } from "./engine/instruction-set.ts";
export { Jit } from "./engine/jit/jit.ts";
export type { EngineMemory } from "./decode/code-cache.ts";
export { Decoder, DECODED } from "./decode/decoder.ts";
export { buildDecodeTable } from "./decode/decode-table.ts";
export { MODE } from "./decode/mode.ts";
export { INSTRUCTIONS } from "./isa/index.ts";
export type { Feature, Instruction } from "./isa/instruction.ts";
export { buildVariant, numberVariants, type BuiltVariant } from "./isa/variants.ts";
export { EVENT, STATE, STATE_BYTES, TLB_BYTES, TLB_SUPERVISOR, TLB_USER, segmentField } from "./state/state.ts";
export type { StateField } from "./ir/builder.ts";
export { CpuModel } from "./model/cpu-model.ts";
export { Processor } from "./system/processor.ts";
export { callOutsOf } from "./system/operations.ts";
export { FEATURES } from "./model/features.table.ts";
export { MSRS } from "./system/msr.table.ts";

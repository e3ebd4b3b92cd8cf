/**
 * Writes WebAssembly modules as fast as a JIT needs it, and prints them as text. See the README for the binary format on one page.
 *
 * @packageDocumentation
 */
export { ByteBuffer } from "./byte-buffer.ts";
export { ByteReader } from "./byte-reader.ts";
export { Emitter } from "./emitter.ts";
export { missingFeatures, requireFeatures, type WasmFeature } from "./features.ts";
export { ModuleWriter, type FinishOptions } from "./module-writer.ts";
export { OP, signatureOf, type OpcodeName, type Signature } from "./opcodes.ts";
export { type ExternKind, type FunctionType, type GlobalType, type Limits } from "./sections.ts";
export { disassemble, type TextOptions } from "./text.ts";
export { type BlockType, type ValueType } from "./value-type.ts";

import { OP } from "@ringzero/wasm";
import { CONVERSIONS, F32_OPERATIONS, F64_OPERATIONS } from "./float-operations.ts";
import { I32_OPERATIONS, I64_OPERATIONS, WIDTH_OPERATIONS } from "./integer-operations.ts";
import { VECTOR_OPERATIONS } from "./vector-operations.ts";
import type { Word } from "./word.ts";

/** A pure WebAssembly instruction: up to three operands, and the immediate of lane instructions and shuffles. */
export type Operation = (a: Word, b: Word, c: Word, imm: number | Uint8Array) => Word;

const select: Operation = (a, b, condition) => (condition !== 0 ? a : b);

/** Every pure instruction that descriptions may use, by its text name. */
export const OPERATIONS_BY_NAME: { readonly [name: string]: Operation } = {
  ...(I32_OPERATIONS as unknown as { [name: string]: Operation }),
  ...(I64_OPERATIONS as unknown as { [name: string]: Operation }),
  ...(WIDTH_OPERATIONS as unknown as { [name: string]: Operation }),
  ...(F32_OPERATIONS as unknown as { [name: string]: Operation }),
  ...(F64_OPERATIONS as unknown as { [name: string]: Operation }),
  ...(CONVERSIONS as unknown as { [name: string]: Operation }),
  ...VECTOR_OPERATIONS,
  select,
};

const opcodes = OP as { readonly [name: string]: number };

/** The same by opcode, as nodes name them. */
export const OPERATIONS: ReadonlyMap<number, Operation> = new Map(
  Object.entries(OPERATIONS_BY_NAME).filter(([name]) => opcodes[name] !== undefined).map(([name, f]) => [opcodes[name]!, f]),
);

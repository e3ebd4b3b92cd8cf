import { Emitter, ModuleWriter, OP, signatureOf, type OpcodeName, type ValueType } from "../src/index.ts";
import { immediatesOf } from "../src/opcodes.ts";
import { LANE, SHUFFLE } from "./reference.ts";

/** Where the operands lie, 16 bytes each, and the result. */
export const OPERANDS = 0, RESULT = 64;
/** Where memory instructions work: the address operand plus an offset immediate. */
export const ADDRESS = 128, OFFSET = 136;

const LOAD: { readonly [type: string]: OpcodeName } = { i32: "i32.load", i64: "i64.load", f32: "f32.load", f64: "f64.load", v128: "v128.load" };
const STORE: { readonly [type: string]: OpcodeName } = { i32: "i32.store", i64: "i64.store", f32: "f32.store", f64: "f64.store", v128: "v128.store" };

/** Bytes that a value of a type takes in memory. */
export function sizeOf(type: ValueType): number {
  return type === "v128" ? 16 : Number(type.slice(1)) / 8;
}

/** A module with one function: operands from memory, the instruction, its result to memory. */
export function oneInstruction(name: OpcodeName): Uint8Array {
  const { params, result } = signatureOf(OP[name]);
  const w = new ModuleWriter();
  w.importMemory("test", "memory", { minimum: 1, maximum: 1, shared: true });
  const f = w.declare(w.type([], []), name);
  const e = new Emitter();
  if (result !== undefined) e.i32Const(RESULT);
  const memory = immediatesOf(name).startsWith("memory");
  params.forEach((type, n) => {
    if (memory && n === 0) return e.i32Const(ADDRESS);
    e.i32Const(OPERANDS + 16 * n);
    e.memory(OP[LOAD[type]!], 0);
  });
  write(e, name);
  if (result !== undefined) e.memory(OP[STORE[result]!], 0);
  w.body(f, [], e);
  w.export("f", "function", f);
  return w.finish();
}

function write(e: Emitter, name: OpcodeName): void {
  const immediates = immediatesOf(name);
  // Atomic accesses must state the natural alignment.
  const align = name.includes("atomic") ? Math.log2(Number(immediates.split(" ")[1])) : 0;
  if (immediates.includes("lane ")) {
    if (immediates.startsWith("memory")) e.memoryLane(OP[name], OFFSET, LANE, align);
    else e.lane(OP[name], LANE);
  } else if (immediates.startsWith("memory")) e.memory(OP[name], OFFSET, align);
  else if (immediates === "lanes") e.shuffle(SHUFFLE);
  else if (immediates === "") e.op(OP[name]);
  else throw new Error(`${name} has immediates that this test does not write: ${immediates}`);
}

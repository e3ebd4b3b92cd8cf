import type { ByteReader } from "./byte-reader.ts";
import { immediatesOf, opcodeName, type OpcodeName } from "./opcodes.ts";
import { valueTypeOf } from "./parse.ts";
import type { FunctionType } from "./sections.ts";
import { EMPTY_BLOCK } from "./value-type.ts";

/** What instructions refer to by index. */
export interface TextContext {
  readonly types: readonly FunctionType[];
  /** Text of a function's reference: `$name` or its index. */
  functionReference(index: number): string;
  /** Type of a function. */
  functionType(index: number): FunctionType;
}

/** One instruction, read. */
export interface TextInstruction {
  readonly name: OpcodeName;
  /** Name and immediates in the text format. */
  readonly text: string;
  /** The block's type where it opens a block, the callee's where it calls. */
  readonly type: FunctionType | undefined;
}

const NO_TYPE: FunctionType = { params: [], results: [] };

/** Reads one instruction. Throws an Error for an opcode that the table does not have. */
export function readInstruction(r: ByteReader, context: TextContext): TextInstruction {
  const at = r.at;
  const first = r.u8();
  const code = first >= 0xfc ? first * 0x10000 + r.u32() : first;
  const name = opcodeName(code);
  if (!name) throw new Error(`0x${code.toString(16)} at ${at} is no instruction that this package knows.`);
  let text: string = name;
  let type: FunctionType | undefined;
  switch (immediatesOf(name).split(" ")[0]) {
    case "": case "index": break;
    case "block": ({ text, type } = block(name, r, context)); break;
    case "labels": text += ` ${r.vector(() => r.u32()).concat(r.u32()).join(" ")}`; break;
    case "function": {
      const index = r.u32();
      text += ` ${context.functionReference(index)}`;
      type = context.functionType(index);
      break;
    }
    case "indirect": {
      const index = r.u32();
      const table = r.u32();
      text += `${table === 0 ? "" : ` ${table}`} (type ${index})`;
      type = context.types[index] ?? NO_TYPE;
      break;
    }
    case "memory": text += memory(name, r); break;
    case "lane": text += ` ${r.u8()}`; break;
    case "lanes": text += ` ${r.raw(16).join(" ")}`; break;
    case "bytes": text += vector(r.raw(16)); break;
    case "i32": text += ` ${integer(BigInt(r.s32()), 32)}`; break;
    case "i64": text += ` ${integer(r.s64(), 64)}`; break;
    case "f32": text += ` ${float(r.f32())}`; break;
    case "f64": text += ` ${float(r.f64())}`; break;
    default: text += ` ${r.u32()}`;
  }
  // Memory 0 is the only one, so its index is not shown.
  if (immediatesOf(name).startsWith("index")) r.raw(name === "memory.copy" ? 2 : 1);
  return { name, text, type };
}

function block(name: OpcodeName, r: ByteReader, context: TextContext): { text: string; type: FunctionType } {
  const code = r.bytes[r.at]!;
  if (code === EMPTY_BLOCK) {
    r.u8();
    return { text: name, type: NO_TYPE };
  }
  if ((code & 0xc0) === 0x40) {
    const result = valueTypeOf(r.u8());
    return { text: `${name} (result ${result})`, type: { params: [], results: [result] } };
  }
  const index = r.s32();
  return { text: `${name} (type ${index})`, type: context.types[index] ?? NO_TYPE };
}
/** The alignment is left out: it is a hint, and the text format's default is the natural one. */
function memory(name: OpcodeName, r: ByteReader): string {
  r.u32();
  const offset = r.u32();
  const lane = immediatesOf(name).includes("lane") ? ` ${r.u8()}` : "";
  return (offset === 0 ? "" : ` offset=${offset}`) + lane;
}
function vector(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return ` i32x4${[0, 4, 8, 12].map((at) => ` 0x${view.getUint32(at, true).toString(16).padStart(8, "0")}`).join("")}`;
}
/** Small numbers in decimal, the others in hexadecimal as what they mostly are: masks and addresses. */
function integer(value: bigint, bits: number): string {
  return value >= -4096n && value <= 4096n ? String(value) : `0x${BigInt.asUintN(bits, value).toString(16)}`;
}
function float(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}

import { defaultOperandSize, sizedByPrefix, type CodeSize } from "../assemble/encoding.ts";
import { hidesOperands, spell } from "../assemble/mnemonics.ts";
import { SEGMENT_NAMES } from "../assemble/registers.ts";
import { buildDecodeTable, type DecodeTable } from "../decode/decode-table.ts";
import { DECODED, Decoder } from "../decode/decoder.ts";
import { MODE } from "../decode/mode.ts";
import { INSTRUCTIONS } from "../isa/index.ts";
import type { Feature, Instruction } from "../isa/instruction.ts";
import { numberVariants } from "../isa/variants.ts";
import { memoryHasRegisters, operandText, type DisassembledOperand } from "./operand-text.ts";

/** How to read machine code. */
export interface DisassembleOptions {
  /** Code size in bits. */
  readonly mode: CodeSize;
  /** Address of the first byte: targets and rIP-relative addresses count from it. Default 0. */
  readonly address?: bigint | number;
  /** Name of an address, shown instead of its number. */
  readonly symbols?: ReadonlyMap<bigint, string>;
  /** Real or virtual-8086 mode: C4 and C5 are always LES and LDS, some instructions do not exist. */
  readonly real?: boolean;
  /** Instructions known. Default: every one of the processor. @internal */
  readonly instructions?: readonly Instruction[];
}

/** One instruction, or one byte that is none. */
export interface Disassembled {
  /** Of the first byte. */
  readonly address: bigint;
  /** In bytes. */
  readonly length: number;
  /** In the assembler's syntax: assembled again it gives the same operation. `db` for what is no instruction. */
  readonly text: string;
  /** Lower case, without prefixes; "db" for what is no instruction. */
  readonly mnemonic: string;
  /** Operands as written. */
  readonly operands: readonly DisassembledOperand[];
  /** An instruction, not a byte that is none. */
  readonly valid: boolean;
}

const SIZES: readonly CodeSize[] = [16, 32, 64];
const CODE_MODE = { 16: MODE.code16, 32: MODE.code32, 64: MODE.code64 } as const;
const TABLES = new WeakMap<readonly Instruction[], DecodeTable>();

/** A decoder for instructions of every feature. */
export function fullDecoder(instructions: readonly Instruction[] = INSTRUCTIONS): Decoder {
  let table = TABLES.get(instructions);
  if (!table) {
    const features = new Set(instructions.map((i) => i.feature).filter((f): f is Feature => f !== undefined));
    TABLES.set(instructions, (table = buildDecodeTable(numberVariants(instructions), features)));
  }
  return new Decoder(table);
}

/**
 * The first instruction of some bytes, in the syntax that `assemble` reads (Intel, NASM's flavour).
 *
 * @example
 * ```ts
 * disassemble(Uint8Array.of(0x8b, 0x45, 0xfc), { mode: 32 }).text; // "mov eax, [ebp-0x4]"
 * ```
 */
export function disassemble(bytes: Uint8Array, options: DisassembleOptions): Disassembled {
  return one(fullDecoder(options.instructions), bytes, 0, BigInt(options.address ?? 0), options);
}

/** Every instruction of some bytes, one after another. */
export function* disassembleAll(bytes: Uint8Array, options: DisassembleOptions): Generator<Disassembled> {
  const decoder = fullDecoder(options.instructions);
  const start = BigInt(options.address ?? 0);
  for (let at = 0; at < bytes.length;) {
    const d = one(decoder, bytes, at, start + BigInt(at), options);
    yield d;
    at += d.length;
  }
}

function one(d: Decoder, bytes: Uint8Array, at: number, address: bigint, options: DisassembleOptions): Disassembled {
  const status = d.decode(bytes, at, bytes.length, CODE_MODE[options.mode] | MODE.flat | (options.real ? MODE.real : 0));
  if (status !== DECODED.ok || d.entry!.numbered.form.operands.some((o) => o.kind === "segment" && o.field === "a" && d.reg > 5)) {
    const byte = `0x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}`;
    return { address, length: 1, text: `db ${byte}`, mnemonic: "db", operands: [{ kind: "immediate", text: byte, value: BigInt(bytes[at] ?? 0) }], valid: false };
  }
  const form = d.entry!.numbered.form;
  const operandSize = SIZES[d.operandSize]!, addressSize = SIZES[d.addressSize]!;
  const usual = defaultOperandSize(form, options.mode);
  const mnemonic = spell(form, operandSize, addressSize, usual).toLowerCase();
  const context = { decoder: d, form, mode: options.mode, operandSize, addressSize, next: address + BigInt(d.length), symbols: options.symbols };
  const operands = hidesOperands(form) ? [] : form.operands.map((spec) => operandText(spec, context));
  const prefixes = [...prefixWords(d, options.mode, operands.some((o) => o.kind === "memory"))];
  const sizeIsSaid = mnemonic !== spell(form, usual, addressSize, usual).toLowerCase() || form.operands.some((spec, i) => operands[i] && pins(spec.kind, spec.size, spec.memorySize, operands[i]));
  if (sizedByPrefix(form) && operandSize !== usual && !sizeIsSaid) prefixes.push(`o${operandSize}`);
  const addressIsSaid = addressSize === options.mode || mnemonic.endsWith("cxz") || memoryHasRegisters(d) || !(form.attributes.has("addr") || d.memory);
  if (!addressIsSaid) prefixes.push(`a${addressSize}`);
  const text = [...prefixes, mnemonic, operands.map((o) => o.text).join(", ")].filter(Boolean).join(" ");
  return { address, length: d.length, text, mnemonic, operands, valid: true };
}

/** LOCK, a repeat prefix that is not part of the opcode, a segment that no written operand shows. */
function* prefixWords(d: Decoder, mode: CodeSize, memoryShown: boolean): Generator<string> {
  const { form } = d.entry!.numbered;
  if (d.lock) yield "lock";
  if (d.repeat !== 0 && form.prefix === undefined) yield d.repeat === 0xf2 ? "repne" : form.attributes.has("repe") ? "repe" : "rep";
  if (d.hasOverride && !memoryShown && (mode !== 64 || d.segment > 3)) yield SEGMENT_NAMES[d.segment]!;
}

/** Whether an operand as written says the operand size; the assembler reads it the same way. */
function pins(kind: string, size: number | string, memorySize: number | string, o: DisassembledOperand): boolean {
  if (o.kind === "memory") return typeof memorySize === "string" && /^(byte|word|dword|qword|far (word|dword|qword)) /.test(o.text);
  if (o.kind === "register") return typeof size === "string";
  return kind === "far" || (o.kind === "immediate" && /^(word|dword|qword) /.test(o.text));
}

import { defaultOperandSize, type CodeSize } from "../assemble/encoding.ts";
import { memoryWidth, widthOf } from "../assemble/match.ts";
import { gprName, SEGMENT_NAMES } from "../assemble/registers.ts";
import type { Decoder } from "../decode/decoder.ts";
import type { FormSpec, OperandSpec } from "../isa/notation.ts";
import { GPR_PAGE, GPR_ZERO } from "../state/state.ts";

/** An operand of a disassembled instruction. */
export interface DisassembledOperand {
  /** What it is. */
  readonly kind: "register" | "memory" | "immediate" | "target" | "far";
  /** As written, size keyword included. */
  readonly text: string;
  /** Value of an immediate; address of a target; displacement, or rIP-relative address, of a memory operand. */
  readonly value?: bigint;
}

/** What operands are written from. */
export interface OperandContext {
  readonly decoder: Decoder;
  readonly form: FormSpec;
  readonly mode: CodeSize;
  readonly operandSize: CodeSize;
  readonly addressSize: CodeSize;
  /** Address of the next instruction. */
  readonly next: bigint;
  readonly symbols: ReadonlyMap<bigint, string> | undefined;
}

const SIZE_NAMES: { readonly [bits: number]: string } = { 8: "byte ", 16: "word ", 32: "dword ", 48: "fword ", 64: "qword ", 80: "tword ", 128: "oword " };

/** One operand as text. */
export function operandText(spec: OperandSpec, c: OperandContext): DisassembledOperand {
  const { decoder: d } = c;
  if (spec.memory && d.memory && (!spec.register || spec.field === "b")) return memoryText(spec, c);
  const number = spec.field === "a" ? d.reg : spec.field === "b" ? d.rm : spec.field === "v" ? d.vvvv : spec.number;
  const register = (text: string): DisassembledOperand => ({ kind: "register", text });
  switch (spec.kind) {
    case "fixed": return register(gprName(number, widthOf(spec.size, c.operandSize), spec.text !== "AH"));
    case "gpr": case "rm": return register(gprName(number, widthOf(spec.size, c.operandSize), d.rex !== 0));
    case "vector": case "implicit": return register(`xmm${number}`);
    case "mmx": return register(`mm${number}`);
    case "stack": return register(`st${number}`);
    case "segment": return register(SEGMENT_NAMES[number]!);
    case "control": return register(`cr${number}`);
    case "debug": return register(`dr${number}`);
    case "one": return { kind: "immediate", text: "1", value: 1n };
    case "immediate": return immediateText(spec, c);
    case "relative": {
      const target = BigInt.asUintN(c.operandSize, c.next + BigInt(d.immediate));
      return { kind: "target", text: named(target, c), value: target };
    }
    case "far": {
      const offset = BigInt.asUintN(c.operandSize, BigInt(d.displacement)), selector = BigInt.asUintN(16, BigInt(d.immediate));
      const size = c.operandSize === defaultOperandSize(c.form, c.mode) ? "" : SIZE_NAMES[c.operandSize]!;
      return { kind: "far", text: `${size}${hex(selector)}:${hex(offset)}`, value: offset };
    }
    default: throw new Error(`operand ${spec.text}`);
  }
}

function hex(value: bigint): string { return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`; }
function named(address: bigint, c: OperandContext): string { return c.symbols?.get(address) ?? hex(address); }

/** Immediates as unsigned numbers of the width that the instruction uses. */
function immediateText(spec: OperandSpec, c: OperandContext): DisassembledOperand {
  const { decoder: d, form } = c;
  const place = form.operands.filter((o) => o.kind === "immediate").indexOf(spec);
  let value: bigint;
  if (form.immediates[0] === "v" && c.operandSize === 64) value = (BigInt(d.immediateHigh) << 32n) | BigInt.asUintN(32, BigInt(d.displacement));
  else value = BigInt(place === 1 ? (d.immediate >> 16) & 0xff : form.immediates.length === 2 ? d.immediate & 0xffff : d.immediate);
  const width = spec.signed ? c.operandSize : widthOf(spec.size, c.operandSize);
  value = BigInt.asUintN(width, value);
  // With nothing else to say an operand size other than the usual one, the immediate does.
  const alone = form.sized && form.operands.length === 1 && (spec.signed || spec.size === "v") && c.operandSize !== defaultOperandSize(form, c.mode);
  const word = alone ? SIZE_NAMES[c.operandSize]! : keptWide(spec, c, value) ? `strict ${SIZE_NAMES[spec.size === "v" ? 64 : 32]!}` : "";
  return { kind: "immediate", text: `${word}${value < 10n ? value : hex(value)}`, value };
}

/** The assembler writes MOV r64, imm as MOV r32, imm32 where it can: a wider one is marked. */
function keptWide(spec: OperandSpec, c: OperandContext, value: bigint): boolean {
  return c.form.mnemonic === "MOV" && c.operandSize === 64 && !c.decoder.memory && (spec.size === "v" || spec.size === "z") && value < 1n << 32n;
}

/** Whether the memory operand's registers show the address size. */
export function memoryHasRegisters(d: Decoder): boolean {
  return d.memory && d.entry!.modrm && ((d.base !== GPR_ZERO && d.base !== GPR_PAGE) || d.index !== GPR_ZERO);
}

function memoryText(spec: OperandSpec, c: OperandContext): DisassembledOperand {
  const { decoder: d } = c;
  const segment = d.hasOverride ? `${SEGMENT_NAMES[d.segment]!}:` : "";
  const size = sizeWord(spec, c);
  const offset = spec.kind === "offset";
  if (offset || !memoryHasRegisters(d)) {
    const relative = !offset && d.base === GPR_PAGE;
    let value = BigInt(d.displacement);
    if (relative) value += c.next;
    else if (offset && c.addressSize === 64) value = (BigInt(d.immediateHigh) << 32n) | BigInt.asUintN(32, value);
    value = BigInt.asUintN(c.addressSize, value);
    const how = relative ? "rel " : offset && c.addressSize === 64 ? "qword " : "";
    return { kind: "memory", text: `${size}[${how}${segment}${named(value, c)}]`, value };
  }
  const register = (n: number): string => gprName(n, c.addressSize, true);
  const terms: string[] = [];
  if (d.base !== GPR_ZERO) terms.push(register(d.base));
  if (d.index !== GPR_ZERO) terms.push(register(d.index) + (d.scale > 0 ? `*${1 << d.scale}` : ""));
  const value = BigInt(d.displacement);
  // An index alone keeps its scale: eax*2 would be read as eax+eax, and eax*1 as a base.
  const lone = d.base === GPR_ZERO && d.index !== GPR_ZERO && d.scale < 2;
  if (lone && d.scale === 0) terms[0] += "*1";
  const displacement = value === 0n ? "" : value < 0n ? hex(value) : `+${hex(value)}`;
  return { kind: "memory", text: `${size}[${lone ? "nosplit " : ""}${segment}${terms.join("+")}${displacement}]`, value };
}

/** The size keyword; left out where a register of the same size stands beside. */
function sizeWord(spec: OperandSpec, c: OperandContext): string {
  const width = memoryWidth(c.form, spec, c.operandSize);
  if (width === 0) return "";
  if (spec.text.startsWith("m16:")) {
    if (c.form.operands.length > 1) return "";
    return width === widthOf(spec.memorySize, defaultOperandSize(c.form, c.mode)) ? "far " : `far ${SIZE_NAMES[width]!}`;
  }
  const register = c.form.operands.some((o) => o !== spec && o.register && !o.memory && o.text !== "CL" && o.text !== "DX" && (o.kind === "gpr" || o.kind === "fixed" || o.kind === "vector" || o.kind === "mmx") && o.size === spec.memorySize);
  return register ? "" : SIZE_NAMES[width] ?? "";
}

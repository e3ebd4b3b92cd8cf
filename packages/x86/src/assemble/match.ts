import type { FormSpec, OperandSpec } from "../isa/notation.ts";
import { defaultOperandSize, sizedByPrefix, type CodeSize, type EncodedMemory, type Encoding } from "./encoding.ts";
import type { Spelling } from "./mnemonics.ts";
import type { Register } from "./registers.ts";

/** An operand whose expressions have values. Values are undefined while a forward reference is open. */
export type ValuedOperand = {
  /** Size keyword in bits, or 0. */
  readonly size: number;
  readonly strict: boolean;
  readonly distance: "short" | "near" | "far" | undefined;
} & (
  | { readonly kind: "register"; readonly register: Register }
  | { readonly kind: "immediate"; readonly value: bigint | undefined }
  | { readonly kind: "far"; readonly selector: bigint | undefined; readonly offset: bigint | undefined }
  | { readonly kind: "memory"; readonly memory: EncodedMemory; readonly segment: number; readonly addressSize: CodeSize; readonly absolute: boolean; readonly absoluteSize: number });

/** Prefixes as written. */
export interface SourcePrefixes {
  readonly lock: boolean;
  readonly repeat: number;
  readonly segment: number;
  /** o16, o32, o64; 0 = not written. */
  readonly operandSize: 0 | CodeSize;
  /** a16, a32, a64; 0 = not written. */
  readonly addressSize: 0 | CodeSize;
}

/** A combination that fits the operands. */
export interface Candidate {
  readonly encoding: Encoding;
  /** The memory operand's size was taken from the form because the text does not say it: bits, else 0. */
  readonly assumedSize: number;
  /** The assumed size goes with the operand size, which nothing else says. */
  readonly open: boolean;
  /** Some operand says the operand size. */
  readonly pinned: boolean;
}

/** Width of an operand's size letter at an operand size. */
export function widthOf(size: OperandSpec["size"], bits: CodeSize): number {
  if (size === "v") return bits;
  if (size === "y") return bits === 64 ? 64 : 32;
  if (size === "z") return bits === 16 ? 16 : 32;
  return size;
}

/** Width of the memory alternative in bits as a size keyword says it; 0 where any keyword does. */
export function memoryWidth(form: FormSpec, spec: OperandSpec, bits: CodeSize): number {
  // The x87 environment has a layout by operand size, and no size of its own.
  const environment = form.map === 0 && form.opcode >= 0xd8 && form.opcode <= 0xdf && spec.text === "mv";
  // Prefetches, flushes and INVLPG take an address: m8 says nothing of a size.
  const addressOnly = spec.text === "m8" && form.operands.length === 1 && !form.attributes.has("addr");
  return environment || addressOnly || (spec.kind === "memory" && /^m(\d+byte)?$|&/.test(spec.text)) ? 0 : widthOf(spec.memorySize, bits);
}

/** Operand sizes to try for a spelling: all that the mode has, the default first. */
export function operandSizes(form: FormSpec, codeSize: CodeSize): CodeSize[] {
  const usual = defaultOperandSize(form, codeSize);
  if (!form.sized) return [form.w === 1 ? 64 : usual];
  if (form.w === 1) return [64];
  const all: CodeSize[] = sizedByPrefix(form) ? (codeSize === 64 ? (usual === 64 ? [64, 16] : [32, 16, 64]) : [usual, usual === 16 ? 32 : 16]) : codeSize === 64 ? [32, 64] : [usual];
  return all.filter((s) => s !== 64 || form.w !== 0);
}

/** Tries a spelling at one operand size: the candidate, or undefined where the operands are others. */
export function match(s: Spelling, operands: readonly ValuedOperand[], prefixes: SourcePrefixes, codeSize: CodeSize, operandSize: CodeSize): Candidate | undefined {
  const { form } = s;
  if (form.attributes.has(codeSize === 64 ? "i64" : "o64")) return undefined;
  const specs = s.hidden ? [] : form.operands;
  const m = new Matcher(form, codeSize, operandSize);
  if (!m.all(specs, operands, s)) return undefined;
  const address = m.addressSize || s.addressSize || prefixes.addressSize || codeSize;
  if ((s.addressSize && address !== s.addressSize) || (prefixes.addressSize && address !== prefixes.addressSize)) return undefined;
  if (form.modrm && form.fixedModrm === undefined && (m.memory ? !form.memoryForm : !form.registerForm)) return undefined;
  if (prefixes.lock && !(form.attributes.has("lock") && m.memory)) return undefined;
  return {
    encoding: {
      form, codeSize, operandSize, addressSize: address, a: m.a, b: m.b, v: m.v, memory: m.memory, immediates: m.immediates,
      lock: prefixes.lock, repeat: prefixes.repeat, segment: prefixes.segment >= 0 ? prefixes.segment : m.segment, rex: m.rex, high: m.high,
    },
    assumedSize: m.assumedSize, pinned: m.pinned,
    open: m.assumedVariable && !m.pinned && !form.attributes.has("d64") && !form.attributes.has("f64"),
  };
}

/** Collects the fields of one encoding from the operands. */
class Matcher {
  a = 0;
  b = 0;
  v = 0;
  memory: EncodedMemory | undefined;
  segment = -1;
  addressSize: 0 | CodeSize = 0;
  rex = false;
  high = false;
  assumedSize = 0;
  assumedVariable = false;
  pinned = false;
  readonly immediates: bigint[] = [];
  readonly #form: FormSpec;
  readonly #codeSize: CodeSize;
  readonly #bits: CodeSize;
  constructor(form: FormSpec, codeSize: CodeSize, bits: CodeSize) {
    this.#form = form;
    this.#codeSize = codeSize;
    this.#bits = bits;
  }

  all(specs: readonly OperandSpec[], operands: readonly ValuedOperand[], s: Spelling): boolean {
    let written = specs;
    if (s.immediate !== undefined) written = specs.slice(0, -1);
    if (written.at(-1)?.kind === "implicit" && operands.length === written.length - 1) written = written.slice(0, -1);
    if (operands.length !== written.length) return false;
    for (let i = 0; i < written.length; i++) if (!this.#one(written[i]!, operands[i]!)) return false;
    if (s.immediate !== undefined) this.immediates.push(s.immediate);
    return true;
  }

  #one(spec: OperandSpec, o: ValuedOperand): boolean {
    switch (o.kind) {
      case "register": return this.#register(spec, o.register);
      case "memory": return this.#memory(spec, o);
      case "immediate": return this.#immediate(spec, o);
      case "far":
        if (spec.kind !== "far" || (o.size !== 0 && o.size !== this.#bits)) return false;
        this.pinned ||= o.size !== 0;
        this.immediates.push(o.offset ?? 0n, o.selector ?? 0n);
        return true;
    }
  }

  #register(spec: OperandSpec, r: Register): boolean {
    if (!spec.register) return false;
    const width = widthOf(spec.size, this.#bits);
    this.pinned ||= typeof spec.size === "string";
    switch (spec.kind) {
      case "fixed": return r.set === "gpr" && r.size === width && r.number === spec.number && r.high === (spec.text === "AH") && !r.rex;
      case "gpr": case "rm": if (r.set !== "gpr" || r.size !== width) return false; break;
      case "vector": if (r.set !== "xmm") return false; break;
      case "mmx": if (r.set !== "mmx") return false; break;
      case "segment": if (r.set !== "segment" || (spec.field === undefined && r.number !== spec.number)) return false; break;
      case "control": if (r.set !== "control") return false; break;
      case "debug": if (r.set !== "debug") return false; break;
      case "stack": if (r.set !== "stack" || (spec.field === undefined && r.number !== spec.number)) return false; break;
      case "implicit": return r.set === "xmm" && r.number === spec.number;
      default: return false;
    }
    if (spec.field === "a") this.a = r.number;
    else if (spec.field === "b") this.b = r.number;
    else if (spec.field === "v") this.v = r.number;
    this.rex ||= r.rex;
    this.high ||= r.high;
    return true;
  }

  #memory(spec: OperandSpec, o: Extract<ValuedOperand, { kind: "memory" }>): boolean {
    if (!spec.memory) return false;
    if ((o.distance === "far") !== spec.text.startsWith("m16:") && /^(JMP|CALL)$/.test(this.#form.mnemonic)) return false;
    if (spec.kind === "offset") {
      if (!o.absolute) return false;
      // In 64-bit mode only an address of eight bytes asks for this form, as does an address size of 32 bits.
      if (this.#codeSize === 64 && o.absoluteSize !== 64 && o.addressSize === 64) return false;
      this.immediates.push(o.memory.displacement);
    } else {
      if (o.absoluteSize === 64) return false;
      this.memory = o.memory;
    }
    const width = memoryWidth(this.#form, spec, this.#bits), variable = typeof spec.memorySize === "string";
    if (width !== 0) {
      if (o.size === 0) [this.assumedSize, this.assumedVariable] = [width, variable && spec.memorySize !== "y" && o.distance !== "far"];
      else if (o.size !== width) return false;
      this.pinned ||= o.size !== 0 && variable;
    }
    this.segment = o.segment;
    this.addressSize = o.addressSize;
    return true;
  }

  #immediate(spec: OperandSpec, o: Extract<ValuedOperand, { kind: "immediate" }>): boolean {
    const value = o.value ?? 0n;
    switch (spec.kind) {
      case "one": return o.value === 1n && o.size === 0;
      case "immediate": {
        const own = widthOf(spec.size, this.#bits);
        if (o.size !== 0) {
          if (o.size !== own && (o.strict || o.size !== this.#bits || !(spec.signed || spec.size === "v"))) return false;
          this.pinned ||= o.size !== 8 && typeof spec.size === "string" || o.size === this.#bits;
        }
        this.immediates.push(value);
        return true;
      }
      case "relative":
        if (o.distance === "far" || o.distance === "short" && spec.size !== 8 || o.distance === "near" && spec.size === 8) return false;
        if (o.size !== 0 && o.size !== this.#bits) return false;
        this.pinned ||= o.size !== 0;
        this.immediates.push(value);
        return true;
      default: return false;
    }
  }
}

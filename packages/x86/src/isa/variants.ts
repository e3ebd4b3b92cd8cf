import type { Statement } from "../ir/statement.ts";
import { STATE } from "../state/state.ts";
import { INTERCEPT } from "../intercepts.ts";
import { GP, InstructionBuilder, type Variant } from "./instruction-builder.ts";
import type { Instruction } from "./instruction.ts";
import type { FormSpec } from "./notation.ts";
import { unitCheck } from "./unit-checks.ts";

/** Sizes by index: 0 = 16, 1 = 32, 2 = 64 bits. */
const SIZES = [16, 32, 64] as const;
const REPEATS = ["none", "rep", "repne"] as const;

/** A form with the numbers of its variants. */
export interface NumberedForm {
  readonly instruction: Instruction;
  readonly form: FormSpec;
  /** Variant number by ((operand size × 2 + memory) × 3 + address size) × 3 + repeat; -1 = does not exist. */
  readonly variants: Int32Array;
}

/** All variants of a list of instructions, numbered in order. */
export interface VariantTable {
  readonly forms: readonly NumberedForm[];
  readonly variants: readonly Variant[];
}

export function variantKey(size: number, memory: number, address: number, repeat: number): number {
  return ((size * 2 + memory) * 3 + address) * 3 + repeat;
}

/** Operand sizes that a form has variants for. */
function sizesOf(form: FormSpec): number[] {
  if (!form.sized) return [form.w === 1 ? 2 : 1];
  if (form.w === 1) return [2];
  return [0, 1, 2];
}

/** Numbers every variant of the instructions. Forms without size, address or repeat differences share one number among those keys. */
export function numberVariants(instructions: readonly Instruction[]): VariantTable {
  const forms: NumberedForm[] = [];
  const variants: Variant[] = [];
  for (const instruction of instructions) {
    for (const form of instruction.parsed) {
      const numbers = new Int32Array(54).fill(-1);
      const sizes = sizesOf(form);
      const addressed = form.attributes.has("addr");
      const repeats = form.attributes.has("repe") ? [0, 1, 2] : form.attributes.has("rep") ? [0, 1] : [0];
      const hasModrm = form.modrm;
      for (const size of sizes) {
        for (const memory of hasModrm ? [...(form.registerForm ? [0] : []), ...(form.memoryForm ? [1] : [])] : [form.memoryForm && form.operands.some((o) => o.memory) ? 1 : 0]) {
          for (const address of addressed ? [0, 1, 2] : [0]) {
            for (const repeat of repeats) {
              const number = variants.push({
                instruction, form, bits: SIZES[size]!, memory: memory === 1, addressBits: addressed ? SIZES[address]! : 0, repeat: REPEATS[repeat]!,
              }) - 1;
              for (const s of form.sized ? [size] : [0, 1, 2]) {
                for (const a of addressed ? [address] : [0, 1, 2]) {
                  for (const r of repeats.length === 1 ? [0, 1, 2] : repeats.length === 2 && repeat === 1 ? [1, 2] : [repeat]) {
                    for (const m of hasModrm ? [memory] : [0, 1]) numbers[variantKey(s, m, a, r)] = number;
                  }
                }
              }
            }
          }
        }
      }
      forms.push({ instruction, form, variants: numbers });
    }
  }
  return { forms, variants };
}

/** A variant's recorded meaning. */
export interface BuiltVariant {
  readonly variant: Variant;
  readonly builder: InstructionBuilder;
  readonly statements: readonly Statement[];
  /** May change rIP, mode or mappings: ends a run of operations. */
  readonly ends: boolean;
}

/** Records a variant's statements: availability, privilege and intercept checks, then its own. */
export function buildVariant(variant: Variant): BuiltVariant {
  try {
    let written: ReadonlySet<number> = new Set();
    if (variant.memory) {
      const dry = new InstructionBuilder(variant);
      variant.instruction.execute(dry, ...dry.operands);
      written = dry.wrote;
    }
    const m = new InstructionBuilder(variant, written);
    const { instruction } = variant;
    if (instruction.unit && instruction.unit !== "none") unitCheck(m, instruction.unit);
    instruction.checks?.(m, ...m.operands);
    if (instruction.privileged) m.raiseIf(m.state(STATE.cpl).nez(), GP, 0);
    if (instruction.intercept) {
      const number = INTERCEPT[instruction.intercept];
      const word = { ...STATE.intercepts, offset: STATE.intercepts.offset + (number >> 5) * 4 };
      m.if(m.state(word).bit(number & 31), () => m.escape("intercept", m.i32(number)));
    }
    instruction.execute(m, ...m.operands);
    return { variant, builder: m, statements: m.statements, ends: endsRun(m.statements) };
  } catch (cause) {
    throw new Error(`${variant.form.text} (${variant.bits}, ${variant.memory ? "memory" : "register"}): ${(cause as Error).message}`, { cause });
  }
}

function endsRun(list: readonly Statement[]): boolean {
  return list.some((s) => s.s === "jump" || s.s === "transfer" || s.s === "jumpRelative" || s.s === "escape" || s.s === "repeat"
    || (s.s === "if" && (endsRun(s.then) || endsRun(s.else))) || (s.s === "loop" && endsRun(s.body)));
}

import type { NumberedForm, VariantTable } from "../isa/variants.ts";
import type { Feature } from "../isa/instruction.ts";

/** What the decoder needs of a form, worked out once. */
export interface DecodeEntry {
  readonly numbered: NumberedForm;
  readonly variants: Int32Array;
  readonly priority: number;
  readonly vex: boolean;
  /** -1 any, 0 none, 0x66, 0xf2, 0xf3. */
  readonly prefix: number;
  /** -1 any. */
  readonly digit: number;
  readonly fixedModrm: number;
  readonly plusI: boolean;
  readonly plusR: boolean;
  readonly modrm: boolean;
  readonly registerForm: boolean;
  readonly memoryForm: boolean;
  /** MOV with control and debug registers: ModRM.mod is taken as 3 whatever it says. */
  readonly ignoresMod: boolean;
  /** -1 any. */
  readonly w: number;
  readonly i64: boolean;
  readonly o64: boolean;
  readonly d64: boolean;
  readonly f64: boolean;
  readonly lock: boolean;
  readonly protectedOnly: boolean;
  readonly immediates: readonly string[];
  readonly signedImmediate: boolean;
  /** Register fields: byte registers, and which REX bits extend them. */
  readonly a8: boolean;
  readonly b8: boolean;
  readonly extendA: boolean;
  readonly extendB: boolean;
  readonly usesVvvv: boolean;
  /** The instruction jumps by its displacement: `displacement` caches the target. */
  readonly relative: boolean;
}

/** Candidates by map × 256 + opcode, most specific first. */
export type DecodeTable = readonly (readonly DecodeEntry[])[];

/** Builds the table for a processor with the given features: forms of other features decode to #UD. */
export function buildDecodeTable(table: VariantTable, features: ReadonlySet<Feature>): DecodeTable {
  const slots: DecodeEntry[][] = Array.from({ length: 1024 }, () => []);
  for (const numbered of table.forms) {
    const { form, instruction } = numbered;
    if (instruction.feature && !features.has(instruction.feature)) continue;
    const a = form.operands.find((o) => o.field === "a");
    const b = form.operands.find((o) => o.field === "b");
    const fpu = form.opcode >= 0xd8 && form.opcode <= 0xdf && form.map === 0;
    const entry: DecodeEntry = {
      numbered, variants: numbered.variants,
      priority: (form.fixedModrm !== undefined ? (form.plusI ? 8 : 16) : 0) + (form.prefix !== undefined ? 4 : 0) + (form.digit !== undefined ? 2 : 0) + (form.w !== undefined ? 1 : 0) + (form.plusR ? -1 : 0),
      vex: form.vex, prefix: form.prefix === undefined ? -1 : form.prefix === "none" ? 0 : form.prefix,
      digit: form.digit ?? -1, fixedModrm: form.fixedModrm ?? -1, plusI: form.plusI, plusR: form.plusR, modrm: form.modrm,
      registerForm: form.registerForm, memoryForm: form.memoryForm, ignoresMod: a?.kind === "control" || a?.kind === "debug", w: form.w ?? -1,
      i64: form.attributes.has("i64"), o64: form.attributes.has("o64"), d64: form.attributes.has("d64"), f64: form.attributes.has("f64"),
      lock: form.attributes.has("lock"), protectedOnly: instruction.protectedOnly ?? false, immediates: form.immediates,
      signedImmediate: form.operands.some((o) => o.kind === "immediate" && o.signed),
      a8: a?.size === 8, b8: b?.kind === "rm" ? b.size === 8 : b?.kind === "gpr" ? b.size === 8 : false,
      extendA: a !== undefined && a.kind !== "mmx" && a.kind !== "segment" && a.kind !== "stack",
      extendB: b === undefined || (b.kind !== "mmx" && b.kind !== "segment" && b.kind !== "stack" && !fpu),
      usesVvvv: form.operands.some((o) => o.field === "v"),
      relative: form.operands.some((o) => o.kind === "relative"),
    };
    for (let r = 0; r < (form.plusR ? 8 : 1); r++) slots[form.map * 256 + form.opcode + r]!.push(entry);
  }
  for (const s of slots) s.sort((x, y) => y.priority - x.priority);
  return slots;
}

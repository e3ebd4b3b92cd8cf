import type { Feature } from "../model/features.table.ts";
import type { InterceptName } from "../intercepts.ts";
import type { InstructionBuilder, Operand } from "./instruction-builder.ts";
import { parseForm, type FormSpec } from "./notation.ts";

export type { Feature };

/** Support level of a description: generates the reference pages. */
export type Support = "full" | `partial: ${string}` | `stub: ${string}`;

/** Whose availability precedes an instruction: see `unit-checks.ts`. "wait" is FWAIT's own rule. */
export type Unit = "x87" | "x87-nowait" | "wait" | "mmx" | "sse";

/** What is known of a case when its undefined flags are asked for. */
export interface UndefinedContext {
  /** Operand size. */
  readonly bits: number;
  /** Shift or rotate count after masking (imm8 or CL); 0 elsewhere. */
  readonly count: number;
}

/** What an instruction's declaration says. */
export interface InstructionSpec {
  /** Rows in the notation of `notation.ts`; the first operand is the destination as in Intel syntax. */
  readonly forms: readonly string[];
  /** CPUID feature without which every form raises #UD. */
  readonly feature?: Feature;
  /** Flags that the manuals leave undefined: letters of "OSZAPC", left out of comparisons. */
  readonly undefined?: string | ((c: UndefinedContext) => string);
  /** Raises #GP(0) unless CPL is 0. */
  readonly privileged?: boolean;
  /** Exceptions that precede the privilege check and the intercept: what makes the instruction undefined. APM vol. 2, "Instruction Intercepts". */
  checks?(m: InstructionBuilder, ...operands: Operand[]): void;
  /** Intercept that takes it away before anything happens, named as in SVM's VMCB (APM vol. 2, "VMCB Layout, Control Area"). */
  readonly intercept?: InterceptName;
  /** Not valid in real and virtual-8086 mode: #UD. */
  readonly protectedOnly?: boolean;
  /** Touches x87 or MMX (#NM on CR0.EM or TS, pending #MF) or SSE state (#UD on CR0.EM or not CR4.OSFXSR, #NM on TS): the check precedes the body. */
  readonly unit?: Unit | "none";
  /** Default "full". */
  readonly support?: Support;
  /** One line: the manual's section title. */
  readonly title?: string;
  /**
   * The meaning, once: builds the statements for one variant (operand size `m.bits`, register or memory operand). May test
   * `m.bits`, `m.addressBits`, `operand.isMemory` and other build-time facts with plain `if`.
   */
  execute(m: InstructionBuilder, ...operands: Operand[]): void;
}

/** A declared instruction with its parsed forms. */
export interface Instruction extends InstructionSpec {
  readonly name: string;
  readonly parsed: readonly FormSpec[];
}

/** Declares an instruction; throws at load time where a row is not in the notation or names another mnemonic. */
export function instruction(name: string, spec: InstructionSpec): Instruction {
  const parsed = spec.forms.map(parseForm);
  for (const f of parsed) if (f.mnemonic !== name) throw new Error(`${name}: form "${f.text}" names ${f.mnemonic}`);
  return { ...spec, name, parsed };
}

import type { Instruction } from "../isa/instruction.ts";
import type { FormSpec } from "../isa/notation.ts";
import type { CodeSize } from "./encoding.ts";

/** A spelling of a form: what a mnemonic in a source text may stand for. */
export interface Spelling {
  readonly form: FormSpec;
  readonly instruction: Instruction;
  /** Operand size that the mnemonic says (MOVSW, CWDE, PUSHFD …); undefined = by the operands. */
  readonly operandSize: CodeSize | undefined;
  /** Address size that the mnemonic says (JECXZ). */
  readonly addressSize: CodeSize | undefined;
  /** The operands are part of the mnemonic and not written. */
  readonly hidden: boolean;
  /** Immediate that the mnemonic says (CMPEQPS, AAM without operand): the last one of the form. */
  readonly immediate: bigint | undefined;
  /** Bytes before the instruction: FWAIT of FINIT and its like. */
  readonly wait: boolean;
}

const LETTERS = { 16: "W", 32: "D", 64: "Q" } as const;
const SIZES: readonly CodeSize[] = [16, 32, 64];

/** Mnemonics whose spelling says the operand size although their rows have one name: by 16, 32, 64. */
const SIZED_NAMES: { readonly [name: string]: readonly string[] } = {
  CBW: ["CBW", "CWDE", "CDQE"], CWD: ["CWD", "CDQ", "CQO"],
};
/** Mnemonics that take a size letter where the size is not the mode's own. */
const SUFFIXED: ReadonlySet<string> = new Set(["PUSHF", "POPF", "PUSHA", "POPA", "IRET", "RETF", "SYSRET"]);
const COUNTER_NAMES = ["JCXZ", "JECXZ", "JRCXZ"] as const;

/** Other names of conditions (SDM vol. 2A, "Jcc—Jump if Condition Is Met"). */
const CONDITION_ALIASES: { readonly [code: string]: readonly string[] } = {
  B: ["C", "NAE"], AE: ["NB", "NC"], E: ["Z"], NE: ["NZ"], BE: ["NA"], A: ["NBE"], P: ["PE"], NP: ["PO"], L: ["NGE"], GE: ["NL"], LE: ["NG"], G: ["NLE"],
};
const ALIASES: { readonly [name: string]: readonly string[] } = {
  SHL: ["SAL"], XLAT: ["XLATB"], LOOPE: ["LOOPZ"], LOOPNE: ["LOOPNZ"], RET: ["RETN"], WAIT: ["FWAIT"], FWAIT: ["WAIT"], INT1: ["ICEBP"], ICEBP: ["INT1"],
  UD2: ["UD2A"], UD1: ["UD2B"],
};
/** Predicates of CMPPS and its like by imm8 (SDM vol. 2A, "CMPPS—Compare Packed Single Precision Floating-Point Values"). */
export const COMPARE_PREDICATES = ["EQ", "LT", "LE", "UNORD", "NEQ", "NLT", "NLE", "ORD"] as const;
const COMPARES: ReadonlySet<string> = new Set(["CMPPS", "CMPPD", "CMPSS", "CMPSD"]);
/** x87 instructions whose names without N wait first (SDM vol. 1, "x87 FPU Control Instructions"). */
const WAITING: { readonly [name: string]: string } = {
  FNINIT: "FINIT", FNCLEX: "FCLEX", FNSTCW: "FSTCW", FNSTSW: "FSTSW", FNSTENV: "FSTENV", FNSAVE: "FSAVE",
};

/** String instructions: a letter for the size of the element, operands not written. */
function isString(form: FormSpec): boolean { return form.attributes.has("rep") || form.attributes.has("repe"); }

/** Names of a form at an operand and address size as the disassembler writes it (upper case), given the mode's own sizes. */
export function spell(form: FormSpec, operandSize: CodeSize, addressSize: CodeSize, defaultSize: CodeSize): string {
  const { mnemonic } = form;
  if (isString(form)) return mnemonic + (form.operands.some((o) => o.memorySize === 8) ? "B" : LETTERS[elementSize(form, operandSize)]);
  const sized = SIZED_NAMES[mnemonic];
  if (sized) return sized[SIZES.indexOf(operandSize)]!;
  if (mnemonic === "JCXZ") return COUNTER_NAMES[SIZES.indexOf(addressSize)]!;
  if (mnemonic === "XLAT") return "XLATB";
  if (SUFFIXED.has(mnemonic) && form.sized && operandSize !== defaultSize) return mnemonic + LETTERS[operandSize];
  return mnemonic;
}

/** INS and OUTS have no 64-bit elements. */
function elementSize(form: FormSpec, operandSize: CodeSize): CodeSize {
  return operandSize === 64 && (form.mnemonic === "INS" || form.mnemonic === "OUTS") ? 32 : operandSize;
}

/** Whether a form's operands are left out of the text. */
export function hidesOperands(form: FormSpec): boolean { return isString(form) || SIZED_NAMES[form.mnemonic] !== undefined; }

/** Every mnemonic of the instructions, in upper case, with the forms that it may stand for, in the rows' order. */
export function spellings(instructions: readonly Instruction[]): ReadonlyMap<string, readonly Spelling[]> {
  const map = new Map<string, Spelling[]>();
  const add = (name: string, s: Spelling): void => {
    const list = map.get(name);
    if (list) list.push(s);
    else map.set(name, [s]);
  };
  for (const instruction of instructions) {
    for (const form of instruction.parsed) {
      const plain: Spelling = { form, instruction, operandSize: undefined, addressSize: undefined, hidden: hidesOperands(form), immediate: undefined, wait: false };
      for (const s of namesOf(form, plain)) for (const name of [s.name, ...aliases(s.name)]) add(name, s.spelling);
    }
  }
  return map;
}

function namesOf(form: FormSpec, plain: Spelling): { name: string; spelling: Spelling }[] {
  const { mnemonic } = form;
  const names = [{ name: mnemonic, spelling: plain }];
  if (isString(form)) {
    if (form.operands.some((o) => o.memorySize === 8)) return [{ name: `${mnemonic}B`, spelling: plain }];
    return SIZES.filter((s) => elementSize(form, s) === s).map((operandSize) => ({ name: mnemonic + LETTERS[operandSize], spelling: { ...plain, operandSize } }));
  }
  const sized = SIZED_NAMES[mnemonic];
  if (sized) return sized.map((name, i) => ({ name, spelling: { ...plain, operandSize: SIZES[i] } }));
  if (mnemonic === "JCXZ") return COUNTER_NAMES.map((name, i) => ({ name, spelling: { ...plain, addressSize: SIZES[i] } }));
  if (SUFFIXED.has(mnemonic) && form.sized) for (const operandSize of SIZES) names.push({ name: mnemonic + LETTERS[operandSize], spelling: { ...plain, operandSize } });
  if (COMPARES.has(mnemonic) && form.immediates.length === 1) {
    COMPARE_PREDICATES.forEach((p, i) => names.push({ name: `CMP${p}${mnemonic.slice(3)}`, spelling: { ...plain, immediate: BigInt(i) } }));
  }
  if (mnemonic === "AAM" || mnemonic === "AAD") names.push({ name: mnemonic, spelling: { ...plain, immediate: 10n } });
  const waiting = WAITING[mnemonic];
  if (waiting) names.push({ name: waiting, spelling: { ...plain, wait: true } });
  return names;
}

function aliases(name: string): string[] {
  const condition = /^(J|SET|CMOV)(\w+)$/.exec(name);
  return [...(ALIASES[name] ?? []), ...(condition ? (CONDITION_ALIASES[condition[2]!] ?? []).map((c) => condition[1]! + c) : [])];
}

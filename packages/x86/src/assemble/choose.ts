import { ProblemError } from "./assembly-error.ts";
import { defaultOperandSize, encode, immediateBytes, type CodeSize } from "./encoding.ts";
import { match, operandSizes, type Candidate, type SourcePrefixes, type ValuedOperand } from "./match.ts";
import type { Spelling } from "./mnemonics.ts";
import { gprName, REGISTERS } from "./registers.ts";

/** An instruction whose operands have values. */
export interface ValuedInstruction {
  readonly mnemonic: string;
  readonly column: number;
  readonly spellings: readonly Spelling[];
  readonly prefixes: SourcePrefixes;
  readonly operands: readonly ValuedOperand[];
}

/** Mnemonics whose two operands may change places. */
const SYMMETRIC: ReadonlySet<string> = new Set(["XCHG", "TEST"]);
const SIZE_NAMES: { readonly [bits: number]: string } = { 8: "byte", 16: "word", 32: "dword", 48: "fword", 64: "qword", 80: "tword", 128: "oword" };
const FWAIT = 0x9b;

/**
 * The shortest encoding of an instruction at `address` that has at least `atLeast` bytes; among equally short ones by `cost`, then the first row's.
 * Throws a ProblemError that says what to do where there is none.
 */
export function chooseEncoding(i: ValuedInstruction, codeSize: CodeSize, address: bigint, atLeast: number): number[] {
  const found: { candidate: Candidate; bytes: number[] }[] = [];
  const candidates = [...readings(i)].flatMap((operands) => candidatesOf(i, operands, codeSize));
  candidates.push(...counted(i, codeSize));
  checkSizeIsSaid(i, candidates.map((c) => c.candidate));
  for (const { candidate, wait } of candidates) {
    const bytes = encode(candidate.encoding, wait ? address + 1n : address);
    if (bytes) found.push({ candidate, bytes: wait ? [FWAIT, ...bytes] : bytes });
  }
  const allowed = found.filter((f) => f.bytes.length >= atLeast);
  const best = (allowed.length > 0 ? allowed : found).reduce<(typeof found)[number] | undefined>((b, f) => (b && cost(b) <= cost(f) ? b : f), undefined);
  if (!best) throw explain(i, codeSize, candidates.length > 0);
  return best.bytes;
}

/** Length first; then without REX.W, then with the shorter immediate, as NASM prefers them. */
function cost({ candidate, bytes }: { candidate: Candidate; bytes: number[] }): number {
  const { form, operandSize, addressSize } = candidate.encoding;
  const wide = form.w === 1 || (form.sized && operandSize === 64) ? 1 : 0;
  return bytes.length * 100 + wide * 20 + form.immediates.reduce((sum, kind) => sum + immediateBytes(kind, operandSize, addressSize), 0);
}

/** The ways to read the operands: as written; shorthands of NASM that the rows do not have. */
function* readings(i: ValuedInstruction): Generator<readonly ValuedOperand[]> {
  const { mnemonic, operands } = i;
  const [first, second] = operands;
  yield operands;
  if (operands.length === 2 && SYMMETRIC.has(mnemonic)) yield [second!, first!];
  if (mnemonic === "IMUL" && operands.length === 2 && first!.kind === "register" && second!.kind === "immediate") yield [first!, first!, second!];
  // MOV r64 with a value of 32 bits is MOV r32, which clears the upper half.
  if (mnemonic === "MOV" && first?.kind === "register" && first.register.set === "gpr" && first.register.size === 64 && second?.kind === "immediate"
    && second.size === 0 && (second.value === undefined || (second.value >= 0n && second.value < 1n << 32n))) {
    yield [{ ...first, register: REGISTERS.get(gprName(first.register.number, 32, false))! }, second];
  }
  yield* selectorReadings(mnemonic, first, second);
  if (mnemonic.startsWith("F")) yield* stackReadings(operands);
}

/** A selector moves to and from general registers of any size: the form without prefix does it, as in NASM. */
function* selectorReadings(mnemonic: string, first: ValuedOperand | undefined, second: ValuedOperand | undefined): Generator<readonly ValuedOperand[]> {
  const resized = (o: ValuedOperand | undefined, size: number): ValuedOperand | undefined =>
    o?.kind === "register" && o.register.set === "gpr" && o.register.size > 8 ? { ...o, register: REGISTERS.get(gprName(o.register.number, size, false))! } : undefined;
  const isSegment = (o: ValuedOperand | undefined): boolean => o?.kind === "register" && o.register.set === "segment";
  if (mnemonic === "MOV" && isSegment(first)) {
    for (const size of [16, 32]) { const o = resized(second, size); if (o) yield [first!, o]; }
  }
  const wide = resized(first, 32);
  if (mnemonic === "MOV" && isSegment(second) && wide && first?.kind === "register" && first.register.size === 64) yield [wide, second!];
  if ((mnemonic === "LAR" || mnemonic === "LSL") && first?.kind === "register") {
    const o = resized(second, first.register.size);
    if (o) yield [first, o];
  }
}

/** `loop label, ecx`: the counter says the address size. */
function counted(i: ValuedInstruction, codeSize: CodeSize): { candidate: Candidate; wait: boolean }[] {
  const [target, counter] = i.operands;
  if (!i.mnemonic.startsWith("LOOP") || counter?.kind !== "register" || counter.register.set !== "gpr" || counter.register.number !== 1 || counter.register.size === 8) return [];
  return candidatesOf({ ...i, prefixes: { ...i.prefixes, addressSize: counter.register.size as CodeSize } }, [target!], codeSize);
}

/** x87: a missing operand is ST(0), for the popping and exchanging ones with ST(1) where both are missing. */
function* stackReadings(operands: readonly ValuedOperand[]): Generator<readonly ValuedOperand[]> {
  const stack = (n: number): ValuedOperand => ({ kind: "register", size: 0, strict: false, distance: undefined, register: REGISTERS.get(`st${n}`)! });
  if (operands.length === 1 && operands[0]!.kind === "register" && operands[0]!.register.set === "stack") {
    yield [stack(0), operands[0]!];
    yield [operands[0]!, stack(0)];
  }
  if (operands.length === 0) {
    yield [stack(1)];
    yield [stack(1), stack(0)];
    yield [stack(0), stack(1)];
  }
}

function candidatesOf(i: ValuedInstruction, operands: readonly ValuedOperand[], codeSize: CodeSize): { candidate: Candidate; wait: boolean }[] {
  const found: { candidate: Candidate; wait: boolean }[] = [];
  for (const s of i.spellings) {
    const said = i.prefixes.operandSize || s.operandSize;
    const usual = defaultOperandSize(s.form, codeSize);
    for (const size of operandSizes(s.form, codeSize)) {
      if (said && size !== said && s.form.sized) continue;
      const candidate = match(s, operands, i.prefixes, codeSize, size);
      if (!candidate || (!candidate.pinned && !said && s.form.sized && s.form.w !== 1 && size !== usual)) continue;
      found.push({ candidate: said ? { ...candidate, open: false } : candidate, wait: s.wait });
    }
  }
  return found;
}

/** A memory operand's size must follow from the text: `mov [x], 5` could store one, two or four bytes. */
function checkSizeIsSaid(i: ValuedInstruction, candidates: readonly Candidate[]): void {
  const sizes = new Set(candidates.filter((c) => c.assumedSize !== 0).map((c) => c.assumedSize));
  if (sizes.size < 2 && !candidates.some((c) => c.open)) return;
  if (candidates.some((c) => c.assumedSize === 0) && sizes.size === 1) return;
  const names = sizes.size > 1 ? [...sizes].sort((a, b) => a - b).map((s) => SIZE_NAMES[s] ?? String(s)) : ["word", "dword", "qword"];
  throw new ProblemError(`the size of the memory operand of ${i.mnemonic.toLowerCase()} is not said`, i.column, `write ${names.join(" or ")} before the [`);
}

function explain(i: ValuedInstruction, codeSize: CodeSize, matched: boolean): ProblemError {
  const name = i.mnemonic.toLowerCase();
  const short = i.operands.find((o) => o.distance === "short");
  if (matched && short) return new ProblemError("the target is too far away for a short jump", i.column, `write \`${name} near\`, or leave the word out: the shortest jump that reaches is chosen`);
  if (matched) return new ProblemError(`a value does not fit the operands of ${name}`, i.column, "check immediates and displacements against the operand size; AH to BH cannot stand with a register that needs REX");
  if (i.prefixes.lock) return new ProblemError(`lock cannot stand before ${name} with these operands`, i.column, "LOCK needs a memory destination of an instruction that reads and writes it");
  const only = i.spellings.every((s) => s.form.attributes.has(codeSize === 64 ? "i64" : "o64"));
  if (only) return new ProblemError(`${name} does not exist in ${codeSize}-bit mode`, i.column, codeSize === 64 ? undefined : "it needs `bits 64`");
  const forms = [...new Set(i.spellings.map((s) => (s.hidden ? "no operands" : s.form.text.split(/ {2,}/)[1]!.split(" ").slice(1).join(" ").toLowerCase() || "no operands")))];
  return new ProblemError(`${name} does not take these operands in ${codeSize}-bit mode`, i.column, `${name} takes: ${forms.slice(0, 12).join("; ")}`);
}

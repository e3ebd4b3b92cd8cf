import type { BuiltVariant } from "@ringzero/x86/internals";
import { CASE_STATE, type CaseRecord } from "./record.ts";

/** How many cases of each kind a recorded set holds. */
export interface SelectionLimits {
  /** Completed cases of every variant (form, operand size, register or memory operand). */
  readonly completed: number;
  /** Cases of every exception that a form raised. */
  readonly faults: number;
  /** Completed cases of a floating-point form for every exception flag raised and every part of the environment that was not as initially. */
  readonly environments: number;
}

/**
 * Chooses cases for a recorded set, so that every variant, every exception of every form, and every rounding mode, unmasked exception and
 * flush mode that a form met are there a few times.
 */
export class Selection {
  readonly #limits: SelectionLimits;
  readonly #seen = new Map<string, number>();
  /** Forms that raised floating-point exception flags. */
  readonly #floating = new Set<string>();
  constructor(limits: SelectionLimits) { this.#limits = limits; }

  /** Kinds of cases seen so far. */
  get kinds(): number { return this.#seen.size; }

  /** Whether the case is one to keep; counts it where it is. */
  wants(r: CaseRecord, built: BuiltVariant | undefined): boolean {
    // Bytes that are no instruction: one case for each opcode byte behind the prefixes would be too many; a few do.
    if (!built) return this.#take(`${r.mode} invalid ${r.code[0]}`, 1);
    const { form, bits, memory, repeat } = built.variant, key = `${r.mode} ${form.text}`;
    if (r.trap >= 0) return this.#take(`${key} vector ${r.trap}`, this.#limits.faults);
    const variant = this.#take(`${key} ${bits} ${memory} ${repeat}`, this.#limits.completed);
    if (!r.floats) return variant;
    const x87 = form.opcode >= 0xd8 && form.opcode <= 0xdf && form.map === 0, raised = raisedIn(r, x87);
    if (raised.length > 0) this.#floating.add(key);
    // Only a form that has been seen to raise flags depends on rounding, masks and flush modes.
    const tags = this.#floating.has(key) ? [...raised, ...environmentOf(r, x87)] : [];
    return tags.map((tag) => this.#take(`${key} ${tag}`, this.#limits.environments)).some(Boolean) || variant;
  }
  #take(key: string, limit: number): boolean {
    const n = this.#seen.get(key) ?? 0;
    if (n >= limit) return false;
    this.#seen.set(key, n + 1);
    return true;
  }
}

/** Exception flags that the instruction added to the unit's status: "raised0" (invalid) to "raised5" (precision). */
function raisedIn(r: CaseRecord, x87: boolean): string[] {
  const at = x87 ? CASE_STATE.fsw : CASE_STATE.mxcsr, v = r.view;
  return bitsOf(v.getUint16(r.after + at, true) & ~v.getUint16(r.before + at, true) & 0x3f).map((n) => `raised${n}`);
}
/** What differs from the initial environment: rounding, precision, unmasked exceptions, flush modes. */
function environmentOf(r: CaseRecord, x87: boolean): string[] {
  const v = r.view, control = v.getUint16(r.before + (x87 ? CASE_STATE.fcw : CASE_STATE.mxcsr), true);
  const unmasked = bitsOf(~(x87 ? control : control >> 7) & 0x3f).map((n) => `unmasked${n}`);
  if (x87) return [`rounding${(control >> 10) & 3}`, `precision${(control >> 8) & 3}`, ...unmasked];
  return [`rounding${(control >> 13) & 3}`, ...(control & 0x40 ? ["DAZ"] : []), ...(control & 0x8000 ? ["FTZ"] : []), ...unmasked];
}
function bitsOf(mask: number): number[] { return [0, 1, 2, 3, 4, 5].filter((n) => (mask >> n) & 1); }

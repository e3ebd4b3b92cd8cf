import { DECODED, MODE, type InstructionSet } from "@ringzero/x86/internals";
import type { SiliconCase } from "./case.ts";
import type { CaseMachine } from "./case-machine.ts";
import { undefinedFlags } from "./undefined-flags.ts";
import { explained } from "./tolerance.ts";

/** What a run of cases came to. */
export interface Tally {
  cases: number;
  differ: number;
  /** Cases left out: instructions that the model's CPUID does not report and the silicon has. */
  skipped: number;
  /** First differences, as text. */
  readonly first: string[];
  /** Differences by instruction, for an overview. */
  readonly byInstruction: Map<string, number>;
}

export function newTally(): Tally { return { cases: 0, differ: 0, skipped: 0, first: [], byInstruction: new Map() }; }

/** Runs one case (a JSON line) and counts it. */
export function runCase(machine: CaseMachine, isa: InstructionSet, c: SiliconCase, tally: Tally, show: number): void {
  tally.cases++;
  const bytes = Buffer.from(c.code.padEnd(32, "c"), "hex");
  const mode = MODE.flat | (c.mode === 64 ? MODE.code64 : MODE.code32);
  const d = machine.core.decoder;
  const status = d.decode(bytes, 0, bytes.length, mode);
  const built = status === DECODED.ok ? isa.built(d.variant) : undefined;
  const mask = built ? undefinedFlags(d, built, Number(BigInt(`0x${c.in.r[1]}`) & 0xffn)) : 0;
  const name = built ? built.variant.instruction.name : "(invalid)";
  machine.run(c, built && built.variant.repeat !== "none" ? 64 : 1);
  const differences = machine.compare(c, mask);
  if (differences.length === 0) return;
  if (explained(name, c, differences, built !== undefined)) { tally.skipped++; return; }
  tally.differ++;
  const key = built ? `${built.variant.form.text} /${built.variant.bits}` : `invalid ${c.code.slice(0, 8)}`;
  tally.byInstruction.set(key, (tally.byInstruction.get(key) ?? 0) + 1);
  if (tally.first.length < show) tally.first.push(`${c.code}  ${built ? built.variant.form.text : "(no instruction)"} (${c.mode}-bit, trap ${c.trap})\n    ${differences.join("\n    ")}`);
}

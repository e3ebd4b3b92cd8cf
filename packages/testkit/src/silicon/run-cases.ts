import { disassemble } from "@ringzero/x86";
import { DECODED, MODE, type BuiltVariant } from "@ringzero/x86/internals";
import type { Difference } from "./case-machine.ts";
import { CODE_AT } from "./case.ts";
import { explain } from "./explain.ts";
import type { CaseRecord } from "./record.ts";
import type { SiliconIdentity } from "./silicon-identity.ts";
import type { Subject } from "./subject.ts";
import { undefinedFlags } from "./undefined-flags.ts";

/** What a run of cases came to: plain data, so that workers can send it. */
export interface Tally {
  cases: number;
  differ: number;
  /** Cases whose difference has a reason, by reason. */
  readonly explained: Map<string, number>;
  /** First differences, as text. */
  readonly first: string[];
  /** Differences by instruction, for an overview. */
  readonly byInstruction: Map<string, number>;
}

export function newTally(): Tally { return { cases: 0, differ: 0, explained: new Map(), first: [], byInstruction: new Map() }; }

export function addTally(to: Tally, from: Tally, show: number): void {
  to.cases += from.cases;
  to.differ += from.differ;
  for (const [k, n] of from.explained) count(to.explained, k, n);
  for (const [k, n] of from.byInstruction) count(to.byInstruction, k, n);
  to.first.push(...from.first.slice(0, Math.max(0, show - to.first.length)));
}
function count(map: Map<string, number>, key: string, by: number = 1): void { map.set(key, (map.get(key) ?? 0) + by); }

const padded = new Uint8Array(32);

/** The case's instruction as the model decodes it; the decoder keeps its fields. Undefined where it is no instruction. */
export function decodeCase(s: Subject, record: CaseRecord): BuiltVariant | undefined {
  padded.fill(0xcc);
  padded.set(record.code);
  return s.decoder.decode(padded, 0, padded.length, MODE.flat | (record.mode === 64 ? MODE.code64 : MODE.code32)) === DECODED.ok ? s.isa.built(s.decoder.variant) : undefined;
}

/** Runs one case and counts it. Only one that does not match in every bit is looked at any closer. */
export function runCase(s: Subject, record: CaseRecord, silicon: SiliconIdentity, tally: Tally, show: number): void {
  tally.cases++;
  s.machine.run(record);
  if (s.machine.matches(record)) return;
  const built = decodeCase(s, record);
  const undefinedMask = built ? undefinedFlags(s.decoder, built, Number(record.gprBefore(1) & 0xffn)) : 0;
  const differences = s.machine.differences(record).filter((d) => d.what !== "flags" || (Number.parseInt(d.ours, 16) ^ Number.parseInt(d.silicon, 16)) & ~undefinedMask);
  if (differences.length === 0) { count(tally.explained, "flags that are undefined"); return; }
  const reason = explain({ record, built, differences, silicon, features: s.model.features });
  if (reason !== undefined) { count(tally.explained, reason); return; }
  tally.differ++;
  count(tally.byInstruction, built ? `${built.variant.form.text} /${built.variant.bits}` : `no instruction: ${Buffer.from(record.code).toString("hex").slice(0, 8)}`);
  if (tally.first.length < show) tally.first.push(describe(record, built, differences));
}

/** The instruction disassembled, the form that decoded it, and what differs. */
function describe(record: CaseRecord, built: BuiltVariant | undefined, differences: readonly Difference[]): string {
  const outcome = record.trap < 0 ? "completed" : `raised vector ${record.trap}`;
  const { text } = disassemble(record.code, { mode: record.mode, address: CODE_AT });
  return [
    `${Buffer.from(record.code).toString("hex")}  ${text}  (${built ? built.variant.form.text : "no instruction"}; ${record.mode}-bit; the silicon ${outcome})`,
    ...differences.slice(0, 12).map((d) => `    ${d.what}: ours ${d.ours}, silicon ${d.silicon}`),
  ].join("\n");
}

import type { BuiltVariant, Feature } from "@ringzero/x86/internals";
import type { Difference } from "./case-machine.ts";
import { CODE_AT, DATA_AT, DATA_SIZE } from "./case.ts";
import { CASE_STATE, type CaseRecord } from "./record.ts";
import type { SiliconIdentity } from "./silicon-identity.ts";

/** What an explanation may look at. */
export interface ExplainedCase {
  readonly record: CaseRecord;
  /** The instruction as the model decodes it; undefined where it is none. */
  readonly built: BuiltVariant | undefined;
  readonly differences: readonly Difference[];
  readonly silicon: SiliconIdentity;
  readonly features: ReadonlySet<Feature>;
}

/** Instructions that the silicon executes and no model describes, by opcode after the prefixes. */
const FOREIGN: readonly (readonly [string, RegExp])[] = [
  ["SSE4A", /^0f2b/], ["GFNI", /^0f(?:38cf|3ace|3acf)/], ["XSAVES", /^0fc7[26a][89a-f]/], ["XRSTORS", /^0fc7[159][89a-f]/],
  ["MOVDIRI", /^0f38f9/], ["MOVDIR64B", /^0f38f8/],
];

/** x87 instructions whose result may differ from the silicon's in the last bit (1 ulp of 80 bits). */
const TRANSCENDENTAL = new Set(["FSIN", "FCOS", "FSINCOS", "FPTAN", "FPATAN", "F2XM1", "FYL2X", "FYL2XP1"]);

/** Results that no two processors share. */
const UNREPEATABLE: { readonly [name: string]: string } = { RDRAND: "entropy", RDSEED: "entropy", RDPID: "processor number", RDTSC: "time", RDTSCP: "time" };

/**
 * Why a difference is none of the model's, in a few words; undefined where it is one. Every explanation is as narrow as the fact that it
 * rests on, and the tool says how often each applied.
 */
export function explain(c: ExplainedCase): string | undefined {
  const { record, built } = c;
  if (!built) return foreign(record);
  const { name, feature } = built.variant.instruction;
  if (feature && !c.silicon.features.has(feature)) return `the silicon does not report ${feature}`;
  if (UNREPEATABLE[name] && record.trap === -1 && onlyIn(c, /^(?:r\w+|flags)$/)) return `${name}: ${UNREPEATABLE[name]}`;
  if (name === "CMPS" && bothOperandsFault(c)) return "CMPS: both operands fault, in either order";
  if (name === "XGETBV" && record.trap === -1 && onlyIn(c, /^r[ad]x$/)) return "XGETBV: the silicon's XCR0";
  if (name === "XGETBV" && record.trap === -1 && BigInt.asUintN(32, record.gprBefore(1)) === 1n) return "XGETBV with ECX = 1: a feature that no model has";
  if (/^LOOPN?E$/.test(name) && hasRepeat(record) && onlyIn(c, /^ip$/)) return "LOOPcc: F2 and F3 are reserved there, and this silicon takes them for the condition";
  if (name.startsWith("XSAVE") && asksForMoreState(c) && onlyIn(c, /^memory/)) return "XSAVE: state components that no model has";
  if (built.variant.memory && c.differences.every(onlyMxcsrMask)) return "the silicon has MXCSR.MM (misaligned SSE operands): bit 17 of MXCSR_MASK";
  if (["LDMXCSR", "FXRSTOR", "FXRSTOR64", "XRSTOR", "XRSTOR64"].includes(name) && loadsMm(c)) return "the silicon has MXCSR.MM (misaligned SSE operands): it can be loaded";
  if (name.startsWith("FX") && lastByteWraps(c)) return "FXSAVE, FXRSTOR: the last byte's offset wraps to the address size";
  if (TRANSCENDENTAL.has(name) && withinOneUlp(c.differences)) return `${name}: within 1 ulp`;
  return undefined;
}

const LEGACY_PREFIXES = new Set([0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65]);
/** Those before the opcode. */
function prefixes({ code }: CaseRecord): Set<number> {
  const end = code.findIndex((byte) => !LEGACY_PREFIXES.has(byte));
  return new Set(code.subarray(0, end));
}
function hasRepeat(record: CaseRecord): boolean { return prefixes(record).has(0xf2) || prefixes(record).has(0xf3); }
/** All that differs are these. */
function onlyIn({ differences }: ExplainedCase, what: RegExp): boolean { return differences.every((d) => what.test(d.what)); }
/** The opcode and what follows: prefixes passed over, as hexadecimal. */
function opcodeOf(record: CaseRecord): string {
  const { code } = record;
  let at = code.findIndex((byte) => !LEGACY_PREFIXES.has(byte));
  if (record.mode === 64 && (code[at]! & 0xf0) === 0x40) at++;
  return Buffer.from(code.subarray(at)).toString("hex");
}
function foreign(record: CaseRecord): string | undefined {
  if (record.trap === 6) return undefined;
  const opcode = opcodeOf(record);
  const found = FOREIGN.find(([, pattern]) => pattern.test(opcode));
  return found ? `${found[0]}: not described` : undefined;
}

/**
 * Which of CMPS's two operands is looked at first the manuals do not say (SDM vol. 2A and APM vol. 3, "CMPS"): AMD's family 25 takes
 * ES:rDI first, family 26 the other. True where both lie outside the case's memory and nothing but the fault differs.
 */
function bothOperandsFault({ record, differences }: ExplainedCase): boolean {
  const faults = (vector: number): boolean => vector >= 12 && vector <= 14;
  if (!faults(record.trap) || differences.some((d) => !["trap", "cr2", "error code"].includes(d.what) || (d.what === "trap" && !faults(Number(d.ours))))) return false;
  const size = record.mode === 64 ? (prefixes(record).has(0x67) ? 32 : 64) : prefixes(record).has(0x67) ? 16 : 32;
  return [6, 7].every((register) => {
    const at = BigInt.asUintN(size, record.view.getBigUint64(record.after + CASE_STATE.gpr + register * 8, true)), inside = (from: number, bytes: number): boolean => at >= BigInt(from) && at <= BigInt(from + bytes - 8);
    return !inside(DATA_AT, DATA_SIZE) && !inside(CODE_AT, 4096);
  });
}

/** Components were asked for that the silicon has (AVX, AVX-512 …) and the model has not. */
function asksForMoreState({ record }: ExplainedCase): boolean {
  return (BigInt.asUintN(32, record.gprBefore(0)) & ~3n) + BigInt.asUintN(32, record.gprBefore(2)) !== 0n;
}

/** The image's MXCSR_MASK (APM vol. 1, "MXCSR"): bit 17 is AMD's MM, which goes with CPUID's MisAlignSse and no model has. */
function onlyMxcsrMask(d: Difference): boolean { return d.what.startsWith("memory+") && d.ours === "ffff0000" && d.silicon === "ffff0200"; }
function loadsMm({ record, differences }: ExplainedCase): boolean {
  const mxcsr = record.view.getUint32(record.after + CASE_STATE.mxcsr, true);
  return record.floats && (mxcsr >> 17) === 1 && differences.some((d) => d.what === "trap" && d.ours === "13");
}

/**
 * FXSAVE and FXRSTOR look at the area's last byte first; its offset wraps to a narrow address size (67h), which the manuals leave open
 * and the model, which adds linear addresses, does not do.
 */
function lastByteWraps({ record, differences }: ExplainedCase): boolean {
  const apart = 1n << (record.mode === 64 ? 32n : 16n);
  return prefixes(record).has(0x67) && differences.length === 1 && differences[0]!.what === "cr2" && BigInt(`0x${differences[0]!.ours}`) - BigInt(`0x${differences[0]!.silicon}`) === apart;
}

function withinOneUlp(differences: readonly Difference[]): boolean {
  return differences.every((d) => {
    // C1 tells the rounding's direction, which the last bit decides.
    if (d.what === "fsw") return (Number.parseInt(d.ours, 16) ^ Number.parseInt(d.silicon, 16)) === 0x200;
    if (!/^st\d$/.test(d.what) || d.ours.slice(16) !== d.silicon.slice(16)) return false;
    const apart = significand(d.ours) - significand(d.silicon);
    return apart === 1n || apart === -1n;
  });
}
function significand(hex: string): bigint { return Buffer.from(hex.slice(0, 16), "hex").readBigUInt64LE(); }

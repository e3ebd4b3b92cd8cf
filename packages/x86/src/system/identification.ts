import { cpuid as leaf, type CpuidResult } from "../model/cpuid.ts";
import { STATE } from "../state/state.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { RAX, RBX, RCX, RDX, VECTOR } from "./registers.ts";
import { setEdxEax } from "./time-operations.ts";

/** IA32_APIC_BASE.EN. */
const APIC_ENABLED = 1 << 11;

/** Answers that were given, as long as what they show of the processor's state is the same. */
interface Answers { cr4: number; xcr0: number; apicEnabled: boolean; readonly byLeaf: Map<number, CpuidResult> }
const ANSWERS = new WeakMap<Processor, Answers>();
/** A program may ask for 2^64 leaves. */
const MOST_ANSWERS = 256, MOST_SUBLEAVES = 1 << 16;

function answer(p: Processor, number: number, subleaf: number): CpuidResult {
  const cr4 = p.get(STATE.cr4), xcr0 = p.get(STATE.xcr0), apicEnabled = (p.get(STATE.apicBase) & APIC_ENABLED) !== 0;
  let known = ANSWERS.get(p);
  if (!known) ANSWERS.set(p, (known = { cr4, xcr0, apicEnabled, byLeaf: new Map() }));
  if (known.cr4 !== cr4 || known.xcr0 !== xcr0 || known.apicEnabled !== apicEnabled || known.byLeaf.size > MOST_ANSWERS) {
    known.byLeaf.clear();
    known.cr4 = cr4;
    known.xcr0 = xcr0;
    known.apicEnabled = apicEnabled;
  }
  const key = number + subleaf * 0x1_0000_0000, before = known.byLeaf.get(key);
  if (before && subleaf < MOST_SUBLEAVES) return before;
  const made = leaf(p.model, number, subleaf, { cr4, xcr0, apicEnabled, apicId: p.apicId, processors: p.processors });
  if (subleaf < MOST_SUBLEAVES) known.byLeaf.set(key, made);
  return made;
}

/** CPUID of the model in the present state. */
function cpuid(p: Processor): void {
  p.counts.cpuid++;
  const [a, b, c, d] = answer(p, p.gpr32(RAX), p.gpr32(RCX));
  p.setGpr32(RAX, a);
  p.setGpr32(RBX, b);
  p.setGpr32(RCX, c);
  p.setGpr32(RDX, d);
}

/** XGETBV of XCR0. SDM vol. 2D, "XGETBV—Get Value of Extended Control Register". */
function xgetbv(p: Processor): void {
  if (p.gpr32(RCX) !== 0) p.raise(VECTOR.GP, 0);
  else setEdxEax(p, p.getBig(STATE.xcr0));
}
/** XSETBV of XCR0: x87 state must be in, others only where the model has them. SDM vol. 2D, "XSETBV—Set Extended Control Register". */
function xsetbv(p: Processor): void {
  const low = p.gpr32(RAX);
  if (p.gpr32(RCX) !== 0 || p.gpr32(RDX) !== 0 || !(low & 1) || low & ~p.model.xcr0Mask) p.raise(VECTOR.GP, 0);
  else {
    p.counts.control++;
    p.setBig(STATE.xcr0, BigInt(low));
  }
}

/** What the processor says of itself and lets be enabled. */
export const IDENTIFICATION_OPERATIONS: OperationFamily = { cpuid, xgetbv, xsetbv };

import { cpuid as leaf } from "../model/cpuid.ts";
import { STATE } from "../state/state.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { RAX, RBX, RCX, RDX, VECTOR } from "./registers.ts";
import { setEdxEax } from "./time-operations.ts";

/** IA32_APIC_BASE.EN. */
const APIC_ENABLED = 1 << 11;

/** CPUID of the model in the present state. */
function cpuid(p: Processor): void {
  p.counts.cpuid++;
  const [a, b, c, d] = leaf(p.model, p.gpr32(RAX), p.gpr32(RCX), {
    cr4: p.get(STATE.cr4), xcr0: p.get(STATE.xcr0), apicEnabled: (p.get(STATE.apicBase) & APIC_ENABLED) !== 0, apicId: p.apicId, processors: p.processors,
  });
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

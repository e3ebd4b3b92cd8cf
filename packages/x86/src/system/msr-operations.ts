import { INTERCEPT } from "../intercepts.ts";
import { isPassedThrough } from "./event-counts.ts";
import { interceptExit } from "./intercept.ts";
import { MSRS, type Msr } from "./msr.table.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { RAX, RCX, RDX, VECTOR } from "./registers.ts";
import { setEdxEax } from "./time-operations.ts";

/** An MSR that the model has; undefined else. EFER is there where any of its bits is. */
function find(p: Processor, number: number): Msr | undefined {
  const msr = MSRS.get(number);
  if (!msr || (msr.feature && !p.model.has(msr.feature)) || (msr.name === "EFER" && p.model.eferMask === 0)) return undefined;
  return msr;
}

/** RDMSR. SDM vol. 2B, "RDMSR—Read From Model Specific Register". An MSR that does not exist raises #GP(0), and the owner hears of it. */
function rdmsr(p: Processor): void {
  const number = p.gpr32(RCX);
  if (p.intercepts.msr(number, 0)) { interceptExit(p, INTERCEPT.MSR_PROT, 0n); return; }
  if (!isPassedThrough(number, false)) p.counts.msr++;
  const msr = find(p, number);
  if (msr) setEdxEax(p, msr.read(p, number));
  else {
    p.notice?.({ kind: "unknown-msr", msr: number, value: undefined });
    p.raise(VECTOR.GP, 0);
  }
}
/** WRMSR. SDM vol. 2D, "WRMSR—Write to Model Specific Register". */
function wrmsr(p: Processor): void {
  const number = p.gpr32(RCX), value = (BigInt(p.gpr32(RDX)) << 32n) | BigInt(p.gpr32(RAX));
  if (p.intercepts.msr(number, 1)) { interceptExit(p, INTERCEPT.MSR_PROT, 1n); return; }
  if (!isPassedThrough(number, true)) p.counts.msr++;
  const msr = find(p, number);
  if (!msr) p.notice?.({ kind: "unknown-msr", msr: number, value });
  if (!msr?.write(p, value, number)) p.raise(VECTOR.GP, 0);
}

/** Model-specific registers. */
export const MSR_OPERATIONS: OperationFamily = { rdmsr, wrmsr };

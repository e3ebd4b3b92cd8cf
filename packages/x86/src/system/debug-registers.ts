import { interceptDebugRead, interceptDebugWrite } from "../intercepts.ts";
import type { StateField } from "../ir/builder.ts";
import { STATE } from "../state/state.ts";
import { movInfo } from "./control-registers.ts";
import { recordDebugCause } from "./debug.ts";
import { unlessIntercepted } from "./intercept.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { CR4, DR6, DR7, VECTOR } from "./registers.ts";

/** Bits of DR6 and DR7 that are stored; the others read as DR6.fixed and DR7.fixed say. SDM vol. 3B, "Debug Registers". */
const DR6_WRITABLE = 0xe00f, DR7_WRITABLE = 0xffff_23ff;

const field = (n: number): StateField => ({ ...STATE.dr, offset: STATE.dr.offset + n * 8 });

/** The register that a number means: DR4 and DR5 are DR6 and DR7, or undefined with CR4.DE. -1 = a fault or exit is pending. */
function access(p: Processor, register: number, intercept: number, general: number): number {
  const alias = register === 4 || register === 5;
  if (alias && p.get(STATE.cr4) & CR4.DE) { p.raise(VECTOR.UD); return -1; }
  if (p.cpl !== 0) { p.raise(VECTOR.GP, 0); return -1; }
  if (!unlessIntercepted(p, intercept, movInfo(general))) return -1;
  if (p.get(field(7)) & DR7.GD) {
    // General detect: #DB before the access. The handler starts with GD clear.
    recordDebugCause(p, DR6.BD);
    p.raise(VECTOR.DB);
    return -1;
  }
  return alias ? register + 2 : register;
}

function readDebug(p: Processor, register: number, to: number): void {
  const n = access(p, register, interceptDebugRead(register), to);
  if (n < 0) return;
  if (p.code64) p.setGpr(to, p.getBig(field(n)));
  else p.setGpr32(to, p.get(field(n)));
}

function writeDebug(p: Processor, register: number, from: number): void {
  const n = access(p, register, interceptDebugWrite(register), from);
  if (n < 0) return;
  const value = p.code64 ? p.gpr(from) : BigInt(p.gpr32(from)), low = Number(value & 0xffff_ffffn);
  if (n < 4) p.setBig(field(n), value);
  else {
    if (value >> 32n !== 0n) { p.raise(VECTOR.GP, 0); return; }
    p.set(field(n), n === 6 ? ((low & DR6_WRITABLE) | DR6.fixed) >>> 0 : ((low & DR7_WRITABLE) | DR7.fixed) >>> 0);
  }
  p.debugRegistersChanged();
}

/** MOV to and from debug registers. SDM vol. 2B, "MOV—Move to/from Debug Registers". */
export const DEBUG_REGISTER_OPERATIONS: OperationFamily = { readDebug, writeDebug };

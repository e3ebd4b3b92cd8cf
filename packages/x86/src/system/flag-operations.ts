import { STATE } from "../state/state.ts";
import { ALL_FLAGS, FLAG } from "./flags.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";

/** POPF where more than the status flags change. SDM vol. 2B, "POPF/POPFD/POPFQ—Pop Stack Into EFLAGS Register". */
function popf(p: Processor, popped: bigint, bits: number): void {
  setFlagsByPrivilege(p, Number(BigInt.asUintN(32, popped)), bits);
}

/**
 * Sets the flags that POPF and IRET may change at the current privilege: IF from CPL <= IOPL on, IOPL at CPL 0; with 16 bits only the lower half.
 * VM, VIF and VIP stay, RF is cleared.
 */
export function setFlagsByPrivilege(p: Processor, value: number, bits: number): void {
  const old = p.flags, cpl = p.cpl;
  let mask = ALL_FLAGS & ~(FLAG.fixed | FLAG.VM | FLAG.VIF | FLAG.VIP | FLAG.RF);
  if (bits === 16) mask &= 0xffff;
  if (cpl > (old & FLAG.IOPL) >> 12) mask &= ~FLAG.IF;
  if (cpl > 0) mask &= ~FLAG.IOPL;
  const flags = (old & ~(mask | FLAG.RF)) | (value & mask);
  p.flags = flags;
  if ((flags ^ old) & FLAG.AC) p.updateContext();
  if (flags & ~old & (FLAG.IF | FLAG.TF)) p.flagsChanged();
}

/** STI where IF was clear: interrupts are held off for one instruction. SDM vol. 2B, "STI—Set Interrupt Flag". */
function sti(p: Processor): void {
  p.set(STATE.eflags, p.systemFlags | FLAG.IF);
  p.shadow(false);
  if (p.interruptPending || p.nmiPending) p.reload();
}

/** Operations on rFLAGS. */
export const FLAG_OPERATIONS: OperationFamily = { popf, sti };

import { OPERATION, ADDRESS } from "../decode/operation.ts";
import { INTERCEPT } from "../intercepts.ts";
import { STATE } from "../state/state.ts";
import { unlessIntercepted } from "./intercept.ts";
import type { OperationFamily } from "./operations.ts";
import { CURRENT, type Processor } from "./processor.ts";
import { FS, VECTOR } from "./registers.ts";

/** INVLPG: the operand's linear address without any check; one that is not canonical does nothing. SDM vol. 2A, "INVLPG—Invalidate TLB Entries". */
function invlpg(p: Processor, offset: bigint): void {
  const segment = (p.view.getUint8(p.get(STATE.operation) + OPERATION.m) >> ADDRESS.segmentShift) & ADDRESS.segment;
  const base = p.code64 && segment < FS ? 0n : p.base(segment);
  const address = (BigInt.asUintN(64, offset) + base) & p.getBig(STATE.linearMask);
  if (unlessIntercepted(p, INTERCEPT.INVLPG, address)) p.flushPage(address);
}

/**
 * INVPCID: without PCIDs, which no model reports, everything belongs to PCID 0. `descriptor` is the operand's linear address. SDM vol. 2A, "INVPCID—Invalidate
 * Process-Context Identifier".
 */
function invpcid(p: Processor, type: bigint, descriptor: bigint): void {
  const low = p.readBig(BigInt.asUintN(64, descriptor), CURRENT);
  if (p.faulted) return;
  const address = p.readBig(BigInt.asUintN(64, descriptor + 8n), CURRENT);
  if (p.faulted) return;
  const kind = BigInt.asUintN(64, type), canonical = BigInt.asIntN(48, address) === BigInt.asIntN(64, address);
  if (kind > 3n || low >> 12n !== 0n || (kind < 2n && low !== 0n) || (kind === 0n && !canonical)) { p.raise(VECTOR.GP, 0); return; }
  if (kind === 0n) p.flushPage(address);
  else if (kind === 2n) p.flushAll();
  else p.flushNonGlobal();
}

/** Operations on cached translations. */
export const TRANSLATION_OPERATIONS: OperationFamily = { invlpg, invpcid };

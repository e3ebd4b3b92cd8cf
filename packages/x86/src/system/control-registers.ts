import { INTERCEPT, interceptControlRead, interceptControlWrite } from "../intercepts.ts";
import { ATTRIBUTE, STATE } from "../state/state.ts";
import { deriveUnits } from "./derive-units.ts";
import { GUEST_OWNED } from "./event-counts.ts";
import { interceptExit, unlessIntercepted } from "./intercept.ts";
import type { OperationFamily } from "./operations.ts";
import { readPhysical } from "./physical.ts";
import type { Processor } from "./processor.ts";
import { CR0, CR4, CS, EFER, VECTOR } from "./registers.ts";

/** Bits of CR0 that software sets; ET always reads 1, the others are ignored. */
const CR0_WRITABLE = CR0.PE | CR0.MP | CR0.EM | CR0.TS | CR0.NE | CR0.WP | CR0.AM | CR0.NW | CR0.CD | CR0.PG;
/** EXITINFO1 of a MOV with a control or debug register: bit 63, and the general register's number. APM vol. 2, "MOV CRx/DRx Intercept". */
export const movInfo = (register: number): bigint => (1n << 63n) | BigInt(register);

/** Loads and checks the four PDPTEs of PAE paging from the table at `cr3`: #GP(0) for reserved bits. SDM vol. 3A, "PDPTE Registers"; APM vol. 2, "CR3 Register". */
export function loadPdptes(p: Processor, cr3: bigint): boolean {
  const reserved = 0x1e6n | p.model.reservedPhysical | (0xfffn << 52n);
  const entries = [0n, 1n, 2n, 3n].map((i) => readPhysical(p, (cr3 & 0xffff_ffe0n) + i * 8n));
  if (entries.some((e) => (e & 1n) !== 0n && (e & reserved) !== 0n)) return p.raise(VECTOR.GP, 0);
  entries.forEach((e, i) => p.setBig({ ...STATE.pdpte, offset: STATE.pdpte.offset + i * 8 }, e));
  return true;
}
function paePaging(cr0: number, cr4: number, efer: number): boolean {
  return (cr0 & CR0.PG) !== 0 && (cr4 & CR4.PAE) !== 0 && (efer & EFER.LMA) === 0;
}

/** MOV to CR0 and LMSW. False = #GP(0) is pending. SDM vol. 2B, "MOV—Move to/from Control Registers"; APM vol. 2, "CR0 Register", "Activating Long Mode". */
export function setCr0(p: Processor, value: bigint): boolean {
  const bits = Number(value & 0xffff_ffffn), old = p.get(STATE.cr0), cr4 = p.get(STATE.cr4);
  const next = ((bits & CR0_WRITABLE) | CR0.ET) >>> 0, changed = next ^ old;
  let efer = p.get(STATE.efer);
  if (value >> 32n !== 0n || (next & CR0.PG && !(next & CR0.PE)) || (next & CR0.NW && !(next & CR0.CD))) return p.raise(VECTOR.GP, 0);
  if (changed & CR0.PG) {
    if (!(next & CR0.PG)) {
      if (p.code64) return p.raise(VECTOR.GP, 0);
      efer &= ~EFER.LMA;
    } else if (efer & EFER.LME) {
      if (!(cr4 & CR4.PAE) || p.attributes(CS) & ATTRIBUTE.L) return p.raise(VECTOR.GP, 0);
      efer |= EFER.LMA;
    }
  }
  if (paePaging(next, cr4, efer) && changed & (CR0.PG | CR0.CD | CR0.NW) && !loadPdptes(p, p.getBig(STATE.cr3))) return false;
  if (changed & ~GUEST_OWNED.cr0) p.counts.control++;
  p.set(STATE.efer, efer);
  p.set(STATE.cr0, next);
  if (changed & (CR0.PG | CR0.WP | CR0.PE)) p.flushAll();
  p.updateMode();
  return true;
}

/** MOV to CR3. SDM vol. 2B, "MOV—Move to/from Control Registers": translations that are not global go. False = #GP(0) is pending. */
export function setCr3(p: Processor, value: bigint): boolean {
  const efer = p.get(STATE.efer);
  if (efer & EFER.LMA && (value & (p.model.reservedPhysical | (0xfffn << 52n))) !== 0n) return p.raise(VECTOR.GP, 0);
  if (paePaging(p.get(STATE.cr0), p.get(STATE.cr4), efer) && !loadPdptes(p, value)) return false;
  p.setBig(STATE.cr3, value);
  p.flushNonGlobal();
  return true;
}

/** MOV to CR4. APM vol. 2, "CR4 Register". False = #GP(0) is pending. */
export function setCr4(p: Processor, value: bigint): boolean {
  const next = Number(value & 0xffff_ffffn), old = p.get(STATE.cr4), changed = next ^ old, efer = p.get(STATE.efer);
  if (value >> 32n !== 0n || next & ~p.model.cr4Mask || (efer & EFER.LMA && !(next & CR4.PAE))) return p.raise(VECTOR.GP, 0);
  const mapping = CR4.PSE | CR4.PAE | CR4.PGE | CR4.SMEP;
  if (changed & mapping && paePaging(p.get(STATE.cr0), next, efer) && !loadPdptes(p, p.getBig(STATE.cr3))) return false;
  if (changed & ~GUEST_OWNED.cr4) p.counts.control++;
  p.set(STATE.cr4, next);
  if (changed & (mapping | CR4.SMAP)) p.flushAll();
  if (changed & CR4.DE) p.debugRegistersChanged();
  p.updateMode();
  return true;
}

function readControl(p: Processor, register: number, to: number): void {
  if (register === 4 && p.model.cr4Mask === 0) { p.raise(VECTOR.UD); return; }
  if (!unlessIntercepted(p, interceptControlRead(register), movInfo(to))) return;
  const field = { 0: STATE.cr0, 2: STATE.cr2, 3: STATE.cr3, 4: STATE.cr4 }[register] ?? STATE.cr8;
  if (register === 8 && p.taskPriority) p.setGpr(to, BigInt(p.taskPriority.read()));
  else if (p.code64) p.setGpr(to, p.getBig(field));
  else p.setGpr32(to, p.get(field));
}

function writeControl(p: Processor, register: number, from: number): void {
  if (register === 4 && p.model.cr4Mask === 0) { p.raise(VECTOR.UD); return; }
  const value = p.code64 ? p.gpr(from) : BigInt(p.gpr32(from));
  if (!unlessIntercepted(p, interceptControlWrite(register), movInfo(from))) return;
  switch (register) {
    case 0:
      if (selectiveIntercept(p, Number(value & 0xffff_ffffn), movInfo(from))) return;
      setCr0(p, value);
      break;
    case 2: p.setBig(STATE.cr2, value); break;
    case 3: setCr3(p, value); break;
    case 4: setCr4(p, value); break;
    default:
      if (value >> 4n !== 0n) p.raise(VECTOR.GP, 0);
      else if (p.taskPriority) p.taskPriority.write(Number(value));
      else p.setBig(STATE.cr8, value);
  }
}
/** CR0_SEL_WRITE: bits other than TS and MP would change. */
function selectiveIntercept(p: Processor, value: number, info: bigint): boolean {
  if (!p.intercepts.has(INTERCEPT.CR0_SEL_WRITE) || ((value ^ p.get(STATE.cr0)) & CR0_WRITABLE & ~(CR0.TS | CR0.MP)) === 0) return false;
  interceptExit(p, INTERCEPT.CR0_SEL_WRITE, info);
  return true;
}

function clts(p: Processor): void {
  p.set(STATE.cr0, p.get(STATE.cr0) & ~CR0.TS);
  deriveUnits(p);
}

/** LMSW loads PE, MP, EM and TS; it cannot clear PE. SDM vol. 2A, "LMSW—Load Machine Status Word". */
function lmsw(p: Processor, word: number): void {
  const old = p.get(STATE.cr0), low = CR0.PE | CR0.MP | CR0.EM | CR0.TS;
  const value = ((old & ~low) | (word & low) | (old & CR0.PE)) >>> 0;
  if (!selectiveIntercept(p, value, 0n)) setCr0(p, BigInt(value));
}

/** Operations on control registers. */
export const CONTROL_REGISTER_OPERATIONS: OperationFamily = { readControl, writeControl, clts, lmsw };

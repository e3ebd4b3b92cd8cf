import type { StateField } from "../ir/builder.ts";
import { FPR_STRIDE, STATE, VECTOR_STRIDE } from "../state/state.ts";
import type { Processor } from "./processor.ts";

/** Version of `VcpuState`. A reader refuses what it does not know. */
export const VCPU_STATE_VERSION = 1;

/** The architectural state of a vCPU as plain data: what a snapshot, a clone and a state hash hold. */
export interface VcpuState {
  /** Of this form. */
  readonly version: typeof VCPU_STATE_VERSION;
  /** Registers of up to 64 bits by the names of `STATE`. */
  readonly registers: { readonly [name: string]: bigint };
  /** rAX to r15. */
  readonly gpr: readonly bigint[];
  /** Instruction pointer. */
  readonly rip: bigint;
  /** rFLAGS, every bit materialized. */
  readonly flags: number;
  /** ES CS SS DS FS GS LDTR TR. */
  readonly segments: readonly SegmentState[];
  /** DR0 to DR7. */
  readonly dr: readonly bigint[];
  /** PDPTE registers of PAE paging. */
  readonly pdptes: readonly bigint[];
  /** MSRs that are no registers of `STATE`, by number. */
  readonly msrs: { readonly [number: number]: bigint };
  /** x87 registers by physical number, 10 bytes each, one after the other. */
  readonly fpr: Uint8Array;
  /** Vector registers, 32 bytes each, one after the other. */
  readonly vector: Uint8Array;
  /** Current privilege level, 0 to 3. */
  readonly cpl: number;
  /** The A20 gate is open. */
  readonly a20: boolean;
  /** Instructions retired since creation. */
  readonly retired: number;
  /** HLT waits for an interrupt. */
  readonly halted: boolean;
  /** Interrupts are held off for one instruction. */
  readonly shadow: boolean;
  /** Debug exceptions are held off, too. */
  readonly debugShadow: boolean;
  /** NMIs are blocked until IRET. */
  readonly nmiBlocked: boolean;
  /** An NMI waits. */
  readonly nmiPending: boolean;
  /** DR6 bits of a debug trap that has not been delivered. */
  readonly debugTraps: number;
  /** A fault of a task switch's new task that has not been delivered; undefined = none. */
  readonly lateFault: LateFault | undefined;
}

/** A segment register with its hidden part. */
export interface SegmentState {
  /** The visible part. */
  readonly selector: number;
  /** Base address. */
  readonly base: bigint;
  /** In bytes, expanded. */
  readonly limit: number;
  /** As in SVM's VMCB, with bit 16 = unusable. APM vol. 2, "VMCB State Save Area". */
  readonly attributes: number;
}

/** A fault that a task switch left for the new task. */
export interface LateFault {
  /** Its vector. */
  readonly vector: number;
  /** Its error code, where it has one. */
  readonly code: number | undefined;
}

/** Registers that a snapshot holds as they are. */
const REGISTERS: readonly (keyof typeof STATE)[] = [
  "gdtrBase", "idtrBase", "gdtrLimit", "idtrLimit", "cr0", "cr2", "cr3", "cr4", "cr8", "efer", "xcr0", "star", "lstar", "cstar", "sfmask", "kernelGsBase",
  "sysenterCs", "sysenterEsp", "sysenterEip", "tscOffset", "apicBase", "pat", "tscAux", "mxcsr", "fcw", "fsw", "fc1", "ftw", "fop", "fip", "fdp", "fcs", "fds",
];

const pdpte = (n: number): StateField => ({ ...STATE.pdpte, offset: STATE.pdpte.offset + n * 8 });
const debugRegister = (n: number): StateField => ({ ...STATE.dr, offset: STATE.dr.offset + n * 8 });

/** The state of a processor between two instructions. */
export function saveState(p: Processor): VcpuState {
  const bytes = new Uint8Array(p.view.buffer);
  const fpr = new Uint8Array(80), vector = new Uint8Array(512);
  for (let i = 0; i < 8; i++) fpr.set(bytes.subarray(p.state + STATE.fpr.offset + i * FPR_STRIDE, p.state + STATE.fpr.offset + i * FPR_STRIDE + 10), i * 10);
  for (let i = 0; i < 16; i++) vector.set(bytes.subarray(p.state + STATE.vector.offset + i * VECTOR_STRIDE, p.state + STATE.vector.offset + (i + 1) * VECTOR_STRIDE), i * VECTOR_STRIDE);
  return {
    version: VCPU_STATE_VERSION,
    registers: Object.fromEntries(REGISTERS.map((name) => [name, STATE[name].bits === 64 ? p.getBig(STATE[name]) : BigInt(p.get(STATE[name]))])),
    gpr: Array.from({ length: 16 }, (_, i) => p.gpr(i)),
    rip: p.rip,
    flags: p.flags,
    segments: Array.from({ length: 8 }, (_, i) => ({ selector: p.selector(i), base: p.base(i), limit: p.limit(i), attributes: p.attributes(i) })),
    dr: Array.from({ length: 8 }, (_, i) => p.getBig(debugRegister(i))),
    pdptes: Array.from({ length: 4 }, (_, i) => p.getBig(pdpte(i))),
    msrs: Object.fromEntries([...p.msrs].sort(([a], [b]) => a - b)),
    fpr, vector,
    cpl: p.cpl, a20: p.getBig(STATE.addressMask) === 0xffff_ffff_ffff_ffffn, retired: p.retired, halted: p.halted,
    shadow: p.shadowed, debugShadow: p.shadowed && p.debugShadow, nmiBlocked: p.nmiBlocked, nmiPending: p.nmiPending, debugTraps: p.debugTraps, lateFault: p.lateFault,
  };
}

/** Puts a processor into a saved state. Throws an Error where the version is another. */
export function restoreState(p: Processor, from: VcpuState): void {
  if (from.version !== VCPU_STATE_VERSION) throw new Error(`This vCPU state has version ${String(from.version)}; this build reads version ${VCPU_STATE_VERSION}. Restore it with the build that saved it.`);
  for (const name of REGISTERS) {
    const value = from.registers[name];
    if (value === undefined) throw new Error(`The vCPU state lacks register ${name}.`);
    if (STATE[name].bits === 64) p.setBig(STATE[name], value);
    else p.set(STATE[name], Number(value));
  }
  from.gpr.forEach((value, i) => p.setGpr(i, value));
  from.segments.forEach((s, i) => p.setSegment(i, s.selector, s.base, s.limit, s.attributes));
  from.dr.forEach((value, i) => p.setBig(debugRegister(i), value));
  from.pdptes.forEach((value, i) => p.setBig(pdpte(i), value));
  p.msrs.clear();
  for (const [number, value] of Object.entries(from.msrs)) p.msrs.set(Number(number), value);
  const bytes = new Uint8Array(p.view.buffer);
  for (let i = 0; i < 8; i++) bytes.set(from.fpr.subarray(i * 10, i * 10 + 10), p.state + STATE.fpr.offset + i * FPR_STRIDE);
  for (let i = 0; i < 16; i++) bytes.set(from.vector.subarray(i * VECTOR_STRIDE, (i + 1) * VECTOR_STRIDE), p.state + STATE.vector.offset + i * VECTOR_STRIDE);
  p.rip = from.rip;
  p.set(STATE.cpl, from.cpl);
  p.retiredBefore = from.retired;
  p.slice = 0;
  p.resumeAt = from.flags & (1 << 16) ? from.retired : -1;
  p.flags = from.flags;
  p.halted = from.halted;
  p.shadowUntil = from.shadow ? from.retired : -1;
  p.debugShadow = from.debugShadow;
  p.nmiBlocked = from.nmiBlocked;
  p.nmiPending = from.nmiPending;
  p.debugTraps = from.debugTraps;
  p.lateFault = from.lateFault;
  p.clearEvent();
  p.setA20(from.a20);
  p.debugRegistersChanged();
  p.updateMode();
}

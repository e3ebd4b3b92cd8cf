import { ATTRIBUTE, STATE } from "../state/state.ts";
import { clearBusy, descriptorAddress, fetchDescriptor, isNull, selectorCode, setTypeBits, SYSTEM, type Descriptor } from "./descriptor.ts";
import { FLAG } from "./flags.ts";
import type { Processor } from "./processor.ts";
import { SUPERVISOR } from "./rights.ts";
import { CR0, CS, DR6, LDTR, TR, VECTOR } from "./registers.ts";
import { INTERCEPT } from "../intercepts.ts";
import { unlessIntercepted } from "./intercept.ts";
import { pushStack, slot } from "./stack-frame.ts";
import { loadTaskSegments } from "./task-segments.ts";

/** What brings a task switch about: whether the old task stays busy and the new one is nested. SDM vol. 3A, "Task Switching". */
export type TaskSwitchCause = "jump" | "call" | "interrupt" | "return";

/** Where a TSS keeps what a switch saves and loads. SDM vol. 3A, "32-Bit Task-State Segment (TSS)" and "16-Bit Task-State Segment (TSS)". */
export const TSS32 = { cr3: 28, eip: 32, eflags: 36, registers: 40, segments: 72, ldt: 96, debugTrap: 100, bytes: 104 } as const;
export const TSS16 = { ip: 14, flags: 16, registers: 18, segments: 34, ldt: 42, bytes: 44 } as const;

/** Bits of DR7 that a task switch clears: L0 to L3 and LE. */
const DR7_LOCAL = 0x155;

/** A task gate in the IDT: switches to its TSS. False = a fault is pending. */
export function enterTask(p: Processor, selector: number, code: number | undefined, external: number, flags: number): boolean {
  const d = p.taskDescriptor;
  if (!fetchTask(p, d, selector, external)) return false;
  if (!switchTask(p, d, "interrupt", flags)) return false;
  if (code !== undefined && p.lateFault === undefined) {
    // The error code is as wide as the new task's registers.
    const size = d.type >= 8 ? 4 : 2;
    slot(p, 0, size, code);
    if (!pushStack(p, 1, size)) p.deferFault();
  }
  return true;
}

/** Reads the descriptor of a TSS to switch to: in the GDT, available, present. Else #GP or #NP. */
export function fetchTask(p: Processor, d: Descriptor, selector: number, external: number): boolean {
  if (isNull(selector) || selector & 4) return p.raise(VECTOR.GP, selectorCode(selector, external));
  if (!fetchDescriptor(p, d, selector, VECTOR.GP, external)) return false;
  if (d.segment || (d.type !== SYSTEM.tss16 && d.type !== SYSTEM.tss32)) return p.raise(VECTOR.GP, selectorCode(selector, external));
  if (!d.present) return p.raise(VECTOR.NP, selectorCode(selector, external));
  return true;
}

/**
 * Switches to the task of TSS descriptor `d`, which the caller has checked. False = a fault is pending in the old task. Faults of the new task's segments come
 * after the switch: `lateFault`. SDM vol. 3A, "Task Switching", steps 1 to 15.
 */
export function switchTask(p: Processor, d: Descriptor, cause: TaskSwitchCause, flags: number): boolean {
  const wide = d.type >= 8, bytes = wide ? TSS32.bytes : TSS16.bytes, base = d.base;
  if (!unlessIntercepted(p, INTERCEPT.TASK_SWITCH, BigInt(d.selector), cause === "return" ? 1n << 36n : cause === "jump" ? 1n << 38n : 0n)) return false;
  if (d.limit < bytes - 1) return p.raise(VECTOR.TS, selectorCode(d.selector, 0));
  const nested = cause === "call" || cause === "interrupt", leaves = cause === "jump" || cause === "return";
  const oldAddress = descriptorAddress(p, p.selector(TR), 8);
  // Everything that may fault in the old task, before anything changes.
  if (!readTask(p, base, bytes)) return false;
  if (nested && !p.probe(base, 2, SUPERVISOR, true)) return false;
  if (!p.probe(d.address + 5n, 1, SUPERVISOR, true)) return false;
  if (leaves && oldAddress < 0n) return p.raise(VECTOR.TS, selectorCode(p.selector(TR), 0));
  if (leaves && !p.probe(oldAddress + 5n, 1, SUPERVISOR, true)) return false;
  if (!saveTask(p, cause === "return" ? flags & ~FLAG.NT : flags)) return false;

  const old = p.selector(TR);
  if (leaves && !clearBusy(p, old)) return false;
  if (nested && !p.write(base, 2, old, SUPERVISOR)) return false;
  if (cause !== "return" && !setTypeBits(p, d, 2)) return false;
  p.setSegment(TR, d.selector, base, d.limit, d.attributes | 2);
  p.set(STATE.cr0, (p.get(STATE.cr0) | CR0.TS) >>> 0);
  const dr7 = { ...STATE.dr, offset: STATE.dr.offset + 7 * 8 };
  p.set(dr7, p.get(dr7) & ~DR7_LOCAL);
  p.debugRegistersChanged();
  loadTask(p, wide, nested);
  return true;
}

/** Copies the new TSS to the task buffer. */
function readTask(p: Processor, base: bigint, bytes: number): boolean {
  for (let at = 0; at < bytes; at += 4) {
    const value = p.read(base + BigInt(at), 4, SUPERVISOR);
    if (p.faulted) return false;
    p.task.setUint32(at, value, true);
  }
  return true;
}

/** Saves registers in the current TSS; the rest of it stays. */
function saveTask(p: Processor, flags: number): boolean {
  const wide = (p.attributes(TR) & 8) !== 0, base = p.base(TR);
  const host = wide ? p.accessModify(base + BigInt(TSS32.eip), 64, SUPERVISOR) : p.accessModify(base + BigInt(TSS16.ip), 28, SUPERVISOR);
  if (host === 0) return false;
  const v = p.view, size = wide ? 4 : 2;
  const put = (at: number, value: number): void => { if (wide) v.setUint32(host + at, value, true); else v.setUint16(host + at, value, true); };
  put(0, p.get(STATE.rip));
  put(size, flags);
  for (let r = 0; r < 8; r++) put(size * (2 + r), p.gpr32(r));
  // Selectors are words, the upper halves of their doublewords are reserved.
  for (let s = 0; s < (wide ? 6 : 4); s++) v.setUint16(host + size * (10 + s), p.selector(s), true);
  p.commitWrite();
  return true;
}

/** Loads the registers of the TSS in the task buffer, then its segments. */
function loadTask(p: Processor, wide: boolean, nested: boolean): void {
  const t = p.task, size = wide ? 4 : 2;
  const from = (at: number): number => (wide ? t.getUint32(at, true) : t.getUint16(at, true));
  if (wide && p.get(STATE.cr0) & CR0.PG) {
    p.set(STATE.cr3, t.getUint32(TSS32.cr3, true));
    p.flushNonGlobal();
  }
  p.set(STATE.rip, from(wide ? TSS32.eip : TSS16.ip));
  // A 16-bit TSS sets the upper halves of the registers.
  for (let r = 0; r < 8; r++) p.setGpr32(r, (from((wide ? TSS32.registers : TSS16.registers) + r * size) | (wide ? 0 : 0xffff_0000)) >>> 0);
  const flags = from(wide ? TSS32.eflags : TSS16.flags) | (nested ? FLAG.NT : 0);
  p.flags = flags;
  p.resumeAt = flags & FLAG.RF ? p.boundary : -1;
  const first = wide ? TSS32.segments : TSS16.segments;
  // Nothing may be accessed through a segment that has not been loaded.
  for (let s = 0; s < 6; s++) p.setSegment(s, wide || s < 4 ? t.getUint16(first + s * size, true) : 0, 0n, 0, ATTRIBUTE.unusable);
  const ldt = t.getUint16(wide ? TSS32.ldt : TSS16.ldt, true);
  p.setSegment(LDTR, ldt, 0n, 0, ATTRIBUTE.unusable);
  p.cpl = p.virtual8086 ? 3 : p.selector(CS) & 3;
  if (!loadTaskSegments(p)) p.deferFault();
  if (wide && t.getUint16(TSS32.debugTrap, true) & 1) {
    p.debugTraps |= DR6.BT;
    p.reload();
  }
  p.updateMode();
  p.flagsChanged();
}

import { GATE } from "../isa/system/flat-transfer.ts";
import { STATE } from "../state/state.ts";
import type { EventSource } from "./deliver.ts";
import { fetchDescriptor, isNull, selectorCode, setAccessed, SYSTEM } from "./descriptor.ts";
import { FLAG } from "./flags.ts";
import { loadDescriptor, loadNull } from "./load-segment.ts";
import type { Processor } from "./processor.ts";
import { CURRENT, SUPERVISOR } from "./rights.ts";
import { CS, DS, ES, FS, GS, RSP, SS, VECTOR } from "./registers.ts";
import { setStackPointer, slot, storeFrame } from "./stack-frame.ts";
import { findInnerStack } from "./task-stack.ts";
import { enterTask } from "./task-switch.ts";

/** EXT in the error codes of a delivery: clear for what the program asked for. SDM vol. 3A, "Error Code". */
export function externalBit(source: EventSource): 0 | 1 { return source === "software" || source === "software-privileged" ? 0 : 1; }

/** Reads a vector's gate and checks it: `gate`. `bytes` is the size of an IDT entry; false = a fault is pending. */
export function fetchGate(p: Processor, vector: number, source: EventSource, bytes: 8 | 16): boolean {
  const external = externalBit(source), code = vector * 8 + 2 + external;
  if (vector * bytes + bytes - 1 > p.get(STATE.idtrLimit)) return p.raise(VECTOR.GP, code);
  const host = p.accessRead(p.getBig(STATE.idtrBase) + BigInt(vector * bytes), bytes, SUPERVISOR);
  if (host === 0) return false;
  const v = p.view, g = p.gate;
  g.low = v.getUint32(host, true);
  g.high = v.getUint32(host + 4, true);
  g.upper = bytes === 16 ? v.getUint32(host + 8, true) : 0;
  const { type } = g;
  const known = type === SYSTEM.interruptGate32 || type === SYSTEM.trapGate32 || (bytes === 8 && (type === SYSTEM.taskGate || type === SYSTEM.interruptGate16 || type === SYSTEM.trapGate16));
  if (g.segment || !known) return p.raise(VECTOR.GP, code);
  if (source === "software" && g.dpl < p.cpl) return p.raise(VECTOR.GP, code);
  if (!g.present) return p.raise(VECTOR.NP, code);
  return true;
}

/** Reads the handler's code segment: `codeDescriptor`. False = a fault is pending. */
export function fetchHandlerSegment(p: Processor, external: number): boolean {
  const selector = p.gate.gateSelector, d = p.codeDescriptor;
  if (isNull(selector)) return p.raise(VECTOR.GP, external);
  if (!fetchDescriptor(p, d, selector, VECTOR.GP, external)) return false;
  if (!d.code || d.dpl > p.cpl) return p.raise(VECTOR.GP, selectorCode(selector, external));
  if (p.longMode && (!d.wide || d.big)) return p.raise(VECTOR.GP, selectorCode(selector, external));
  if (!d.present) return p.raise(VECTOR.NP, selectorCode(selector, external));
  return true;
}

/** Interrupts and exceptions in protected and virtual-8086 mode. SDM vol. 2A, "INT n/INTO/INT3/INT1—Call to Interrupt Procedure" (PROTECTED-MODE). */
export function enterProtected(p: Processor, vector: number, code: number | undefined, source: EventSource, flags: number): boolean {
  // What is common is generated code's.
  if (p.core.exports.enterGate(p.state, vector, (code === undefined ? 0 : GATE.code) | (source === "software" ? GATE.software : 0), code ?? 0, flags) !== 0) return true;
  const external = externalBit(source);
  if (!fetchGate(p, vector, source, 8)) return false;
  const g = p.gate;
  if (g.type === SYSTEM.taskGate) return enterTask(p, g.gateSelector, code, external, flags);
  if (!fetchHandlerSegment(p, external)) return false;
  const d = p.codeDescriptor, virtual = p.virtual8086, size = g.type >= 8 ? 4 : 2;
  const offset = size === 4 ? g.gateOffset : g.gateOffset & 0xffff;
  const inner = !d.conforming && d.dpl < p.cpl;
  if (virtual && (!inner || d.dpl !== 0)) return p.raise(VECTOR.GP, selectorCode(d.selector, external));
  if (inner ? !pushInner(p, d.dpl, size, code, external, flags, offset) : !pushSame(p, size, code, external, flags, offset)) return false;
  if (!setAccessed(p, d)) return false;
  const cpl = inner ? d.dpl : p.cpl;
  if (inner) {
    if (!setAccessed(p, p.stackDescriptor)) return false;
    loadDescriptor(p, SS, p.stackDescriptor.selector, p.stackDescriptor);
    setStackPointer(p, p.innerStackPointer, p.stackDescriptor.attributes);
    if (virtual) for (const s of [ES, DS, FS, GS]) loadNull(p, s, 0);
  } else setStackPointer(p, p.innerStackPointer, p.attributes(SS));
  loadDescriptor(p, CS, (d.selector & ~3) | cpl, d);
  p.cpl = cpl;
  p.set(STATE.rip, offset);
  p.flags = flags & ~(FLAG.TF | FLAG.NT | FLAG.VM | FLAG.RF | (g.type & 1 ? 0 : FLAG.IF));
  p.updateMode();
  return true;
}

/** Lays out rIP, CS, rFLAGS and below them the error code; returns how many words there are. */
function frameReturn(p: Processor, size: 2 | 4, code: number | undefined, flags: number): number {
  let n = 0;
  if (code !== undefined) slot(p, n++, size, code);
  slot(p, n++, size, p.get(STATE.rip));
  slot(p, n++, size, p.selector(CS));
  slot(p, n++, size, flags);
  return n;
}

/** Pushes on the current stack; `innerStackPointer` = the pointer after it. */
function pushSame(p: Processor, size: 2 | 4, code: number | undefined, external: number, flags: number, offset: number): boolean {
  if (offset > p.codeDescriptor.limit) return p.raise(VECTOR.GP, external);
  const n = frameReturn(p, size, code, flags), sp = p.gpr32(RSP);
  if (!storeFrame(p, p.base(SS), p.attributes(SS), p.limit(SS), sp, n, size, CURRENT, external)) return false;
  p.innerStackPointer = sp - n * size;
  return true;
}

/** Pushes on the stack that the TSS names for the handler's privilege. */
function pushInner(p: Processor, dpl: number, size: 2 | 4, code: number | undefined, external: number, flags: number, offset: number): boolean {
  if (!findInnerStack(p, dpl, external)) return false;
  const d = p.stackDescriptor, sp = p.innerStackPointer;
  if (offset > p.codeDescriptor.limit) return p.raise(VECTOR.GP, external);
  let n = frameReturn(p, size, code, flags);
  slot(p, n++, size, p.gpr32(RSP));
  slot(p, n++, size, p.selector(SS));
  if (flags & FLAG.VM) for (const s of [ES, DS, FS, GS]) slot(p, n++, size, p.selector(s));
  const rights = dpl === 3 ? CURRENT : SUPERVISOR;
  if (!storeFrame(p, d.base, d.attributes, d.limit, sp, n, size, rights, selectorCode(d.selector, external))) return false;
  p.innerStackPointer = sp - n * size;
  return true;
}


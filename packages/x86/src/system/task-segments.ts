import { fetchDescriptor, isNull, selectorCode, setAccessed, SYSTEM } from "./descriptor.ts";
import { loadDescriptor, loadNull, loadVirtual } from "./load-segment.ts";
import type { Processor } from "./processor.ts";
import { STATE } from "../state/state.ts";
import { CS, DS, ES, FS, GS, LDTR, SS, VECTOR } from "./registers.ts";

/**
 * Loads LDTR and the segment registers of a new task from the selectors that they hold already. False = a fault is pending in the new task: #TS for what is
 * wrong with a selector, #NP and #SS for what is not present. SDM vol. 3A, "Exception Conditions Checked During a Task Switch". The first fault counts;
 * what can be loaded is loaded nevertheless, so that its handler finds a stack.
 */
export function loadTaskSegments(p: Processor): boolean {
  let first: { vector: number; code: number } | undefined;
  const attempt = (loaded: boolean): void => {
    if (loaded) return;
    first ??= { vector: p.get(STATE.eventVector), code: p.get(STATE.eventCode) };
    p.clearEvent();
  };
  attempt(loadTaskLdt(p));
  if (p.virtual8086) for (let s = ES; s <= GS; s++) loadVirtual(p, s, p.selector(s));
  else {
    attempt(loadTaskStack(p));
    attempt(loadTaskCode(p));
    for (const s of [DS, ES, FS, GS]) attempt(loadTaskData(p, s));
  }
  return first ? p.raise(first.vector, first.code) : true;
}

function loadTaskLdt(p: Processor): boolean {
  const selector = p.selector(LDTR), d = p.dataDescriptor;
  if (isNull(selector)) return true;
  if (selector & 4) return p.raise(VECTOR.TS, selectorCode(selector, 0));
  if (!fetchDescriptor(p, d, selector, VECTOR.TS, 0)) return false;
  if (d.segment || d.type !== SYSTEM.ldt || !d.present) return p.raise(VECTOR.TS, selectorCode(selector, 0));
  loadDescriptor(p, LDTR, selector, d);
  return true;
}

function loadTaskCode(p: Processor): boolean {
  const selector = p.selector(CS), cpl = selector & 3, d = p.codeDescriptor, code = selectorCode(selector, 0);
  if (isNull(selector)) return p.raise(VECTOR.TS, code);
  if (!fetchDescriptor(p, d, selector, VECTOR.TS, 0)) return false;
  if (!d.code || (d.conforming ? d.dpl > cpl : d.dpl !== cpl)) return p.raise(VECTOR.TS, code);
  if (!d.present) return p.raise(VECTOR.NP, code);
  if (!setAccessed(p, d)) return false;
  loadDescriptor(p, CS, selector, d);
  return p.get(STATE.rip) > d.limit ? p.raise(VECTOR.GP, 0) : true;
}

function loadTaskStack(p: Processor): boolean {
  const selector = p.selector(SS), cpl = p.cpl, d = p.stackDescriptor, code = selectorCode(selector, 0);
  if (isNull(selector)) return p.raise(VECTOR.TS, code);
  if (!fetchDescriptor(p, d, selector, VECTOR.TS, 0)) return false;
  if (!d.writable) return p.raise(VECTOR.TS, code);
  if (!d.present) return p.raise(VECTOR.SS, code);
  if ((selector & 3) !== cpl || d.dpl !== cpl) return p.raise(VECTOR.TS, code);
  if (!setAccessed(p, d)) return false;
  loadDescriptor(p, SS, selector, d);
  return true;
}

function loadTaskData(p: Processor, segment: number): boolean {
  const selector = p.selector(segment), d = p.dataDescriptor, code = selectorCode(selector, 0);
  if (isNull(selector)) {
    loadNull(p, segment, selector);
    return true;
  }
  if (!fetchDescriptor(p, d, selector, VECTOR.TS, 0)) return false;
  if (!d.readable || (!d.conforming && d.dpl < Math.max(p.cpl, selector & 3))) return p.raise(VECTOR.TS, code);
  if (!d.present) return p.raise(VECTOR.NP, code);
  if (!setAccessed(p, d)) return false;
  loadDescriptor(p, segment, selector, d);
  return true;
}

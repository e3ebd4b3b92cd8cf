import type { Builder } from "../../ir/builder.ts";
import { I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { MODE } from "../../decode/mode.ts";
import { FPR_STRIDE, STATE, VECTOR_STRIDE } from "../../state/state.ts";
import { SIGN_EXPONENT } from "../x87/stack.ts";
import { setStatusWord, statusWord } from "../x87/status.ts";
import { MXCSR } from "./float-control.ts";

/** The legacy region of FXSAVE and XSAVE (SDM vol. 1, "Legacy Region of an XSAVE Area"): byte offsets. */
export const LEGACY = {
  fcw: 0, fsw: 2, ftw: 4, fop: 6, fip: 8, fcs: 12, fdp: 16, fds: 20, mxcsr: 24, mxcsrMask: 28, st: 32, xmm: 160, bytes: 512,
} as const;

/** Where the image's instruction and data pointers are 64 bits wide (REX.W) or selector and 32-bit offset. */
export type PointerBits = 32 | 64;


/** Byte index of ST(i) in `STATE.fpr`, TOP taken from a status word. */
function stackIndex(fsw: Value, i: Value): Value { return fsw.shrU(11).add(i).and(7).mul(FPR_STRIDE); }

/** Stores the x87 part but for the pointers. The area has been probed. */
const SAVE_X87: Routine = routine("save-x87", { params: [I64], mayFault: true }, (m, area) => {
  const fsw = m.state(STATE.fsw), at = (offset: number): Value => area!.add(offset);
  m.store(at(LEGACY.fcw), m.state(STATE.fcw).trunc(16));
  m.store(at(LEGACY.fsw), statusWord(m).trunc(16));
  m.store(at(LEGACY.ftw), m.state(STATE.ftw).and(0xff).trunc(16));
  m.store(at(LEGACY.fop), m.state(STATE.fop).trunc(16));
  const i = m.local(m.i32(0));
  m.loop(() => {
    const index = stackIndex(fsw, i.get()), to = at(LEGACY.st).add(i.get().shl(4).zext(64));
    m.store(to, m.state(STATE.fpr, index));
    m.store(to.add(8), m.state(SIGN_EXPONENT, index).zext(64));
    i.set(i.get().add(1));
    m.breakIf(i.get().geU(8));
  });
});

/** Stores the x87 state: 24 bytes and eight registers in stack order. */
export function saveX87(m: Builder, area: Value, pointers: PointerBits): void {
  m.call(SAVE_X87, area);
  if (pointers === 64) {
    m.store(area.add(LEGACY.fip), m.state(STATE.fip));
    m.store(area.add(LEGACY.fdp), m.state(STATE.fdp));
  } else {
    m.store(area.add(LEGACY.fip), m.state(STATE.fip).trunc(32));
    m.store(area.add(LEGACY.fcs), m.state(STATE.fcs));
    m.store(area.add(LEGACY.fdp), m.state(STATE.fdp).trunc(32));
    m.store(area.add(LEGACY.fds), m.state(STATE.fds));
  }
}

/** Number of XMM registers that the present mode reaches. */
function vectorCount(m: Builder): Value { return m.choose(m.state(STATE.mode).and(MODE.size).eq(MODE.code64), 16, 8); }

function vectorLoop(m: Builder, area: Value, step: (index: Value, address: Value) => void): void {
  const i = m.local(m.i32(0)), count = vectorCount(m);
  m.loop(() => {
    step(i.get().mul(VECTOR_STRIDE), area.add(LEGACY.xmm).add(i.get().shl(4).zext(64)));
    i.set(i.get().add(1));
    m.breakIf(i.get().geU(count));
  });
}
const SAVE_XMM: Routine = routine("save-xmm", { params: [I64], mayFault: true }, (m, area) => {
  vectorLoop(m, area!, (index, address) => m.store(address, m.state(STATE.vector, index)));
});
const LOAD_XMM: Routine = routine("load-xmm", { params: [I64], mayFault: true }, (m, area) => {
  vectorLoop(m, area!, (index, address) => m.setState(STATE.vector, m.loadAs(address, "v128"), index));
});
const CLEAR_XMM: Routine = routine("clear-xmm", { params: [] }, (m) => {
  vectorLoop(m, m.i64(0), (index) => m.setState(STATE.vector, m.vector(new Uint8Array(16)), index));
});
export function saveXmm(m: Builder, area: Value): void { m.call(SAVE_XMM, area); }
export function loadXmm(m: Builder, area: Value): void { m.call(LOAD_XMM, area); }
export function clearXmm(m: Builder): void { m.call(CLEAR_XMM); }

export function saveMxcsr(m: Builder, area: Value): void {
  m.store(area.add(LEGACY.mxcsr), m.state(STATE.mxcsr));
  m.store(area.add(LEGACY.mxcsrMask), m.i32(MXCSR.valid));
}

/** ES and B of the status word. */
const SUMMARY = 0x8080;
const LOAD_X87: Routine = routine("load-x87", { params: [I64], mayFault: true }, (m, area) => {
  const at = (offset: number): Value => area!.add(offset), fsw = m.load(at(LEGACY.fsw), 16).zext(32);
  const fcw = m.load(at(LEGACY.fcw), 16).zext(32).and(0x1f3f).or(0x40);
  m.setState(STATE.fcw, fcw);
  m.setState(STATE.ftw, m.load(at(LEGACY.ftw), 8).zext(32));
  m.setState(STATE.fop, m.load(at(LEGACY.fop), 16).zext(32));
  setStatusWord(m, fsw.and(~SUMMARY).or(m.choose(fsw.and(fcw.not()).and(0x3f).nez(), SUMMARY, 0)));
  const i = m.local(m.i32(0));
  m.loop(() => {
    const index = stackIndex(fsw, i.get()), from = at(LEGACY.st).add(i.get().shl(4).zext(64));
    m.setState(STATE.fpr, m.load(from, 64), index);
    m.setState(SIGN_EXPONENT, m.load(from.add(8), 16).zext(32), index);
    i.set(i.get().add(1));
    m.breakIf(i.get().geU(8));
  });
});

/** Loads the x87 state. The control word's reserved bits 15-13 and 7 read as zero, bit 6 as one; ES and B of the status word follow from flags and masks, whatever the image says. */
export function loadX87(m: Builder, area: Value, pointers: PointerBits): void {
  m.call(LOAD_X87, area);
  if (pointers === 64) {
    m.setState(STATE.fip, m.load(area.add(LEGACY.fip), 64));
    m.setState(STATE.fdp, m.load(area.add(LEGACY.fdp), 64));
  } else {
    m.setState(STATE.fip, m.load(area.add(LEGACY.fip), 32).zext(64));
    m.setState(STATE.fcs, m.load(area.add(LEGACY.fcs), 16).zext(32));
    m.setState(STATE.fdp, m.load(area.add(LEGACY.fdp), 32).zext(64));
    m.setState(STATE.fds, m.load(area.add(LEGACY.fds), 16).zext(32));
  }
}

/** The initial x87 state, as after FNINIT, registers cleared. */
export function initializeX87(m: Builder): void {
  m.setState(STATE.fcw, m.i32(0x37f));
  for (const field of [STATE.fsw, STATE.fc1, STATE.ftw, STATE.fop, STATE.fcs, STATE.fds]) m.setState(field, m.i32(0));
  for (const field of [STATE.fip, STATE.fdp]) m.setState(field, m.i64(0));
  for (let i = 0; i < 8; i++) {
    m.setState({ ...STATE.fpr, offset: STATE.fpr.offset + i * FPR_STRIDE }, m.i64(0));
    m.setState({ ...SIGN_EXPONENT, offset: SIGN_EXPONENT.offset + i * FPR_STRIDE }, m.i32(0));
  }
}

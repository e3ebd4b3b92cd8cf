import { Errno, rt_sigframe, rt_sigframe_ia32, SA_ONSTACK, SA_RESTORER, SA_SIGINFO, sigframe_ia32, SIGCHLD, SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP, EFAULT } from "@ringzero/linux-abi";
import { GPR, SREG, type Registers } from "@ringzero/x86";
import type { SignalAction, SignalInfo, SignalSet } from "../../signals/signal-state.ts";
import { UNBLOCKABLE } from "../../signals/signal-state.ts";
import type { Task } from "../../task/task.ts";
import { SIGNAL_RETURN_PAGE } from "./abi.ts";
import { ATTRIBUTES, SELECTOR } from "./descriptors.ts";
import { RT_SIGNAL_RETURN } from "./process-cpu.ts";

/** Bytes of the x87 and SSE state that a frame has: FXSAVE's area, on i386 after the 112 bytes of FSAVE's. */
const FXSAVE = 512, FSAVE = 112;
/** Bytes below the stack pointer that a function may use without moving it. System V AMD64 psABI, "The Stack Frame". */
const RED_ZONE = 128;
const FLAGS_KEPT = 0xdd5;
const UC_SIGCONTEXT_SS = 2n;

/**
 * Puts a frame on the program's stack and goes on in the handler. False where the stack cannot be written. Linux, arch/x86/kernel/signal_64.c,
 * signal_32.c:x64_setup_rt_frame(), ia32_setup_frame().
 *
 * @param mask what is blocked again once the handler returns
 */
export function enterHandler(task: Task, info: SignalInfo, action: SignalAction, mask: SignalSet): boolean {
  try {
    if (task.space.abi === "x86_64") enter64(task, info, action, mask);
    else if (action.flags & SA_SIGINFO) enter32WithInfo(task, info, action, mask);
    else enter32(task, info, action, mask);
  } catch (error) {
    if (error === EFAULT) return false;
    if (error instanceof Errno) return false;
    throw error;
  }
  const { registers } = task, wide = task.space.abi === "x86_64";
  registers.setSegment(SREG.cs, wide ? SELECTOR.code64 : SELECTOR.code32, 0, 0xffff_ffff, wide ? ATTRIBUTES.code64 : ATTRIBUTES.code32);
  for (const s of wide ? [SREG.ss] : [SREG.ss, SREG.ds, SREG.es]) registers.setSegment(s, SELECTOR.data, 0, 0xffff_ffff, ATTRIBUTES.data);
  // DF, TF and RF are clear in a handler.
  registers.flags &= ~0x1_0500;
  registers.rip = action.handler;
  task.kernel.cpu.changed(task.cpu);
  return true;
}

/** Where a frame of `bytes` begins, the x87 state above it: [frame, state]. */
function place(task: Task, action: SignalAction, bytes: number, state: number, align: (at: number) => number, redZone: number): readonly [number, number] {
  const sp = task.registers.number(GPR.rsp), { alternateStack } = task;
  const onAlternate = sp > alternateStack.address && sp <= alternateStack.address + alternateStack.size;
  let at = sp - redZone;
  if (action.flags & SA_ONSTACK && alternateStack.size > 0 && !onAlternate) at = alternateStack.address + alternateStack.size;
  const float = Math.floor((at - state) / 64) * 64;
  return [align(float - bytes), float];
}

function enter64(task: Task, info: SignalInfo, action: SignalAction, mask: SignalSet): void {
  if (!(action.flags & SA_RESTORER)) throw EFAULT;
  const { registers: r, memory } = task;
  const [frame, float] = place(task, action, rt_sigframe.size, FXSAVE, (at) => Math.floor(at / 16) * 16 - 8, RED_ZONE);
  const area = r.saveFloat();
  memory.write(float, area);
  const context = {
    r8: r.big(8), r9: r.big(9), r10: r.big(10), r11: r.big(11), r12: r.big(12), r13: r.big(13), r14: r.big(14), r15: r.big(15), di: r.big(GPR.rdi), si: r.big(GPR.rsi), bp: r.big(GPR.rbp), bx: r.big(GPR.rbx), dx: r.big(GPR.rdx),
    ax: r.big(GPR.rax), cx: r.big(GPR.rcx), sp: r.big(GPR.rsp), ip: BigInt(r.rip), flags: BigInt(r.flags), cs: r.selector(SREG.cs), gs: r.selector(SREG.gs), fs: r.selector(SREG.fs), ss: r.selector(SREG.ss),
    oldmask: mask, cr2: BigInt(faultAddress(info)), fpstate: BigInt(float),
  };
  memory.write(frame, rt_sigframe.bytes({
    pretcode: BigInt(action.restorer), info: infoBytes(task, info),
    uc: { uc_flags: UC_SIGCONTEXT_SS, uc_link: 0n, uc_stack: { ss_sp: BigInt(task.alternateStack.address), ss_flags: task.alternateStack.flags, ss_size: BigInt(task.alternateStack.size) }, uc_mcontext: context, uc_sigmask: words(mask) },
  }));
  r.set(GPR.rsp, frame);
  r.set(GPR.rdi, info.signal);
  r.set(GPR.rsi, frame + rt_sigframe.offsets.info);
  r.set(GPR.rdx, frame + rt_sigframe.offsets.uc);
  r.set(GPR.rax, 0);
}

const FRAME_32 = sigframe_ia32.for("i386"), RT_FRAME_32 = rt_sigframe_ia32.for("i386");
/** The stack as it is after a call: (esp + 4) is a multiple of 16. */
const align32 = (at: number): number => Math.floor((at + 4) / 16) * 16 - 4;

type Context32 = Parameters<typeof FRAME_32.bytes>[0]["sc"];
function context32(r: Registers, info: SignalInfo, mask: SignalSet, float: number): NonNullable<Context32> {
  return {
    gs: r.selector(SREG.gs), fs: r.selector(SREG.fs), es: r.selector(SREG.es), ds: r.selector(SREG.ds), di: r.low(GPR.rdi), si: r.low(GPR.rsi), bp: r.low(GPR.rbp), sp: r.low(GPR.rsp), bx: r.low(GPR.rbx), dx: r.low(GPR.rdx), cx: r.low(GPR.rcx),
    ax: r.low(GPR.rax), ip: r.rip, cs: r.selector(SREG.cs), flags: r.flags, sp_at_signal: r.low(GPR.rsp), ss: r.selector(SREG.ss), fpstate: float, oldmask: words(mask)[0], cr2: faultAddress(info) >>> 0,
  };
}
function saveFloat32(task: Task, at: number): void {
  const area = task.registers.saveFloat(), legacy = new DataView(new ArrayBuffer(FSAVE)), from = new DataView(area.buffer);
  legacy.setUint32(0, 0xffff_0000 | from.getUint16(0, true), true);
  legacy.setUint32(4, 0xffff_0000 | from.getUint16(2, true), true);
  // The magic number says that FXSAVE's area follows. Linux, asm/sigcontext.h: X86_FXSR_MAGIC is 0 in its upper half.
  legacy.setUint32(108, from.getUint16(2, true), true);
  for (let i = 0; i < 8; i++) new Uint8Array(legacy.buffer).set(area.subarray(32 + i * 16, 42 + i * 16), 28 + i * 10);
  task.memory.write(at, new Uint8Array(legacy.buffer));
  task.memory.write(at + FSAVE, area);
}
function enter32(task: Task, info: SignalInfo, action: SignalAction, mask: SignalSet): void {
  const { registers: r, memory } = task;
  const [frame, float] = place(task, action, FRAME_32.size, FSAVE + FXSAVE, align32, 0);
  saveFloat32(task, float);
  const restorer = action.flags & SA_RESTORER ? action.restorer : SIGNAL_RETURN_PAGE;
  memory.write(frame, FRAME_32.bytes({ pretcode: restorer, sig: info.signal, sc: context32(r, info, mask, float), extramask: words(mask)[1]! }));
  r.set(GPR.rsp, frame);
  r.set(GPR.rax, info.signal);
  r.set(GPR.rdx, 0);
  r.set(GPR.rcx, 0);
}
function enter32WithInfo(task: Task, info: SignalInfo, action: SignalAction, mask: SignalSet): void {
  const { registers: r, memory } = task;
  const [frame, float] = place(task, action, RT_FRAME_32.size, FSAVE + FXSAVE, align32, 0);
  saveFloat32(task, float);
  const restorer = action.flags & SA_RESTORER ? action.restorer : SIGNAL_RETURN_PAGE + RT_SIGNAL_RETURN, pinfo = frame + RT_FRAME_32.offsets.info, puc = frame + RT_FRAME_32.offsets.uc;
  memory.write(frame, RT_FRAME_32.bytes({
    pretcode: restorer, sig: info.signal, pinfo, puc, info: infoBytes(task, info),
    uc: { uc_flags: 0, uc_link: 0, uc_stack: { ss_sp: BigInt(task.alternateStack.address), ss_flags: task.alternateStack.flags, ss_size: BigInt(task.alternateStack.size) }, uc_mcontext: context32(r, info, mask, float), uc_sigmask: words(mask) },
  }));
  r.set(GPR.rsp, frame);
  r.set(GPR.rax, info.signal);
  r.set(GPR.rdx, pinfo);
  r.set(GPR.rcx, puc);
}

/** sigreturn(2): takes everything back from the frame of a handler without SA_SIGINFO. */
export function leaveHandler32(task: Task): void {
  // The handler's return and the restorer's POP have taken two words.
  const frame = task.registers.low(GPR.rsp) - 8, values = FRAME_32.get(task.memory.bytes(frame, FRAME_32.size));
  restore32(task, values.sc, BigInt(values.sc.oldmask) | (BigInt(values.extramask) << 32n));
}
/** rt_sigreturn(2). */
export function leaveHandler(task: Task): void {
  const { registers: r, memory } = task;
  if (task.space.abi === "i386") {
    const values = RT_FRAME_32.get(memory.bytes(r.low(GPR.rsp) - 4, RT_FRAME_32.size));
    restore32(task, values.uc.uc_mcontext, maskOf(values.uc.uc_sigmask));
    return;
  }
  const { uc } = rt_sigframe.get(memory.bytes(r.number(GPR.rsp) - 8, rt_sigframe.size)), c = uc.uc_mcontext;
  [c.ax, c.cx, c.dx, c.bx, c.sp, c.bp, c.si, c.di, c.r8, c.r9, c.r10, c.r11, c.r12, c.r13, c.r14, c.r15].forEach((value, i) => r.setBig(i, value));
  r.rip = Number(c.ip);
  r.flags = (r.flags & ~FLAGS_KEPT) | (Number(c.flags) & FLAGS_KEPT);
  if (c.fpstate !== 0n) r.restoreFloat(memory.bytes(Number(c.fpstate), FXSAVE));
  task.blockedSignals = maskOf(uc.uc_sigmask) & ~UNBLOCKABLE;
  task.kernel.cpu.changed(task.cpu);
}
function restore32(task: Task, c: Required<NonNullable<ReturnType<typeof FRAME_32.get>["sc"]>>, mask: SignalSet): void {
  const { registers: r } = task;
  [c.ax, c.cx, c.dx, c.bx, c.sp, c.bp, c.si, c.di].forEach((value, i) => r.set(i, value));
  r.rip = c.ip;
  r.flags = (r.flags & ~FLAGS_KEPT) | (c.flags & FLAGS_KEPT);
  if (c.fpstate !== 0) r.restoreFloat(task.memory.bytes(c.fpstate + FSAVE, FXSAVE));
  task.blockedSignals = mask & ~UNBLOCKABLE;
  task.kernel.cpu.changed(task.cpu);
}

const words = (set: SignalSet): [number, number] => [Number(set & 0xffff_ffffn), Number(set >> 32n)];
const maskOf = (set: readonly number[]): SignalSet => BigInt(set[0]!) | (BigInt(set[1]!) << 32n);
const FAULTS: ReadonlySet<number> = new Set([SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP]);
const isFault = (info: SignalInfo): boolean => FAULTS.has(info.signal) && info.code > 0 && info.pid === 0;
const faultAddress = (info: SignalInfo): number => (isFault(info) ? info.value : 0);

/** siginfo_t. sigaction(2), "The siginfo_t argument". */
export function infoBytes(task: Task, info: SignalInfo): Uint8Array {
  const wide = task.space.abi === "x86_64", bytes = new Uint8Array(128), view = new DataView(bytes.buffer), at = wide ? 16 : 12;
  view.setInt32(0, info.signal, true);
  view.setInt32(8, info.code, true);
  if (isFault(info)) {
    view.setUint32(at, info.value, true);
    if (wide) view.setUint32(at + 4, Math.floor(info.value / 2 ** 32), true);
    return bytes;
  }
  view.setInt32(at, task.seen(info.pid), true);
  view.setUint32(at + 4, info.uid, true);
  if (info.signal === SIGCHLD) view.setInt32(at + 8, info.value, true);
  return bytes;
}

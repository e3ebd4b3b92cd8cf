import { array, bytes, i32, pointer, struct, u16, u32, u64 } from "@ringzero/bits";
import { stack_t } from "./structs.ts";

/*
 * What a signal leaves on the stack of a program. Linux, arch/x86/include/asm/sigframe.h, arch/x86/include/uapi/asm/sigcontext.h,
 * arch/x86/include/asm/ia32.h; programs and debuggers rely on the places.
 */

/** Registers on i386, in the order of sigcontext_32. */
export const sigcontext_32 = struct("sigcontext_32", {
  gs: u16, __gsh: u16, fs: u16, __fsh: u16, es: u16, __esh: u16, ds: u16, __dsh: u16, di: u32, si: u32, bp: u32, sp: u32, bx: u32, dx: u32, cx: u32, ax: u32, trapno: u32, err: u32, ip: u32, cs: u16, __csh: u16,
  flags: u32, sp_at_signal: u32, ss: u16, __ssh: u16, fpstate: u32, oldmask: u32, cr2: u32,
}, { size: 88 });
/** Registers on x86-64. */
export const sigcontext_64 = struct("sigcontext_64", {
  r8: u64, r9: u64, r10: u64, r11: u64, r12: u64, r13: u64, r14: u64, r15: u64, di: u64, si: u64, bp: u64, bx: u64, dx: u64, ax: u64, cx: u64, sp: u64, ip: u64, flags: u64, cs: u16, gs: u16, fs: u16, ss: u16,
  err: u64, trapno: u64, oldmask: u64, cr2: u64, fpstate: u64, __reserved: array(u64, 8),
}, { size: { x86_64: 256 } });
/** What a handler on i386 gets as its third argument: stack, registers and mask, put back by rt_sigreturn(2). */
export const ucontext_32 = struct("ucontext_32", { uc_flags: u32, uc_link: u32, uc_stack: stack_t, uc_mcontext: sigcontext_32, uc_sigmask: array(u32, 2) }, { size: { i386: 116 } });
/** What a handler on x86-64 gets as its third argument. The mask stands after 256 bytes of registers. */
export const ucontext_64 = struct("ucontext_64", { uc_flags: u64, uc_link: u64, uc_stack: stack_t, uc_mcontext: sigcontext_64, uc_sigmask: array(u32, 2) }, { size: { x86_64: 304 } });

/** Frame of a handler without SA_SIGINFO on i386. */
export const sigframe_ia32 = struct("sigframe_ia32", { pretcode: u32, sig: i32, sc: sigcontext_32, fpstate_unused: bytes(624), extramask: u32, retcode: bytes(8) });
/** Frame of a handler with SA_SIGINFO on i386. */
export const rt_sigframe_ia32 = struct("rt_sigframe_ia32", { pretcode: u32, sig: i32, pinfo: u32, puc: u32, info: bytes(128), uc: ucontext_32, retcode: bytes(8) });
/** Frame of every handler on x86-64. */
export const rt_sigframe = struct("rt_sigframe", { pretcode: pointer, uc: ucontext_64, info: bytes(128) }, { size: { x86_64: 440 } });

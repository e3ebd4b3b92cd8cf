import { GPR } from "@ringzero/x86";

/** By whose rules a system call is made, and structures lie: `bits` has the same names. */
export type { Abi } from "@ringzero/bits";

/** Registers of a system call's arguments, in order. Linux, arch/x86/entry/entry_64.S, entry_64_compat.S. */
export const ARGUMENTS = {
  x86_64: [GPR.rdi, GPR.rsi, GPR.rdx, GPR.r10, GPR.r8, GPR.r9],
  i386: [GPR.rbx, GPR.rcx, GPR.rdx, GPR.rsi, GPR.rdi, GPR.rbp],
} as const;

/** Addresses of a program: the first that it may not have, the end of its stack, and where mappings are looked for downwards. */
export interface AddressLayout {
  /** First address that a program may not map. */
  readonly limit: number;
  /** End of the stack, which grows down from it. */
  readonly stackTop: number;
  /** Where mmap(2) without an address begins to look, downwards. */
  readonly mapTop: number;
  /** Where a position-independent program is loaded. */
  readonly programBase: number;
}
/** Linux, arch/x86/include/asm/page_64_types.h and elf.h, without randomization: a run repeats. */
export const LAYOUT: { readonly i386: AddressLayout; readonly x86_64: AddressLayout } = {
  i386: { limit: 0xffff_e000, stackTop: 0xffff_d000, mapTop: 0xf7ff_d000, programBase: 0x5655_5000 },
  x86_64: { limit: 0x7fff_ffff_f000, stackTop: 0x7fff_ffff_f000, mapTop: 0x7fff_f7ff_f000, programBase: 0x5555_5555_4000 },
};
/** Pages that every 32-bit program has beyond its limit: code to return from signals, as a vDSO gives it. */
export const SIGNAL_RETURN_PAGE = 0xffff_e000;
/** Where the descriptor table lies in every address space; programs cannot touch it. */
export const GDT_PAGE = 0xffff_f000;

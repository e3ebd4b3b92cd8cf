import type { RegisterName } from './architectural-state.ts';

const RF = 0x1_0000n, C1 = 0x200n;
const SIGNIFICAND = (1n << 64n) - 1n;

/** Where QEMU 7.2's translated code is known to differ from the processor, and Bochs and the manuals are with us: the reason, or undefined. */
export function qemuDeviation(register: RegisterName, expected: bigint, qemu: bigint): string | undefined {
  const difference = expected ^ qemu;
  // SDM vol. 3B, "Instruction-Breakpoint Exception Condition": the image pushed for a fault has RF set.
  if (register === 'rflags' && difference === RF) return 'QEMU pushes the flags of a fault with RF clear';
  // SDM vol. 1, "x87 FPU Status Register": C1 tells whether a result was rounded up.
  if (register === 'fsw' && difference === C1) return 'QEMU does not report in C1 that a result was rounded up';
  // SDM vol. 1, "Effect of MMX Instructions on the x87 FPU": bits 79-64 are set to ones.
  if (/^st\d$/.test(register) && expected >> 64n === 0xffffn && ((difference & SIGNIFICAND) === 0n)) return 'QEMU keeps sign and exponent of a register that MMX writes';
  // SDM vol. 3A, "Code- and Data-Segment Descriptor Types": loading the segment register sets the descriptor's accessed bit.
  if (register.endsWith('.attributes') && difference === 1n && (expected & 1n)) return 'QEMU caches a descriptor without the accessed bit that it sets in memory';
  // SDM vol. 2A, "LTR—Load Task Register": the descriptor is marked busy.
  if (register === 'tr.attributes' && difference === 2n) return 'QEMU caches a TSS descriptor without the busy bit that it sets in memory';
  return undefined;
}

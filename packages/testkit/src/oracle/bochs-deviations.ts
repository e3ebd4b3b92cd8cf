import type { RegisterName } from './architectural-state.ts';

/** Where Bochs 2.7 is known to differ from the processor, and QEMU and the manuals are with us: the reason, or undefined. */
export function bochsDeviation(register: RegisterName, expected: bigint, bochs: bigint): string | undefined {
  // SDM vol. 3A, "Switching Back to Real-Address Mode": the segment registers keep what they hold until they are loaded.
  if (register === 'cs.attributes' && (expected ^ bochs) === 8n && (expected & 0xffn) === 0x9bn) return 'Bochs makes CS a data segment when CR0.PE is cleared';
  return undefined;
}

/**
 * What decoding depends on besides the bytes, packed into `STATE.mode`: decoded operations are kept per frame and mode.
 * Bits 1-0: code size, 0 = 16, 1 = 32, 2 = 64 bits. Bit 2: flat (CS, DS, ES and SS have base 0, limit 4 GiB and allow every
 * access that their kind allows, so that no segment check is needed; always set in 64-bit mode). Bit 3: real or virtual-8086 mode.
 */
export const MODE = { size: 3, code16: 0, code32: 1, code64: 2, flat: 4, real: 8 } as const;

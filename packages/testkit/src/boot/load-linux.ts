import { flatProtectedState, type PlainMemory, type Vcpu } from '@ringzero/x86';

/** Guest-physical addresses: descriptor table, boot_params, command line, kernel. */
const GDT = 0x9000, BOOT_PARAMS = 0x1_0000, COMMAND_LINE = 0x2_0000, KERNEL = 0x10_0000;
/** Offsets in the setup header and boot_params. Linux v6.1 Documentation/x86/boot.rst, "The Real-Mode Kernel Header"; zero-page.rst. */
const HEADER = 0x1f1, SETUP_SECTORS = 0x1f1, BOOT_FLAG = 0x1fe, MAGIC = 0x202, LOADER = 0x210, LOAD_FLAGS = 0x211, RAMDISK_IMAGE = 0x218, RAMDISK_SIZE = 0x21c, COMMAND_LINE_AT = 0x228;
const E820_ENTRIES = 0x1e8, E820_TABLE = 0x2d0;
const CONVENTIONAL_END = 0x9_fc00;

/**
 * Puts a bzImage into guest memory and a processor at its 32-bit entry point. Linux v6.1 Documentation/x86/boot.rst, "32-bit Boot Protocol". Throws an Error
 * where the file is none.
 */
export function loadLinux(vcpu: Vcpu, memory: PlainMemory, image: Uint8Array, commandLine: string, initrd?: Uint8Array): void {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < 0x1000 || view.getUint16(BOOT_FLAG, true) !== 0xaa55 || view.getUint32(MAGIC, true) !== 0x5372_6448) {
    throw new Error('This file is no Linux bzImage: its setup header is missing.');
  }
  memory.write(BOOT_PARAMS + HEADER, image.subarray(HEADER, HEADER + 0x80));
  memory.writeNumber(BOOT_PARAMS + LOADER, 1, 0xff);
  memory.writeNumber(BOOT_PARAMS + LOAD_FLAGS, 1, image[LOAD_FLAGS]! | 1);
  memory.write(COMMAND_LINE, new TextEncoder().encode(`${commandLine}\0`));
  memory.writeNumber(BOOT_PARAMS + COMMAND_LINE_AT, 4, COMMAND_LINE);
  const usable: readonly (readonly [from: number, to: number])[] = [[0, CONVENTIONAL_END], [KERNEL, memory.size]];
  memory.writeNumber(BOOT_PARAMS + E820_ENTRIES, 1, usable.length);
  usable.forEach(([from, to], i) => {
    const at = BOOT_PARAMS + E820_TABLE + i * 20;
    memory.writeBig(at, BigInt(from));
    memory.writeBig(at + 8, BigInt(to - from));
    memory.writeNumber(at + 16, 4, 1);
  });
  memory.write(KERNEL, image.subarray(((image[SETUP_SECTORS]! || 4) + 1) * 512));
  if (initrd) {
    const at = (memory.size - initrd.length) & ~0xfff;
    memory.write(at, initrd);
    memory.writeNumber(BOOT_PARAMS + RAMDISK_IMAGE, 4, at);
    memory.writeNumber(BOOT_PARAMS + RAMDISK_SIZE, 4, initrd.length);
  }
  // The protocol's selectors: code 10, data 18.
  memory.writeBig(GDT + 0x10, 0x00cf_9b00_0000_ffffn);
  memory.writeBig(GDT + 0x18, 0x00cf_9300_0000_ffffn);
  const state = flatProtectedState(vcpu.save(), KERNEL, { code: 0x10, data: 0x18 });
  vcpu.restore({
    ...state, registers: { ...state.registers, gdtrBase: BigInt(GDT), gdtrLimit: 0x1fn }, gpr: state.gpr.map((_, i) => (i === 6 ? BigInt(BOOT_PARAMS) : 0n)),
  });
}

/**
 * The PC's map: guest-physical addresses and ports. The first file to read.
 *
 *     00000000  conventional memory            A0000  (nobody: VGA graphics memory)
 *     000B8000  VGA text memory                C0000  firmware's memory: ACPI tables
 *     00100000  memory up to what was asked for, at most 3 GiB
 *     FEC00000  I/O APIC                    FEE00000  local APIC
 */
export const MEMORY = {
  /** BIOS data area: what firmware tells real-mode software. */
  biosData: 0x400,
  /** GDT that a loaded kernel starts with. */
  bootGdt: 0x1000,
  /** Linux's boot parameters, the "zero page", 4 KiB. */
  zeroPage: 0x7000,
  /** Multiboot information. */
  multibootInfo: 0x9000,
  /** Where a boot sector is loaded. */
  bootSector: 0x7c00,
  commandLine: 0x2_0000,
  /** Extended BIOS data area, the last KiB of conventional memory. */
  extendedBiosData: 0x9_fc00,
  conventionalEnd: 0xa_0000,
  vgaText: 0xb_8000,
  firmware: 0xc_0000,
  acpiTables: 0xe_0000,
  high: 0x10_0000,
  /** Below this all memory lies: devices are above. */
  memoryEnd: 0xc000_0000,
  ioApic: 0xfec0_0000,
  localApic: 0xfee0_0000,
} as const;

/** Where each chip's ports begin. */
export const PORT = {
  picMaster: 0x20, pit: 0x40, keyboardData: 0x60, systemControlB: 0x61, keyboardCommand: 0x64, rtc: 0x70, diagnostics: 0x80, systemControlA: 0x92, picSlave: 0xa0,
  debugConsole: 0xe9, vga: 0x3c0, com1: 0x3f8, elcr: 0x4d0, firmwareDisk: 0x5e0, acpiPm: 0x600, pciConfig: 0xcf8,
} as const;

/** Interrupt requests of the ISA devices. */
export const IRQ = { timer: 0, keyboard: 1, com1: 4, rtc: 8, sci: 9, mouse: 12 } as const;

/** SLP_TYPa that the DSDT gives for S5, soft off. */
export const SLEEP_TYPE_S5 = 5;

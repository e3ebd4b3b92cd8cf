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
  /** A kernel's command line. */
  commandLine: 0x2_0000,
  /** Extended BIOS data area, the last KiB of conventional memory. */
  extendedBiosData: 0x9_fc00,
  /** End of conventional memory. */
  conventionalEnd: 0xa_0000,
  /** Text screen: 80 × 25 cells of two bytes. */
  vgaText: 0xb_8000,
  /** Firmware's memory. */
  firmware: 0xc_0000,
  /** ACPI tables. */
  acpiTables: 0xe_0000,
  /** Memory above the first MiB. */
  high: 0x10_0000,
  /** Below this all memory lies: devices are above. */
  memoryEnd: 0xc000_0000,
  /** I/O APIC's registers. */
  ioApic: 0xfec0_0000,
  /** Local APIC's registers after RESET. */
  localApic: 0xfee0_0000,
} as const;

/** Where each chip's ports begin. */
export const PORT = {
  /** 8259 of IRQ 0 to 7. */
  picMaster: 0x20,
  /** 8254. */
  pit: 0x40,
  /** 8042, data. */
  keyboardData: 0x60,
  /** Speaker gate and refresh. */
  systemControlB: 0x61,
  /** 8042, command and status. */
  keyboardCommand: 0x64,
  /** MC146818. */
  rtc: 0x70,
  /** Where firmware writes what it is at. */
  diagnostics: 0x80,
  /** Fast A20 gate and reset. */
  systemControlA: 0x92,
  /** 8259 of IRQ 8 to 15. */
  picSlave: 0xa0,
  /** Debug console of some emulators: not there. */
  debugConsole: 0xe9,
  /** VGA registers. */
  vga: 0x3c0,
  /** 16550. */
  com1: 0x3f8,
  /** Edge or level, for each line of the 8259s. */
  elcr: 0x4d0,
  /** What our BIOS reads the floppy disk by. */
  firmwareDisk: 0x5e0,
  /** ACPI power management. */
  acpiPm: 0x600,
  /** PCI configuration, and CF9 for resets. */
  pciConfig: 0xcf8,
} as const;

/** Interrupt requests of the ISA devices. */
export const IRQ = {
  /** 8254, channel 0. */
  timer: 0,
  /** 8042, keyboard. */
  keyboard: 1,
  /** 16550. */
  com1: 4,
  /** MC146818. */
  rtc: 8,
  /** ACPI. */
  sci: 9,
  /** 8042, mouse. */
  mouse: 12,
} as const;

/** SLP_TYPa that the DSDT gives for S5, soft off. */
export const SLEEP_TYPE_S5 = 5;

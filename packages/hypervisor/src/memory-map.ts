import { MEMORY } from "./layout.ts";

/** Kinds of memory as INT 15h, E820h and the boot protocols number them. ACPI Specification 6.5, "Address Range Types". */
export const MEMORY_KIND = {
  /** Anybody's. */
  usable: 1,
  /** Nobody's. */
  reserved: 2,
  /** ACPI tables, usable once read. */
  acpiData: 3,
} as const;

/** A range of guest-physical addresses as firmware reports it. */
export interface MemoryRange {
  /** First address. */
  readonly base: number;
  /** Bytes. */
  readonly length: number;
  /** One of `MEMORY_KIND`. */
  readonly kind: number;
}

/** What firmware says about memory of `bytes` bytes, by address. */
export function memoryMap(bytes: number): readonly MemoryRange[] {
  return [
    { base: 0, length: MEMORY.extendedBiosData, kind: MEMORY_KIND.usable },
    { base: MEMORY.extendedBiosData, length: MEMORY.conventionalEnd - MEMORY.extendedBiosData, kind: MEMORY_KIND.reserved },
    { base: MEMORY.acpiTables, length: MEMORY.high - MEMORY.acpiTables, kind: MEMORY_KIND.reserved },
    { base: MEMORY.high, length: bytes - MEMORY.high, kind: MEMORY_KIND.usable },
  ];
}

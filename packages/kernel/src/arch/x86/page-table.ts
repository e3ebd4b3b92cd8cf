import { PROCESS_ENTRY, ProcessTable } from "@ringzero/x86";

/** The radix table of a process, which the processor's walker reads. */
export { PageList, ProcessTable as PageTable, type TablePages } from "@ringzero/x86";

/** Bits of its leaves. A leaf with an address and without `present` is a page that the process holds and may not touch (PROT_NONE). */
export const PTE = PROCESS_ENTRY;
/** The frame's linear address in a leaf. */
export function frameAddress(entry: number): number {
  return (entry & ~PTE.flags) >>> 0;
}
/** Levels of the table that spans a program's addresses. */
export function pageTable(memory: WebAssembly.Memory, pages: ConstructorParameters<typeof ProcessTable>[1], wide: boolean): ProcessTable {
  return new ProcessTable(memory, pages, wide ? 4 : 2);
}

import type { VcpuState } from "./snapshot.ts";

/** Selectors that a loader leaves in CS and in the data segment registers. */
export interface FlatSelectors {
  /** For CS. */
  readonly code: number;
  /** For DS, ES, SS, FS and GS. */
  readonly data: number;
}

/** VMCB attributes: present, DPL 0, 32-bit, 4 KiB granularity, accessed; code readable, data writable. */
const CODE32 = 0xc09b, DATA32 = 0xc093;
const CR0_PE = 1n, CR0_ET = 1n << 4n;

/**
 * A processor's state as 32-bit boot protocols hand it to a kernel: protected mode, paging off, flat segments from 0 to 4 GiB, interrupts
 * off, A20 open, everything else as it was. Multiboot Specification 0.6.96, "Machine state"; Linux/x86 boot protocol, "32-bit Boot Protocol".
 *
 * @param state usually that after RESET
 * @param entry rIP, a linear address below 4 GiB
 * @param selectors default 08 for code and 10 for data; what they refer to is up to the loader
 */
export function flatProtectedState(state: VcpuState, entry: number, selectors: FlatSelectors = { code: 0x08, data: 0x10 }): VcpuState {
  const segment = (code: boolean): VcpuState["segments"][number] => ({
    selector: code ? selectors.code : selectors.data, base: 0n, limit: 0xffff_ffff, attributes: code ? CODE32 : DATA32,
  });
  return {
    ...state,
    registers: { ...state.registers, cr0: CR0_PE | CR0_ET, cr4: 0n, efer: 0n },
    rip: BigInt(entry), flags: 2, cpl: 0, a20: true, halted: false,
    segments: state.segments.map((s, i) => (i < 6 ? segment(i === 1) : s)),
  };
}

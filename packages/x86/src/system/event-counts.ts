/** How often a processor did what its hypervisor or observers count; all since it was made, none of it state. */
export class EventCounts {
  /** CPUID instructions. */
  cpuid = 0;
  /** RDMSR and WRMSR of MSRs whose accesses a hypervisor keeps for itself: see `isPassedThrough`. */
  msr = 0;
  /** Writes of CR0 and CR4 that change bits which a hypervisor keeps for itself, XSETBV and INVD. */
  control = 0;
  /** Changes between CPL 3 and an inner ring that system operations made, either way. */
  systemCrossings = 0;
  readonly #generated: () => number;
  /** `generated`: how many of them generated code made. */
  constructor(generated: () => number) { this.#generated = generated; }
  /** Changes between CPL 3 and an inner ring, either way. */
  get ringCrossings(): number { return this.systemCrossings + this.#generated(); }
  /** Exceptions delivered, by vector. */
  readonly exceptions: Uint32Array = new Uint32Array(32);
}

/**
 * MSRs that a guest under KVM on VT-x reaches without an exit: TSC (reads), SPEC_CTRL, PRED_CMD, FLUSH_CMD, the SYSENTER registers, and the segment bases of long
 * mode. Linux 6.1, arch/x86/kvm/vmx/vmx.c, vmx_possible_passthrough_msrs.
 */
const PASSED_THROUGH: ReadonlySet<number> = new Set([0x48, 0x49, 0x10b, 0x174, 0x175, 0x176, 0xc000_0100, 0xc000_0101, 0xc000_0102]);
const TSC = 0x10;
/** Whether an access to an MSR does not leave the guest. */
export function isPassedThrough(msr: number, write: boolean): boolean { return PASSED_THROUGH.has(msr) || (msr === TSC && !write); }

/**
 * Bits that a guest under KVM with nested paging owns. Linux 6.4, arch/x86/kvm/kvm_cache_regs.h, KVM_POSSIBLE_CR0_GUEST_BITS (TS, and WP) and KVM_POSSIBLE_CR4_GUEST_BITS (PVI,
 * DE, PCE, OSFXSR, OSXMMEXCPT, PGE, TSD, FSGSBASE).
 */
export const GUEST_OWNED = { cr0: (1 << 3) | (1 << 16), cr4: 0x1_078e } as const;

import type { GuestMemory } from "@ringzero/machine";
import type { Vcpu } from "@ringzero/x86";

/** Bits of a page table entry, CR0 and CR4. SDM vol. 3A, "32-Bit Paging". */
const P = 1, RW = 2, US = 4, A = 0x20, D = 0x40, PS = 0x80, LARGE_RESERVED = 0x3f_e000;
const CR0_PG = 0x8000_0000, CR0_WP = 1 << 16, CR4_PSE = 1 << 4, CR4_SUPERVISOR_PROTECTION = 3 << 20;

/**
 * Reads the guest's own page tables, as a processor in the guest's state would: 32-bit paging with pages of 4 KiB and 4 MiB, or none. What it does not know
 * (reserved bits, SMEP and SMAP for the user's pages) it refuses, and the instruction is emulated instead.
 */
export class GuestWalk {
  readonly #vcpu: Vcpu;
  readonly #memory: GuestMemory;
  /** Bytes of the guest's memory. */
  readonly #bytes: number;
  /** Whether the page found last may be written without anything to do first. */
  writable = false;

  /** `bytes` of memory are the guest's; what lies behind them is not. */
  constructor(vcpu: Vcpu, memory: GuestMemory, bytes: number) {
    this.#vcpu = vcpu;
    this.#memory = memory;
    this.#bytes = bytes;
  }

  /** The guest-physical address of a linear one, accessed and dirty bits set unless it is looked up by the monitor alone; -1 where the guest may not do that access. */
  translate(linear: number, write: boolean, user: boolean, touch: boolean = true): number {
    const { system } = this.#vcpu, cr0 = system.get("cr0"), cr4 = system.get("cr4");
    this.writable = true;
    if ((cr0 & CR0_PG) === 0) return linear;
    const directoryAt = (system.get("cr3") & ~0xfff) + (linear >>> 22) * 4, directory = this.#read(directoryAt >>> 0);
    if (!(directory & P)) return -1;
    const large = (directory & PS) !== 0 && (cr4 & CR4_PSE) !== 0;
    if (large && directory & LARGE_RESERVED) return -1;
    const at = large ? directoryAt >>> 0 : ((directory & ~0xfff) + ((linear >>> 12) & 0x3ff) * 4) >>> 0, entry = large ? directory : this.#read(at);
    if (!(entry & P)) return -1;
    const rights = directory & entry, asUser = (rights & US) !== 0, readOnly = (rights & RW) === 0 && (user || (cr0 & CR0_WP) !== 0);
    if (user ? !asUser : asUser && cr4 & CR4_SUPERVISOR_PROTECTION) return -1;
    if (write && readOnly) return -1;
    if (touch && !large && !(directory & A)) this.#write(directoryAt >>> 0, directory | A);
    const wanted = write ? A | D : A;
    if (touch && (entry & wanted) !== wanted) this.#write(at, entry | wanted);
    // A page that is not dirty stays read-only until it is written.
    this.writable = !readOnly && (write || (entry & D) !== 0);
    return (large ? (entry & 0xffc0_0000) | (linear & 0x3f_ffff) : (entry & ~0xfff) | (linear & 0xfff)) >>> 0;
  }
  /** Copies bytes at a linear address, by supervisor's or user's rights; how many could be read. */
  read(linear: number, into: Uint8Array, user: boolean): number {
    for (let done = 0; done < into.length;) {
      const at = (linear + done) >>> 0, size = Math.min(into.length - done, 4096 - (at & 0xfff)), physical = this.translate(at, false, user, false);
      if (physical < 0 || physical + size > this.#bytes) return done;
      this.#memory.read(physical, into.subarray(done, done + size));
      done += size;
    }
    return into.length;
  }

  #read(at: number): number { return at + 4 <= this.#bytes ? this.#memory.readNumber(at, 4) : 0xffff_ffff; }
  #write(at: number, entry: number): void { if (at + 4 <= this.#bytes) this.#memory.writeNumber(at, 4, entry >>> 0); }
}

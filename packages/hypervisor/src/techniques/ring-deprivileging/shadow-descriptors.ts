import type { GuestMemory } from "@ringzero/machine";
import type { GuestWalk } from "./guest-walk.ts";

/** Bits of a descriptor's upper half. SDM vol. 3A, "Segment Descriptors". */
const PRESENT = 0x8000, DPL = 0x6000, SEGMENT = 0x1000, CODE = 0x800, CONFORMING = 0x400, ACCESSED = 0x100;

/**
 * The descriptor table that counts, made from the guest's. In the virtual ring 0 segments of ring 0 are open to CPL 3, and code of ring 3 is not present: so the
 * way back to ring 3 faults. In the virtual ring 3 they are as the guest has them. Gates, task states and what the guest has not used yet are never present: using
 * them faults, and the guest's own table decides. It is compared with the guest's at each trap; a change that no trap follows is seen late.
 */
export class ShadowDescriptors {
  readonly #memory: GuestMemory;
  readonly #walk: GuestWalk;
  /** Guest-physical address of the table that counts. */
  readonly #at: number;
  /** The guest's table as of the last time, and for which ring the shadow stands. */
  #seen = new Uint8Array(0);
  #ring: 0 | 3 | undefined;

  /** `at` is where the table lies in the monitor's frames. */
  constructor(memory: GuestMemory, walk: GuestWalk, at: number) {
    this.#memory = memory;
    this.#walk = walk;
    this.#at = at;
  }
  /** Forgets what it has seen. */
  reset(): void { this.#ring = undefined; }

  /** Brings the table up to date with the guest's. */
  update(ring: 0 | 3, base: number, limit: number): void {
    const table = new Uint8Array((limit & 0xffff) + 1);
    this.#walk.read(base, table, false);
    if (ring === this.#ring && equal(table, this.#seen)) return;
    const shadow = table.slice(), view = new DataView(shadow.buffer);
    for (let at = 0; at + 8 <= shadow.length; at += 8) view.setUint32(at + 4, translate(view.getUint32(at + 4, true), ring), true);
    this.#memory.write(this.#at, shadow);
    this.#seen = table;
    this.#ring = ring;
  }
  /** Whether a selector's segment is of ring 0, and open to CPL 3 here alone. */
  raised(selector: number): boolean {
    const at = selector & 0xfff8;
    if (selector & 4 || at === 0 || at + 8 > this.#seen.length || this.#ring !== 0) return false;
    return isRaised(new DataView(this.#seen.buffer).getUint32(at + 4, true));
  }
}

const isRaised = (high: number): boolean => (high & (SEGMENT | DPL)) === SEGMENT && (high & (CODE | CONFORMING)) !== (CODE | CONFORMING);
/** A descriptor's upper half in the table that counts. */
function translate(high: number, ring: 0 | 3): number {
  if (!(high & SEGMENT) || !(high & ACCESSED)) return (high & ~PRESENT) >>> 0;
  if (ring === 3) return high;
  if (isRaised(high)) return (high | DPL) >>> 0;
  return (high & (DPL | CODE)) === (DPL | CODE) ? (high & ~PRESENT) >>> 0 : high;
}
function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

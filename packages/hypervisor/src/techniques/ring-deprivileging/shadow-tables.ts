import type { GuestMemory } from "@ringzero/machine";
import { HIDDEN, MONITOR } from "./layout.ts";

const P = 1, RW = 2, US = 4, PAGE = 4096, ENTRIES = 1024;
const HIDDEN_REGION = HIDDEN.start >>> 22;

/**
 * The page tables that count: a directory for each virtual ring, filled entry by entry when an access misses, as a TLB is. In the virtual ring 0 every page that
 * the guest's ring 0 may use is open to CPL 3. (Shadow paging: C. A. Waldspurger, "Memory Resource Management in VMware ESX Server", OSDI 2002.)
 */
export class ShadowTables {
  readonly #memory: GuestMemory;
  /** Guest-physical address of the monitor's frames. */
  readonly #base: number;
  /** Tables in use, by ring (0, 1 for 3) and region of 4 MiB; 0 = none. */
  readonly #tables: readonly [Uint32Array, Uint32Array] = [new Uint32Array(ENTRIES), new Uint32Array(ENTRIES)];
  #used = 0;

  /** `base` is where the monitor's frames begin. */
  constructor(memory: GuestMemory, base: number) {
    this.#memory = memory;
    this.#base = base;
  }
  /** Guest-physical address of a ring's page directory. */
  directory(ring: 0 | 3): number { return this.#base + MONITOR.directories + (ring === 0 ? 0 : PAGE); }

  /** Forgets all translations. */
  reset(): void {
    this.#used = 0;
    this.#memory.fill(this.directory(0), 2 * PAGE, 0);
    for (const ring of [0, 3] as const) {
      this.#of(ring).fill(0);
      const table = this.#table(ring, HIDDEN_REGION);
      for (let n = 0; n < HIDDEN.frames; n++) this.#memory.writeNumber(table + n * 4, 4, (this.#base + n * PAGE) | P | RW);
    }
  }
  /** Enters a translation. False where it was there already, so that this is not what was missing. */
  enter(ring: 0 | 3, linear: number, physical: number, writable: boolean): boolean {
    if (this.#used === MONITOR.tableFrames && this.#of(ring)[linear >>> 22] === 0) this.reset();
    const at = this.#table(ring, linear >>> 22) + ((linear >>> 12) & 0x3ff) * 4, entry = ((physical & ~0xfff) | P | US | (writable ? RW : 0)) >>> 0;
    const old = this.#memory.readNumber(at, 4);
    // Accessed and dirty bits are the walker's.
    if ((old & ~0x60) >>> 0 === entry) return false;
    this.#memory.writeNumber(at, 4, entry);
    return true;
  }
  #of(ring: 0 | 3): Uint32Array { return this.#tables[ring === 0 ? 0 : 1]; }
  #table(ring: 0 | 3, region: number): number {
    const tables = this.#of(ring);
    if (tables[region] === 0) {
      const table = (tables[region] = this.#base + MONITOR.tables + this.#used++ * PAGE);
      this.#memory.fill(table, PAGE, 0);
      this.#memory.writeNumber(this.directory(ring) + region * 4, 4, table | P | RW | US);
    }
    return tables[region]!;
  }
}

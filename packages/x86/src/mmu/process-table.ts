/**
 * Bits of a process table's entries. A process needs no page tables of the architecture: its kernel keeps this one in linear memory and the
 * generated walker reads it (`processWalk`), so that TypeScript is asked only about what is absent or protected.
 *
 * A radix tree of 4 KiB nodes with 1024 four-byte entries: two levels span 4 GiB, four levels more than the 47 bits of a 64-bit process. An entry holds the
 * host address of a 4 KiB node or page in bits 31-12, in a leaf with the rights below; whatever is present is readable. Bits that are not named here, and all bits
 * of a leaf without `present`, are the kernel's (where a swapped or protected page is, copy-on-write, shared). Every leaf that a kernel weakens must be
 * flushed from the TLB of whoever runs the process.
 */
export const PROCESS_ENTRY = {
  /** A node or page is there; it may be read. */
  present: 1,
  /** In a leaf: may be written. */
  writable: 2,
  /** In a leaf: may be executed. */
  executable: 4,
  /** Only for accesses that the processor makes on its own account: descriptor tables. */
  supervisor: 8,
  /** Set by the walker: used since it was cleared. */
  accessed: 32,
  /** Set by the walker: written since it was cleared. */
  dirty: 64,
  /** All but the address. */
  flags: 0xfff,
  /** Bits of the address that index a node. */
  indexBits: 10,
} as const;

/** Where a table's nodes come from: zeroed 4 KiB pages of linear memory by host address. */
export interface TablePages {
  /** A zeroed page: its host address. */
  allocate(): number;
  /** Takes a page back, with whatever is in it. */
  free(page: number): void;
}

const NODE_ENTRIES = 1 << PROCESS_ENTRY.indexBits, PAGE = 4096;
/** Bytes that one leaf node is for. */
const REGION = NODE_ENTRIES * PAGE;

/** Host pages by number, address / 4096: a list that is used again. */
export class PageList {
  /** The first `length` are in use. */
  frames: Int32Array = new Int32Array(NODE_ENTRIES);
  /** How many there are. */
  length = 0;
  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.length + more <= this.frames.length) return;
    const larger = new Int32Array(2 * (this.length + more));
    larger.set(this.frames);
    this.frames = larger;
  }
}

/** A process table as the kernel keeps it. Linear addresses are non-negative numbers below the span; entries are unsigned 32-bit numbers. */
export class ProcessTable {
  /** Levels of the tree. */
  readonly levels: 2 | 4;
  /** First address beyond the table. */
  readonly span: number;
  readonly #memory: WebAssembly.Memory;
  readonly #pages: TablePages;
  readonly #root: number;
  /** All nodes, the root first. */
  readonly #nodes: number[];
  #words: Uint32Array;
  /** The last leaf node found: which stretch of addresses it is for, and the index of its first word. */
  #lastRegion = -1;
  #lastNode = 0;

  constructor(memory: WebAssembly.Memory, pages: TablePages, levels: 2 | 4) {
    this.levels = levels;
    this.span = 2 ** (12 + levels * PROCESS_ENTRY.indexBits);
    this.#memory = memory;
    this.#pages = pages;
    this.#root = pages.allocate();
    this.#nodes = [this.#root];
    this.#words = new Uint32Array(memory.buffer);
  }
  /** The value of CR3 that makes a vCPU in process mode use this table. */
  get cr3(): number { return this.#root + this.levels; }

  /** The leaf of an address; 0 where there is none. */
  get(address: number): number {
    const at = this.#find(address, false);
    return at < 0 ? 0 : this.#wordsWith(at)[at]!;
  }
  /** Sets the leaf of an address; nodes are made as needed. */
  set(address: number, entry: number): void {
    const at = this.#find(address, entry !== 0);
    if (at >= 0) this.#wordsWith(at)[at] = entry;
  }
  /** Replaces every leaf of [start, end) that is not zero by what `change` returns for it. */
  update(start: number, end: number, change: (entry: number, address: number) => number): void {
    this.#visit(this.#root, this.levels, 0, start, Math.min(end, this.span), change);
  }
  /**
   * Copies the leaves of [start, end) that are not zero to another table: this one keeps the bits in `keeps`, the other one gets those in `gives`. Appends the pages to `pages`. Throws
   * what `TablePages.allocate` throws, before anything has changed.
   */
  lend(start: number, end: number, to: ProcessTable, keeps: number, gives: number, pages: PageList): void {
    const regions: number[] = [];
    this.#regions(this.#root, this.levels, 0, start, end, regions);
    for (const base of regions) to.#find(base, true);
    for (const base of regions) {
      const own = this.#find(base, false), other = to.#find(base, false), words = this.#wordsWith(Math.max(own, other) + NODE_ENTRIES - 1);
      const first = Math.max(0, start - base) / PAGE, last = Math.min(REGION, end - base) / PAGE;
      pages.reserve(NODE_ENTRIES);
      for (let i = first; i < last; i++) {
        const entry = words[own + i]!;
        if (entry === 0) continue;
        words[own + i] = entry & keeps;
        words[other + i] = entry & gives;
        pages.frames[pages.length++] = entry >>> 12;
      }
    }
  }
  /** Clears the leaves of [start, end), but for those of `supervisor` pages. Appends their pages to `pages`. */
  take(start: number, end: number, pages: PageList): void {
    const regions: number[] = [];
    this.#regions(this.#root, this.levels, 0, start, Math.min(end, this.span), regions);
    for (const base of regions) {
      const own = this.#find(base, false), words = this.#wordsWith(own + NODE_ENTRIES - 1);
      const first = Math.max(0, start - base) / PAGE, last = Math.min(REGION, end - base) / PAGE;
      pages.reserve(NODE_ENTRIES);
      for (let i = own + first; i < own + last; i++) {
        const entry = words[i]!;
        if (entry === 0 || entry & PROCESS_ENTRY.supervisor) continue;
        words[i] = 0;
        pages.frames[pages.length++] = entry >>> 12;
      }
    }
  }
  /** Gives all nodes back; the table must not be used any more. The pages that leaves refer to are the kernel's affair. */
  free(): void { for (const node of this.#nodes.splice(0)) this.#pages.free(node); }

  /** A view in which word `at` lies: of memory that has grown since, an unshared view has no length and a shared one too little. */
  #wordsWith(at: number): Uint32Array {
    if (at >= this.#words.length) this.#words = new Uint32Array(this.#memory.buffer);
    return this.#words;
  }
  /** Index of the word that is the leaf of an address; -1 where a node is missing. */
  #find(address: number, make: boolean): number {
    if (!(address >= 0 && address < this.span)) throw new RangeError(`address ${address} is outside the process table`);
    const region = Math.floor(address / REGION), index = (address >>> 12) & (NODE_ENTRIES - 1);
    // Nodes stay until the whole table goes, so that the last one found is good for its neighbours.
    if (region === this.#lastRegion) return this.#lastNode + index;
    const page = Math.floor(address / PAGE);
    let node = this.#root;
    for (let level = this.levels - 1; level > 0; level--) {
      const at = node / 4 + (Math.floor(page / 2 ** (level * PROCESS_ENTRY.indexBits)) % NODE_ENTRIES);
      let entry = this.#wordsWith(at)[at]!;
      if (entry === 0) {
        if (!make) return -1;
        const made = this.#pages.allocate();
        this.#nodes.push(made);
        entry = made + PROCESS_ENTRY.present;
        this.#wordsWith(at)[at] = entry;
      }
      node = (entry & ~PROCESS_ENTRY.flags) >>> 0;
    }
    this.#lastRegion = region;
    this.#lastNode = node / 4;
    return this.#lastNode + index;
  }
  /** Appends the start of each stretch in [start, end) that has a leaf node. */
  #regions(node: number, level: number, base: number, start: number, end: number, into: number[]): void {
    if (level === 1) {
      into.push(base);
      return;
    }
    const step = REGION * NODE_ENTRIES ** (level - 2), first = Math.max(0, Math.floor((start - base) / step)), last = Math.min(NODE_ENTRIES, Math.ceil((end - base) / step));
    for (let i = first, own = node / 4; i < last; i++) {
      const entry = this.#wordsWith(own + i)[own + i]!;
      if (entry !== 0) this.#regions((entry & ~PROCESS_ENTRY.flags) >>> 0, level - 1, base + i * step, start, end, into);
    }
  }
  #visit(node: number, level: number, base: number, start: number, end: number, change: (entry: number, address: number) => number): void {
    const step = 2 ** (12 + (level - 1) * PROCESS_ENTRY.indexBits);
    const first = Math.max(0, Math.floor((start - base) / step)), last = Math.min(NODE_ENTRIES, Math.ceil((end - base) / step));
    const own = node / 4;
    for (let i = first; i < last; i++) {
      const entry = this.#wordsWith(own + i)[own + i]!;
      if (entry === 0) continue;
      const address = base + i * step;
      if (level > 1) this.#visit((entry & ~PROCESS_ENTRY.flags) >>> 0, level - 1, address, start, end, change);
      else {
        const changed = change(entry, address);
        // The memory may have grown meanwhile.
        if (changed !== entry) this.#wordsWith(own + i)[own + i] = changed;
      }
    }
  }
}

import type { Core } from "../core.ts";
import type { InstructionSet } from "../instruction-set.ts";
import type { InstalledUnits } from "../interpreter/installed-units.ts";
import { MODE } from "../../decode/mode.ts";
import { CODE_PAGE } from "../../decode/operation.ts";
import { GPR_PAGE, STATE, TLB_ENTRIES } from "../../state/state.ts";
import { compileRegion } from "./compile.ts";
import { discoverRegion, type CodeSource, type RegionPage } from "./region.ts";
import { regionTables } from "./region-tables.ts";

/** What a JIT did so far: regions compiled and dropped, their modules' bytes, the guest instructions in them. */
export interface JitCounters { compiled: number; dropped: number; bytes: number; instructions: number }

/** A compiled region's place in the table of regions, the block at which it was asked for (-1: it starts behind that place), and its length in instructions. */
interface Entered { readonly index: number; readonly block: number; readonly length: number }

const MAX_BLOCKS = 1000;

/**
 * Compiles regions of hot code. Hotness is sampled: where a slice of execution ends is where time is spent; an address seen
 * `threshold` times in its page is compiled, unless a region covers it already.
 */
export class Jit {
  readonly #core: Core;
  readonly #units: InstalledUnits;
  readonly #isa: InstructionSet;
  readonly #threshold: number;
  readonly #counted: boolean;
  readonly #samples = new Map<number, number>();
  /** By code page: for each page offset how many regions have an instruction that starts there; one more where nothing could be made of it. */
  readonly #covered = new Map<number, Uint16Array>();
  readonly #free: number[] = [];
  /** Addresses of dropped regions' tables, for reuse, by size. */
  readonly #spared = new Map<number, number[]>();
  #tableEnd = 0;
  readonly counters: JitCounters = { compiled: 0, dropped: 0, bytes: 0, instructions: 0 };

  /** `core`: one with the engine "interpreter" or "jit". `threshold`: samples that make code hot; 1 compiles wherever a slice ends. `counted`: regions count entries and instructions. */
  constructor(core: Core, isa: InstructionSet, threshold: number = 2, counted: boolean = false) {
    this.#core = core;
    this.#units = core.engine as InstalledUnits;
    this.#isa = isa;
    this.#threshold = threshold;
    this.#counted = counted;
  }

  /** Called at a slice's end: counts the address, compiles where it is hot. */
  sample(): void {
    const place = this.#place();
    if (!place) return;
    const { page, offset } = place;
    if (this.#covers(page, offset)) return;
    // Places within 64 bytes count as one.
    const key = page + (offset >> 6);
    const n = (this.#samples.get(key) ?? 0) + 1;
    this.#samples.set(key, n);
    if (n < this.#threshold) return;
    this.#samples.delete(key);
    this.#compile(page, offset);
  }

  /**
   * Compiles the region at rIP and executes it once, at most one round of its loops: for tests that force compiled code. False where
   * nothing could be compiled or it gave the instruction back: the interpreter has to execute it.
   */
  executeOnce(): boolean {
    const core = this.#core, s = core.state;
    if (this.#units.exports.lookup(s) === 0) return true;
    const place = this.#place();
    if (!place) return false;
    const entered = this.#compile(place.page, place.offset);
    if (!entered || entered.block < 0) return false;
    core.view.setInt32(s + STATE.budget.offset, entered.length + 1, true);
    const region = this.#units.exports.regions.get(entered.index) as (state: number, block: number) => number;
    return region(s, entered.block) === 0;
  }

  /** The code page and page offset of rIP. */
  #place(): { page: number; offset: number } | undefined {
    const v = this.#core.view, s = this.#core.state;
    const page = v.getUint32(s + STATE.codePage.offset, true);
    if (page === 0) return undefined;
    const offset = Number(v.getBigUint64(s + STATE.rip.offset, true) - v.getBigUint64(s + STATE.gpr.offset + GPR_PAGE * 8, true));
    return offset >= 0 && offset < 4096 ? { page, offset } : undefined;
  }
  #covers(page: number, offset: number): boolean { return (this.#covered.get(page)?.[offset] ?? 0) > 0; }
  #cover(page: number, offset: number, change: 1 | -1): void {
    let covered = this.#covered.get(page);
    if (!covered) this.#covered.set(page, (covered = new Uint16Array(4096)));
    covered[offset]! += change;
  }
  /** The page so many pages from the one that rIP is in, where it has been executed lately in the same mode. */
  #pageAt(number: number, mode: number): RegionPage | undefined {
    const core = this.#core, v = core.view, s = core.state;
    const linear = (v.getBigUint64(s + STATE.gpr.offset + GPR_PAGE * 8, true) + BigInt(number) * 4096n) & v.getBigUint64(s + STATE.linearMask.offset, true);
    const entry = s + v.getUint32(s + STATE.tlbCode.offset, true) + (Number((linear >> 12n) & BigInt(TLB_ENTRIES - 1)) << 4);
    if (v.getBigUint64(entry, true) !== (linear | v.getBigUint64(s + STATE.context.offset, true))) return undefined;
    const descriptor = v.getUint32(entry + 12, true);
    if (descriptor === 0 || v.getUint32(descriptor + CODE_PAGE.valid, true) === 0 || v.getUint32(descriptor + CODE_PAGE.mode, true) !== mode) return undefined;
    return { frame: v.getUint32(descriptor + CODE_PAGE.frame, true), descriptor };
  }
  /** Puts a region's tables into linear memory: their address. */
  #keep(bytes: Uint8Array): number {
    const size = (bytes.length + 4095) & ~4095, address = this.#spared.get(size)?.pop() ?? this.#core.memory.allocate(size);
    new Uint8Array(this.#core.memory.memory.buffer).set(bytes, address);
    return address;
  }
  #spare(address: number, length: number): void {
    const size = (length + 4095) & ~4095, list = this.#spared.get(size);
    if (list) list.push(address);
    else this.#spared.set(size, [address]);
  }

  #compile(page: number, offset: number): Entered | undefined {
    const core = this.#core, s = core.state;
    const { frame, mode } = core.code.describe(page);
    if (!(mode & MODE.flat) || (mode & MODE.size) === MODE.code16) return undefined;
    // Whatever comes of it is not tried again.
    this.#cover(page, offset, 1);
    const u8 = new Uint8Array(core.memory.memory.buffer);
    const source: CodeSource = {
      page: (n) => (n === 0 ? { frame, descriptor: page } : this.#pageAt(n, mode)),
      executed: (p, at) => core.code.isDecoded(p.descriptor, at),
      crossing: (p, at) => core.code.crossingFrame(p.descriptor, at),
    };
    // Nobody looks an instruction up that lies in two pages: the region starts behind it.
    const entry = core.code.crossingEnd(page, offset) ?? offset;
    const region = discoverRegion(core.decoder, (n) => this.#isa.built(n), u8, source, entry, mode);
    if (!region || region.blocks.length > MAX_BLOCKS) return undefined;
    const cover = (change: 1 | -1): void => {
      for (const b of region.blocks) for (const i of b.instructions) this.#cover(region.pages.get(b.start >> 12)!.descriptor, i.offset & 0xfff, change);
    };
    cover(1);
    const tables = regionTables(region), placed = tables && { ...tables, address: this.#keep(tables.bytes) };
    // The tables may have made the memory grow.
    const stackMask = core.view.getBigUint64(s + STATE.stackMask.offset, true);
    const compiled = compileRegion(region, { code64: (mode & MODE.size) === MODE.code64, stackMask }, placed, core.shared, this.#counted);
    const module = new WebAssembly.Module(compiled.bytes as Uint8Array<ArrayBuffer>);
    const engine: { [name: string]: WebAssembly.ExportValue } = {};
    for (const r of compiled.routines) engine[r.name] = this.#units.routine(r);
    const instance = new WebAssembly.Instance(module, { machine: { memory: core.memory.memory }, engine });
    const index = this.#free.pop() ?? this.#tableEnd++;
    const table = this.#units.exports.regions;
    if (index >= table.length) table.grow(table.length);
    table.set(index, instance.exports["region"]);
    this.counters.compiled++;
    this.counters.bytes += compiled.bytes.length;
    this.counters.instructions += region.instructionCount;
    const pages = [...region.pages.entries()];
    const gone = (): void => {
      this.counters.dropped++;
      this.#free.push(index);
      if (placed) this.#spare(placed.address, placed.bytes.length);
      cover(-1);
      this.#cover(page, offset, -1);
      if (core.view.getUint32(page + CODE_PAGE.valid, true) === 0) this.#covered.delete(page);
      for (const [, { descriptor }] of pages) core.code.leaveRegion(descriptor, index, gone);
    };
    for (const [number, { descriptor }] of pages) {
      const entries = region.blocks.filter((b) => b.start >> 12 === number).map((b) => ({ offset: b.start & 0xfff, block: b.index }));
      core.code.enterRegion(descriptor, entries, index, Math.max(region.instructionCount, 64), gone);
    }
    return { index, block: region.blockAt.get(offset)?.index ?? -1, length: region.instructionCount };
  }
}

import type { Core } from "../core.ts";
import type { InstructionSet } from "../instruction-set.ts";
import type { InstalledUnits } from "../interpreter/installed-units.ts";
import { MODE } from "../../decode/mode.ts";
import { CODE_PAGE } from "../../decode/operation.ts";
import { STATE, TLB_ENTRIES } from "../../state/state.ts";
import { CHAIN, HOTNESS, REGIONS } from "../interpreter/chain.ts";
import { compileRegion } from "./compile.ts";
import { discoverRegion, type CodeSource, type Region, type RegionPage } from "./region.ts";
import { REGION_COUNTERS } from "./region-counters.ts";
import { guestText, regionText, type RegionReport } from "./region-report.ts";
import { regionTables } from "./region-tables.ts";

/** What a JIT did so far: regions compiled and dropped, their modules' bytes, the guest instructions in them; and the bytes of those that are there now. */
export interface JitCounters { compiled: number; dropped: number; bytes: number; instructions: number; liveBytes: number }

/** How much a JIT may compile and keep. */
export interface JitLimits {
  /** Bytes of modules at one time: one more and all are dropped, to begin anew with what is hot then. */
  readonly bytes: number;
  /** Guest instructions compiled at once, and beyond them how many in a million executed. */
  readonly start: number;
  readonly perMillion: number;
}

/** Options of a JIT. */
export interface JitOptions {
  /** Samples that make code hot; default 8. */
  readonly threshold?: number;
  /** Regions count what they do, and keep their modules' text, for tools. */
  readonly counted?: boolean;
  readonly limits?: Partial<JitLimits>;
}

const LIMITS: JitLimits = { bytes: 64 << 20, start: 50_000, perMillion: 25 };

/** A compiled region's place in the table of regions, the block at which it was asked for (-1: it starts behind that place), and its length in instructions. */
interface Entered { readonly index: number; readonly block: number; readonly length: number }

/** A code page (its descriptor's address), an offset in it, and the page's linear address. */
interface Place { readonly page: number; readonly offset: number; readonly base: bigint }

const MAX_BLOCKS = 1000;

/**
 * Compiles regions of hot code. Hotness is sampled: where a slice of execution ends is where time is spent; an address seen
 * `threshold` times in its page is compiled, unless a region starts there already. Where regions leave to code that is not compiled is counted (HOTNESS).
 */
export class Jit {
  readonly #core: Core;
  readonly #units: InstalledUnits;
  readonly #isa: InstructionSet;
  /** Samples that make code hot. */
  threshold: number;
  /** Nothing more is compiled: for tests that change between engines. */
  paused = false;
  readonly #counted: boolean;
  readonly #limits: JitLimits;
  /** Regions that are there, by place in the table: their reports where they are counted, and what drops them. */
  readonly #live = new Map<number, { readonly report: RegionReport | undefined; readonly gone: () => void }>();
  /** Guest instructions that may still be compiled. */
  #allowance: number;
  readonly #samples = new Map<number, number>();
  /** By code page: offsets at which nothing could be made of what is there, or only of what comes behind it. */
  readonly #hopeless = new Map<number, Set<number>>();
  /** By code page: for each page offset how many regions have an instruction that starts there. */
  readonly #covered = new Map<number, Uint16Array>();
  readonly #free: number[] = [];
  /** Addresses of dropped regions' tables, for reuse, by size. */
  readonly #spared = new Map<number, number[]>();
  #tableEnd = 0;
  readonly counters: JitCounters = { compiled: 0, dropped: 0, bytes: 0, instructions: 0, liveBytes: 0 };

  /** What dropped regions did, where they were counted. */
  readonly past: { entries: number; retired: number; gaveBack: number } = { entries: 0, retired: 0, gaveBack: 0 };

  /** `core`: one with the engine "jit". */
  constructor(core: Core, isa: InstructionSet, options: JitOptions = {}) {
    this.#core = core;
    this.#units = core.engine as InstalledUnits;
    this.#isa = isa;
    this.threshold = options.threshold ?? 8;
    this.#counted = options.counted ?? false;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#allowance = this.#limits.start;
    const hotness = core.memory.allocate(HOTNESS.counters * 2);
    core.view.setUint32(core.state + STATE.hotness.offset, hotness, true);
  }

  /** Called at the end of a slice of so many instructions: counts the address, compiles where it is hot. */
  sample(executed: number): void {
    this.#allowance = Math.min(this.#limits.start, this.#allowance + (executed * this.#limits.perMillion) / 1e6);
    const place = this.#place();
    // The end of a slice is interpreted: in the midst of a region it tells nothing.
    if (!place || this.paused || this.#allowance < 0 || this.#decided(place) || this.#covered.get(place.page)?.[place.offset]) return;
    // Samples of code that is gone go, too.
    if (this.#samples.size > 1 << 16) this.#samples.clear();
    const { page, offset } = place;
    // Places within 64 bytes count as one.
    const key = page + (offset >> 6);
    const n = (this.#samples.get(key) ?? 0) + 1;
    this.#samples.set(key, n);
    if (n < this.threshold) return;
    this.#samples.delete(key);
    this.#compile(place, true);
  }

  /** Compiles the region at rIP, a place that regions often leave to. */
  compileHere(): void {
    const place = this.#place();
    if (place && !this.paused && this.#allowance >= 0 && !this.#decided(place)) this.#compile(place);
  }
  /** There is a region at a place, or cannot be one. */
  #decided({ page, offset }: Place): boolean { return this.#core.code.isRegion(page, offset) || (this.#hopeless.get(page)?.has(offset) ?? false); }

  /**
   * Compiles the region at rIP and executes it once, at most one round of its loops: for tests that force compiled code. False where
   * nothing could be compiled or it gave the instruction back: the interpreter has to execute it.
   */
  executeOnce(): boolean {
    const core = this.#core, s = core.state;
    if (this.#units.exports.lookup(s) === 0) return true;
    const place = this.#place();
    if (!place) return false;
    const entered = this.#compile(place);
    if (!entered || entered.block < 0) return false;
    core.view.setInt32(s + STATE.budget.offset, entered.length + 1, true);
    const region = this.#units.exports.regions.get(entered.index) as (state: number, block: number) => number;
    // No further than this region.
    core.view.setUint32(s + STATE.attention.offset, 1, true);
    const result = region(s, entered.block);
    core.view.setUint32(s + STATE.attention.offset, 0, true);
    return result === 0;
  }

  /** Where rIP is, if code of its page has been executed lately. */
  #place(): Place | undefined {
    const v = this.#core.view, s = this.#core.state;
    const rip = v.getBigUint64(s + STATE.rip.offset, true), base = rip & ~0xfffn;
    const page = this.#pageAt(base, v.getUint32(s + STATE.mode.offset, true));
    return page && { page: page.descriptor, offset: Number(rip & 0xfffn), base };
  }
  /** The page at a linear address, where it has been executed lately in a mode. */
  #pageAt(linear: bigint, mode: number): RegionPage | undefined {
    const core = this.#core, v = core.view, s = core.state;
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

  #cover(region: Region, change: 1 | -1): void {
    for (const b of region.blocks) {
      const { descriptor } = region.pages.get(b.start >> 12)!;
      let covered = this.#covered.get(descriptor);
      if (!covered) this.#covered.set(descriptor, (covered = new Uint16Array(4096)));
      for (const i of b.instructions) covered[i.offset & 0xfff]! += change;
    }
  }
  #giveUp(page: number, offset: number): void {
    const places = this.#hopeless.get(page);
    if (places) places.add(offset);
    else this.#hopeless.set(page, new Set([offset]));
  }
  #compile({ page, offset, base }: Place, sampled = false): Entered | undefined {
    const core = this.#core, s = core.state;
    const { frame, mode } = core.code.describe(page);
    const mask = core.view.getBigUint64(s + STATE.linearMask.offset, true);
    if (!(mode & MODE.flat) || (mode & MODE.size) === MODE.code16) return undefined;
    const u8 = new Uint8Array(core.memory.memory.buffer);
    const source: CodeSource = {
      page: (n) => (n === 0 ? { frame, descriptor: page } : this.#pageAt((base + BigInt(n) * 4096n) & mask, mode)),
      executed: (p, at) => core.code.isDecoded(p.descriptor, at),
      entered: (p, at) => core.code.isRegion(p.descriptor, at),
      crossing: (p, at) => core.code.crossingFrame(p.descriptor, at),
    };
    // Nobody looks an instruction up that lies in two pages: the region starts behind it.
    const entry = core.code.crossingEnd(page, offset) ?? offset;
    const region = discoverRegion(core.decoder, (n) => this.#isa.built(n), u8, source, entry, mode, sampled);
    if (!region || region.blocks.length > MAX_BLOCKS || entry !== offset) this.#giveUp(page, offset);
    if (!region || region.blocks.length > MAX_BLOCKS) return undefined;
    if (this.counters.liveBytes > this.#limits.bytes) this.dropRegions();
    const tables = regionTables(region), placed = tables && { ...tables, address: this.#keep(tables.bytes) };
    // The tables may have made the memory grow.
    const stackMask = core.view.getBigUint64(s + STATE.stackMask.offset, true);
    const code64 = (mode & MODE.size) === MODE.code64, counters = this.#counted ? this.#keep(new Uint8Array(REGION_COUNTERS.bytes)) : undefined;
    const compiled = compileRegion(region, { code64, stackMask }, placed, core.shared, counters);
    const module = new WebAssembly.Module(compiled.bytes as Uint8Array<ArrayBuffer>);
    const engine: { [name: string]: WebAssembly.ExportValue } = {};
    for (const r of compiled.routines) engine[r.name] = this.#units.routine(r);
    engine[CHAIN] = this.#units.exports.chain;
    engine[REGIONS] = this.#units.exports.regions;
    const instance = new WebAssembly.Instance(module, { machine: { memory: core.memory.memory }, engine });
    const index = this.#free.pop() ?? this.#tableEnd++;
    const table = this.#units.exports.regions;
    if (index >= table.length) table.grow(table.length);
    table.set(index, instance.exports["region"]);
    this.counters.compiled++;
    this.counters.bytes += compiled.bytes.length;
    this.counters.liveBytes += compiled.bytes.length;
    this.counters.instructions += region.instructionCount;
    this.#allowance -= region.instructionCount;
    this.#cover(region, 1);
    const pages = [...region.pages.entries()];
    const gone = (): void => {
      this.counters.dropped++;
      this.counters.liveBytes -= compiled.bytes.length;
      const report = this.#live.get(index)?.report;
      if (report) for (const field of ["entries", "retired", "gaveBack"] as const) this.past[field] += report[field];
      this.#live.delete(index);
      this.#free.push(index);
      this.#cover(region, -1);
      // The module is collected once nothing executes in it.
      table.set(index, null);
      if (counters !== undefined) this.#spare(counters, REGION_COUNTERS.bytes);
      if (placed) this.#spare(placed.address, placed.bytes.length);
      for (const [, { descriptor }] of pages) {
        core.code.leaveRegion(descriptor, index, gone);
        this.#hopeless.delete(descriptor);
        if (core.view.getUint32(descriptor + CODE_PAGE.valid, true) === 0) this.#covered.delete(descriptor);
      }
    };
    for (const [number, { descriptor }] of pages) {
      const entries = region.entries.filter((b) => b.start >> 12 === number).map((b) => ({ offset: b.start & 0xfff, block: b.entry }));
      core.code.enterRegion(descriptor, entries, index, Math.max(region.instructionCount, 64), gone);
    }
    this.#live.set(index, { gone, report: counters === undefined ? undefined : this.#report(region, base, code64, compiled.bytes, counters) });
    return { index, block: region.blockAt.get(offset)?.entry ?? -1, length: region.instructionCount };
  }

  /** About how many bytes the maps beside linear memory take: which offsets of each code page are compiled, or cannot be, and samples. */
  get mapBytes(): number {
    let entries = this.#samples.size + this.#live.size * 4;
    for (const offsets of this.#hopeless.values()) entries += 2 + offsets.size;
    return entries * 32 + this.#covered.size * (4096 * 2 + 64);
  }

  /** Code pages without regions are gone: their descriptors may come to stand for others. */
  forgetPages(descriptors: ReadonlySet<number>): void {
    for (const descriptor of descriptors) {
      this.#hopeless.delete(descriptor);
      this.#covered.delete(descriptor);
    }
    this.#samples.clear();
  }
  /** Drops all regions: what is hot is compiled anew. */
  dropRegions(): void { for (const { gone } of [...this.#live.values()]) gone(); }

  /** The regions that are there, where they count what they do, the busiest first. */
  regions(): RegionReport[] {
    return [...this.#live.values()].flatMap(({ report }) => (report ? [report] : [])).toSorted((a, b) => b.retired - a.retired);
  }
  #report(region: Region, base: bigint, code64: boolean, bytes: Uint8Array, counters: number): RegionReport {
    const core = this.#core, count = (field: number): number => Number(core.view.getBigUint64(counters + field, true));
    const guest = guestText(region, base, code64 ? 64 : 32, new Uint8Array(core.memory.memory.buffer));
    return {
      address: base + BigInt(region.entry), instructions: region.instructionCount, blocks: region.blocks.length, pages: region.pages.size, bytes: bytes.length,
      get entries() { return count(REGION_COUNTERS.entries); },
      get retired() { return count(REGION_COUNTERS.retired); },
      get gaveBack() { return count(REGION_COUNTERS.gaveBack); },
      text: () => regionText(guest, bytes),
    };
  }
}

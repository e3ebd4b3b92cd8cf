import type { Core } from "../core.ts";
import type { InstructionSet } from "../instruction-set.ts";
import type { InstalledUnits } from "../interpreter/installed-units.ts";
import { MODE } from "../../decode/mode.ts";
import { GPR_PAGE, STATE } from "../../state/state.ts";
import { compileRegion } from "./compile.ts";
import { discoverRegion } from "./region.ts";

/** What a JIT did so far: regions compiled and dropped, their modules' bytes, the guest instructions in them. */
export interface JitCounters { compiled: number; dropped: number; bytes: number; instructions: number }

/** A compiled region's place in the table of regions, the block at which it was asked for, and its length in instructions. */
interface Entered { readonly index: number; readonly block: number; readonly length: number }

/**
 * Compiles regions of hot code. Hotness is sampled: where a slice of execution ends is where time is spent; an address seen
 * `threshold` times in its page is compiled, unless a region covers it already.
 */
export class Jit {
  readonly #core: Core;
  readonly #units: InstalledUnits;
  readonly #isa: InstructionSet;
  readonly #threshold: number;
  readonly #samples = new Map<number, number>();
  /** By code page: a bit for each page offset at which an instruction of a region starts, or that nothing could be made of. */
  readonly #covered = new Map<number, Uint8Array>();
  readonly #free: number[] = [];
  /** Block maps of dropped regions, for reuse. */
  readonly #maps: number[] = [];
  #tableEnd = 0;
  readonly counters: JitCounters = { compiled: 0, dropped: 0, bytes: 0, instructions: 0 };

  /** `core`: one with the engine "interpreter" or "jit". `threshold`: samples that make code hot; 1 compiles wherever a slice ends. */
  constructor(core: Core, isa: InstructionSet, threshold: number = 2) {
    this.#core = core;
    this.#units = core.engine as InstalledUnits;
    this.#isa = isa;
    this.#threshold = threshold;
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
    if (!entered) return false;
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
  #covers(page: number, offset: number): boolean { return ((this.#covered.get(page)?.[offset >> 3] ?? 0) >> (offset & 7) & 1) === 1; }

  #compile(page: number, offset: number): Entered | undefined {
    const core = this.#core, s = core.state;
    const { frame, mode } = core.code.describe(page);
    if (!(mode & MODE.flat) || (mode & MODE.size) === MODE.code16) return undefined;
    let covered = this.#covered.get(page);
    if (!covered) this.#covered.set(page, (covered = new Uint8Array(512)));
    covered[offset >> 3]! |= 1 << (offset & 7);
    const u8 = new Uint8Array(core.memory.memory.buffer);
    const region = discoverRegion(core.decoder, (n) => this.#isa.built(n), u8, frame, offset, mode);
    if (!region || region.blocks.length > 254) return undefined;
    for (const b of region.blocks) for (const i of b.instructions) covered[i.offset >> 3]! |= 1 << (i.offset & 7);
    const map = region.indirect ? this.#maps.pop() ?? core.memory.allocate(4096) : 0;
    if (map) {
      const bytes = new Uint8Array(core.memory.memory.buffer).fill(0, map, map + 4096);
      for (const b of region.blocks) bytes[map + b.start] = b.index + 1;
    }
    // The block map may have made the memory grow.
    const stackMask = core.view.getBigUint64(s + STATE.stackMask.offset, true);
    const compiled = compileRegion(region, { code64: (mode & MODE.size) === MODE.code64, stackMask }, map, core.shared);
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
    core.code.enterRegion(page, region.blocks.map((b) => ({ offset: b.start, block: b.index })), index, Math.max(region.instructionCount, 64), () => {
      this.counters.dropped++;
      this.#free.push(index);
      if (map) this.#maps.push(map);
      this.#covered.delete(page);
    });
    return { index, block: region.blockAt.get(offset)?.index ?? 0, length: region.instructionCount };
  }
}

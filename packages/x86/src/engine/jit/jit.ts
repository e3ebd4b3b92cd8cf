import type { Core } from "../core.ts";
import type { InstructionSet } from "../instruction-set.ts";
import { MODE } from "../../decode/mode.ts";
import { GPR_PAGE, STATE } from "../../state/state.ts";
import { compileRegion } from "./compile.ts";
import { discoverRegion } from "./region.ts";

/** Regions that were compiled, entered and dropped so far. */
export interface JitCounters { compiled: number; dropped: number; bytes: number; instructions: number }

/**
 * Compiles regions of hot code. Hotness is sampled: where a slice of execution ends is where time is spent; an address seen
 * `threshold` times in its page is compiled.
 */
export class Jit {
  readonly #core: Core;
  readonly #isa: InstructionSet;
  readonly #threshold: number;
  readonly #samples = new Map<number, number>();
  readonly #tried = new Set<string>();
  readonly #free: number[] = [];
  #tableEnd = 0;
  readonly counters: JitCounters = { compiled: 0, dropped: 0, bytes: 0, instructions: 0 };

  constructor(core: Core, isa: InstructionSet, threshold: number = 2) {
    this.#core = core;
    this.#isa = isa;
    this.#threshold = threshold;
  }

  /** Called at a slice's end: counts the address, compiles where it is hot. */
  sample(): void {
    const v = this.#core.view, s = this.#core.state;
    const page = v.getUint32(s + STATE.codePage.offset, true);
    if (page === 0) return;
    const offset = Number(v.getBigUint64(s + STATE.rip.offset, true) - v.getBigUint64(s + STATE.gpr.offset + GPR_PAGE * 8, true));
    if (offset < 0 || offset >= 4096) return;
    // Places within 64 bytes count as one.
    const key = page + (offset >> 6);
    const n = (this.#samples.get(key) ?? 0) + 1;
    this.#samples.set(key, n);
    if (n < this.#threshold) return;
    this.#samples.set(key, 0);
    this.compile(page, offset);
  }

  /** Compiles the region around a page offset of a code page; false where there is nothing to compile. */
  compile(page: number, offset: number): boolean {
    const core = this.#core, v = core.view, s = core.state;
    const { frame, mode } = core.code.describe(page);
    if (!(mode & MODE.flat) || (mode & MODE.size) === MODE.code16) return false;
    const tried = `${page}/${offset}`;
    if (this.#tried.has(tried)) return false;
    this.#tried.add(tried);
    const u8 = new Uint8Array(core.memory.memory.buffer);
    const region = discoverRegion(core.decoder, (n) => this.#isa.built(n), u8, frame, offset, mode);
    if (!region || region.blocks.length > 254) return false;
    const map = region.indirect ? core.memory.allocate(4096) : 0;
    if (map) {
      const bytes = new Uint8Array(core.memory.memory.buffer);
      for (const b of region.blocks) bytes[map + b.start] = b.index + 1;
    }
    const stackMask = v.getBigUint64(s + STATE.stackMask.offset, true);
    const compiled = compileRegion(region, { code64: (mode & MODE.size) === MODE.code64, stackMask }, map, core.shared);
    const module = new WebAssembly.Module(compiled.bytes as Uint8Array<ArrayBuffer>);
    const engine: { [name: string]: WebAssembly.ExportValue } = {};
    for (const r of compiled.routines) engine[r.name] = core.units.routine(r);
    const instance = new WebAssembly.Instance(module, { machine: { memory: core.memory.memory }, engine });
    const index = this.#free.pop() ?? this.#tableEnd++;
    const table = core.exports.regions;
    if (index >= table.length) table.grow(table.length);
    table.set(index, instance.exports.region);
    this.counters.compiled++;
    this.counters.bytes += compiled.bytes.length;
    this.counters.instructions += region.instructionCount;
    core.code.enterRegion(page, region.blocks.map((b) => ({ offset: b.start, block: b.index })), index, Math.max(region.instructionCount, 64), () => {
      this.counters.dropped++;
      this.#free.push(index);
      for (const t of [...this.#tried]) if (t.startsWith(`${page}/`)) this.#tried.delete(t);
    });
    return true;
  }
}

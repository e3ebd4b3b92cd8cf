import { OP } from "@ringzero/wasm";
import { STATE } from "../../state/state.ts";
import type { RegisterUse } from "./region-registers.ts";
import type { RegionLowering } from "./region-lowering.ts";

/** Which registers are in their locals, and which of those the state block does not have yet: bit masks. */
export interface CachedRegisters { readonly gprs: number; readonly dirtyGprs: number; readonly vectors: number; readonly dirtyVectors: number }
/** Nothing is in a local. */
export const NOT_CACHED: CachedRegisters = { gprs: 0, dirtyGprs: 0, vectors: 0, dirtyVectors: 0 };

/**
 * Registers in locals along straight code: loaded from the state block before the first instruction that needs them, stored where control leaves to code that does not know what the
 * locals hold. A loop that control enters at its head only has all that it uses in locals throughout.
 */
export class RegisterCache {
  readonly #l: RegionLowering;
  /** Locals of general and vector registers; -1 = none yet. */
  readonly #gprs = new Int32Array(16).fill(-1);
  readonly #vectors = new Int32Array(16).fill(-1);
  #now: CachedRegisters = NOT_CACHED;

  constructor(l: RegionLowering) { this.#l = l; }
  get now(): CachedRegisters { return this.#now; }
  set now(to: CachedRegisters) { this.#now = to; }
  /** The local of a general register. */
  gpr(n: number): number {
    const l = this.#l;
    if (this.#gprs[n]! < 0) this.#gprs[n] = l.firstLocal + l.locals.push(l.wide) - 1;
    return this.#gprs[n]!;
  }
  /** The local of a vector register. */
  vector(n: number): number {
    const l = this.#l;
    if (this.#vectors[n]! < 0) this.#vectors[n] = l.firstLocal + l.locals.push("v128") - 1;
    return this.#vectors[n]!;
  }
  /** Before an instruction: loads what it reads and is not there. What it writes is there behind it. */
  prepare(use: RegisterUse): void {
    this.load(use.gprReads & ~this.#now.gprs, use.vectorReads & ~this.#now.vectors);
    const { gprs, vectors, dirtyGprs, dirtyVectors } = this.#now;
    this.#now = { gprs: gprs | use.gprReads, vectors: vectors | use.vectorReads, dirtyGprs, dirtyVectors };
  }
  /** A general register's local has a new value. */
  wroteGpr(n: number): void { this.#now = { ...this.#now, gprs: this.#now.gprs | (1 << n), dirtyGprs: this.#now.dirtyGprs | (1 << n) }; }
  /** A vector register's local has a new value. */
  wroteVector(n: number): void { this.#now = { ...this.#now, vectors: this.#now.vectors | (1 << n), dirtyVectors: this.#now.dirtyVectors | (1 << n) }; }
  /** Loads registers of the masks. */
  load(gprs: number, vectors: number): void {
    const l = this.#l, { e } = l;
    for (let n = 0; n < 16; n++) {
      if ((gprs >> n) & 1) { l.state(); e.memory(l.mode.code64 ? OP["i64.load"] : OP["i32.load"], STATE.gpr.offset + n * 8); e.localSet(this.gpr(n)); }
      if ((vectors >> n) & 1) { l.state(); e.memory(OP["v128.load"], STATE.vector.offset + n * 32); e.localSet(this.vector(n)); }
    }
  }
  /** Stores what the state block does not have yet: on one way out, so that it still has to be done on others. */
  store(): void {
    const l = this.#l, { e } = l, { dirtyGprs, dirtyVectors } = this.#now;
    for (let n = 0; n < 16; n++) {
      if ((dirtyGprs >> n) & 1) {
        l.state(); e.localGet(this.gpr(n));
        if (!l.mode.code64) e.op(OP["i64.extend_i32_u"]);
        e.memory(OP["i64.store"], STATE.gpr.offset + n * 8);
      }
      if ((dirtyVectors >> n) & 1) { l.state(); e.localGet(this.vector(n)); e.memory(OP["v128.store"], STATE.vector.offset + n * 32); }
    }
  }
}

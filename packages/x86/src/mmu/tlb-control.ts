import { STATE, TLB_BYTES, TLB_ENTRIES, TLB_ENTRY, TLB_FILL_LIST, TLB_SUPERVISOR, TLB_USER } from "../state/state.ts";
import { MemoryView } from "../engine/memory-view.ts";
import type { EngineMemory } from "../decode/code-cache.ts";
import { CONTEXT_MASK } from "./tlb.ts";

/** Flushes of one vCPU's TLBs. SDM vol. 3A, "Invalidation of TLBs and Paging-Structure Caches". */
export class TlbControl {
  readonly #memory: EngineMemory;
  readonly #state: number;
  readonly #view: MemoryView;

  constructor(memory: EngineMemory, state: number) {
    this.#memory = memory;
    this.#state = state;
    this.#view = new MemoryView(memory);
  }
  // A private getter is a call of the runtime in V8.
  private get v(): DataView { return this.#view.data; }
  /** Drops every entry, global ones too (MOV to CR4 that changes PGE, paging switched). */
  flushAll(): void {
    const at = this.#state + TLB_SUPERVISOR;
    new Uint8Array(this.#memory.memory.buffer, at, 6 * TLB_BYTES).fill(0);
    this.v.setUint32(this.#state + STATE.tlbFilled.offset, 0, true);
    this.v.setUint32(this.#state + STATE.tlbOverflow.offset, 0, true);
    new Uint8Array(this.#memory.memory.buffer, this.#state + STATE.largeSeen.offset, 32).fill(0);
    new Uint8Array(this.#memory.memory.buffer, this.#state + STATE.giantSeen.offset, 8).fill(0);
    this.#leaveCodePage();
  }
  /** Drops entries of pages that are not global (MOV to CR3). */
  flushNonGlobal(): void {
    const v = this.v, s = this.#state;
    if (v.getUint32(s + STATE.tlbOverflow.offset, true)) { this.flushAll(); return; }
    const n = v.getUint32(s + STATE.tlbFilled.offset, true);
    for (let i = 0; i < n; i++) v.setBigUint64(v.getUint32(s + TLB_FILL_LIST + i * 4, true), 0n, true);
    v.setUint32(s + STATE.tlbFilled.offset, 0, true);
    this.#leaveCodePage();
  }
  /**
   * Drops the entries of one page (INVLPG): of all of a large page, whatever part of it is entered. SDM vol. 3A, "Operations that Invalidate TLBs and
   * Paging-Structure Caches".
   */
  flushPage(address: bigint): void {
    const v = this.v, s = this.#state;
    const low = Number(BigInt.asUintN(32, address)), high = Number(BigInt.asUintN(64, address) >> 32n);
    const index = ((low >>> 12) & (TLB_ENTRIES - 1)) * TLB_ENTRY;
    for (let array = 0; array < 6; array++) v.setBigUint64(s + TLB_SUPERVISOR + array * TLB_BYTES + index, 0n, true);
    const region = (low >>> 22) & 255, giant = ((low >>> 30) | (high << 2)) & 63;
    if (this.#seen(STATE.largeSeen.offset, region)) this.#flushRegion(low, high, 22);
    if (this.#seen(STATE.giantSeen.offset, giant)) this.#flushRegion(low, high, 30);
    this.#leaveCodePage();
  }
  #seen(field: number, bit: number): boolean { return ((this.v.getUint32(this.#state + field + (bit >> 5) * 4, true) >>> (bit & 31)) & 1) !== 0; }
  /** Drops what is entered for the addresses that share their bits from `shift` on. */
  #flushRegion(low: number, high: number, shift: number): void {
    const v = this.v, first = this.#state + TLB_SUPERVISOR, end = first + 6 * TLB_BYTES;
    for (let at = first; at < end; at += TLB_ENTRY) {
      if (v.getUint32(at + 4, true) === high && (v.getUint32(at, true) ^ low) >>> shift === 0) v.setBigUint64(at, 0n, true);
    }
  }
  /** Drops every entry that leads to a frame, by its address in linear memory. */
  flushFrame(frame: number): void {
    for (const privilege of [TLB_SUPERVISOR, TLB_USER]) this.#dropFrame(frame, this.#state + privilege, 3 * TLB_BYTES);
    this.#leaveCodePage();
  }
  /** Code page descriptors are gone: entries that fetch by them stay, without one. */
  forgetCode(descriptors: ReadonlySet<number>): void {
    const v = this.v;
    for (const privilege of [TLB_SUPERVISOR, TLB_USER]) {
      const first = this.#state + privilege + 2 * TLB_BYTES;
      for (let entry = first; entry < first + TLB_BYTES; entry += TLB_ENTRY) if (descriptors.has(v.getUint32(entry + 12, true))) v.setUint32(entry + 12, 0, true);
    }
  }
  /** Drops the entries that let a frame be written. */
  flushFrameWrites(frame: number): void {
    for (const privilege of [TLB_SUPERVISOR, TLB_USER]) this.#dropFrame(frame, this.#state + privilege + TLB_BYTES, TLB_BYTES);
  }
  #dropFrame(frame: number, first: number, bytes: number): void {
    const v = this.v;
    for (let entry = first; entry < first + bytes; entry += TLB_ENTRY) {
      const tag = v.getUint32(entry, true) & ~0xfff;
      if (((tag + v.getUint32(entry + 8, true)) & ~0xfff) === (frame | 0)) v.setBigUint64(entry, 0n, true);
    }
  }
  /** A new context number: what was entered under others stays but does not match. */
  setContext(context: number): void {
    this.v.setBigUint64(this.#state + STATE.context.offset, BigInt(context & CONTEXT_MASK), true);
    this.#leaveCodePage();
  }
  /** The next instruction's page is looked up anew. */
  #leaveCodePage(): void { this.v.setUint32(this.#state + STATE.codePage.offset, 0, true); }
}

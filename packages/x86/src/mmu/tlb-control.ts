import { STATE, TLB_BYTES, TLB_ENTRIES, TLB_ENTRY, TLB_FILL_LIST, TLB_SUPERVISOR, TLB_USER } from "../state/state.ts";
import type { EngineMemory } from "../decode/code-cache.ts";
import { CONTEXT_MASK } from "./tlb.ts";

/** Flushes of one vCPU's TLBs. SDM vol. 3A, "Invalidation of TLBs and Paging-Structure Caches". */
export class TlbControl {
  readonly #memory: EngineMemory;
  readonly #state: number;
  #view: DataView;

  constructor(memory: EngineMemory, state: number) {
    this.#memory = memory;
    this.#state = state;
    this.#view = new DataView(memory.memory.buffer);
  }
  get #v(): DataView {
    if (this.#view.buffer !== this.#memory.memory.buffer) this.#view = new DataView(this.#memory.memory.buffer);
    return this.#view;
  }
  /** Drops every entry, global ones too (MOV to CR4 that changes PGE, paging switched). */
  flushAll(): void {
    const at = this.#state + TLB_SUPERVISOR;
    new Uint8Array(this.#memory.memory.buffer, at, 6 * TLB_BYTES).fill(0);
    this.#v.setUint32(this.#state + STATE.tlbFilled.offset, 0, true);
    this.#v.setUint32(this.#state + STATE.tlbOverflow.offset, 0, true);
    this.#leaveCodePage();
  }
  /** Drops entries of pages that are not global (MOV to CR3). */
  flushNonGlobal(): void {
    const v = this.#v, s = this.#state;
    if (v.getUint32(s + STATE.tlbOverflow.offset, true)) { this.flushAll(); return; }
    const n = v.getUint32(s + STATE.tlbFilled.offset, true);
    for (let i = 0; i < n; i++) v.setBigUint64(v.getUint32(s + TLB_FILL_LIST + i * 4, true), 0n, true);
    v.setUint32(s + STATE.tlbFilled.offset, 0, true);
    this.#leaveCodePage();
  }
  /** Drops the entries of one page (INVLPG). Large pages are entered by 4 KiB: `large` drops all. */
  flushPage(address: number): void {
    const v = this.#v;
    const index = (Math.floor(address / 4096) & (TLB_ENTRIES - 1)) * TLB_ENTRY;
    for (const privilege of [TLB_SUPERVISOR, TLB_USER]) {
      for (let kind = 0; kind < 3; kind++) v.setBigUint64(this.#state + privilege + kind * TLB_BYTES + index, 0n, true);
    }
    this.#leaveCodePage();
  }
  /** A new context number: what was entered under others stays but does not match. */
  setContext(context: number): void {
    this.#v.setBigUint64(this.#state + STATE.context.offset, BigInt(context & CONTEXT_MASK), true);
    this.#leaveCodePage();
  }
  /** The next instruction's page is looked up anew. */
  #leaveCodePage(): void { this.#v.setUint32(this.#state + STATE.codePage.offset, 0, true); }
}

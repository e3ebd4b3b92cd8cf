import { EVENT, STATE, type Core } from "@ringzero/x86/internals";
import type { CaseEngine } from "./case-engine.ts";
import { CODE_AT } from "./case.ts";

/** Frame flag bit that says that the frame holds decoded code (x86: decode/code-cache.ts). */
const FRAME_CODE = 1;

/** Executes cases instruction by instruction on a core: the interpreter's or the reference engine's. */
export class SteppingEngine implements CaseEngine {
  readonly core: Core;
  readonly memory: WebAssembly.Memory;
  readonly state: number;
  readonly #flags: number;

  constructor(core: Core) {
    this.core = core;
    this.memory = core.memory.memory;
    this.state = core.state;
    this.#flags = core.mapping.frameFlags;
  }
  codeChanged(frame: number): void {
    this.core.code.dropFrame(frame);
    // The page is never writable in a case: it stays watched, which spares a search through the TLB for every case.
    this.core.view.setUint8(this.#flags + (frame >>> 12), FRAME_CODE);
  }
  execute(steps: number): void {
    const { core, state } = this;
    for (let n = 0; n < steps; n++) {
      core.execute(1);
      const v = core.view;
      if (v.getUint32(state + STATE.event.offset, true) !== EVENT.none || v.getUint32(state + STATE.rip.offset, true) !== CODE_AT) return;
    }
  }
}

import { DECODED, EVENT, STATE, type Core } from "@ringzero/x86/internals";
import { CODE_AT } from "./case.ts";
import { SteppingEngine } from "./stepping-engine.ts";

/** Executes cases as compiled regions of one instruction; what the JIT cannot compile it leaves to the interpreter, as in a program. */
export class RegionEngine extends SteppingEngine {
  /** Cases that compiled code executed. */
  compiled = 0;
  #frame = 0;

  constructor(core: Core) {
    super(core);
    if (!core.jit) throw new Error("a core without a JIT");
  }
  override codeChanged(frame: number): void {
    super.codeChanged(frame);
    this.#frame = frame;
  }
  /** A relative jump to one of its own bytes: a region would go on there, the case does not. */
  #jumpsIntoItself(): boolean {
    const { core } = this, { decoder } = core;
    if (decoder.decode(new Uint8Array(this.memory.buffer, this.#frame, 64), 0, 64, core.view.getUint32(this.state + STATE.mode.offset, true)) !== DECODED.ok) return false;
    const target = decoder.length + decoder.immediate;
    return decoder.entry!.relative && target >= 0 && target < decoder.length;
  }
  /** Executes on the interpreter alone. */
  protected executeStepping(steps: number): void { super.execute(steps); }
  override execute(steps: number): void {
    const v = this.core.view, { state } = this;
    if (steps === 1 && !this.#jumpsIntoItself() && this.core.jit!.executeOnce()) {
      this.compiled++;
      return;
    }
    if (v.getUint32(state + STATE.event.offset, true) === EVENT.none && v.getUint32(state + STATE.rip.offset, true) === CODE_AT) super.execute(steps);
  }
}

import type { Builder } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";
import { FPR_STRIDE, STATE } from "../../state/state.ts";
import type { Float80 } from "./float80.ts";
import { SIGN_EXPONENT } from "./stack.ts";
import { FSW, statusAtEntry } from "./status.ts";

/**
 * The stack as an instruction finds it, status and tag word read once: for the common cases that instructions write out. Good until the
 * status or tag word changes.
 */
export class FastStack {
  readonly m: Builder;
  readonly fsw: Value;
  readonly #ftw: Value;

  constructor(m: Builder) {
    this.m = m;
    this.fsw = statusAtEntry(m);
    this.#ftw = m.state(STATE.ftw);
  }
  /** Byte index of ST(i) in the register file; `i` 7 is the register that a push makes ST(0). */
  index(i: Value | number): Value {
    // A push's register from the status word that it leaves, which has that as TOP.
    const top = (i === 7 ? this.#moved(-1) : this.fsw).shrU(FSW.topShift - 4).and(7 * FPR_STRIDE);
    return i === 0 || i === 7 ? top : top.add(typeof i === "number" ? i * FPR_STRIDE : i.shl(4)).and(7 * FPR_STRIDE);
  }
  read(index: Value): Float80 { return { significand: this.m.state(STATE.fpr, index), signExponent: this.m.state(SIGN_EXPONENT, index) }; }
  write(index: Value, v: Float80): void {
    this.m.setState(STATE.fpr, v.significand, index);
    this.m.setState(SIGN_EXPONENT, v.signExponent, index);
  }
  /** 1 where the register at a byte index is not empty; 1 where there is room for a push. */
  isFull(index: Value = this.index(0)): Value { return this.#ftw.shrU(index.shrU(4)).and(1); }
  isRoom(): Value { return this.noRoom().eqz(); }
  /** Not zero (one of bits 7-0) where there is none. */
  noRoom(): Value { return this.#ftw.and(this.#bit(this.index(7))); }
  /** The status word with `by` added to TOP, which may carry into C3. */
  #moved(by: 1 | -1): Value { return this.fsw.add(by * (1 << FSW.topShift)); }
  /** The bit of the register at a byte index in the tag word. */
  #bit(index: Value): Value { return this.m.i32(1).shl(index.shrU(4)); }

  /**
   * Sets status and tags: PE and C1 from `rounding` (C1 cleared without it); `move` 1 pops, -1 pushes; `filled` is the byte index of a
   * register that is no longer empty.
   */
  finish(rounding: { readonly inexact: Value; readonly up: Value } | undefined, move: 0 | 1 | -1, filled?: Value): void {
    const { m, fsw } = this, next = move ? fsw.and(0xffff & ~FSW.top).or(this.#moved(move).and(FSW.top)) : fsw;
    if (move) m.setState(STATE.fsw, next);
    m.setState(STATE.fc1, rounding ? rounding.up : 0);
    const tags = filled ? this.#ftw.or(this.#bit(filled)) : this.#ftw;
    if (move > 0) m.setState(STATE.ftw, tags.xor(this.#bit(this.index(0))));
    else if (move < 0) m.setState(STATE.ftw, tags.or(this.#bit(this.index(7))));
    else if (filled) m.setState(STATE.ftw, tags);
    // PE stays set once it is, so that nothing waits for this; C1 has a place of its own.
    if (rounding) m.ifUnlikely(fsw.and(FSW.PE).eqz(), () => m.if(rounding.inexact, () => m.setState(STATE.fsw, next.or(FSW.PE))));
  }
}

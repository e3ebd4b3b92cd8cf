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
  readonly #top: Value;
  readonly #ftw: Value;
  /** Bit i: ST(i) is not empty (bits above 7 repeat or run out). */
  readonly #tags: Value;

  constructor(m: Builder) {
    this.m = m;
    this.fsw = statusAtEntry(m);
    this.#top = this.fsw.shrU(FSW.topShift).and(7);
    this.#ftw = m.state(STATE.ftw);
    this.#tags = this.#ftw.mul(0x101).shrU(this.#top);
  }
  /** Byte index of ST(i) in the register file; `i` 7 is the register that a push makes ST(0). */
  index(i: Value | number): Value {
    const top = this.fsw.shrU(FSW.topShift - 4), offset = typeof i === "number" ? this.m.i32(i * FPR_STRIDE) : i.shl(4);
    return (i === 0 ? top : top.add(offset)).and(7 * FPR_STRIDE);
  }
  read(index: Value): Float80 { return { significand: this.m.state(STATE.fpr, index), signExponent: this.m.state(SIGN_EXPONENT, index) }; }
  write(index: Value, v: Float80): void {
    this.m.setState(STATE.fpr, v.significand, index);
    this.m.setState(SIGN_EXPONENT, v.signExponent, index);
  }
  /** 1 where ST(i) (ST(0)) is not empty; 1 where ST(0) and ST(i) are not; 1 where there is room for a push. */
  isFull(i?: Value): Value { return (i ? this.#tags.shrU(i) : this.#tags).and(1); }
  areFull(i: Value): Value { return this.#tags.and(this.#tags.shrU(i)).and(1); }
  isRoom(): Value { return this.noRoom().eqz(); }
  /** Not zero (one of bits 7-0) where there is none. */
  noRoom(): Value { return this.#ftw.and(this.#bit(this.m.i32(7))); }
  /** The bit of ST(i) in the tag word. */
  #bit(i: Value): Value { return this.m.i32(1).shl(this.#top.add(i).and(7)); }

  /**
   * Sets status and tags: PE and C1 from `rounding` (C1 cleared without it); `move` 1 pops, -1 pushes; `filled` is an index from the top whose
   * register is no longer empty.
   */
  finish(rounding: { readonly inexact: Value; readonly up: Value } | undefined, move: 0 | 1 | -1, filled?: Value): void {
    const { m, fsw } = this, next = move ? fsw.and(0xffff & ~FSW.top).or(fsw.add(move * (1 << FSW.topShift)).and(FSW.top)) : fsw;
    if (move) m.setState(STATE.fsw, next);
    // PE stays set once it is, so that nothing waits for this; C1 has a place of its own.
    if (rounding) m.ifUnlikely(fsw.and(FSW.PE).eqz(), () => m.if(rounding.inexact, () => m.setState(STATE.fsw, next.or(FSW.PE))));
    m.setState(STATE.fc1, rounding ? rounding.up : 0);
    const tags = filled ? this.#ftw.or(this.#bit(filled)) : this.#ftw;
    if (move > 0) m.setState(STATE.ftw, tags.xor(m.i32(1).shl(this.#top)));
    else if (move < 0) m.setState(STATE.ftw, tags.or(this.#bit(m.i32(7))));
    else if (filled) m.setState(STATE.ftw, tags);
  }
}

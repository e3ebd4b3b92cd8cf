import type { Builder } from "../../ir/builder.ts";
import type { AccessKind } from "../../ir/statement.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { RSP, SS } from "../instruction-builder.ts";

/**
 * The stack as push and pop instructions use it: SS:rSP, the pointer as wide as the stack segment says (STATE.stackMask). Nothing here writes
 * a register before its memory access, so that a fault leaves the stack pointer as it was. Operands of 64 bits exist only in 64-bit mode, where
 * the mask is all ones and is not looked at.
 */
export type StackBits = 16 | 32 | 64;

/** rSP with its upper bits. */
export function stackPointer(m: Builder): Value { return m.gpr(RSP, 64); }

/** Linear address of SS:offset, the offset (64 bits) wrapped to the stack's width. */
export function stackAddress(m: Builder, offset: Value, bits: StackBits, access: AccessKind): Value {
  return m.linear(SS, bits === 64 ? offset : offset.and(m.state(STATE.stackMask)), bits / 8, access);
}

/** `value` in the bits of `old` that the stack's width covers. */
export function mergeSp(m: Builder, old: Value, value: Value, bits: StackBits): Value {
  return bits === 64 ? value : old.xor(old.xor(value).and(m.state(STATE.stackMask)));
}

/** Sets rSP as wide as the stack is. `bits` is the operand size of the instruction that does so. */
export function setSp(m: Builder, value: Value, bits: StackBits): void {
  m.setGprNumber(RSP, mergeSp(m, m.gpr(RSP, 64), value, bits));
}

/** Reads what lies `distance` bytes above the top of the stack. */
export function peek(m: Builder, bits: StackBits, distance: number = 0): Value {
  const sp = stackPointer(m);
  return m.load(stackAddress(m, distance === 0 ? sp : sp.add(distance), bits, "read"), bits);
}

/** Writes `value` so that it lies `distance` bytes above the top of the stack; rSP stays (for sequences that move it once, at the end). */
export function poke(m: Builder, value: Value, distance: number): void {
  const bits = value.bits as StackBits;
  m.store(stackAddress(m, stackPointer(m).add(distance), bits, "write"), value);
}

/** Adds `bytes` to rSP. */
export function release(m: Builder, bytes: number | Value, bits: StackBits): void { setSp(m, stackPointer(m).add(bytes), bits); }

/** Pushes a value of 16, 32 or 64 bits. */
export function push(m: Builder, value: Value): void {
  const bits = value.bits as StackBits, size = bits / 8;
  const top = stackPointer(m).sub(size);
  m.store(stackAddress(m, top, bits, "write"), value);
  setSp(m, top, bits);
}

/** Pops a value. Where something after it may fault, use `peek`, and `release` at the end. */
export function pop(m: Builder, bits: StackBits): Value {
  const value = peek(m, bits);
  release(m, bits / 8, bits);
  return value;
}

import { KIND, type Value } from "../../ir/value.ts";
import { fold } from "./fold.ts";
import type { RegionInstruction } from "./region.ts";

/** An immediate of an instruction, as the field of the operation would have it. */
export function immediateOf(i: RegionInstruction, v: Value): bigint {
  const kind = v.imm as string;
  if (kind === "second") return BigInt((i.immediate >>> 16) & 0xff);
  if (kind === "register-a") return BigInt(i.reg);
  // Of a memory operand the field is the base register.
  if (kind === "register-b") return BigInt(i.built.variant.memory ? i.base : i.rm);
  if (v.bits === 64) return kind === "signed" ? BigInt(i.immediate) : (BigInt(i.immediateHigh >>> 0) << 32n) | BigInt(i.displacement >>> 0);
  return BigInt.asUintN(v.bits, BigInt(i.immediate));
}

/** A value where it is known when its instruction is: constants, immediates, and what follows from them. `results`: what is known of statements' results, by node. */
export function knownValue(i: RegionInstruction, v: Value, results?: ReadonlyMap<number, bigint>, depth = 0): bigint | undefined {
  if (v.type !== "i32" && v.type !== "i64") return undefined;
  if (v.kind === KIND.constant) return BigInt(v.imm as bigint | number);
  if (v.kind === KIND.immediate) return immediateOf(i, v);
  if (v.kind === KIND.result) return results?.get(v.id);
  if (depth > 6) return undefined;
  const a = v.a && knownValue(i, v.a, results, depth + 1);
  if (a === undefined) return undefined;
  const b = v.b && knownValue(i, v.b, results, depth + 1);
  return v.c || (v.b && b === undefined) ? undefined : fold(v.kind, v.type === "i64" ? 64 : 32, a, b);
}

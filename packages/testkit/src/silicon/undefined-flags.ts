import type { BuiltVariant, Decoder } from "@ringzero/x86/internals";

const BIT: { readonly [flag: string]: number } = { C: 1, P: 4, A: 16, Z: 64, S: 128, O: 2048 };

/** EFLAGS mask of the flags that the instruction just decoded leaves undefined, from its description's `undefined` field. */
export function undefinedFlags(decoder: Decoder, built: BuiltVariant, cl: number): number {
  const field = built.variant.instruction.undefined;
  if (!field) return 0;
  const { form, bits } = built.variant;
  const first = form.operands[0];
  const size = first?.size === 8 ? 8 : bits;
  // Shift counts: imm8, CL or 1.
  const usesCl = form.operands.some((o) => o.text === "CL");
  const one = form.operands.some((o) => o.kind === "one");
  const raw = one ? 1 : usesCl ? cl : form.immediates.includes("b") ? decoder.immediate & 0xff : 0;
  const count = raw & (size === 64 ? 63 : 31);
  const letters = typeof field === "string" ? field : field({ bits: size, count });
  let mask = 0;
  for (const letter of letters) mask |= BIT[letter] ?? 0;
  return mask;
}

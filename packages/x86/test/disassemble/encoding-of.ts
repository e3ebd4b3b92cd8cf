import { sizedByPrefix, type CodeSize, type Encoding } from "../../src/assemble/encoding.ts";
import type { Decoder } from "../../src/decode/decoder.ts";
import { GPR_PAGE, GPR_ZERO } from "../../src/state/state.ts";

const SIZES: readonly CodeSize[] = [16, 32, 64];

/** What the decoder found, as the encoder takes it. `next` is the address behind the instruction, `address` its own. */
export function encodingOf(d: Decoder, codeSize: CodeSize, next: bigint): Encoding {
  const { form } = d.entry!.numbered;
  const low = BigInt.asUintN(32, BigInt(d.displacement)), wide = (BigInt(d.immediateHigh) << 32n) | low;
  const relative = form.operands.some((o) => o.kind === "relative");
  const immediates = form.immediates.flatMap((kind, i): bigint[] => {
    if (kind === "cp") return [BigInt(d.displacement), BigInt(d.immediate)];
    if (kind === "mo") return [d.addressSize === 2 ? wide : d.addressSize === 1 ? low : low & 0xffffn];
    if (kind === "v" && d.operandSize === 2) return [BigInt.asIntN(64, wide)];
    const field = form.immediates.length === 2 ? (i === 0 ? d.immediate & 0xffff : (d.immediate >> 16) & 0xff) : d.immediate;
    return [relative ? next + BigInt(field) : BigInt(field)];
  });
  const byteRegister = form.operands.some((o) => o.register && o.size === 8 && (o.kind === "gpr" || (o.kind === "rm" && !d.memory)));
  return {
    form, codeSize, operandSize: SIZES[d.operandSize]!, addressSize: SIZES[d.addressSize]!, a: d.reg, b: d.rm, v: d.vvvv,
    memory: d.memory && form.modrm ? {
      base: d.base === GPR_PAGE ? "ip" : d.base === GPR_ZERO ? -1 : d.base, index: d.index === GPR_ZERO ? -1 : d.index, scale: (1 << d.scale) as 1,
      displacement: BigInt(d.displacement) + (d.base === GPR_PAGE ? next : 0n), displacementBytes: 0,
    } : undefined,
    immediates, lock: d.lock, repeat: form.prefix === undefined ? d.repeat : 0, segment: d.hasOverride ? d.segment : -1,
    rex: byteRegister && d.rex !== 0, high: false,
  };
}

/** Everything that decides what the decoded instruction does, except where it lies and how its bytes spell it. */
export function operationOf(d: Decoder): object {
  const { form } = d.entry!.numbered;
  // SPL or AH: only a REX prefix, even an empty one, tells byte registers 4 to 7 apart.
  const byte = form.operands.some((o) => o.register && o.size === 8 && (o.kind === "gpr" || (o.kind === "rm" && !d.memory)) && ((o.field === "a" ? d.reg : d.rm) & 12) === 4);
  const used = (field: string): boolean => form.plusR || form.operands.some((o) => o.field === field && o.register);
  // Registers of y sizes have 32 bits at an operand size of 16 as well.
  const size = !form.sized ? 0 : sizedByPrefix(form) ? SIZES[d.operandSize] : d.operandSize === 2 ? 64 : 32;
  const repeat = form.attributes.has("rep") || form.attributes.has("repe") ? d.repeat : 0;
  // The order of base and unscaled index does not matter but for the default segment, which `segment` shows.
  return {
    form: form.text, bits: size, repeat, addressSize: d.memory || form.attributes.has("addr") ? d.addressSize : 0, memory: d.memory, segment: d.memory ? d.segment : -1, lock: d.lock,
    a: used("a") ? d.reg : 0, b: used("b") && !d.memory ? d.rm : 0, v: used("v") ? d.vvvv : 0, base: d.base, index: d.index, scale: d.scale, displacement: d.displacement,
    immediate: d.immediate, immediateHigh: d.immediateHigh, rex: byte && d.rex !== 0,
  };
}

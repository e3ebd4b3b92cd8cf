import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultOperandSize, encode, type CodeSize } from "../../src/assemble/encoding.ts";
import { DECODED } from "../../src/decode/decoder.ts";
import { MODE } from "../../src/decode/mode.ts";
import { fullDecoder } from "../../src/disassemble/disassemble.ts";
import { assemble, disassemble } from "../../src/index.ts";
import { INSTRUCTIONS } from "../../src/isa/index.ts";
import type { FormSpec } from "../../src/isa/notation.ts";
import { numberVariants } from "../../src/isa/variants.ts";
import { buildDecodeTable } from "../../src/decode/decode-table.ts";
import { encodingOf, operationOf } from "./encoding-of.ts";

const MODES = [[16, MODE.code16], [32, MODE.code32], [64, MODE.code64]] as const;
const ADDRESS = 0x1000n;
/** Bytes that prefixes and escapes make likely. */
const LIKELY = [0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x64, 0x65, 0x40, 0x41, 0x48, 0x4f, 0x0f, 0x0f, 0x0f, 0xc4, 0xc5];
const CODE = fc.tuple(fc.array(fc.constantFrom(...LIKELY), { maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })).map(([a, b]) => Uint8Array.from([...a, ...b]));

/** XCHG's operands in one order; MOV r64, Sreg as MOV r32, Sreg, which does the same: the assembler picks the shortest of either. */
function canonical(text: string): string {
  const exchange = /^(.*xchg )(\w+), (\w+)$/.exec(text);
  if (exchange) return exchange[1]! + [exchange[2], exchange[3]].sort().join(", ");
  const selector = /^(.*mov )(r\w+), ([cdefgs]s)$/.exec(text);
  const disassembled = selector && /^r(ax|cx|dx|bx|sp|bp|si|di)$/.test(selector[2]!) ? `e${selector[2]!.slice(1)}` : selector && /^r\d+$/.test(selector[2]!) ? `${selector[2]}d` : undefined;
  return disassembled ? `${selector![1]}${disassembled}, ${selector![3]}` : text;
}

/** Text → bytes → text → bytes must be stable from the first assembly on. */
function checkText(bytes: Uint8Array, mode: CodeSize): void {
  const first = disassemble(bytes, { mode, address: ADDRESS });
  if (!first.valid) return;
  const again = assemble(first.text, { bits: mode, origin: ADDRESS }).bytes;
  const second = disassemble(again, { mode, address: ADDRESS });
  expect(second.length, first.text).toBe(again.length);
  expect(canonical(second.text)).toBe(canonical(first.text));
  expect(assemble(second.text, { bits: mode, origin: ADDRESS }).bytes, second.text).toEqual(again);
}

test.each(MODES)("%i-bit: decode, encode, decode gives the same operation", (mode, code) => {
  const d = fullDecoder(), e = fullDecoder();
  fc.assert(fc.property(CODE, (bytes) => {
    if (d.decode(bytes, 0, bytes.length, code | MODE.flat) !== DECODED.ok) return;
    if (d.entry!.numbered.form.operands.some((o) => o.kind === "segment" && o.field !== undefined && d.reg > 5)) return;
    const encoding = encodingOf(d, mode, ADDRESS + BigInt(d.length));
    // Redundant prefixes are dropped, so that the instruction starts later: what is relative counts from its end, which stays.
    let again: number[] | undefined;
    for (let dropped = 0; dropped < d.length && !again; dropped++) {
      const bytesFrom = encode(encoding, ADDRESS + BigInt(dropped));
      if (bytesFrom?.length === d.length - dropped) again = bytesFrom;
    }
    const image = Uint8Array.from(again!);
    expect(e.decode(image, 0, image.length, code | MODE.flat)).toBe(DECODED.ok);
    expect(e.length).toBe(image.length);
    expect(operationOf(e)).toEqual(operationOf(d));
  }), { numRuns: 8_000 });
});

test.each(MODES)("%i-bit: text assembles to an instruction with the same text", (mode) => {
  fc.assert(fc.property(CODE, (bytes) => {
    // A jump whose redundant prefixes fell away may be one byte short of its reach.
    const { mnemonic, length } = disassemble(bytes, { mode });
    if (/^(loop|j[er]?cxz)/.test(mnemonic) && length > 2) return;
    checkText(bytes, mode);
  }), { numRuns: 3_000 });
});

/** Operand size without REX.W and optional prefixes; a mandatory 66 acts on it as well. */
function usualSize(form: FormSpec, mode: CodeSize): CodeSize {
  const usual = form.sized && form.w !== 1 ? defaultOperandSize(form, mode) : form.w === 1 ? 64 : 32;
  return form.prefix === 0x66 && !form.vex && form.sized && usual !== 64 ? (usual === 16 ? 32 : 16) : usual;
}

/** Operand encodings that a form is tried with: ModRM with SIB and displacement, behind the opcode. */
const MODRM_BYTES = [0xc0, 0xc1, 0xd3, 0xe5, 0xff, 0x00, 0x05, 0x06, 0x41, 0x45, 0x46, 0x80, 0x86, 0x04, 0x44, 0x84, 0x3d, 0x7c];
const REX = [[], [0x40], [0x41], [0x42], [0x44], [0x48], [0x4d], [0x4f]];

test.each(MODES)("%i-bit: every form in every operand size, address size and kind of operand", (mode, code) => {
  const table = numberVariants(INSTRUCTIONS);
  const reached = new Set<number>();
  for (const numbered of table.forms) {
    const { form } = numbered;
    // A decoder that knows this form only, so that rows that share an opcode do not hide it.
    const only = new (fullDecoder().constructor as new (t: ReturnType<typeof buildDecodeTable>) => ReturnType<typeof fullDecoder>)(
      buildDecodeTable({ forms: [numbered], variants: table.variants }, new Set(numbered.instruction.feature ? [numbered.instruction.feature] : [])));
    const d = fullDecoder();
    for (const size of [[], [0x66]]) for (const address of [[], [0x67]]) for (const repeat of form.attributes.has("rep") || form.attributes.has("repe") ? [[], [0xf3], [0xf2]] : [[]]) {
      for (const rex of mode === 64 ? REX : [[]]) for (const modrm of form.modrm && form.fixedModrm === undefined ? MODRM_BYTES : [form.fixedModrm ?? 0x12]) {
        const mandatory = form.vex || typeof form.prefix !== "number" ? [] : [form.prefix];
        const map = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]][form.map]!;
        const pp = form.prefix === 0x66 ? 1 : form.prefix === 0xf3 ? 2 : form.prefix === 0xf2 ? 3 : 0;
        const head = form.vex ? [0xc4, 0xe0 | form.map, (form.operands.some((o) => o.field === "v") ? 0x70 : 0x78) | pp | (form.w === 1 ? 0x80 : 0)] : [...size, ...address, ...repeat, ...mandatory, ...rex, ...map];
        const last = form.digit === undefined ? modrm : (modrm & 0xc7) | (form.digit << 3);
        const bytes = Uint8Array.from([...head, form.opcode + (form.plusR ? 1 + rex.length : 0), ...(form.modrm ? [last] : []), 0x65, 0x21, 0x43, 0x85, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66]);
        if (only.decode(bytes, 0, bytes.length, code | MODE.flat) !== DECODED.ok) continue;
        const showText = !reached.has(only.variant) || (rex.length === 0 && (modrm === 0x05 || modrm === 0x44));
        reached.add(only.variant);
        const again = Uint8Array.from(encode(encodingOf(only, mode, ADDRESS + BigInt(only.length)), ADDRESS) ?? []);
        expect(again.length, `${form.text} ${Buffer.from(bytes).toString("hex")}`).toBeGreaterThan(0);
        const before = operationOf(only);
        if (again.length === only.length) {
          expect(only.decode(again, 0, again.length, code | MODE.flat), form.text).toBe(DECODED.ok);
          expect(operationOf(only)).toEqual(before);
        }
        if (showText && d.decode(bytes, 0, bytes.length, code | MODE.flat) === DECODED.ok && d.entry!.numbered.form.text === form.text) checkText(bytes.slice(0, d.length), mode);
      }
    }
  }
  // Variants that this mode cannot have: other address and operand sizes, o64 or i64 forms.
  const missing = table.variants.filter((v, i) => !reached.has(i) && !v.form.attributes.has(mode === 64 ? "i64" : "o64") && (mode === 64 || v.form.vex || v.form.w !== 1) && v.bits === usualSize(v.form, mode) && (v.addressBits === 0 || v.addressBits === mode));
  expect(missing.map((v) => `${v.form.text} ${v.bits} ${v.memory} ${v.repeat}`)).toEqual([]);
}, 240_000);

import { describe, expect, test } from "vitest";
import { buildDecodeTable } from "../../src/decode/decode-table.ts";
import { DECODED, Decoder } from "../../src/decode/decoder.ts";
import { MODE } from "../../src/decode/mode.ts";
import { defaultInstructionSet } from "../../src/default-instruction-set.ts";
import { CpuModel } from "../../src/model/cpu-model.ts";
import { randomInstruction } from "./random-instruction.ts";
import { Random } from "../random.ts";

const MODES = { "real mode": MODE.real | MODE.code16, "16-bit": MODE.code16, "32-bit": MODE.code32 | MODE.flat, "64-bit": MODE.code64 | MODE.flat } as const;
const isa = defaultInstructionSet();

/**
 * Decodes `count` random strings in each mode and asks of every one: it is an instruction of at most 15 bytes, no instruction (#UD), or too long
 * (#GP); what follows an instruction does not matter, and no part of it is an instruction.
 */
export function testRandomStrings(count: number, models: readonly CpuModel[]): void {
  describe(`${count} random strings`, () => {
    for (const model of models) for (const [name, mode] of Object.entries(MODES)) {
      test(`${model.name}, ${name}`, () => {
        const decoder = new Decoder(buildDecodeTable(isa.table, model.features)), random = new Random(mode * 77 + 5), bytes = new Uint8Array(32);
        const tally = [0, 0, 0, 0];
        for (let i = 0; i < count; i++) {
          randomInstruction(random, bytes, 0);
          const status = decoder.decode(bytes, 0, 16, mode), { length, variant } = decoder;
          tally[status]!++;
          if (status === DECODED.ok) {
            if (length < 1 || length > 15 || isa.table.variants[variant] === undefined) fail(bytes, `variant ${variant}, ${length} bytes`);
            if (decoder.decode(bytes, 0, length, mode) !== DECODED.ok || decoder.length !== length || decoder.variant !== variant) fail(bytes, "the bytes after it matter");
            if (length > 1 && decoder.decode(bytes, 0, length - 1, mode) !== DECODED.more) fail(bytes, "it decodes without its last byte");
          } else if (status !== DECODED.invalid && (status !== DECODED.tooLong || length !== 15)) fail(bytes, `status ${status}, ${length} bytes`);
        }
        expect(tally[DECODED.more]).toBe(0);
        for (const status of [DECODED.ok, DECODED.invalid, DECODED.tooLong]) expect(tally[status], `strings of status ${status}`).toBeGreaterThan(count / 1000);
      });
    }
  });
}
function fail(bytes: Uint8Array, why: string): never { throw new Error(`${Buffer.from(bytes.subarray(0, 16)).toString("hex")}: ${why}`); }

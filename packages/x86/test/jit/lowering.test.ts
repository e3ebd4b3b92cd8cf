import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { disassemble } from "@ringzero/wasm";
import { assemble } from "../../src/assemble/assemble.ts";
import { buildDecodeTable } from "../../src/decode/decode-table.ts";
import { Decoder } from "../../src/decode/decoder.ts";
import { MODE } from "../../src/decode/mode.ts";
import { defaultInstructionSet } from "../../src/default-instruction-set.ts";
import { compileRegion } from "../../src/engine/jit/compile.ts";
import { regionTables } from "../../src/engine/jit/region-tables.ts";
import { discoverRegion, type CodeSource } from "../../src/engine/jit/region.ts";
import { CpuModel } from "../../src/model/cpu-model.ts";
import { LOOPS32 } from "./loops.ts";

/** Written anew, to be reviewed, by `npm run accept`. */
const ACCEPT = process.env["RINGZERO_ACCEPT"] === "1";

/** The region at the start of a page of 32-bit flat code. */
function region(source: string): { text: string; blocks: number; bytes: Uint8Array } {
  const isa = defaultInstructionSet();
  const page = new Uint8Array(4096);
  const program = assemble(source, { bits: 32, origin: 0 }).bytes;
  page.set(program);
  // One page, all of the program executed.
  const code: CodeSource = { page: (n) => (n === 0 ? { frame: 0, descriptor: 0 } : undefined), executed: (_page, offset) => offset < program.length, entered: () => false, crossing: () => undefined };
  const found = discoverRegion(new Decoder(buildDecodeTable(isa.table, CpuModel.pentium4.features)), (n) => isa.built(n), page, code, 0, MODE.code32 | MODE.flat)!;
  const tables = regionTables(found);
  const { bytes } = compileRegion(found, { code64: false, stackMask: 0xffff_ffffn }, tables && { ...tables, address: 0x1000 }, false);
  return { text: disassemble(bytes), blocks: found.blocks.length, bytes };
}

test.each(Object.keys(LOOPS32))("%s is lowered to what was accepted", (name) => {
  const { text, bytes } = region(LOOPS32[name]!);
  expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(true);
  const golden = new URL(`golden/${name}.wat`, import.meta.url);
  if (ACCEPT) writeFileSync(golden, text);
  expect(existsSync(golden), "run `npm run accept` and review what it writes").toBe(true);
  expect(text).toBe(readFileSync(golden, "utf8"));
});

/** What one round of ck executes where every access hits: from the loop to the branch back. */
function round(): string {
  const { text } = region(LOOPS32["ck"]!);
  const loop = text.slice(text.lastIndexOf("loop"));
  return loop.slice(0, loop.indexOf("br_if"));
}

test("dead flags cost nothing: a round of ck computes no carry, no parity and no sign", () => {
  // The test of the remembered page compares as a carry would.
  const code = round().replace(/i32\.xor\s+local\.get \d+\s+i32\.lt_u/, "");
  expect(code).toContain("i32.rotl");
  for (const trace of ["popcnt", "i32.const 31", "lt_u", "i32.const -1  i32.xor"]) expect(code).not.toContain(trace);
});

test("registers stay in locals: a round of ck stores nothing", () => {
  expect(round()).not.toContain("store");
});

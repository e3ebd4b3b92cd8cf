import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assemble, disassemble } from "../../src/index.ts";
import { INSTRUCTIONS } from "../../src/isa/index.ts";

/** Whether NASM is there. */
const have = spawnSync("nasm", ["-v"]).status === 0;
/** Mnemonics that NASM 2.16 does not know, or reads differently: undocumented x87 aliases, 8087 and 287 control, others. */
const UNKNOWN = /^(fstp[189]|fxch[47]|fcom2|fcomp[35]|fndisi|fneni|fnsetpm|db|wbnoinvd|sysret\w|vmmcall|rdpmc|rsm|ud[01]|retf[wdq]|endbr|clwb)/;

/**
 * Where NASM picks another encoding of the same length and meaning, or a REX.W that changes nothing: order of XCHG's operands, ST(0) with itself,
 * INVPCID, SLDT to 64 bits; far jumps through 64-bit pointers, which AMD's processors do not have (APM vol. 3, "JMP (Far)").
 */
const OTHERWISE = /^xchg |st0, st0$|^invpcid r|^sldt r|^(jmp|call) far \[r/;

/** NASM's bytes of each line, or undefined where it refuses the line. */
function nasm(lines: readonly string[], mode: number): (string | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), "nasm-"));
  try {
    const source = join(folder, "a.asm"), list = join(folder, "a.lst"), binary = join(folder, "a.bin");
    const refused = new Set<number>();
    for (;;) {
      writeFileSync(source, `bits ${mode}\n${lines.map((l, i) => (refused.has(i) ? "" : `org_${i}: ${l}`)).join("\n")}\n`);
      const { status, stderr } = spawnSync("nasm", ["-w-all", "-f", "bin", "-l", list, "-o", binary, source], { encoding: "utf8" });
      if (status === 0) break;
      const before = refused.size;
      for (const m of stderr.matchAll(/:(\d+): error/g)) refused.add(Number(m[1]) - 2);
      if (refused.size === before) throw new Error(stderr);
    }
    const bytes = new Map<number, string>();
    for (const m of readFileSync(list, "utf8").matchAll(/^ *(\d+) [0-9A-F]{8} ([0-9A-F]+)(-?)/gm)) bytes.set(Number(m[1]) - 2, (bytes.get(Number(m[1]) - 2) ?? "") + m[2]!.toLowerCase());
    return lines.map((_, i) => bytes.get(i));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Text of each row in a few shapes of operands, as our disassembler writes it. */
function samples(mode: 16 | 32 | 64): string[] {
  const texts = new Set<string>();
  for (const { parsed } of INSTRUCTIONS) {
    for (const form of parsed) {
      const map = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]][form.map]!;
      const prefix = form.vex ? [] : typeof form.prefix === "number" ? [form.prefix] : [];
      const pp = form.prefix === 0x66 ? 1 : form.prefix === 0xf3 ? 2 : form.prefix === 0xf2 ? 3 : 0;
      const v = form.operands.some((o) => o.field === "v") ? 0x70 : 0x78;
      for (const size of [[], [0x66]]) for (const rex of mode === 64 && !form.vex ? [[], [0x48], [0x4d]] : [[]]) for (const modrm of form.modrm && form.fixedModrm === undefined ? [0xc1, 0xd8, 0x47, 0x03, 0x86] : [form.fixedModrm ?? 0]) {
        const head = form.vex ? [0xc4, 0xe0 | form.map, v | pp | (form.w === 1 ? 0x80 : 0)] : [...size, ...prefix, ...rex, ...map];
        const last = form.digit === undefined ? modrm : (modrm & 0xc7) | (form.digit << 3);
        const bytes = Uint8Array.from([...head, form.opcode + (form.plusR ? 1 : 0), ...(form.modrm ? [last] : []), 0x65, 0x21, 0x43, 0x15, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66]);
        const d = disassemble(bytes, { mode });
        if (d.valid && !UNKNOWN.test(d.mnemonic) && !d.operands.some((o) => o.kind === "target")) texts.add(d.text);
      }
    }
  }
  return [...texts];
}

test.skipIf(!have).each([16, 32, 64] as const)("%i-bit: NASM gives the same bytes for every row", (mode) => {
  const lines = samples(mode);
  const theirs = nasm(lines, mode);
  const different = lines.flatMap((line, i) => {
    const bytes = Buffer.from(assemble(line, { bits: mode }).bytes).toString("hex");
    return theirs[i] === undefined || theirs[i] === bytes || OTHERWISE.test(line) ? [] : [`${line}: ${bytes} | ${theirs[i]}`];
  });
  if (process.env["NASM_REPORT"]) console.log(mode, lines.length, "refused:", lines.filter((_, i) => theirs[i] === undefined).join("; "));
  expect(different).toEqual([]);
  expect(theirs.filter((t) => t === undefined).length).toBeLessThan(lines.length / 20);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { assemble, AssemblyError } from "../../src/index.ts";

const WORDS = ["mov", "eax", "rax", "ah", "[", "]", "+", "-", "*", "/", "(", ")", ",", ":", "$", "$$", "1", "0x10", "-129", "1.5", "'a'", "\"", "label", ".x", "times", "db", "dd", "dt", "resb", "align",
  "equ", "org", "bits", "64", "16", "section", ".bss", "jmp", "short", "near", "far", "byte", "dword", "strict", "rel", "lock", "rep", "a32", "o16", "st0", "fadd", "xmm1", "movq", "cs", "%define", "%macro",
  "%endmacro", "%rep", "%endrep", "%if", "%endif", "%1", "%%y", "lea", "push", "xchg", "test", "imul", "\n", "\n", "\n", ";", "<<", "~", "entry", "global", "0xffffffffffffffff", "é"];

/** Any text is assembled, or refused with an AssemblyError that names a line. */
function check(source: string): void {
  try {
    assemble(source, { bits: 32 });
  } catch (error) {
    if (!(error instanceof AssemblyError)) throw error;
    expect(error.line).toBeGreaterThan(0);
    expect(error.column).toBeGreaterThan(0);
    expect(error.message.length).toBeGreaterThan(10);
  }
}

test("any sequence of words is assembled or refused", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }), (words) => check(words.join(" "))), { numRuns: 5_000 });
});
test("any text is assembled or refused", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), check), { numRuns: 3_000 });
});
test("sizes beyond reason are refused", () => {
  for (const source of ["times 1 << 40 db 0", "resb 10000000\nresb 10000000", "times 3 times 3 nop", "%rep 1 << 40\nnop\n%endrep", "%rep 2000\n%rep 2000\nnop\n%endrep\n%endrep", "a: times b - a + 1 nop\nb:"]) {
    expect(() => assemble(source, { bits: 32 }), source).toThrow(AssemblyError);
  }
});

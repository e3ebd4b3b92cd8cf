import { expect, test } from "vitest";
import { assemble, AssemblyError, formatListing } from "../../src/index.ts";

const hex = (source: string, options?: Parameters<typeof assemble>[1]): string => Buffer.from(assemble(source, options).bytes).toString("hex");

/** The message of the AssemblyError that a text raises. */
function complaint(source: string): string {
  try {
    assemble(source, { bits: 32 });
  } catch (error) {
    if (error instanceof AssemblyError) return error.message;
    throw error;
  }
  throw new Error("assembled");
}

test("a jump forward is as short as its distance allows", () => {
  expect(hex("jmp end\ntimes 127 nop\nend:", { bits: 32 })).toBe(`eb7f${"90".repeat(127)}`);
  expect(hex("jmp end\ntimes 128 nop\nend:", { bits: 32 })).toBe(`e980000000${"90".repeat(128)}`);
  // The second jump reaches only while the first is short, which it is not.
  expect(hex("a: jz c\njz b\ntimes 126 nop\nb: nop\nc:", { bits: 32 }).slice(0, 16)).toBe("0f8481000000747e");
});

test("an immediate that is a later label takes the short form where it fits", () => {
  expect(hex("push end\nend:", { bits: 32 })).toBe("6a02");
  expect(hex("add ebx, end - start\nstart: times 200 db 0\nend:", { bits: 32 }).slice(0, 12)).toBe("81c3c8000000");
});

test("local labels belong to the label before them", () => {
  const { symbols, bytes } = assemble("a: nop\n.x: jmp .x\nb: nop\n.x: jmp .x\njmp a.x", { bits: 32 });
  expect([...symbols]).toEqual([["a", 0n], ["a.x", 1n], ["b", 3n], ["b.x", 4n]]);
  expect(Buffer.from(bytes).toString("hex")).toBe("90ebfe90ebfeebf9");
});

test("data of every width, strings, fractions and repetition", () => {
  expect(hex(`db 1, "ab", 'c', 0ffh, -1\ndw 0x1234, "a"\ndd 1.5, $\ndq -2\ntimes 2 db 7`)).toBe("01616263ffff3412610000 00c03f0a000000feffffffffffffff0707".replace(" ", ""));
  // 0.1 in the formats of SDM vol. 1, "Floating-Point Data Types", as NASM prints them.
  expect(hex("dd 0.1\ndq 0.1\ndt 0.1, -1.0")).toBe("cdcccc3d9a9999999999b93fcdccccccccccccccfb3f0000000000000080ffbf");
  expect(hex("dd 1e-45, 3.5e38")).toBe("010000000000807f");
  expect(hex("db `a\\n\\x41`, 1010b, 17q, 0o17, 1_000 & 0xff")).toBe("610a410a0f0fe8");
});

test("expressions, equ, $ and $$", () => {
  expect(hex("org 0x100\nsize equ end - $$\nnop\ndw size, $, $ - $$, (1 << 4 | 3) ^ 1, ~0 & 0xff, 7 / 2 * 2 % 4\nend:")).toBe("900d000101010012 00ff000200".replace(" ", ""));
});

test("align pads code with NOP and data with zeroes", () => {
  expect(hex("nop\nalign 4\nsection .data\ndb 1\nalign 4\ndb 2")).toBe("909090900100000002");
});

test("sections lie in the order .text, .rodata, .data, .bss, whatever stands before them in the text", () => {
  const { sections } = assemble("start: nop\nsection .bss\nb: resb 8\nsection .data\nd: db 1\nsection .rodata\ndb 2\nsection .text\nmov ebx, b", { bits: 32 });
  expect(sections.map((s) => [s.name, s.address, s.size, s.bytes.length])).toEqual([[".text", 0n, 6, 6], [".rodata", 8n, 1, 1], [".data", 12n, 1, 1], [".bss", 16n, 8, 0]]);
  expect(complaint("section .bss\ndb 1")).toContain("section .bss holds no data");
});

test("a boot sector has 512 bytes with its signature", () => {
  const { bytes, origin } = assemble("start: jmp start", { format: "boot" });
  expect(bytes.length).toBe(512);
  expect([...bytes.slice(510)]).toEqual([0x55, 0xaa]);
  expect(origin).toBe(0x7c00n);
  expect(() => assemble("times 511 db 0", { format: "boot" })).toThrow(/511 bytes; 510 fit/);
});

test("rIP-relative where asked for or by default", () => {
  expect(hex("mov eax,[rel x]\nx:", { bits: 64 })).toBe("8b0500000000");
  expect(hex("default rel\nmov eax,[x]\nmov eax,[abs x]\nx:", { bits: 64 })).toBe("8b05070000008b04250d000000");
});

test("an error shows where, what and what to do", () => {
  expect(complaint("  mov [eax], 5")).toBe("source:1:3: the size of the memory operand of mov is not said\n      mov [eax], 5\n      ^\n    write byte or dword before the [");
  expect(complaint("nop\nmoov eax, 1")).toContain(`source:2:1: unknown instruction or directive "moov"\n    moov eax, 1\n    ^\n    did you mean "mov"?`);
  expect(complaint("mov eax, nothing")).toContain(`source:1:10: symbol "nothing" is not defined`);
  expect(complaint("a:\na:")).toContain("the first definition is in line 1");
  expect(complaint("mov rax, rbx")).toContain("mov does not take these operands in 32-bit mode");
  expect(complaint("bits 64\npusha")).toContain("pusha does not exist in 64-bit mode");
  expect(complaint("jmp short x\ntimes 200 nop\nx:")).toContain("too far away for a short jump");
  expect(complaint("db 256")).toContain("256 does not fit 1 byte");
  expect(complaint("lock mov [eax], eax")).toContain("lock cannot stand before mov");
  expect(complaint("mov eax, [ebx+ecx+edx]")).toContain("more than two registers");
  expect(complaint("db 'a")).toContain("string without an end");
});

test("every wrong line is reported", () => {
  expect(complaint("foo 1\nmov eax, ebx\nbar 2").match(/source:\d/g)).toEqual(["source:1", "source:3"]);
});

test("a listing shows addresses and bytes beside the text", () => {
  const source = "org 0x7c00\nstart: mov ax, 1 ; one\n jmp start";
  expect(formatListing(source, assemble(source))).toBe("    1                               org 0x7c00\n    2 00007c00 b80100               start: mov ax, 1 ; one\n    3 00007c03 ebfb                  jmp start");
});

import { expect, test } from "vitest";
import { disassemble, disassembleAll } from "../../src/index.ts";

const text = (hex: string, mode: 16 | 32 | 64, more: Partial<Parameters<typeof disassemble>[1]> = {}): string => disassemble(Uint8Array.from(Buffer.from(hex, "hex")), { mode, ...more }).text;

/** Meanings as `ndisasm -b` and `objdump -M intel` give them for the same bytes. */
test.each([
  [16, "8b1a", "mov bx, [bp+si]"], [16, "268b4600", "mov ax, [es:bp]"], [16, "66678b1d34120000", "a32 mov ebx, [0x1234]"], [16, "ea34120800", "jmp 0x8:0x1234"],
  [16, "66ea341200000800", "jmp dword 0x8:0x1234"], [16, "ff2f", "jmp far [bx]"], [16, "66ff2f", "jmp far dword [bx]"],
  [32, "8d04c500000000", "lea eax, [eax*8]"], [32, "8b044500000000", "mov eax, [nosplit eax*2]"], [32, "f3a5", "rep movsd"], [32, "26ac", "es lodsb"], [32, "6698", "cbw"], [32, "98", "cwde"],
  [32, "cd80", "int 0x80"], [32, "dfe0", "fnstsw ax"], [32, "d9c9", "fxch st1"], [32, "deca", "fmulp st2, st0"], [32, "db28", "fld tword [eax]"], [32, "6a05", "push 5"], [32, "666a05", "push word 5"], [32, "669c", "pushfw"],
  [32, "c8100001", "enter 0x10, 1"], [32, "8ed8", "mov ds, ax"], [32, "0f22c0", "mov cr0, eax"], [32, "6766a13412", "a16 mov ax, [0x1234]"], [32, "f00fc708", "lock cmpxchg8b qword [eax]"],
  [64, "8b05f9ffffff", "mov eax, [rel 0xfff]"], [64, "48b81122334455667788", "mov rax, 0x8877665544332211"], [64, "48a18877665544332211", "mov rax, [qword 0x1122334455667788]"], [64, "40b401", "mov spl, 1"], [64, "b401", "mov ah, 1"],
  [64, "c402a8f28ce3f4010000", "andn r9, r10, [r11+r12*8+0x1f4]"], [64, "64488b042528000000", "mov rax, [fs:0x28]"], [64, "48cf", "iretq"], [64, "f30f1efa", "endbr64"], [64, "66450fefc0", "pxor xmm8, xmm8"], [64, "f2480f2ac0", "cvtsi2sd xmm0, rax"], [64, "67e2fd", "a32 loop 0x1000"],
] as const)("%i-bit: %s is %s", (mode, hex, expected) => {
  expect(text(hex, mode, { address: 0x1000 })).toBe(expected);
});

test("names stand for addresses", () => {
  const symbols = new Map([[0x1007n, "main.loop"], [0x2000n, "table"]]);
  expect(text("eb05", 32, { address: 0x1000, symbols })).toBe("jmp main.loop");
  expect(text("a100200000", 32, { address: 0x1000, symbols })).toBe("mov eax, [table]");
});

test("what is no instruction is a byte of data", () => {
  const list = [...disassembleAll(Uint8Array.of(0x0f, 0x0b, 0x0f, 0xf0, 0x90, 0x90, 0xe8, 1), { mode: 32, address: 0x10 })];
  expect(list.map((d) => [d.address, d.length, d.text, d.valid])).toEqual([
    [0x10n, 2, "ud2", true], [0x12n, 1, "db 0x0f", false], [0x13n, 1, "db 0xf0", false], [0x14n, 1, "nop", true], [0x15n, 1, "nop", true], [0x16n, 1, "db 0xe8", false], [0x17n, 1, "db 0x01", false],
  ]);
});

test("operands have kinds and values", () => {
  expect(disassemble(Uint8Array.of(0x83, 0x45, 0xfc, 0xff), { mode: 32 }).operands).toEqual([{ kind: "memory", text: "dword [ebp-0x4]", value: -4n }, { kind: "immediate", text: "0xffffffff", value: 0xffffffffn }]);
  expect(disassemble(Uint8Array.of(0x74, 0xfe), { mode: 64, address: 0x400000n }).operands).toEqual([{ kind: "target", text: "0x400000", value: 0x400000n }]);
});

test("in real mode C4 and C5 are LES and LDS", () => {
  expect(text("c4c0", 16, { real: true })).toBe("db 0xc4");
  expect(text("c407", 16, { real: true })).toBe("les ax, [bx]");
});

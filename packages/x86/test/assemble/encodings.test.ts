import { expect, test } from "vitest";
import { assemble } from "../../src/index.ts";

/** Bytes printed by NASM 2.16.01 (`nasm -f bin -l`) for the same lines. */
const NASM: { readonly [bits: number]: readonly (readonly [string, string])[] } = {
  16: [
    ["mov bx,[si+bp]", "8b1a"], ["mov bx,[di+bx+300]", "8b992c01"], ["mov bx,[word bx+5]", "8b9f0500"], ["mov ebx,[dword 0x1234]", "66678b1d34120000"],
    ["a32 mov ebx,[0x1234]", "66678b1d34120000"], ["mov eax,[dword 0x1234]", "6667a134120000"], ["mov ax,[es:bp]", "268b4600"],
  ],
  32: [
    ["push byte 5", "6a05"], ["push word 5", "666a05"], ["push strict dword 5", "6805000000"], ["add eax,strict byte 5", "83c005"],
    ["add eax,strict dword 5", "0505000000"], ["pushad", "60"], ["popaw", "6661"], ["mov eax,[word 0x1234]", "67a13412"],
    ["mov eax,[dword eax+1]", "8b8001000000"], ["mov eax,[byte ecx*4+1]", "8b048d01000000"], ["mov eax,[ds:ebx]", "3e8b03"], ["cmpxchg8b [eax]", "0fc708"],
  ],
  64: [
    ["mov ax,[ebx]", "66678b03"], ["mov eax,[fs:eax*2]", "64678b0400"], ["mov eax,[eax+esp]", "678b0404"], ["mov eax,[ecx*1+eax]", "678b0408"],
    ["mov eax,[ecx+ebp]", "678b0429"], ["mov eax,[rbp+rax]", "8b440500"], ["mov eax,[rbp*1+rax*1]", "8b0428"], ["mov eax,[eax*3]", "678b0440"],
    ["mov eax,[nosplit eax*1]", "678b040500000000"], ["mov eax,[r13]", "418b4500"], ["mov eax,[r12]", "418b0424"], ["mov eax,[ebp*2]", "678b442d00"],
    ["mov rax,5", "b805000000"], ["mov rax,-1", "48c7c0ffffffff"], ["mov rax,0xffffffff", "b8ffffffff"], ["mov rax,strict qword 1", "48b80100000000000000"],
    ["mov rax,[qword 0x1122334455667788]", "48a18877665544332211"], ["mov eax,[0x1234]", "8b042534120000"], ["a32 mov eax,[0x1234]", "67a134120000"],
    ["lock add [rax],eax", "f00100"], ["rep movsw", "f366a5"], ["a32 lodsb", "67ac"], ["xchg r8,rax", "4990"], ["xchg ebx,[rax]", "8718"], ["test ebx,[rax]", "8518"],
    ["push word 500", "6668f401"], ["add rax,0xffffffffffffffff", "4883c0ff"], ["and eax,0xffffff80", "83e080"], ["loop $,ecx", "67e2fd"], ["o16 jmp $", "66ebfd"],
    ["imul eax,5", "6bc005"], ["imul eax,[rax],5", "6b0005"], ["pushfw", "669c"], ["crc32 eax,bx", "66f20f38f1c3"], ["fs xlatb", "64d7"], ["rep ret", "f3c3"],
    ["andn r9,r10,[r11+r12*8+500]", "c402a8f28ce3f4010000"], ["rorx rax,rbx,5", "c4e3fbf0c305"], ["mov spl,1", "40b401"], ["lea rax,[rax+rax*8+0x7f]", "488d44c07f"],
    ["cmp byte [rel $],5", "803df9ffffff05"], ["shl eax,1", "d1e0"], ["setz al", "0f94c0"], ["cmovnbe rax,rbx", "480f47c3"], ["jz near $+500", "0f84ee010000"],
  ],
};

for (const [bits, lines] of Object.entries(NASM)) {
  test.each(lines)(`bits ${bits}: %s as NASM encodes it`, (line, hex) => {
    expect(Buffer.from(assemble(`bits ${bits}\n${line}`).bytes).toString("hex")).toBe(hex);
  });
}

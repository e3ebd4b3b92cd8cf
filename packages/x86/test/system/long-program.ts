import { descriptor } from "./protected-program.ts";
import { exceptionStubs, runEach, snippetNames, type Snippets } from "./snippets.ts";

/**
 * The same for long mode: the program starts in real mode at 0000:8000, maps the first 8 MiB with user rights (2 MiB pages, tables from 10000h) and runs its
 * snippets at privilege 0 in 64-bit code. A snippet that raises an exception says `#vector:error code@offset,CS SS`.
 */
const STUBS = exceptionStubs("push");
const IDT = Array.from({ length: 32 }, (_, v) => `dw v${v}, 8\n db ${v === 8 ? 1 : v === 2 ? 2 : 0}, 0x8e, 0, 0\n dd 0, 0`).join("\n");

/** Selectors: 08 code, 10 data, 18 code32 DPL 3, 20 data DPL 3, 28 code DPL 3, 30 TSS, 40 code32 DPL 0, 48 call gate, 58 L and D, 60 conforming, 68 absent, 70 LDT. */
export function longProgram(snippets: Snippets, data: string = ""): string {
  const body = runEach(snippets, 32, `
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov esp, 0x7000`);
  const names = snippetNames(snippets);
  return `
bits 16
org 0x8000
  lgdt [gdtr]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  jmp 0x40:start32
bits 32
start32:
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov esp, 0x7000
  mov edi, 0x10000
  xor eax, eax
  mov ecx, 0x1000
  cld
  rep stosd
  mov dword [0x10000], 0x11007
  mov dword [0x11000], 0x12007
  mov dword [0x12000], 0x87
  mov dword [0x12008], 0x200087
  mov dword [0x12010], 0x400083
  mov dword [0x12018], 0x13007
  mov dword [0x13000], 0x600007
  mov dword [0x13008], 0x601005
  mov dword [0x13010], 0x602003
  mov dword [0x13020], 0x604007
  mov dword [0x13024], 0x80000000
  mov dword [0x13028], 0x605007
  mov dword [0x1302c], 0x00100000
  mov eax, 0x10000
  mov cr3, eax
  mov eax, 0x620
  mov cr4, eax
  mov ecx, 0xc0000080
  mov eax, 0x901
  xor edx, edx
  wrmsr
  mov eax, 0x80010011
  mov cr0, eax
  jmp 8:start64
bits 64
start64:
  lidt [idtr]
  mov ax, 0x30
  ltr ax
  mov ax, 0x10
  mov ss, ax
${body}
finish:
  mov al, 4
  out 0xe9, al
  hlt
  jmp finish
offset:
  cmp rax, 0x400
  jb hex
  mov al, '?'
  out 0xe9, al
  ret
hex:
  push rcx
  push rdx
  mov rdx, rax
  mov ecx, 16
.skip:
  rol rdx, 4
  test dl, 15
  jnz .digits
  dec ecx
  jnz .skip
  inc ecx
.digits:
  mov al, dl
  and al, 15
  add al, '0'
  cmp al, '9'
  jbe .out
  add al, 39
.out:
  out 0xe9, al
  rol rdx, 4
  dec ecx
  jnz .digits
  pop rdx
  pop rcx
  ret
print:
  mov al, [rsi]
  inc rsi
  test al, al
  jz .end
  out 0xe9, al
  jmp print
.end:
  ret
space:
  push rax
  mov al, ' '
  out 0xe9, al
  pop rax
  ret
common:
  mov [frame], rsp
  mov al, '#'
  out 0xe9, al
  pop rax
  call hex
  mov al, ':'
  out 0xe9, al
  pop rax
  call hex
  mov al, '@'
  out 0xe9, al
  pop rax
  sub eax, [start]
  call offset
  mov al, ','
  out 0xe9, al
  pop rax
  call hex
  call space
  pop rax
  pop rax
  pop rax
  call hex
  mov ax, 0x10
  mov ss, ax
  mov esp, 0x7000
  mov eax, [resume]
  jmp rax
${STUBS}
align 8
resume: dq 0
start: dq 0
frame: dq 0
gdtr: dw gdtEnd - gdt - 1
  dq gdt
idtr: dw 32 * 16 - 1
  dq idt
align 8
gdt: dq 0
  ${descriptor(0, 0xfffff, 0x9a, 0xa)}
  ${descriptor(0, 0xfffff, 0x92, 0xc)}
  ${descriptor(0, 0xfffff, 0xfa, 0xc)}
  ${descriptor(0, 0xfffff, 0xf2, 0xc)}
  ${descriptor(0, 0xfffff, 0xfa, 0xa)}
  ${descriptor("tss", 0x67, 0x89, 0)}
  dq 0
  ${descriptor(0, 0xfffff, 0x9a, 0xc)}
  dw gateTarget, 8
  db 0, 0xec, 0, 0
  dq 0
  ${descriptor(0, 0xfffff, 0x9a, 0xe)}
  ${descriptor(0, 0xfffff, 0x9e, 0xa)}
  ${descriptor(0, 0xfffff, 0x1a, 0xa)}
  ${descriptor("idt", 0xff, 0x82, 0)}
  dq 0
gdtEnd:
align 16
idt: ${IDT}
tss: dd 0
  dq 0x6800, 0x6600, 0x6400, 0, 0x6000, 0x5e00, 0, 0, 0, 0, 0
  dq 0
  dd 0x680000
${names}
${data.includes("gateTarget:") ? "" : "gateTarget: retf"}
${data}
`;
}

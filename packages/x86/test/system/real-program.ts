import { descriptor } from "./protected-program.ts";
import { runEach, snippetNames, type Snippets } from "./snippets.ts";

/**
 * The same for real-address mode: a snippet that raises an exception or INT 60h says `#vector@offset in the snippet,CS`. Vectors 0 to 13 and 60h are handled.
 */
const VECTORS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 0x60];

export function realProgram(snippets: Snippets, data: string): string {
  const body = runEach(snippets, 16, `
  xor ax, ax
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov sp, 0x7000`);
  return `
bits 16
org 0x8000
  ${VECTORS.map((v) => `mov dword [${v * 4}], v${v}`).join("\n  ")}
  mov sp, 0x7000
${body}
  mov al, 4
  out 0xe9, al
  hlt
${VECTORS.map((v) => `v${v}: push word ${v}\n  jmp common`).join("\n")}
common:
  xor ax, ax
  mov ds, ax
  mov al, '#'
  out 0xe9, al
  pop ax
  call hex
  mov al, '@'
  out 0xe9, al
  pop ax
  sub ax, [start]
  cmp ax, 0x400
  jae .elsewhere
  call hex
  jmp .cs
.elsewhere:
  mov al, '?'
  out 0xe9, al
.cs:
  mov al, ','
  out 0xe9, al
  pop ax
  call hex
  xor ax, ax
  mov ss, ax
  mov sp, 0x7000
  push word [resume]
  ret
hex32:
  push eax
  shr eax, 16
  call hex
  mov al, '_'
  out 0xe9, al
  pop eax
hex:
  push cx
  push dx
  mov dx, ax
  mov cx, 4
.digit:
  rol dx, 4
  mov al, dl
  and al, 15
  add al, '0'
  cmp al, '9'
  jbe .out
  add al, 39
.out:
  out 0xe9, al
  loop .digit
  pop dx
  pop cx
  ret
print:
  mov al, [si]
  inc si
  test al, al
  jz .end
  out 0xe9, al
  jmp print
.end:
  ret
resume: dw 0
start: dw 0
align 8
gdtr: dw gdtEnd - gdt - 1
  dd gdt
idtr: dw 0x3ff
  dd 0
align 8
gdt: dq 0
  ${descriptor(0, 0xfffff, 0x92, 0xc)}
  ${descriptor(0, 0xffff, 0x9a, 0)}
  ${descriptor(0, 0xffff, 0x92, 0)}
  ${descriptor(0, 0xffff, 0x9a, 0x4)}
gdtEnd:
${snippetNames(snippets)}
${data}
`;
}

import { exceptionStubs, runEach, snippetNames, type Snippets } from "./snippets.ts";

/**
 * Programs for the processor's privileged behaviour, started in real mode at 0000:8000 as `bootFloppy` starts them: they enter protected mode with a full
 * set of descriptors, run one snippet after the other and write what each led to to port E9. A snippet that raises an exception says
 * `#vector:error code@offset in the snippet,CS`; execution goes on with the next one.
 */

/** Selectors of the program's GDT. */
export const SELECTORS: { readonly [name: string]: number } = {
  code: 0x08, data: 0x10, code3: 0x1b, data3: 0x23, tss: 0x28, ldt: 0x30, code16: 0x38, data16: 0x40, conforming: 0x48, executeOnly: 0x50, readOnly: 0x58,
  absent: 0x60, down: 0x68, small: 0x70, tss2: 0x78, gate: 0x80, gateParameters: 0x88, taskGate: 0x90, gate16: 0x98, tss16: 0xa0, code1: 0xa9, data1: 0xb1, absentStack: 0xb8,
  tss3: 0xc0,
};

/** A descriptor's eight bytes: `access` the type byte, `flags` G D L AVL. */
export function descriptor(base: number | string, limit: number, access: number, flags: number): string {
  if (typeof base === "string") return `dw ${limit & 0xffff}, ${base}\n db 0, ${access}, ${(flags << 4) | (limit >> 16)}, 0`;
  return `dw ${limit & 0xffff}, ${base & 0xffff}\n db ${(base >> 16) & 0xff}, ${access}, ${(flags << 4) | (limit >> 16)}, ${base >>> 24}`;
}


const STUBS = exceptionStubs("push dword");
const IDT = Array.from({ length: 32 }, (_, v) => `dw v${v}, 8\n db 0, 0x8e, 0, 0`).join("\n");

/** The whole program's text. `data` is added behind the snippets. */
export function protectedProgram(snippets: Snippets, data: string = ""): string {
  const body = runEach(snippets, 32, `
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  mov fs, ax
  mov gs, ax
  mov ss, ax
  mov esp, 0x7000`);
  const names = snippetNames(snippets);
  return `
bits 16
org 0x8000
  lgdt [gdtr]
  lidt [idtr]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  jmp 8:start32
bits 32
start32:
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  mov fs, ax
  mov gs, ax
  mov ss, ax
  mov esp, 0x7000
  mov ax, 0x28
  ltr ax
  mov ax, 0x30
  lldt ax
${body}
finish:
  mov al, 4
  out 0xe9, al
  hlt
  jmp finish

; AL as two hex digits
hex8:
  push eax
  shr al, 4
  call digit
  pop eax
  and al, 15
digit:
  add al, '0'
  cmp al, '9'
  jbe .out
  add al, 39
.out:
  out 0xe9, al
  ret
; an offset in the snippet, or ? where it is elsewhere
offset:
  cmp eax, 0x400
  jb hex
  mov al, '?'
  out 0xe9, al
  ret
; EAX without leading zeros
hex:
  push ecx
  push edx
  mov edx, eax
  mov ecx, 8
.skip:
  rol edx, 4
  test dl, 15
  jnz .digits
  dec ecx
  jnz .skip
  inc ecx
.digits:
  mov al, dl
  and al, 15
  call digit
  rol edx, 4
  dec ecx
  jnz .digits
  pop edx
  pop ecx
  ret
print:
  mov al, [esi]
  inc esi
  test al, al
  jz .end
  out 0xe9, al
  jmp print
.end:
  ret
space:
  push eax
  mov al, ' '
  out 0xe9, al
  pop eax
  ret

common:
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  mov al, '#'
  out 0xe9, al
  pop eax
  call hex
  mov al, ':'
  out 0xe9, al
  pop eax
  call hex
  mov al, '@'
  out 0xe9, al
  pop eax
  sub eax, [start]
  call offset
  mov al, ','
  out 0xe9, al
  pop eax
  and eax, 0xffff
  call hex
  mov ax, 0x10
  mov ss, ax
  mov esp, 0x7000
  push dword [resume]
  ret
${STUBS}
align 8
resume: dd 0
start: dd 0
gdtr: dw gdtEnd - gdt - 1
  dd gdt
idtr: dw 32 * 8 - 1
  dd idt
align 8
gdt: dq 0
  ${descriptor(0, 0xfffff, 0x9a, 0xc)}
  ${descriptor(0, 0xfffff, 0x92, 0xc)}
  ${descriptor(0, 0xfffff, 0xfa, 0xc)}
  ${descriptor(0, 0xfffff, 0xf2, 0xc)}
  ${descriptor("tss", 0x67, 0x89, 0)}
  ${descriptor("ldt", 0xf, 0x82, 0)}
  ${descriptor(0, 0xffff, 0x9a, 0)}
  ${descriptor(0, 0xffff, 0x92, 0)}
  ${descriptor(0, 0xfffff, 0x9e, 0xc)}
  ${descriptor(0, 0xfffff, 0x98, 0xc)}
  ${descriptor(0, 0xfffff, 0x90, 0xc)}
  ${descriptor(0, 0xfffff, 0x12, 0xc)}
  ${descriptor(0, 0x0fff, 0x96, 0x4)}
  ${descriptor(0, 0x0fff, 0x92, 0x4)}
  ${descriptor("tss2", 0x67, 0x89, 0)}
  dw gateTarget, 8
  db 0, 0xec, 0, 0
  dw gateTarget, 8
  db 2, 0xec, 0, 0
  dw 0, 0x78
  db 0, 0xe5, 0, 0
  dw gateTarget16, 0x38
  db 0, 0xe4, 0, 0
  ${descriptor("tss16", 0x2b, 0x81, 0)}
  ${descriptor(0, 0xfffff, 0xba, 0xc)}
  ${descriptor(0, 0xfffff, 0xb2, 0xc)}
  ${descriptor(0, 0xfffff, 0x12, 0xc)}
  ${descriptor("tss3", 0x67, 0x89, 0)}
gdtEnd:
align 8
idt: ${IDT}
ldt: ${descriptor(0x8000, 0xff, 0xf2, 0x4)}
  ${descriptor(0, 0xfffff, 0xfa, 0xc)}
tss: dd 0, 0x6800, 0x10, 0x6400, 0xb1
  times 84 db 0
tss2: times 104 db 0
tss3: times 104 db 0
tss16: times 44 db 0
${names}
${data.includes("gateTarget:") ? "" : "gateTarget: retf"}
${data.includes("gateTarget16:") ? "" : "bits 16\ngateTarget16: retf\nbits 32"}
${data}
`;
}

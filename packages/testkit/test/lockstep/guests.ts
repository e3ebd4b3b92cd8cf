import { assemble } from '@ringzero/x86';
import type { LockstepImage } from '../../src/lockstep/lockstep-image.ts';

/** Programs for 0000:8000 that end with HLT, each a mode of the processor. */
const SOURCES = {
  /** Strings, multiplication and division, flags that are left undefined, #DE through the interrupt table, code that rewrites itself. */
  'real mode': `
    bits 16
    org 0x8000
      mov word [0], divide            ; vector 0
      mov word [2], cs
      mov si, text
      mov di, 0x9000
      mov cx, 6
      rep movsb
      mov di, 0x9000
      mov al, 'l'
      mov cx, 6
      repne scasb
      xor bp, bp
      mov cx, 40
      mov eax, 0x12345678
    .loop:
      imul eax, eax, 7
      mov ebx, eax
      shl ebx, 5
      rcr ebx, cl
      bsf edx, ebx
      and ebx, 0x7f
      push ax
      mul bl
      pop ax
      adc bp, ax
      daa
      pushf
      pop dx
      loop .loop
      mov dx, 5
      xor ax, ax
      div al                          ; #DE
    .back:
      mov byte [patched + 1], 0x2a    ; its immediate
      call patched
      enter 16, 2
      leave
      hlt
    patched: mov al, 0
      ret
    divide:
      pop ax
      add ax, 2
      push ax
      iret
    text: db "hello", 0
  `,
  /** Flat 32-bit protected mode with 4 MiB pages: #PF and #UD handlers, x87, MMX and SSE. */
  'protected mode': `
    bits 16
    org 0x8000
      lgdt [gdtr]
      mov eax, cr0
      or al, 1
      mov cr0, eax
      jmp 8:start
    bits 32
    start:
      mov ax, 16
      mov ds, ax
      mov es, ax
      mov ss, ax
      mov esp, 0x7c00
      lidt [idtr]
      mov edi, 0x10000
      xor eax, eax
      mov ecx, 1024
      rep stosd
      mov dword [0x10000], 0x83       ; 4 MiB page at 0: present, writable
      mov eax, 0x10000
      mov cr3, eax
      mov eax, cr4
      or eax, 0x610                   ; PSE, OSFXSR, OSXMMEXCPT
      mov cr4, eax
      mov eax, cr0
      or eax, 0x80010022              ; PG, WP, NE, MP
      mov cr0, eax
      mov ebx, [0x400000]             ; #PF, length 6
      mov [0x400ffe], ebx             ; #PF, length 6
      ud2
      fninit
      fldpi
      fld1
      faddp st1, st0
      fst qword [0x9000]
      fsqrt
      fmul qword [0x9000]
      fistp dword [0x9008]
      movd xmm0, [0x9008]
      cvtdq2ps xmm1, xmm0
      mulps xmm1, xmm1
      sqrtss xmm2, xmm1
      paddw xmm0, xmm1
      pshufd xmm3, xmm0, 0x1b
      movq mm0, [0x9000]
      paddb mm0, mm0
      movq [0x9010], mm0
      emms
      mov ecx, 100
      xor eax, eax
    .loop:
      lea eax, [eax + eax * 4 + 3]
      rol eax, 7
      xchg al, ah
      mov [0x9100 + ecx * 4], eax
      sub [0x9104 + ecx * 4], eax
      cmovc edx, eax
      dec ecx
      jnz .loop
      hlt
    fault14: add esp, 4               ; error code
      add dword [esp], 6
      iretd
    fault6: add dword [esp], 2
      iretd
    align 8
    gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
    gdtr: dw 23
      dd gdt
    align 8
    idt: times 6 dq 0
      dw fault6, 8, 0x8e00, 0
      times 7 dq 0
      dw fault14, 8, 0x8e00, 0
    idtr: dw 15 * 8 - 1
      dd idt
  `,
  /** 64-bit mode with four-level paging. */
  'long mode': `
    bits 16
    org 0x8000
      mov edi, 0x10000
      mov ecx, 3072
      xor eax, eax
      push 0x1000
      pop es
      xor di, di
      rep stosd
      mov dword [es:0], 0x11003
      mov dword [es:0x1000], 0x12003
      mov dword [es:0x2000], 0x83     ; 2 MiB page
      lgdt [gdtr]
      mov eax, cr4
      or eax, 0x620                   ; PAE, OSFXSR, OSXMMEXCPT
      mov cr4, eax
      mov eax, 0x10000
      mov cr3, eax
      mov ecx, 0xc0000080             ; EFER
      rdmsr
      or eax, 0x100                   ; LME
      wrmsr
      mov eax, cr0
      or eax, 0x80000001              ; PG, PE
      mov cr0, eax
      jmp 8:start
    bits 64
    start:
      mov eax, 16
      mov ss, eax
      mov rsp, 0x7c00
      mov r8, 0x123456789abcdef
      mov r9, r8
      mov ecx, 60
    .loop:
      imul r8, r9
      add r8, rcx
      rol r9, 13
      xor r9d, r8d
      push r9
      pop r10
      bswap r10
      mul r10
      adc r11, rdx
      shld r12, r11, 9
      movq xmm8, r12
      pmuludq xmm8, xmm8
      paddq xmm9, xmm8
      mov [rel data + 8], r8
      lock xadd [rel data + 8], r10
      sub ecx, 1
      jnz .loop
      cvtsi2sd xmm1, r8
      sqrtsd xmm2, xmm1
      divsd xmm2, xmm1
      cvttsd2si rax, xmm2
      hlt
    align 16
    data: dq 0, 0
    gdt: dq 0, 0x00209b0000000000, 0x0000930000000000
    gdtr: dw 23
      dd gdt
  `,
} as const;

/** The guests by name. */
export const GUESTS: readonly (readonly [string, LockstepImage])[] = Object.entries(SOURCES).map(([name, source]) => [
  name, { kind: 'program', bytes: assemble(source, { origin: 0x8000, file: name }).bytes },
]);

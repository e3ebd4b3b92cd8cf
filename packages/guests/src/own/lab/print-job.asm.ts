/**
 * The work of the lab on ring crossings: prints pieces of text as printf(3) does, into a buffer that is written when it is full. The same instructions run in ring 3 of a virtual machine
 * and in a container; the system calls are those of 32-bit Linux on both.
 */
export const printJobSource: string = String.raw`
WORK_LOOPS equ 20000            ; what a program does between two prints: so that time passes, and the timer ticks

section .text
; Prints [prints] pieces of [piece] characters through a buffer of [capacity] characters, and ends.
job:      xor kept1, kept1      ; characters in the buffer
.print:   cmp dword [prints], 0
          je .end
          dec dword [prints]
          mov eax, WORK_LOOPS
.work:    dec eax
          jnz .work
          mov kept2, [piece]
.next:    test kept2, kept2
          jz .print
          dec kept2
          cmp kept1, [capacity]
          jb .room
          call flush
.room:    mov byte [buffer + kept1], '.'
          inc kept1
          jmp .next
.end:     call flush
          xor arg1, arg1
          system SYS_EXIT

; Writes what is in the buffer: the one place that calls the kernel on the way.
flush:    test kept1, kept1
          jz .done
          mov arg1, 1
          mov arg2, buffer
          mov arg3, kept1
          system SYS_WRITE
          xor kept1, kept1
.done:    ret

section .bss
prints:   resd 1
piece:    resd 1
capacity: resd 1
buffer:   resb 4096
section .text
`;

/** The job as a program for Linux: print-job PRINTS CHARACTERS CAPACITY. */
export const printJobProgram: string = String.raw`
_start:   mov acc, [top + 2 * WORD_BYTES]
          call parse
          mov [prints], acc
          mov acc, [top + 3 * WORD_BYTES]
          call parse
          mov [piece], acc
          mov acc, [top + 4 * WORD_BYTES]
          call parse
          mov [capacity], acc
          jmp job
`;

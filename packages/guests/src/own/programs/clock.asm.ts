/** Watches the clock: clock_gettime(2) in a loop, a line for each tenth of a second that begins. */
export const clockSource: string = String.raw`
; clock N prints N lines and ends; clock goes on for ever. It never sleeps: what it needs of the processor is all that it can get.
CLOCK_MONOTONIC equ 1
TENTH     equ 100000000         ; nanoseconds

_start:   mov kept1, -1         ; lines to print
          mov acc, [top + 2 * WORD_BYTES]
          test acc, acc
          jz .unlimited
          call parse
          mov kept1, acc
.unlimited:
          mov kept2, -1         ; the tenth seen last
.next:    test kept1, kept1
          jz .done
.look:    mov arg1, CLOCK_MONOTONIC
          mov arg2, time
          system SYS_CLOCK_GETTIME
          mov acc, [time + WORD_BYTES]
          xor edx, edx
          mov arg2, TENTH
          div arg2
          cmp acc, kept2
          je .look
          mov kept2, acc
          mov acc, [time]
          call decimal
          mov acc, point
          call print
          mov acc, kept2
          call decimal
          call newline
          dec kept1
          jmp .next
.done:    xor arg1, arg1
          system SYS_EXIT

section .rodata
point:    db ".", 0
section .bss
time:     resb 2 * WORD_BYTES   ; struct timespec: seconds, nanoseconds
`;

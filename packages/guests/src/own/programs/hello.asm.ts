/** The smallest program that can be seen: write(2), _exit(2). */
export const helloSource: string = String.raw`
; A process has no devices and no privilege. All that reaches the world outside is a system call.
_start:   mov arg1, 1           ; standard output
          mov arg2, text
          mov arg3, text.length
          system SYS_WRITE
          xor arg1, arg1        ; status 0
          system SYS_EXIT

section .rodata
text:     db "Hello from ", ABI_NAME, 10
.length   equ $ - text
`;

/** Copies files, or standard input, to standard output: open(2), read(2), write(2). */
export const catSource: string = String.raw`
; On entry the stack holds argc, the addresses of argc texts, a zero. argv[0] is the program's name.
_start:   lea kept2, [top + 2 * WORD_BYTES]
          mov arg1, [kept2]
          test arg1, arg1
          jnz .file
          mov [descriptor], arg1
          call copy             ; no file named: descriptor 0, which is open already
          jmp .done
.file:    xor arg2, arg2        ; O_RDONLY
          xor arg3, arg3
          system SYS_OPEN
          test acc, acc
          js fail
          mov [descriptor], acc
          call copy
          add kept2, WORD_BYTES
          mov arg1, [kept2]
          test arg1, arg1
          jnz .file
.done:    xor arg1, arg1
          system SYS_EXIT

; Copies what the descriptor gives until its end. write may take less than it is given: the rest goes into the next call.
copy:     mov arg1, [descriptor]
          mov arg2, buffer
          mov arg3, buffer.size
          system SYS_READ
          test acc, acc
          js fail
          jz .end
          mov kept3, acc
          mov arg2, buffer
.write:   mov arg1, 1
          mov arg3, kept3
          system SYS_WRITE
          test acc, acc
          js fail
          add arg2, acc
          sub kept3, acc
          jnz .write
          jmp copy
.end:     ret

fail:     mov arg1, 1
          system SYS_EXIT

section .bss
descriptor:
          resq 1
buffer:   resb 16384
.size     equ $ - buffer
`;

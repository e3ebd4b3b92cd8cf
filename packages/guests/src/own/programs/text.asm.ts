/** Printing and reading numbers, for the programs that need it. Arguments and results in `acc`; `kept1` to `kept3` stay. */
export const textRoutines: string = String.raw`
section .text
; Prints the zero-terminated text at acc on standard output.
print:    mov arg2, acc
          xor edx, edx          ; arg3 is EDX or RDX: the one register with the same role in both interfaces
.count:   cmp byte [arg2 + arg3], 0
          je .write
          inc arg3
          jmp .count
.write:   mov arg1, 1
          system SYS_WRITE
          ret

newline:  mov acc, line_end
          jmp print

; Prints acc in decimal; in hexadecimal.
decimal:  mov arg2, 10
          jmp print_number
hexadecimal:
          mov arg2, 16
print_number:
          mov arg1, number_end
.next:    xor edx, edx
          div arg2              ; the remainder is the next digit, from the right
          mov dl, [digits + arg3]
          dec arg1
          mov [arg1], dl
          test acc, acc
          jnz .next
          mov acc, arg1
          jmp print

; The decimal number that the text at acc begins with.
parse:    mov arg2, acc
          xor eax, eax
.next:    movzx edx, byte [arg2]
          sub edx, '0'
          cmp edx, 9
          ja .done
          imul acc, acc, 10
          add acc, arg3
          inc arg2
          jmp .next
.done:    ret

section .rodata
digits:   db "0123456789abcdef"
line_end: db 10, 0
section .bss
          resb 20
number_end:
          resb 1                ; always zero: the end of the text
section .text
`;

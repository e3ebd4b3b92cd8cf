/** Prints what execve(2) and the kernel put on a new program's stack: arguments, environment, auxiliary vector (getauxval(3)). */
export const envSource: string = String.raw`
; From the stack pointer upwards: argc, argv[0] …, 0, envp[0] …, 0, then pairs of type and value that end with type 0.
_start:   lea kept1, [top + WORD_BYTES]
          mov kept2, arg_label
          call list
          mov kept2, env_label
          call list
.pair:    mov kept3, [kept1]    ; kept3 is no argument of write
          mov acc, aux_label
          call print
          mov acc, kept3
          call decimal
          mov acc, space
          call print
          mov acc, [kept1 + WORD_BYTES]
          call hexadecimal
          call newline
          add kept1, 2 * WORD_BYTES
          test kept3, kept3
          jnz .pair
          xor arg1, arg1
          system SYS_EXIT

; Prints the texts whose addresses stand at kept1, each after the label kept2, and steps over the zero after them.
list:     mov kept3, [kept1]
          add kept1, WORD_BYTES
          test kept3, kept3
          jz .done
          mov acc, kept2
          call print
          mov acc, kept3
          call print
          call newline
          jmp list
.done:    ret

section .rodata
arg_label:
          db "arg ", 0
env_label:
          db "env ", 0
aux_label:
          db "aux ", 0
space:    db " ", 0
`;

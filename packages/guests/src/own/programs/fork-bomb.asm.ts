/** Forks for so many generations, or without end: what a limit on processes is for. fork(2), cgroups(7) "pids". */
export const forkBombSource: string = String.raw`
; fork-bomb N: N generations, which make 2^N processes; each prints a dot, waits for its children and ends.
; fork-bomb:   every process forks as fast as it can, for ever.
_start:   mov acc, [top + 2 * WORD_BYTES]
          test acc, acc
          jz forever
          call parse
          mov kept1, acc        ; generations to come
          xor kept2, kept2      ; children of this process
.generation:
          test kept1, kept1
          jz .grown
          dec kept1
          system SYS_FORK       ; returns twice: 0 in the child, the child's number in the parent
          test acc, acc
          js refused
          jz .child
          inc kept2
          jmp .generation
.child:   xor kept2, kept2
          jmp .generation
.grown:   mov acc, dot
          call print
.wait:    test kept2, kept2
          jz .done
          dec kept2
          mov arg1, -1          ; any child
          xor arg2, arg2        ; status not wanted
          xor arg3, arg3
          push kept1
          xor arg4, arg4        ; nor its use of resources; arg4 may be kept1
          system SYS_WAIT4
          pop kept1
          jmp .wait
.done:    xor arg1, arg1
          system SYS_EXIT

forever:  xor kept1, kept1
.again:   system SYS_FORK
          test acc, acc
          jns .again            ; parent and child alike
          test kept1, kept1
          jnz .again            ; said already, by this process or its parent
          inc kept1
          mov acc, no_more
          call print
          jmp .again

refused:  mov acc, no_more
          call print
          mov arg1, 1
          system SYS_EXIT

section .rodata
dot:      db ".", 0
no_more:  db "fork refused", 10, 0
`;

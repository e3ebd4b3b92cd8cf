/** Takes memory and touches every page of it: brk(2), then mmap(2). What a limit on memory is for. */
export const memoryHogSource: string = String.raw`
; memory-hog N takes N MiB and ends; memory-hog takes what it can get. Memory asked for costs nothing: a page gets its frame at the first touch.
MIB       equ 1 << 20
PAGE      equ 4096
PROT_READ_WRITE equ 3
MAP_PRIVATE_ANONYMOUS equ 0x22

_start:   mov kept1, -1         ; MiB to take
          mov acc, [top + 2 * WORD_BYTES]
          test acc, acc
          jz .unlimited
          call parse
          mov kept1, acc
.unlimited:
          xor arg1, arg1
          system SYS_BRK        ; the end of the heap as it is
          mov kept3, acc
          xor kept2, kept2      ; MiB taken
.next:    cmp kept2, kept1
          je .done
          call take
          mov arg2, PAGE
.touch:   sub arg3, arg2        ; from the last page to the first
          mov [acc + arg3], dl   ; one byte is enough
          jnz .touch
          inc kept2
          mov acc, kept2
          call decimal
          mov acc, unit
          call print
          jmp .next
.done:    xor arg1, arg1
          system SYS_EXIT

; acc = address of another MiB, arg3 = its size; ends the program where there is none.
take:     mov arg1, kept3
          add arg1, MIB
          system SYS_BRK        ; gives the new end, or the old one where it refuses
          mov arg3, MIB
          cmp acc, arg1
          jne .map
          sub acc, arg3
          add kept3, arg3
          ret
.map:     push kept1            ; three of the six arguments are in registers that we keep
          push kept2
          push kept3
          xor arg1, arg1        ; anywhere
          mov arg2, MIB
          mov arg3, PROT_READ_WRITE
          mov arg4, MAP_PRIVATE_ANONYMOUS
          mov arg5, -1          ; no file
          xor arg6, arg6
          system SYS_MMAP
          pop kept3
          pop kept2
          pop kept1
          mov arg3, MIB
          cmp acc, -4095        ; the last page of addresses is for error numbers
          jae .refused
          ret
.refused: neg acc
          mov kept3, acc
          mov acc, no_more
          call print
          mov acc, kept3
          call decimal
          call newline
          mov arg1, 1
          system SYS_EXIT

section .rodata
unit:     db " MiB", 10, 0
no_more:  db "memory refused, error ", 0
`;

/** The instructions for which this architecture was hard to virtualize. Popek and Goldberg, "Formal Requirements for Virtualizable Third Generation Architectures" (1974). */
export const sensitiveSource: string = String.raw`
; An instruction is sensitive where it shows or changes what belongs to ring 0, privileged where it traps outside ring 0. Trap and emulate works
; when every sensitive instruction is privileged. Those below are sensitive and not privileged: run this kernel in ring 3 under a hypervisor that
; emulates what traps, and these lines come out otherwise, because nothing trapped.
section .text
sensitive:
          mov eax, cs
          say "sensitive: MOV from CS reads "
          hex eax, 4
          and eax, 3
          say ", ring "
          hex eax, 1
          test eax, eax
          jz .ring_0
          say ": the kernel sees that it is not in ring 0"
.ring_0:  line ""

          cli                   ; privileged (where CPL > IOPL)
          pushfd
          pop eax
          say "sensitive: PUSHF after CLI reads IF "
          call print_if
          test eax, IF_FLAG
          jz .cleared
          line "           CLI trapped and somebody kept a flag for this kernel; PUSHF shows the processor's"
.cleared:
          or eax, IF_FLAG
          push eax
          popfd                 ; in an outer ring leaves IF as it is, and does not trap
          pushfd
          pop eax
          cli
          say "sensitive: PUSHF after POPF of IF 1 reads IF "
          call print_if

          ; What follows from it: an interrupt that waits for IF.
          mov eax, 1
          call allow_ticks
          port PIC, 0x0a        ; OCW3: the next IN reads the request register
.wait:    in al, PIC
          test al, 1
          jz .wait
          line "sensitive: a tick waits; POPF of IF 1 lets it in:"
          mov ebx, [ticks]
          pushfd
          or dword [esp], IF_FLAG
          popfd
          nop
          cli
          cmp ebx, [ticks]
          jne .came
          line "sensitive: it did not come: POPF is not allowed to set IF here, and says nothing"
          port PIC + 1, ALL
          jmp .table
.came:    line "sensitive: it came"

.table:   sgdt [read_pointer]
          say "sensitive: SGDT reads base "
          hex [read_pointer + 2], 8
          say ", limit "
          movzx eax, word [read_pointer]
          hex eax, 4
          mov eax, [read_pointer + 2]
          cmp eax, [gdt_pointer + 2]
          jne .strange
          line ": what LGDT loaded"
          ret
.strange: line ": not what LGDT loaded, but the table of somebody who runs this kernel in ring 3"
          ret

; Prints IF of the flags in EAX.
print_if: push eax
          shr eax, 9
          hex eax, 1
          line ""
          pop eax
          ret

section .bss
          alignb 4
read_pointer:
          resb 6
`;

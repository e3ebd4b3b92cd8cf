/** Three ways to go wrong, for a machine that must keep its other tenants safe. */
export const misbehave: string = String.raw`
section .text
; Never gives the processor back.
spin:     line "spin: for ever"
.again:   jmp .again

; Triple fault: an exception whose handler cannot be found, nor that of the double fault which follows. The processor shuts down.
crash:    line "crash: an interrupt table of no length, then an invalid instruction"
          lidt [.no_table]
          ud2
section .rodata
.no_table:
          dw 0
          dd 0
section .text

; Fills all of its memory with one pattern after another, except for the page that the loop itself lies in: stack, tables and texts go.
; A dot on the serial port for each round.
scribble: say "scribble: "
          mov ebx, [loader_info]
          test dword [ebx], INFO_MEMORY
          jz power_off
          mov ebp, [ebx + 8]    ; KiB above the first MiB
          shl ebp, 10
          add ebp, 1 << 20      ; the end of memory
          xor esi, esi
          mov edx, COM1
          jmp scribble_page
          align 4096
scribble_page:
          add esi, 0x9e3779b9   ; another pattern
          mov eax, esi
          xor edi, edi
          mov ecx, scribble_page >> 2
          rep stosd
          mov edi, scribble_end
          mov ecx, ebp
          sub ecx, edi
          shr ecx, 2
          rep stosd
          mov al, '.'
          out dx, al
          jmp scribble_page
          align 4096
scribble_end:
`;

/** Where the loader enters, and the tour's order. Multiboot Specification 0.6.96, "Machine state", "Boot information format". */
export const start: string = String.raw`
LOADER       equ 0x2badb002     ; in EAX: a Multiboot loader was at work
INFO_MEMORY  equ 1 << 0         ; bits of the information's first word: what it says
INFO_COMMAND equ 1 << 2

section .text
; The loader enters with 32-bit flat segments, paging and interrupts off, EBX = address of its information.
_start:   cld
          mov esp, kernel_stack
          mov [loader_magic], eax
          mov [loader_info], ebx
          call console_start
          line "ring tour: a kernel that shows how a processor keeps programs apart"
          cmp dword [loader_magic], LOADER
          je .loaded
          line "no Multiboot loader was at work: stop"
          jmp power_off
.loaded:  call command
          call descriptors_start
          call paging_start
          call interrupts_start
          call sensitive
          line "ring 0: waits for one tick, with STI and HLT"
          mov eax, 1
          call allow_ticks
          sti                   ; takes effect after the next instruction: no interrupt can come between the two
          hlt
          cli
          line "ring 0: goes to ring 3"
          jmp user_start

; What is left when the program has ended: EBX = its status.
tour_end: say "ring 0: the program has ended with status "
          hex ebx, 2
          say ", after "
          mov eax, [crossings]
          xor ecx, ecx
          call print_decimal
          line " crossings"
          line "tour over"
; A debug port ends some emulators; else the processor waits for an interrupt that it does not take.
power_off:
          mov al, 0
          out 0xf4, al
.stop:    cli
          hlt
          jmp .stop

; The last word of the loader's command line may ask for a kernel that does not behave.
command:  mov ebx, [loader_info]
          test dword [ebx], INFO_COMMAND
          jz .done
          mov edx, [ebx + 16]
.word:    mov esi, edx
.letter:  mov al, [edx]
          inc edx
          cmp al, ' '
          je .word
          test al, al
          jnz .letter
          mov edi, word_spin
          call same
          je spin
          mov edi, word_crash
          call same
          je crash
          mov edi, word_scribble
          call same
          je scribble
.done:    ret

; Zero flag: the texts at ESI and EDI are the same.
same:     push esi
.next:    mov al, [edi]
          cmp al, [esi]
          jne .done
          inc esi
          inc edi
          test al, al
          jnz .next
.done:    pop esi
          ret

section .rodata
word_spin:
          db "spin", 0
word_crash:
          db "crash", 0
word_scribble:
          db "scribble", 0
section .bss
          alignb 16
          resb 4096
kernel_stack:
loader_magic:
          resd 1
loader_info:
          resd 1
`;

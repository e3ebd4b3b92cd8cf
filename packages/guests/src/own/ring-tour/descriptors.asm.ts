/** The tables that tell the processor what a privilege level is. SDM vol. 3A, "Segment Descriptors", "Task-State Segment (TSS)", "IDT Descriptors". */
export const descriptors: string = String.raw`
INTERRUPT_GATE equ 0x8e00       ; present, 32 bits, interrupts off inside; reachable by INT from ring 0 only
SYSTEM_GATE    equ 0xee00       ; the same, reachable by INT from ring 3

section .text
; Privileged here: LGDT, LTR, LIDT.
descriptors_start:
          lgdt [gdt_pointer]
          jmp KERNEL_CODE:.flush
.flush:   mov ax, KERNEL_DATA
          mov ds, ax
          mov es, ax
          mov fs, ax
          mov gs, ax
          mov ss, ax
          line "ring 0: segments: code and data of ring 0, code and data of ring 3, all of 4 GiB"
          ; A trap from ring 3 takes its stack from the TSS: ring 3 must have no say in where ring 0 keeps its data.
          mov dword [tss.esp0], kernel_stack
          mov dword [tss.ss0], KERNEL_DATA
          mov word [tss.io_map], tss.end - tss ; no map: IN and OUT are for ring 0 (EFLAGS.IOPL = 0)
          mov eax, tss
          mov [gdt.task + 2], ax
          shr eax, 16
          mov [gdt.task + 4], al
          mov [gdt.task + 7], ah
          mov ax, TASK
          ltr ax
          line "ring 0: task state: traps from ring 3 arrive on a stack of ring 0"
          xor ebx, ebx
.gate:    mov eax, ebx
          shl eax, 4
          add eax, exception_stubs
          mov ecx, INTERRUPT_GATE
          call set_gate
          inc ebx
          cmp ebx, 32
          jb .gate
          mov eax, timer_stub
          mov ebx, TIMER
          call set_gate
          mov eax, system_call_stub
          mov ebx, SYSTEM_CALL
          mov ecx, SYSTEM_GATE
          call set_gate
          lidt [idt_pointer]
          line "ring 0: gates: 32 exceptions, the timer, INT 80h; only the last is open to ring 3"
          ret

; Gate EBX: routine EAX in ring 0, kind ECX.
set_gate: mov [idt + ebx * 8], ax
          mov word [idt + ebx * 8 + 2], KERNEL_CODE
          mov [idt + ebx * 8 + 4], cx
          shr eax, 16
          mov [idt + ebx * 8 + 6], ax
          ret

section .data
          align 8
; Base 0, limit FFFFF pages; 9A/92 = code/data of ring 0, FA/F2 = of ring 3.
gdt:      dq 0
          dq 0x00cf9a000000ffff
          dq 0x00cf92000000ffff
          dq 0x00cffa000000ffff
          dq 0x00cff2000000ffff
.task:    dw tss.end - tss - 1, 0
          db 0, 0x89, 0, 0      ; available 32-bit TSS; the base is filled in
.end:
gdt_pointer:
          dw gdt.end - gdt - 1
          dd gdt
idt_pointer:
          dw VECTORS * 8 - 1
          dd idt
section .bss
          alignb 8
idt:      resb VECTORS * 8
tss:      resd 1
.esp0:    resd 1
.ss0:     resd 1
          resb 102 - 12
.io_map:  resw 1
.end:
`;

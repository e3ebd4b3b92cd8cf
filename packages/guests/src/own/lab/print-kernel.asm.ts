/**
 * The kernel under the job in a virtual machine: the least that has two rings. It knows two system calls, the serial port and the timer, and has no paging: what counts here is who may do what,
 * not who may see what. Multiboot Specification 0.6.96; SDM vol. 3A, "Interrupt and Exception Handling".
 */
export const printKernelSource: string = String.raw`
COM1      equ 0x3f8
TICKS     equ 1193              ; of the 8254's 1,193,182 a second: a thousand interrupts a second
KERNEL_CS equ 0x08
KERNEL_DS equ 0x10
USER_CS   equ 0x18 | 3
USER_DS   equ 0x20 | 3
TASK      equ 0x28

; OUT to a port that one byte names.
%macro port 2
          mov al, %2
          out %1, al
%endmacro

section .text
; The loader's command line has the three numbers: "print-kernel PRINTS CHARACTERS CAPACITY".
_start:   cld
          mov esp, kernel_stack
          mov esi, [ebx + 16]
.name:    lodsb
          cmp al, ' '
          jne .name
          call number
          mov [prints], eax
          call number
          mov [piece], eax
          call number
          mov [capacity], eax
          lgdt [gdt_pointer]
          jmp KERNEL_CS:.flat
.flat:    mov ax, KERNEL_DS
          mov ss, ax
          mov dword [tss.esp0], kernel_stack ; a trap from ring 3 arrives on this stack
          mov dword [tss.ss0], KERNEL_DS
          mov word [tss.io_map], 104         ; no map: ring 3 has no ports
          mov eax, tss
          mov [gdt.task + 2], ax
          shr eax, 16
          mov [gdt.task + 4], al
          mov ax, TASK
          ltr ax
          mov eax, timer
          mov ebx, 0x20
          mov ecx, 0x8e00                    ; interrupt gate of ring 0
          call set_gate
          mov eax, system_call
          mov ebx, 0x80
          mov ecx, 0xee00                    ; interrupt gate, open to INT from ring 3
          call set_gate
          lidt [idt_pointer]
          port 0x20, 0x11                    ; 8259: vectors from 20h on, the timer alone
          port 0x21, 0x20
          port 0x21, 4
          port 0x21, 1
          port 0x21, 0xfe
          port 0xa1, 0xff
          port 0x43, 0x34                    ; 8254: counter 0, rate generator
          port 0x40, TICKS & 0xff
          port 0x40, TICKS >> 8
          ; Ring 0 ends here, but for what traps into it.
          mov ax, USER_DS
          mov ds, ax
          mov es, ax
          push USER_DS
          push user_stack
          push 0x202                         ; EFLAGS: interrupts on
          push USER_CS
          push job
          iret

; Gate EBX: routine EAX, kind ECX.
set_gate: mov [idt + ebx * 8], ax
          mov word [idt + ebx * 8 + 2], KERNEL_CS
          mov [idt + ebx * 8 + 4], cx
          shr eax, 16
          mov [idt + ebx * 8 + 6], ax
          ret

; The next decimal number of the text at ESI.
number:   xor eax, eax
.blank:   movzx edx, byte [esi]
          inc esi
          sub edx, '0'
          cmp edx, 9
          ja .blank
.digit:   imul eax, eax, 10
          add eax, edx
          movzx edx, byte [esi]
          inc esi
          sub edx, '0'
          cmp edx, 9
          jbe .digit
          ret

; An interrupt comes when it likes, in ring 3 here (in ring 0 they are off), and goes back where it came from.
timer:    push eax
          port 0x20, 0x20                    ; end of interrupt
          pop eax
          iret

; INT 80h: number in EAX; write: ECX = text, EDX = length.
system_call:
          cmp eax, SYS_WRITE
          jne power_off
          push edx
          push ecx
          push esi
          mov esi, ecx
          mov ecx, edx
          jecxz .done
.next:    mov edx, COM1 + 5
.wait:    in al, dx                          ; line status: may the next character come?
          test al, 0x20
          jz .wait
          lodsb
          mov edx, COM1
          out dx, al
          loop .next
.done:    pop esi
          pop ecx
          pop edx
          mov eax, edx
          iret

; A debug port ends some emulators; ACPI sleep state S5 the others.
power_off:
          mov al, 0
          out 0xf4, al
          mov dx, 0x604
          mov ax, 0x3400
          out dx, ax
.stop:    cli
          hlt
          jmp .stop

section .data
          align 8
gdt:      dq 0
          dq 0x00cf9a000000ffff
          dq 0x00cf92000000ffff
          dq 0x00cffa000000ffff
          dq 0x00cff2000000ffff
.task:    dw 103, 0
          db 0, 0x89, 0, 0
.end:
gdt_pointer:
          dw gdt.end - gdt - 1
          dd gdt
idt_pointer:
          dw 0x81 * 8 - 1
          dd idt
section .bss
          alignb 8
idt:      resb 0x81 * 8
tss:      resd 1
.esp0:    resd 1
.ss0:     resd 1
          resb 102 - 12
.io_map:  resw 1
          alignb 16
          resb 1024
kernel_stack:
          resb 1024
user_stack:
`;

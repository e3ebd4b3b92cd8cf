/** Names that the kernel's other parts use. */
export const constants: string = String.raw`
bits 32

; Selectors: index into the descriptor table * 8, plus the requested privilege level in bits 1-0.
KERNEL_CODE equ 0x08
KERNEL_DATA equ 0x10
USER_CODE   equ 0x18 | 3
USER_DATA   equ 0x20 | 3
TASK        equ 0x28

; What lies on the kernel's stack in a trap, upwards from EBP. Above VECTOR is what the processor pushed: ERROR only for some exceptions (our
; stubs push a zero for the others), USER_ESP and USER_SS only where the trap came from an outer ring. SDM vol. 3A, "Stack Usage on Transfers to
; Interrupt and Exception-Handling Routines".
FRAME_ES     equ 0
FRAME_DS     equ 4
FRAME_EBX    equ 24
FRAME_ECX    equ 32
FRAME_EAX    equ 36
FRAME_VECTOR equ 40
FRAME_ERROR  equ 44
FRAME_EIP    equ 48
FRAME_CS     equ 52
FRAME_EFLAGS equ 56
FRAME_ESP    equ 60
FRAME_SS     equ 64

IF_FLAG      equ 1 << 9         ; EFLAGS: interrupts may come

; Vectors: 0 to 31 belong to the processor, the rest to us.
DIVIDE_ERROR equ 0
PAGE_FAULT   equ 14
TIMER        equ 0x20
SYSTEM_CALL  equ 0x80
VECTORS      equ SYSTEM_CALL + 1

; System calls: number in EAX, arguments in EBX and ECX, result in EAX.
CALL_WRITE     equ 1            ; EBX = text, ECX = length; gives the length, or -1 where the text is not the program's
CALL_TICKS     equ 2            ; gives the number of timer ticks
CALL_ON_FAULT  equ 3            ; EBX = where the program goes on after an exception
CALL_INTERRUPT equ 4            ; EBX = number of timer ticks that may now come
CALL_EXIT      equ 5            ; EBX = status
`;

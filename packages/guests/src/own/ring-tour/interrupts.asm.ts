/** Interrupt controllers and timer. Intel 8259A data sheet, "Initialization Command Words"; Intel 8254 data sheet, "Control Word Format". */
export const interrupts: string = String.raw`
PIC       equ 0x20
PIC2      equ 0xa0
PIT       equ 0x40
RATE      equ 100               ; ticks a second
ALL       equ 0xff              ; mask: nothing comes
ALL_BUT_TIMER equ 0xfe

; OUT to a port that one byte names.
%macro port 2
          mov al, %2
          out %1, al
%endmacro

section .text
; After reset the first controller uses vectors 8 to 15, which are the processor's own exceptions: it gets others.
interrupts_start:
          port PIC, 0x11        ; ICW1: edges, cascade, ICW4 follows
          port PIC2, 0x11
          port PIC + 1, TIMER   ; ICW2: first vector
          port PIC2 + 1, TIMER + 8
          port PIC + 1, 4       ; ICW3: the second controller is at input 2
          port PIC2 + 1, 2
          port PIC + 1, 1       ; ICW4: 8086 mode, end of interrupt by command
          port PIC2 + 1, 1
          port PIC + 1, ALL
          port PIC2 + 1, ALL
          port PIT + 3, 0x34    ; counter 0, low byte then high byte, mode 2: rate generator
          port PIT, (1193182 / RATE) & 0xff
          port PIT, (1193182 / RATE) >> 8
          line "ring 0: 8259 at vectors 20h and 28h, all masked; 8254 ticks 100 times a second"
          ret

; Lets EAX ticks through, as soon as IF is set. Ticks would else come when they like, and no two runs would print the same.
allow_ticks:
          mov [ticks_allowed], eax
          port PIC + 1, ALL_BUT_TIMER
          ret

; Trap of the timer.
timer:    inc dword [ticks]
          mov eax, [ticks]
          mov [shared_ticks], eax ; on a page of the program: it reads the number without asking
          dec dword [ticks_allowed]
          jnz .more
          port PIC + 1, ALL
.more:    port PIC, 0x20        ; end of interrupt
          ret

section .bss
          alignb 4
ticks:    resd 1
ticks_allowed:
          resd 1
`;

/**
 * A boot sector in real mode that uses the firmware's services. Ralf Brown's Interrupt List: int 10h/AH=0Eh "Teletype output", int 1Ah/AH=00h
 * "Get system time"; PC16550D data sheet, "Line status register".
 */
export const bootSectorSource: string = String.raw`
; The firmware loads the first 512 bytes of a disk to 7C00h when they end with 55 AA, and jumps there in real mode: 16-bit code, addresses of
; segment * 16 + offset, no rings, no paging. Its services are software interrupts: INT n calls the routine whose address stands at 4 * n.
bits 16

COM1      equ 0x3f8
LINE      equ COM1 + 5          ; line status: bit 5 = the transmitter takes another character

start:    jmp 0:main            ; firmware enters with CS:IP = 0000:7C00 or 07C0:0000; now it is the former
main:     xor ax, ax
          mov ds, ax
          mov ss, ax
          mov sp, 0x7c00        ; the stack grows down from here, away from the code
          cld

          mov si, hello
          call print
          mov si, ticks
          call print
          call time
          call print_time
          mov bx, dx
.wait:    call time             ; the firmware counts 18.2 ticks a second, by interrupts of the timer
          cmp dx, bx
          je .wait
          mov si, then
          call print
          call print_time
          mov si, bye
          call print
.stop:    cli                   ; HLT waits for an interrupt; without interrupts it waits for good
          hlt
          jmp .stop

; CX:DX = ticks since midnight.
time:     push bx
          mov ah, 0
          int 0x1a              ; AL = not 0 where midnight has passed
          pop bx
          ret

; Prints CX:DX as eight digits.
print_time:
          mov ax, cx
          call print_word
          mov ax, dx
; Prints AX as four digits.
print_word:
          mov di, 4
.next:    rol ax, 4
          push ax
          and al, 15
          cmp al, 10
          jb .digit
          add al, 'a' - '0' - 10
.digit:   add al, '0'
          call put
          pop ax
          dec di
          jnz .next
          ret

; Prints the text at SI.
print:    lodsb
          test al, al
          jz .done
          call put
          jmp print
.done:    ret

; Prints AL: on the screen by the firmware, on the serial port by ourselves.
put:      pusha
          push ax
          mov ah, 0x0e          ; "teletype": prints, moves the cursor, scrolls
          mov bx, 7             ; page 0, light grey where the mode is graphic
          int 0x10
          mov dx, LINE
.wait:    in al, dx
          test al, 0x20
          jz .wait
          pop ax
          mov dx, COM1
          out dx, al
          popa
          ret

hello:    db "Hello from real mode", 13, 10, 0
ticks:    db "ticks since midnight: ", 0
then:     db ", then ", 0
bye:      db 13, 10, "boot sector done", 13, 10, 0
`;

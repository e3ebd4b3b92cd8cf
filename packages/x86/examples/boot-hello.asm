; A boot sector that needs no BIOS call: the text appears on the VGA screen and on COM1.
; Assemble with format "boot": 512 bytes that end with 55 AA, for address 7C00h.
bits 16

COM1      equ 0x3f8
LINE      equ COM1 + 5          ; line status register: bit 5 = ready for another character
SCREEN    equ 0xb800            ; segment of the text screen: character, attribute
ATTRIBUTE equ 0x0f              ; bright white on black

start:    jmp 0:main            ; firmware enters with CS:IP = 0000:7C00 or 07C0:0000
main:     xor ax, ax
          mov ds, ax
          mov ss, ax
          mov sp, 0x7c00
          mov ax, SCREEN
          mov es, ax
          xor di, di
          mov si, text
          cld
.next:    lodsb
          test al, al
          jz .stop
          call serial
          mov ah, ATTRIBUTE
          stosw
          jmp .next
.stop:    cli
          hlt
          jmp .stop

; Writes AL to COM1.
serial:   mov ah, al
          mov dx, LINE
.wait:    in al, dx
          test al, 0x20
          jz .wait
          mov al, ah
          mov dx, COM1
          out dx, al
          ret

text:     db "Hello from ring 0", 0

; A kernel for Multiboot loaders (GRUB, QEMU's -kernel). Assemble with format "multiboot": the header is put in front.
; The loader enters in protected mode with flat segments, EAX = 2BADB002h and EBX = address of its information.
bits 32

COM1      equ 0x3f8
LINE      equ COM1 + 5
SCREEN    equ 0xb8000
LOADER    equ 0x2badb002        ; what EAX holds when a Multiboot loader was at work

_start:   mov esp, stack.end
          mov esi, hello
          cmp eax, LOADER
          je .print
          mov esi, stranger
.print:   mov edi, SCREEN
          call print
.stop:    cli
          hlt
          jmp .stop

; Prints the text at ESI on the screen at EDI and on COM1.
print:    lodsb
          test al, al
          jz .done
          mov ah, 0x0f
          stosw
          mov ah, al
          mov edx, LINE
.wait:    in al, dx
          test al, 0x20
          jz .wait
          mov al, ah
          mov edx, COM1
          out dx, al
          jmp print
.done:    ret

section .rodata
hello:    db "Hello from a multiboot kernel", 0
stranger: db "Who loaded me?", 0

section .bss
          resb 4096
stack.end:

; A static 32-bit Linux program: write(1, text, length), exit(0) through INT 80h. Assemble with format "elf32".
bits 32

SYS_EXIT  equ 1
SYS_WRITE equ 4

_start:   mov eax, SYS_WRITE
          mov ebx, 1
          mov ecx, text
          mov edx, text.length
          int 0x80
          mov eax, SYS_EXIT
          xor ebx, ebx
          int 0x80

section .rodata
text:     db "Hello from user space, 32 bits", 10
.length   equ $ - text

; A static 64-bit Linux program: write(1, text, length), exit(0). Assemble with format "elf64".
bits 64

SYS_WRITE equ 1
SYS_EXIT  equ 60

_start:   mov eax, SYS_WRITE
          mov edi, 1
          lea rsi, [rel text]
          mov edx, text.length
          syscall
          mov eax, SYS_EXIT
          xor edi, edi
          syscall

section .rodata
text:     db "Hello from user space, 64 bits", 10
.length   equ $ - text

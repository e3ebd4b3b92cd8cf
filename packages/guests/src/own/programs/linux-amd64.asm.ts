/** The system call interface of 64-bit Linux under names that the 32-bit one shares. syscall(2), "Architecture calling conventions"; syscalls(2). */
export const linuxAmd64: string = String.raw`
; SYSCALL: number in RAX, arguments in RDI, RSI, RDX, R10, R8, R9; the result, or minus an error number, in RAX. SYSCALL itself puts the return
; address into RCX and the flags into R11; all others stay.
bits 64
%define ABI_NAME "amd64"
%define WORD_BYTES 8
%define acc rax
%define arg1 rdi
%define arg2 rsi
%define arg3 rdx
%define arg4 r10
%define arg5 r8
%define arg6 r9
%define kept1 rbx
%define kept2 rbp
%define kept3 r12
%define top rsp
SYS_READ          equ 0
SYS_WRITE         equ 1
SYS_OPEN          equ 2
SYS_MMAP          equ 9
SYS_BRK           equ 12
SYS_FORK          equ 57
SYS_EXIT          equ 60
SYS_WAIT4         equ 61
SYS_CLOCK_GETTIME equ 228
%macro system 1
          mov eax, %1
          syscall
%endmacro
`;

/** The system call interface of 32-bit Linux under names that the 64-bit one shares. syscall(2), "Architecture calling conventions"; syscalls(2). */
export const linuxI386: string = String.raw`
; INT 80h: number in EAX, arguments in EBX, ECX, EDX, ESI, EDI, EBP; the result, or minus an error number, in EAX. All others stay.
bits 32
%define ABI_NAME "i386"
%define WORD_BYTES 4
%define acc eax
%define arg1 ebx
%define arg2 ecx
%define arg3 edx
%define arg4 esi
%define arg5 edi
%define arg6 ebp
%define kept1 esi
%define kept2 edi
%define kept3 ebp
%define top esp
SYS_EXIT          equ 1
SYS_FORK          equ 2
SYS_READ          equ 3
SYS_WRITE         equ 4
SYS_OPEN          equ 5
SYS_BRK           equ 45
SYS_WAIT4         equ 114
SYS_MMAP          equ 192       ; mmap2: its offset counts pages
SYS_CLOCK_GETTIME equ 265       ; struct timespec of two 32-bit words
%macro system 1
          mov eax, %1
          int 0x80
%endmacro
`;

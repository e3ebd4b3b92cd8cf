/** Page tables with pages of the kernel, of the program, and of nobody. SDM vol. 3A, "32-Bit Paging". */
export const paging: string = String.raw`
PRESENT   equ 1
WRITABLE  equ 2
USER      equ 4                 ; ring 3 may use it
CR0_PG    equ 1 << 31
CR0_WP    equ 1 << 16           ; read-only holds for ring 0, too

section .text
; One table: the first 4 MiB, each page where it is. Page 0 is nobody's, so that a null pointer is found out.
; Privileged here: MOV to CR3 and CR0.
paging_start:
          mov ebx, 1
.page:    mov eax, ebx
          shl eax, 12
          mov ecx, PRESENT | WRITABLE
          cmp eax, user_text
          jb .write
          cmp eax, user_end
          jae .write
          mov ecx, PRESENT | USER
          cmp eax, user_data
          jb .write
          or ecx, WRITABLE
.write:   or eax, ecx
          mov [page_table + ebx * 4], eax
          inc ebx
          cmp ebx, 1024
          jb .page
          ; An entry of the directory opens what the table then narrows.
          mov dword [page_directory], page_table + (PRESENT | WRITABLE | USER)
          mov eax, page_directory
          mov cr3, eax
          mov eax, cr0
          or eax, CR0_PG | CR0_WP
          mov cr0, eax
          say "ring 0: paging: the program has "
          hex user_text, 8
          say " to "
          hex user_end - 1, 8
          line ", page 0 is nobody's"
          ret

section .bss
          alignb 4096
page_directory:
          resd 1024
page_table:
          resd 1024
`;

/** INT 19h: the first sector of the floppy disk to 0000:7C00. */
export const bootstrap: string = String.raw`
int19:    xor ax, ax
          mov ds, ax
          mov es, ax
          mov ax, 0x0201
          mov bx, 0x7c00
          mov cx, 1
          xor dx, dx
          int 0x13
          jc .no
          cmp word [0x7dfe], 0xaa55
          jne .no
          sti
          xor dx, dx
          jmp 0:0x7c00
.no:      mov si, no_system
.next:    mov al, [cs:si]
          test al, al
          jz .stop
          mov ah, 0x0e
          int 0x10
          inc si
          jmp .next
.stop:    cli
          hlt
          jmp .stop

no_system: db "No bootable disk", 13, 10, 0
`;

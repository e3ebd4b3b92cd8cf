/** What the machine is: INT 11h, INT 12h, and INT 15h with sizes of memory, E820h and A20. */
export const system: string = String.raw`
int11:    push ds
          mov ax, 0x40
          mov ds, ax
          mov ax, [0x10]
          pop ds
          iret
int12:    push ds
          mov ax, 0x40
          mov ds, ax
          mov ax, [0x13]
          pop ds
          iret

int15:    cmp ax, 0xe820
          je .map
          cmp ax, 0xe801
          je .sizes
          cmp ah, 0x88
          je .extended
          cmp ah, 0x24
          je .a20
          jmp absent
.extended:
          mov al, 0x18            ; KiB above 1 MiB, by the clock's memory
          call clock_bcd
          mov ah, al
          mov al, 0x17
          call clock_low
          jmp good
.sizes:   mov al, 0x35            ; in 64 KiB above 16 MiB
          call clock_bcd
          mov ah, al
          mov al, 0x34
          call clock_low
          mov bx, ax
          mov dx, ax
          mov al, 0x18
          call clock_bcd
          mov ah, al
          mov al, 0x17
          call clock_low
          cmp ax, 0x3c00
          jbe .small
          mov ax, 0x3c00
.small:   mov cx, ax
          jmp good
.a20:     cmp al, 3
          je .support
          ja absent
          cmp al, 2
          je .state
          push ax
          mov ah, al
          add ah, ah
          in al, 0x92
          and al, 0xfc
          or al, ah
          out 0x92, al
          pop ax
          mov ah, 0
          jmp good
.state:   in al, 0x92
          shr al, 1
          and al, 1
          mov ah, 0
          jmp good
.support: mov bx, 3
          mov ah, 0
          jmp good
.map:     cmp edx, 0x534d4150     ; "SMAP"
          jne absent
          cmp ecx, 20
          jb absent
          cmp bx, [cs:MAP]
          jae absent
          push si
          push di
          push ds
          push cs
          pop ds
          imul si, bx, 20
          add si, MAP + 2
          mov cx, 10
          cld
          rep movsw
          pop ds
          pop di
          pop si
          inc bx
          cmp bx, [cs:MAP]
          jb .more
          xor ebx, ebx
.more:    movzx ebx, bx
          mov eax, edx
          mov ecx, 20
          jmp good
; AL = clock memory at AL; AH stays.
clock_low:
          push bx
          mov bl, ah
          call clock_bcd
          mov ah, bl
          pop bx
          ret
`;

/** INT 13h: floppy 0 of 80 cylinders, 2 heads, 18 sectors, behind the ports of `FirmwareDisk`. */
export const disk: string = String.raw`
int13:    cmp dl, 0
          jne .none
          cmp ah, 0
          je .fine
          cmp ah, 1
          je .fine
          cmp ah, 2
          je .read
          cmp ah, 4
          je .fine
          cmp ah, 8
          je .geometry
          cmp ah, 0x15
          je .type
          cmp ah, 3
          je .protected
.none:    mov ah, 1
          jmp bad
.protected:
          mov ah, 3
          jmp bad
.fine:    mov ah, 0
          jmp good
.type:    mov ah, 1
          jmp good
.geometry:
          mov ax, 0
          mov bl, 4
          mov cx, 0x4f12
          mov dx, 0x0101
          jmp good
.read:    push edi
          push edx
          push ecx
          push eax
          movzx edi, ch           ; cylinder: CH, and CL's upper bits
          mov al, cl
          and al, 0xc0
          movzx eax, al
          shl eax, 2
          or edi, eax
          shl edi, 1
          movzx eax, dh
          add edi, eax
          imul edi, edi, 18
          and cl, 0x3f
          movzx eax, cl
          dec eax
          add eax, edi
          mov dx, DISK
          out dx, eax
          xor eax, eax
          mov ax, es
          shl eax, 4
          movzx edi, bx
          add eax, edi
          add dx, 4
          out dx, eax
          pop eax
          push eax
          movzx ax, al
          add dx, 4
          out dx, ax
          in al, dx
          movzx edi, al
          shl edi, 8
          pop eax
          mov ah, 0               ; AL = sectors
          pop ecx
          pop edx
          jnz .failed
          pop edi
          jmp good
.failed:  mov ax, di              ; AH = status, AL = 0
          pop edi
          jmp bad
`;

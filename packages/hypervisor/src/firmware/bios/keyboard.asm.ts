/** The keyboard: IRQ 1 (INT 09h) fills the buffer in the BIOS data area, INT 16h takes from it. */
export const keyboard: string = String.raw`
int09:    push ds
          pusha
          mov ax, 0x40
          mov ds, ax
          in al, 0x60
          mov ah, al
          and al, 0x7f
          cmp al, 0x2a
          je .shift
          cmp al, 0x36
          je .shift
          test ah, 0x80
          jnz .done
          cmp al, 0x3a
          jae .done
          movzx bx, al
          mov al, [cs:plain + bx]
          test byte [SHIFT], 3
          jz .store
          mov al, [cs:shifted + bx]
.store:   mov bx, [TAIL]
          lea si, [bx + 2]
          cmp si, KEYS_END
          jb .no_wrap
          mov si, KEYS
.no_wrap: cmp si, [HEAD]
          je .done
          mov [bx], ax
          mov [TAIL], si
          jmp .done
.shift:   test ah, 0x80
          jnz .release
          or byte [SHIFT], 2
          jmp .done
.release: and byte [SHIFT], 0xfc
.done:    mov al, 0x20
          out 0x20, al
          popa
          pop ds
          iret

int16:    push ds
          push bx
          mov bx, 0x40
          mov ds, bx
          and ah, 0xef
          cmp ah, 1
          je .look
          ja .shifts
.wait:    sti
          mov bx, [HEAD]
          cmp bx, [TAIL]
          jne .take
          hlt
          jmp .wait
.take:    mov ax, [bx]
          add bx, 2
          cmp bx, KEYS_END
          jb .keep
          mov bx, KEYS
.keep:    mov [HEAD], bx
          pop bx
          pop ds
          iret
.look:    mov bx, [HEAD]
          cmp bx, [TAIL]
          mov ax, [bx]
          pop bx
          pop ds
          push bp
          mov bp, sp
          je .none
          and byte [bp + 6], 0xbf
          pop bp
          iret
.none:    or byte [bp + 6], 0x40
          pop bp
          iret
.shifts:  mov al, [SHIFT]
          pop bx
          pop ds
          iret

; Scan codes 0 to 39h, set 1, of a United States keyboard.
plain:    db 0, 27, "1234567890-=", 8, 9, "qwertyuiop[]", 13, 0, "asdfghjkl;'", 96, 0, 92, "zxcvbnm,./", 0, "*", 0, " "
shifted:  db 0, 27, "!@#$%^&*()_+", 8, 9, "QWERTYUIOP{}", 13, 0, "ASDFGHJKL:", 34, "~", 0, "|", "ZXCVBNM<>?", 0, "*", 0, " "
`;

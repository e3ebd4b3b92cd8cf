/** INT 10h in 80 columns and 25 rows of text. */
export const video: string = String.raw`
int10:    cld
          cmp ah, 0x0e
          je teletype
          cmp ah, 0x02
          je .place
          cmp ah, 0x03
          je .where
          cmp ah, 0x06
          je scroll_up
          cmp ah, 0x07
          je scroll_down
          cmp ah, 0x08
          je .read
          cmp ah, 0x09
          je .write
          cmp ah, 0x0a
          je .write
          cmp ah, 0x0f
          je .mode
          cmp ah, 0x13
          je string
          cmp ah, 0
          je .clear
          iret
.place:   push ds
          push 0x40
          pop ds
          mov [CURSOR], dx
          call move_cursor
          pop ds
          iret
.where:   push ds
          push 0x40
          pop ds
          mov dx, [CURSOR]
          mov cx, [SHAPE]
          pop ds
          iret
.mode:    mov ax, 0x5003
          mov bh, 0
          iret
.clear:   pusha
          push ds
          push 0x40
          pop ds
          mov word [CURSOR], 0
          call move_cursor
          xor cx, cx
          mov dx, 0x184f
          mov bh, 7
          call blank
          pop ds
          popa
          iret
.read:    push ds
          push es
          push di
          push 0x40
          pop ds
          mov dx, [CURSOR]
          call cell
          mov ax, [es:di]
          pop di
          pop es
          pop ds
          iret
.write:   pusha
          push ds
          push es
          push ax
          push 0x40
          pop ds
          mov dx, [CURSOR]
          call cell
          pop ax
.next:    jcxz .written
          mov [es:di], al
          cmp ah, 0x0a
          je .same
          mov [es:di + 1], bl
.same:    add di, 2
          dec cx
          jmp .next
.written: pop es
          pop ds
          popa
          iret

; ES:DI = cell of row DH, column DL.
cell:     push ax
          push 0xb800
          pop es
          mov al, 80
          mul dh
          add al, dl
          adc ah, 0
          add ax, ax
          mov di, ax
          pop ax
          ret
; Tells the CRT controller where the cursor is.
move_cursor:
          push ax
          push dx
          push bx
          mov dx, [CURSOR]
          mov al, 80
          mul dh
          add al, dl
          adc ah, 0
          mov bx, ax
          mov dx, 0x3d4
          mov al, 14
          mov ah, bh
          out dx, ax
          mov al, 15
          mov ah, bl
          out dx, ax
          pop bx
          pop dx
          pop ax
          ret
; Blanks rows CH to DH, columns CL to DL, with attribute BH.
blank:    push es
          pusha
.row:     cmp ch, dh
          ja .done
          push dx
          push cx
          mov dh, ch
          xchg dl, cl             ; from column CL, up to DL
          call cell
          mov al, cl
          sub al, dl
          inc al
          movzx cx, al
          mov ah, bh
          mov al, ' '
          rep stosw
          pop cx
          pop dx
          inc ch
          jmp .row
.done:    popa
          pop es
          ret
; AL rows up or down (0 = all) in the window CH,CL to DH,DL; blanks of attribute BH. BP = from a cell to the one that takes its place.
scroll_up:
          pusha
          mov bp, 160
          jmp scroll
scroll_down:
          pusha
          mov bp, -160
scroll:   push ds
          push es
          test al, al
          jz .all
          mov ah, dh
          sub ah, ch
          inc ah
          cmp al, ah
          jae .all
.again:   push cx
          push dx
.row:     cmp ch, dh
          jae .last
          push dx
          test bp, bp
          js .cells               ; up from row CH on, down from row DH on
          mov dh, ch
.cells:   mov dl, cl
          call cell
          pop dx
          lea si, [bp + di]
          push es
          pop ds
          push cx
          push ax
          mov al, dl
          sub al, cl
          inc al
          movzx cx, al
          rep movsw
          pop ax
          pop cx
          test bp, bp
          js .down
          inc ch
          jmp .row
.down:    dec dh
          jmp .row
.last:    call blank              ; the row CH = DH
          pop dx
          pop cx
          dec al
          jnz .again
          jmp .done
.all:     call blank
.done:    pop es
          pop ds
          popa
          iret

teletype: pusha
          call type
          popa
          iret
; Prints AL at the cursor and moves it.
type:     push ds
          push es
          push 0x40
          pop ds
          mov dx, [CURSOR]
          cmp al, 13
          je .return
          cmp al, 10
          je .feed
          cmp al, 8
          je .back
          cmp al, 7
          je .done
          call cell
          mov [es:di], al
          inc dl
          cmp dl, 80
          jb .set
          mov dl, 0
.feed:    inc dh
          cmp dh, 25
          jb .set
          mov dh, 24
          mov [CURSOR], dx
          mov ax, 0x0601
          xor cx, cx
          mov dx, 0x184f
          mov bh, 7
          int 0x10
          mov dx, [CURSOR]
          jmp .set
.return:  mov dl, 0
          jmp .set
.back:    test dl, dl
          jz .set
          dec dl
.set:     mov [CURSOR], dx
          call move_cursor
.done:    pop es
          pop ds
          ret
; CX characters at ES:BP from row DH, column DL; AL bit 0 moves the cursor, bit 1 = attributes between them.
string:   pusha
          push ds
          push 0x40
          pop ds
          push word [CURSOR]
          mov [CURSOR], dx
          mov ah, al
.next:    jcxz .end
          push ax
          push cx
          push bx
          mov al, [es:bp]
          inc bp
          test ah, 2
          jz .plain
          mov bl, [es:bp]
          inc bp
.plain:   cmp al, 13
          je .put
          cmp al, 10
          je .put
          push es
          mov dx, [CURSOR]
          call cell
          mov [es:di + 1], bl
          pop es
.put:     call type
          pop bx
          pop cx
          pop ax
          dec cx
          jmp .next
.end:     pop dx
          test ah, 1
          jnz .stay
          mov [CURSOR], dx
          call move_cursor
.stay:    pop ds
          popa
          iret
`;

/**
 * Our BIOS, at F000:0000: sets the interrupt controllers and the timer up, loads the first sector of the floppy disk to 0000:7C00 and jumps there. Services as
 * Ralf Brown's Interrupt List and the IBM PC AT Technical Reference, "ROM BIOS", have them; what is not there returns an error.
 *
 * It begins with a table of jumps, three bytes each, in the order of `BIOS_VECTORS`: the loader points the interrupt vectors at them. The memory map
 * for INT 15h, E820h is put at F000:F000 by the loader: a count, then entries of 20 bytes.
 */
export const biosSource: string = String.raw`
bits 16
TICKS     equ 0x6c              ; in the BIOS data area, segment 40h
MIDNIGHT  equ 0x70
HEAD      equ 0x1a
TAIL      equ 0x1c
KEYS      equ 0x1e
KEYS_END  equ 0x3e
SHIFT     equ 0x17
CURSOR    equ 0x50
SHAPE     equ 0x60
DISK      equ 0x5e0             ; the firmware's disk: sector, address, count; status
MAP       equ 0xf000
DAY       equ 0x1800b0          ; ticks

          jmp near start
          jmp near nothing
          jmp near int08
          jmp near int09
          jmp near int10
          jmp near int11
          jmp near int12
          jmp near int13
          jmp near int15
          jmp near int16
          jmp near int19
          jmp near int1a
          jmp near master
          jmp near slave
          jmp near absent

start:    cli
          xor ax, ax
          mov ds, ax
          mov ss, ax
          mov sp, 0x7c00
          cld
          mov al, 0x11            ; both 8259s: edges, cascade, vectors 08h and 70h
          out 0x20, al
          out 0xa0, al
          mov al, 8
          out 0x21, al
          mov al, 0x70
          out 0xa1, al
          mov al, 4
          out 0x21, al
          mov al, 2
          out 0xa1, al
          mov al, 1
          out 0x21, al
          out 0xa1, al
          mov al, 0xf8            ; timer, keyboard and cascade are open
          out 0x21, al
          mov al, 0xff
          out 0xa1, al
          mov al, 0x36            ; 18.2 times a second
          out 0x43, al
          xor al, al
          out 0x40, al
          out 0x40, al
          mov al, 4               ; ticks since midnight: seconds * 1193182 / 65536
          call clock
          movzx eax, al
          imul ebx, eax, 3600
          mov al, 2
          call clock
          movzx eax, al
          imul eax, eax, 60
          add ebx, eax
          mov al, 0
          call clock
          movzx eax, al
          add eax, ebx
          mov ebx, 1193182
          mul ebx
          shrd eax, edx, 16
          mov [0x400 + TICKS], eax
          sti
          int 0x19
.halt:    hlt
          jmp .halt

; AL = register AL of the clock, from BCD.
clock:    call clock_bcd
          mov ah, al
          and al, 15
          shr ah, 4
          mov cl, al
          mov al, 10
          mul ah
          add al, cl
          ret
clock_bcd:
          out 0x70, al
          in al, 0x71
          ret

; Ends of services: the carry flag of the caller's.
good:     push bp
          mov bp, sp
          and byte [bp + 6], 0xfe
          pop bp
          iret
bad:      push bp
          mov bp, sp
          or byte [bp + 6], 1
          pop bp
          iret

nothing:  iret
absent:   mov ah, 0x86
          jmp bad
slave:    push ax
          mov al, 0x20
          out 0xa0, al
          out 0x20, al
          pop ax
          iret
master:   push ax
          mov al, 0x20
          out 0x20, al
          pop ax
          iret

int08:    push ds
          push ax
          mov ax, 0x40
          mov ds, ax
          inc dword [TICKS]
          cmp dword [TICKS], DAY
          jb .same
          mov dword [TICKS], 0
          mov byte [MIDNIGHT], 1
.same:    int 0x1c
          mov al, 0x20
          out 0x20, al
          pop ax
          pop ds
          iret

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

; Video, in 80 columns and 25 rows of text.
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
; AL rows up (0 = all) in the window CH,CL to DH,DL; blanks of attribute BH.
scroll_up:
          pusha
          push ds
          push es
          test al, al
          jz .all
          mov ah, dh
          sub ah, ch
          inc ah
          cmp al, ah
          jae .all
.again:   push cx
.row:     cmp ch, dh
          jae .rowed
          push dx
          mov dh, ch
          mov dl, cl
          call cell
          pop dx
          mov si, di
          add si, 160
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
          inc ch
          jmp .row
.rowed:   push cx
          mov ch, dh
          call blank
          pop cx
          pop cx
          dec al
          jnz .again
          jmp .done
.all:     call blank
.done:    pop es
          pop ds
          popa
          iret
scroll_down:
          pusha
          push ds
          push es
          test al, al
          jz .all
          mov ah, dh
          sub ah, ch
          inc ah
          cmp al, ah
          jae .all
.again:   push dx
.row:     cmp dh, ch
          jbe .rowed
          push dx
          mov dl, cl
          call cell
          pop dx
          mov si, di
          sub si, 160
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
          dec dh
          jmp .row
.rowed:   mov dh, ch
          call blank
          pop dx
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

; Disks: floppy 0 of 80 cylinders, 2 heads, 18 sectors.
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

; System.
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

; Time of day.
int1a:    sti
          cmp ah, 0
          je .ticks
          cmp ah, 1
          je .set
          cmp ah, 2
          je .time
          cmp ah, 4
          je .date
          jmp absent
.ticks:   push ds
          push 0x40
          pop ds
          mov dx, [TICKS]
          mov cx, [TICKS + 2]
          mov al, [MIDNIGHT]
          mov byte [MIDNIGHT], 0
          pop ds
          mov ah, 0
          jmp good
.set:     push ds
          push 0x40
          pop ds
          mov [TICKS], dx
          mov [TICKS + 2], cx
          mov byte [MIDNIGHT], 0
          pop ds
          jmp good
.time:    mov al, 4
          call clock_bcd
          mov ch, al
          mov al, 2
          call clock_bcd
          mov cl, al
          mov al, 0
          call clock_bcd
          mov dh, al
          mov dl, 0
          jmp good
.date:    mov al, 0x32
          call clock_bcd
          mov ch, al
          mov al, 9
          call clock_bcd
          mov cl, al
          mov al, 8
          call clock_bcd
          mov dh, al
          mov al, 7
          call clock_bcd
          mov dl, al
          jmp good

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
; Scan codes 0 to 39h, set 1, of a United States keyboard.
plain:    db 0, 27, "1234567890-=", 8, 9, "qwertyuiop[]", 13, 0, "asdfghjkl;'", 96, 0, 92, "zxcvbnm,./", 0, "*", 0, " "
shifted:  db 0, 27, "!@#$%^&*()_+", 8, 9, "QWERTYUIOP{}", 13, 0, "ASDFGHJKL:", 34, "~", 0, "|", "ZXCVBNM<>?", 0, "*", 0, " "
`;

/** Time: the tick of IRQ 0 (INT 08h), the real-time clock, and INT 1Ah. IBM PC AT Technical Reference, "ROM BIOS"; MC146818A data sheet, "Address Map". */
export const timer: string = String.raw`
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
`;

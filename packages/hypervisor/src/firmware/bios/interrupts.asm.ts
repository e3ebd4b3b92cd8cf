/** How services end, and the interrupts of devices that no service here belongs to. */
export const interrupts: string = String.raw`
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
`;

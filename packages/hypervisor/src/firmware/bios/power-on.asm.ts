/** Sets the interrupt controllers, the timer and the count of ticks up, and boots. */
export const powerOn: string = String.raw`
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
`;

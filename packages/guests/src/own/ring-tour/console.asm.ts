/** COM1 and the VGA text screen. PC16550D data sheet, "Registers"; IBM VGA Technical Reference, "CRT controller registers". */
export const consoleSource: string = String.raw`
COM1      equ 0x3f8
SCREEN    equ 0xb8000           ; 80 * 25 cells of a character and a colour
COLUMNS   equ 80
ROWS      equ 25
COLOUR    equ 0x07              ; light grey on black
CRTC      equ 0x3d4             ; index register; data after it

; say "text": prints; line "text": prints and ends the line. Both keep all registers.
%macro say 1+
          push esi
          mov esi, %%text
          call print
          pop esi
section .rodata
%%text:   db %1, 0
section .text
%endmacro
%macro line 1+
          say %1, 10
%endmacro
; hex VALUE, DIGITS: prints.
%macro hex 2
          push eax
          push ecx
          mov eax, %1
          mov ecx, %2
          call print_hex
          pop ecx
          pop eax
%endmacro

section .text
console_start:
          mov edx, COM1 + 1
          xor eax, eax
          out dx, al            ; no interrupts of the serial port
          mov edx, COM1 + 3
          mov al, 0x80
          out dx, al            ; the divisor's registers lie where data and interrupt enable do
          mov edx, COM1
          mov al, 1
          out dx, al            ; 115200 baud
          inc edx
          mov al, 0
          out dx, al
          mov edx, COM1 + 3
          mov al, 3
          out dx, al            ; 8 bits, no parity, 1 stop bit
          mov edi, SCREEN
          mov ecx, COLUMNS * ROWS
          mov ax, COLOUR << 8 | ' '
          rep stosw
          mov [position], ecx
          ret

; Prints the zero-terminated text at ESI.
print:    pushad
.next:    lodsb
          test al, al
          jz .done
          call put
          jmp .next
.done:    popad
          ret

; Prints the low ECX digits of EAX.
print_hex:
          pushad
          mov ebx, eax
          mov edx, ecx
          neg ecx
          lea ecx, [ecx * 4 + 32]
          shl ebx, cl           ; the first digit wanted becomes the topmost
.next:    rol ebx, 4
          mov eax, ebx
          and eax, 15
          mov al, [hex_digits + eax]
          call put
          dec edx
          jnz .next
          popad
          ret

; Prints EAX in decimal, with blanks on the left up to ECX characters.
print_decimal:
          pushad
          mov edi, ecx
          xor ecx, ecx
          mov ebx, 10
.digit:   xor edx, edx
          div ebx
          push edx              ; the last digit comes first
          inc ecx
          test eax, eax
          jnz .digit
          mov al, ' '
.blank:   cmp ecx, edi
          jae .print
          call put
          dec edi
          jmp .blank
.print:   pop eax
          add al, '0'
          call put
          loop .print
          popad
          ret

; Prints AL; 10 ends the line.
put:      pushad
          cmp al, 10
          jne .character
          mov al, 13
          call serial
          mov al, 10
.character:
          call serial
          call screen
          popad
          ret

serial:   mov ah, al
          mov edx, COM1 + 5
.wait:    in al, dx             ; line status: bit 5 = the transmitter takes another character
          test al, 0x20
          jz .wait
          mov al, ah
          mov edx, COM1
          out dx, al
          ret

screen:   mov edi, [position]
          cmp al, 10
          je .line
          mov ah, COLOUR
          mov [SCREEN + edi * 2], ax
          inc edi
          jmp .moved
.line:    mov eax, edi
          xor edx, edx
          mov ecx, COLUMNS
          div ecx
          sub edi, edx
          add edi, ecx
.moved:   cmp edi, COLUMNS * ROWS
          jb .cursor
          mov esi, SCREEN + COLUMNS * 2
          mov edi, SCREEN
          mov ecx, COLUMNS * (ROWS - 1) / 2
          rep movsd             ; scrolls
          mov ecx, COLUMNS
          mov ax, COLOUR << 8 | ' '
          rep stosw
          mov edi, COLUMNS * (ROWS - 1)
.cursor:  mov [position], edi
          mov edx, CRTC
          mov al, 14            ; cursor location, high byte
          mov ah, byte [position + 1]
          out dx, ax            ; index and data in one
          mov al, 15
          mov ah, byte [position]
          out dx, ax
          ret

section .rodata
hex_digits:
          db "0123456789abcdef"
section .bss
          alignb 4
position: resd 1                ; cell that the next character goes to
`;

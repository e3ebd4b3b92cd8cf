/** One line for each change of ring, with a running count. */
export const crossingsSource: string = String.raw`
section .text
; A trap: EBP = frame. The level before is in the CS that the processor saved; the one after in the selector of the gate that it went through.
report_trap:
          pushad
          test byte [ebp + FRAME_CS], 3
          jz .same
          call report_number
          jmp .vector
.same:    say "  -"             ; from ring 0 to ring 0: no crossing, no change of stack
.vector:  say ": vector "
          mov ebx, [ebp + FRAME_VECTOR]
          hex ebx, 2
          say " "
          call print_name
          say "  error "
          call has_error
          jnc .none
          hex [ebp + FRAME_ERROR], 8
          jmp .levels
.none:    say "--------"
.levels:  say "  CPL "
          mov eax, [ebp + FRAME_CS]
          and eax, 3
          hex eax, 1
          say " -> "
          movzx eax, word [idt + ebx * 8 + 2]
          and eax, 3
          hex eax, 1
          cmp ebx, TIMER
          je .done              ; interrupts the program wherever it is
          cmp ebx, SYSTEM_CALL
          je .call
          say "  eip "
          hex [ebp + FRAME_EIP], 8
          cmp ebx, PAGE_FAULT
          jne .done
          say "  cr2 "
          mov eax, cr2          ; the address that could not be used
          hex eax, 8
          jmp .done
.call:    say "  call "
          mov eax, [ebp + FRAME_EAX]
          cmp eax, CALL_EXIT
          ja .done
          mov esi, [call_names + eax * 4]
          call print
.done:    line ""
          popad
          ret

; The way back: EBP = frame.
report_return:
          test byte [ebp + FRAME_CS], 3
          jz .same
          call report_number
          line ": iret                          CPL 0 -> 3"
.same:    ret

report_number:
          push eax
          push ecx
          inc dword [crossings]
          mov eax, [crossings]
          mov ecx, 3
          call print_decimal
          pop ecx
          pop eax
          ret

; Carry: vector EBX comes with an error code. SDM vol. 3A, "Exception and Interrupt Reference".
has_error:
          cmp ebx, 32
          jae .done             ; not below: no carry
          bt dword [error_vectors], ebx
.done:    ret

; Prints the name of vector EBX, four characters.
print_name:
          push eax
          push ecx
          mov ecx, name_of_call
          cmp ebx, SYSTEM_CALL
          je .print
          mov ecx, name_of_timer
          cmp ebx, TIMER
          je .print
          lea ecx, [exception_names + ebx * 4]
.print:   push esi
          mov esi, ecx
          mov ecx, 4
.next:    lodsb
          call put
          loop .next
          pop esi
          pop ecx
          pop eax
          ret

section .rodata
          align 4
error_vectors:
          dd 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17
exception_names:
          db "#DE #DB NMI #BP #OF #BR #UD #NM #DF     #TS #NP #SS #GP #PF     #MF #AC #MC #XM "
          times exception_names + 32 * 4 - $ db ' '
call_names:
          dd .none, .write, .ticks, .on_fault, .interrupt, .exit
.none:    db 0
.write:   db "write", 0
.ticks:   db "ticks", 0
.on_fault:
          db "on fault", 0
.interrupt:
          db "interrupt", 0
.exit:    db "exit", 0
name_of_timer:
          db "IRQ0"
name_of_call:
          db "INT "
section .bss
          alignb 4
crossings:
          resd 1
`;

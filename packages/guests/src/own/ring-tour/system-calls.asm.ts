/** What ring 0 does for ring 3: five system calls by INT 80h. */
export const systemCalls: string = String.raw`
section .text
; EBP = frame: the program's registers, which the result goes into.
system_call:
          mov eax, [ebp + FRAME_EAX]
          mov ebx, [ebp + FRAME_EBX]
          mov ecx, [ebp + FRAME_ECX]
          cmp eax, CALL_WRITE
          je .write
          cmp eax, CALL_TICKS
          je .ticks
          cmp eax, CALL_ON_FAULT
          je .on_fault
          cmp eax, CALL_INTERRUPT
          je .interrupt
          cmp eax, CALL_EXIT
          je .exit
.refuse:  mov eax, -1
.result:  mov [ebp + FRAME_EAX], eax
          ret

; The processor lets ring 0 read everything. Whether the program may is for the kernel to ask: else it would print its own secrets.
.write:   cmp ebx, user_text
          jb .refuse
          cmp ebx, user_end
          ja .refuse
          mov edx, user_end
          sub edx, ebx
          cmp ecx, edx
          ja .refuse
          mov esi, ebx
          jecxz .written
.character:
          lodsb
          call put
          loop .character
.written: mov eax, [ebp + FRAME_ECX]
          jmp .result
.ticks:   mov eax, [ticks]
          jmp .result
.on_fault:
          mov [fault_routine], ebx
          xor eax, eax
          jmp .result
.interrupt:
          mov eax, ebx
          call allow_ticks
          xor eax, eax
          jmp .result
.exit:    jmp tour_end
`;

/** The way into ring 0 and back. SDM vol. 3A, "Exception- or Interrupt-Handler Procedures". */
export const traps: string = String.raw`
section .text
; A stub of 16 bytes for each exception: all leave the same frame, with a zero where the processor pushes no error code.
          align 16
exception_stubs:
%assign STUB 0
%rep 32
          align 16
%if STUB != 8 && STUB != 17 && (STUB < 10 || STUB > 14)
          push 0
%endif
          push STUB
          jmp near trap
%assign STUB STUB + 1
%endrep
timer_stub:
          push 0
          push TIMER
          jmp trap
system_call_stub:
          push 0
          push SYSTEM_CALL

; SS, ESP, EFLAGS, CS and EIP of the program are on the stack of ring 0; CS, EIP and SS:ESP are the kernel's. The data segments still are the
; program's.
trap:     pushad
          push ds
          push es
          mov ax, KERNEL_DATA
          mov ds, ax
          mov es, ax
          cld
          mov ebp, esp
          call report_trap
          mov eax, [ebp + FRAME_VECTOR]
          cmp eax, SYSTEM_CALL
          je .call
          cmp eax, TIMER
          je .timer
          call exception
          jmp trap_return
.call:    call system_call
          jmp trap_return
.timer:   call timer

; EBP = frame. The one place that leaves ring 0: IRET takes EIP, CS, EFLAGS from the stack and, where CS is of ring 3, ESP and SS, too.
trap_return:
          call report_return
          pop es
          pop ds
          popad
          add esp, 8            ; vector and error code
          iret

; An exception of the program goes to the routine that it has named, with the vector in EAX. One of the kernel is a mistake of ours.
exception:
          test byte [ebp + FRAME_CS], 3
          jz .kernel
          mov eax, [fault_routine]
          test eax, eax
          jz .none
          mov [ebp + FRAME_EIP], eax
          mov eax, [ebp + FRAME_VECTOR]
          mov [ebp + FRAME_EAX], eax
          ret
.none:    mov ebx, 0xff
          jmp tour_end
.kernel:  line "an exception in ring 0: stop"
          jmp power_off

section .bss
          alignb 4
fault_routine:
          resd 1
`;

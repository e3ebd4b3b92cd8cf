/** The program of ring 3: asks the kernel for things, and tries what it must not. */
export const user: string = String.raw`
section .text
; From ring 0 to ring 3 there is one way, the return from a trap; for the first one, a frame is made up.
user_start:
          mov esp, kernel_stack
          push USER_DATA        ; SS
          push user_stack       ; ESP
          push IF_FLAG | 2      ; EFLAGS: interrupts on, IOPL 0
          push USER_CODE        ; CS
          push user_main        ; EIP
          push 0                ; no error code
          push 0                ; no vector
          times 8 push 0        ; registers
          push USER_DATA        ; DS
          push USER_DATA        ; ES
          mov ebp, esp
          jmp trap_return

; From here to the end of the file: pages of the program, code first.
section .user.text
user_text:
section .user.data
user_data:
section .user.text

%macro kernel 1
          mov eax, %1
          int SYSTEM_CALL
%endmacro
; Prints a line by the system call.
%macro tell 1+
          mov ebx, %%text
          mov ecx, %%end - %%text
          kernel CALL_WRITE
section .user.data
%%text:   db "ring 3: ", %1, 10
%%end:
section .user.text
%endmacro
; attempt "text", instruction: an instruction that makes an exception. EBP says where the program goes on.
%macro attempt 2+
          tell %1
          mov ebp, %%next
          %2
%%next:
%endmacro

user_main:
          tell "hello, by a system call"
          mov ebx, goes_on
          kernel CALL_ON_FAULT

          kernel CALL_TICKS
          add al, '0'
          mov [ticks_text], al
          mov ebx, ticks_line
          mov ecx, ticks_end - ticks_line
          kernel CALL_WRITE

          mov ebx, _start
          mov ecx, 16
          kernel CALL_WRITE
          cmp eax, -1
          jne .interrupts
          tell "the kernel refuses to print its own memory for me"

.interrupts:
          mov ecx, [shared_ticks]
          add ecx, 3
          mov ebx, 3
          kernel CALL_INTERRUPT
.spin:    cmp [shared_ticks], ecx
          jne .spin
          tell "three ticks came and went while I counted; I asked nobody to be let go"

          pushfd
          and dword [esp], ~IF_FLAG
          popfd
          pushfd
          pop eax
          test eax, IF_FLAG
          jz .changed
          tell "POPF of IF 0 leaves IF 1, and does not trap"
.changed:
          attempt "reads a page of the kernel", mov eax, [_start]
          attempt "writes on its own code", mov [user_text], eax
          attempt "reads address 0, a page of nobody", mov eax, [0]
          attempt "executes CLI", cli
          attempt "executes HLT", hlt
          attempt "writes to a port", out 0xf4, al
          attempt "executes INT 20h, the gate of the timer", int TIMER
          mov edx, KERNEL_DATA
          attempt "loads a segment of ring 0", mov ds, dx
          xor edx, edx
          xor ecx, ecx
          attempt "divides by zero", div ecx
          tell "good bye"
          xor ebx, ebx
          kernel CALL_EXIT

; The kernel comes here after an exception.
goes_on:  jmp ebp

section .user.data
          align 4
shared_ticks:
          dd 0                  ; the kernel writes it, the program reads it
ticks_line:
          db "ring 3: the kernel has counted "
ticks_text:
          db "? ticks", 10
ticks_end:
          align 16
          times 1024 db 0
user_stack:
          align 4096
user_end:
`;

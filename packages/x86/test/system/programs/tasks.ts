import { protectedProgram } from "../protected-program.ts";
import type { Snippets } from "../snippets.ts";
import { because, type SystemProgram } from "./system-program.ts";

/** Fills a 32-bit TSS for a task that begins at `eip`. */
const fill = (tss: string, eip: string, o: { cs?: number; ss?: number; ds?: number; ldt?: number; flags?: number; esp?: number; t?: number; es?: number } = {}) => `
 mov dword [${tss}+32], ${eip}
 mov dword [${tss}+36], ${o.flags ?? 2}
 mov dword [${tss}+40], 0x11111111
 mov dword [${tss}+44], 0x22222222
 mov dword [${tss}+56], ${o.esp ?? 0x6600}
 mov dword [${tss}+72], ${o.es ?? 0x10}
 mov dword [${tss}+76], ${o.cs ?? 8}
 mov dword [${tss}+80], ${o.ss ?? 0x10}
 mov dword [${tss}+84], ${o.ds ?? 0x10}
 mov dword [${tss}+88], 0
 mov dword [${tss}+92], 0
 mov dword [${tss}+96], ${o.ldt ?? 0}
 mov word [${tss}+100], ${o.t ?? 0}
 mov word [${tss}+102], 0x68
`;
/** Makes every TSS available, TR the first one's again and NT clear. */
const RESET = `
 mov byte [gdt+0x28+5], 0x89
 mov byte [gdt+0x78+5], 0x89
 mov byte [gdt+0xc0+5], 0x89
 mov byte [gdt+0xa0+5], 0x81
 mov ax, 0x28
 ltr ax
 pushf
 and dword [esp], ~0x4000
 popf
`;
/** The stack that privilege 0 has in the second task. */
const R0 = "mov dword [tss2+4], 0x6800\n mov dword [tss2+8], 0x10\n";
/** Says EAX, TR, flags, ESP, the low bits of CR0 and ECX. */
const state = `call state\n`;

const DATA = `
state: push eax
 push eax
 pushf
 call space
 mov eax, [esp+4]
 call hex
 call space
 str ax
 movzx eax, ax
 call hex
 call space
 pop eax
 and eax, 0xffff
 call hex
 call space
 mov eax, esp
 call hex
 call space
 mov eax, cr0
 and eax, 15
 call hex
 call space
 mov eax, ecx
 call hex
 call space
 pop eax
 pop eax
 ret
bits 32
task16: movzx esp, sp
 call state
 iret
 align 16
 bits 16
times 0xa000-($-$$)-0x8000 db 0
ta00: mov ax, ds
 cmp ax, 0x123
 jne .x
 mov al, 'v'
 out 0xe9, al
.x: ud2
bits 32
`;

const SNIPPETS: Snippets = {
  "jmp tss": fill("tss2", ".t") + `jmp 0x78:0\n jmp .e\n.t: ${state} jmp 0x28:0\n.e: ${state}`,
  "call tss": RESET + fill("tss2", ".t") + `call 0x78:0\n jmp .e\n.t: ${state} mov ax, [tss2]\n movzx eax, ax\n call hex\n iret\n ${state} iret\n.e: ${state}\n mov eax, [tss2+32]\n sub eax, [start]\n call hex\n mov eax, [tss2+36]\n call hex`,
  "call task gate": RESET + fill("tss2", ".t") + `call 0x90:0\n jmp .e\n.t: ${state} iret\n.e: ${state}`,
  "jmp busy": RESET + `jmp 0x28:0`,
  "call busy": `call 0x28:0`,
  "task segs cs": RESET + fill("tss2", ".t", { cs: 0x10 }) + `jmp 0x78:0\n.t:`,
  "task segs ss": RESET + fill("tss2", ".t", { cs: 0x1b, ss: 0x08, ds: 0x23, es: 0x23 }) + R0 + `jmp 0x78:0\n.t:`,
  "task segs ss absent": RESET + fill("tss2", ".t", { cs: 0x1b, ss: 0x60, ds: 0x23, es: 0x23 }) + R0 + `jmp 0x78:0\n.t:`,
  "task segs ds": RESET + fill("tss2", ".t", { ds: 0x1f8 }) + `jmp 0x78:0\n.t:`,
  "task segs ds absent": RESET + fill("tss2", ".t", { ds: 0x60 }) + `jmp 0x78:0\n.t:`,
  "task ldt": RESET + fill("tss2", ".t", { ldt: 0x10 }) + `jmp 0x78:0\n.t:`,
  "task cs absent": RESET + fill("tss2", ".t", { cs: 0x60 }) + `jmp 0x78:0\n.t:`,
  "task null ss": RESET + fill("tss2", ".t", { cs: 0x1b, ss: 0, ds: 0x23, es: 0x23 }) + R0 + `jmp 0x78:0\n.t:`,
  "task T": RESET + fill("tss2", ".t", { t: 1 }) + `jmp 0x78:0\n.t: ud2`,
  "task small": RESET + `mov byte [gdt+0x78], 0x66\n jmp 0x78:0`,
  "restore": `mov byte [gdt+0x78], 0x67`,
  "task absent": RESET + `mov byte [gdt+0x78+5], 0x09\n jmp 0x78:0`,
  "task gate absent": RESET + `mov byte [gdt+0x90+5], 0x65\n jmp 0x90:0`,
  "restore gate": `mov byte [gdt+0x90+5], 0xe5`,
  "task gate to data": `mov word [gdt+0x90+2], 0x10\n jmp 0x90:0`,
  "restore gate2": `mov word [gdt+0x90+2], 0x78`,
  "task ring3": RESET + fill("tss2", ".t", { cs: 0x1b, ss: 0x23, ds: 0x23, es: 0x23, flags: 0x3202 }) + `mov dword [tss2+4], 0x6800\n mov dword [tss2+8], 0x10\n jmp 0x78:0\n.t: mov eax, cs\n call hex\n ud2`,
  "task v86": RESET + fill("tss2", "0", { cs: 0xa00, ss: 0x600, ds: 0x123, es: 0x321, flags: 0x23202 }) + `mov dword [tss2+4], 0x6800\n mov dword [tss2+8], 0x10\n jmp 0x78:0`,
  "tss16": RESET + `
   mov word [tss16+14], task16
   mov word [tss16+16], 2
   mov word [tss16+26], 0x6500
   mov word [tss16+18], 0x1818
   mov word [tss16+34], 0x10
   mov word [tss16+36], 0x08
   mov word [tss16+38], 0x40
   mov word [tss16+40], 0x10
   mov word [tss16+42], 0
   call 0xa0:0
   ${state}`,
  "iret nt bad link": RESET + `mov word [tss], 0x10\n pushf\n or dword [esp], 0x4000\n popf\n iret`,
  "iret nt not busy": RESET + `mov word [tss], 0x78\n pushf\n or dword [esp], 0x4000\n popf\n iret`,
  "int task gate": RESET + fill("tss3", ".t") + `
   mov word [idt+6*8+2], 0xc0
   mov word [idt+6*8+4], 0x8500
   mov dword [tss3+4], 0x6800
   ud2
   .t: ${state} pop eax
   mov eax, [tss+32]
   sub eax, [start]
   call hex
   mov eax, [tss+36]
   call hex
   add dword [tss+32], 2
   iret
   jmp .t`,
  "gp task gate": RESET + fill("tss3", ".t") + `
   mov word [idt+13*8+2], 0xc0
   mov word [idt+13*8+4], 0x8500
   mov ax, 0x1f8
   mov ds, ax
   .t: ${state} pop eax
   call hex
   mov eax, [tss+32]
   sub eax, [start]
   call hex`,
};

const EXPECTED: SystemProgram["expected"] = {
  "jmp tss": " 11111111 78 2 65f4 9 22222222  0 28 46 6ff4 9 0 +",
  "call tss": " 11111111 78 4002 65f4 9 22222222 28 28 28 46 6ff4 9 0 d346+",
  "call task gate": " 11111111 78 4002 65f4 9 22222222  28 28 46 6ff4 9 0 +",
  "jmp busy": "#d:28@2c,8",
  "call busy": "#d:28@0,8",
  "task segs cs": "#a:10@bd,10",
  "task segs ss": "#a:8@d1,1b",
  "task segs ss absent": "#c:60@d1,1b",
  "task segs ds": "#a:1f8@bd,8",
  "task segs ds absent": "#b:60@bd,8",
  "task ldt": "#a:10@bd,8",
  "task cs absent": "#a:60@bd,60",
  "task null ss": "#a:0@d1,1b",
  "task T": "#1:0@bd,8",
  "task small": "#a:78@33,8",
  "restore": "+",
  "task absent": "#b:78@33,8",
  "task gate absent": "#b:90@33,8",
  "restore gate": "+",
  "task gate to data": "#d:10@9,8",
  "restore gate2": "+",
  "task ring3": "1b#6:0@d8,1b",
  "task v86": "#d:0@?,a00",
  "tss16": " ffff1818 a0 4002 64f4 9 ffff0000  28 28 3046 6ff4 9 22222222 +",
  "iret nt bad link": "#a:10@3e,8",
  "iret nt not busy": "#a:78@3e,8",
  "int task gate": " 11111111 c0 4002 65f4 9 22222222 d213046 28 28 3046 6ff4 9 22222222 d413046#d:0@fb,8",
  "gp task gate": " 11111111 c0 4002 65f0 9 22222222 1f8cc+",
};

/** Task switches. */
export const TASKS: SystemProgram = {
  name: "task switches",
  snippets: SNIPPETS,
  build: (snippets) => protectedProgram(snippets, DATA),
  expected: EXPECTED,
  deviations: {
    bochs: {},
    qemu: {
      ...because(`The checks of the new task's segments come after the switch is committed, so that the fault is the new task's, with its rIP: Bochs is right, QEMU has not loaded rIP yet. SDM vol. 3A, "Task Switching".`, {
        "task segs cs": "#a:10@b6,10", "task segs ss": "#a:8@ca,1b", "task segs ds": "#a:1f8@b6,8", "task segs ds absent": "#b:60@b6,8", "task ldt": "#a:10@b6,8", "task cs absent": "#a:60@b6,60", "task null ss": "#a:0@ca,1b",
      }),
      ...because(`The new task's stack segment is looked at for being present before its DPL is compared, and is #SS; QEMU compares first, and has not loaded rIP yet. SDM vol. 3A, "Task Switching", table of the exception conditions checked.`, {
        "task segs ss absent": "#a:60@ca,1b",
      }),
      ...because(`The debug trap flag of a TSS raises #DB before the new task's first instruction: Bochs is right, QEMU does not know the flag. SDM vol. 3B, "Task-Switch Exception Condition".`, {
        "task T": "#6:0@bd,8",
      }),
      ...because(`A 16-bit TSS has the lower halves of the registers only and no manual says what the upper ones become: we do as Bochs, which sets them. SDM vol. 3A, "16-Bit Task-State Segment (TSS)".`, {
        "tss16": " 1818 a0 4002 64f4 9 22220000  28 28 3046 6ff4 9 22222222 +",
      }),
      ...because(`The flags that a fault saves have RF set, in a TSS as on a stack: Bochs is right, QEMU saves it clear. SDM vol. 3B, "Instruction-Breakpoint Exception Condition".`, {
        "int task gate": " 11111111 c0 4002 65f4 9 22222222 d23046 28 28 3046 6ff4 9 22222222 d43046#d:0@fb,8",
      }),
    },
  },
};

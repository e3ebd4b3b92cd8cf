import { protectedProgram } from "../protected-program.ts";
import type { Snippets } from "../snippets.ts";
import { because, type SystemProgram } from "./system-program.ts";

const clear = `xor eax, eax\n mov dr7, eax\n mov eax, 0xffff0ff0\n mov dr6, eax\n`;
const dr = (n: number, a: string, dr7: number) => `mov eax, ${a}\n mov dr${n}, eax\n mov eax, ${dr7}\n mov dr7, eax\n`;
/** Goes on at privilege 3. */
const R3 = (code: string) => `
 push dword 0x23
 push dword 0x5000
 push dword 0x3202
 push dword 0x1b
 push dword .u
 iret
.u:
 ${code}`;

const DATA = `
step: push eax
 push ebx
 push ds
 mov eax, 0x10
 mov ds, ax
 xor ebx, ebx
 mov eax, dr7
 mov ebx, eax
 xor eax, eax
 mov dr7, eax
 mov al, '.'
 out 0xe9, al
 mov eax, [esp+12]
 sub eax, [start]
 call hex
 mov al, ':'
 out 0xe9, al
 mov eax, dr6
 and eax, 0xf00f
 call hex
 mov eax, [esp+20]
 and eax, 0x10000
 jz .x
 mov al, 'R'
 out 0xe9, al
.x: mov eax, dr6
 test al, 15
 jz .y
 or dword [esp+20], 0x10000
.y: mov dr7, ebx
 pop ds
 pop ebx
 pop eax
 iret
`;

const SNIPPETS: Snippets = {
  "hook": `mov word [idt+1*8], step\n` + clear,
  "read": `mov eax, dr6\n call hex\n call space\n mov eax, dr7\n call hex`,
  "write all ones": `mov eax, 0xffffdfff\n mov dr7, eax\n mov eax, dr7\n call hex\n mov eax, 0xffffffff\n mov dr6, eax\n mov eax, dr6\n call hex\n` + clear,
  "exec": dr(0, ".b", 0x402 ) + `nop\n.b: inc ebx\n nop\n` + clear,
  "exec local": dr(1, ".b", 0x404) + `nop\n.b: inc ebx\n nop\n` + clear,
  "exec off": dr(1, ".b", 0x402) + `nop\n.b: inc ebx\n nop\n` + clear,
  "write dword": dr(0, "0x6000", 0xd0402) + `mov eax, [0x6000]\n mov [0x6000], eax\n mov [0x6003], al\n mov [0x6004], al\n mov [0x5ffc], eax\n mov [0x5ffe], ax\n mov [0x5fff], ax\n` + clear,
  "access byte": dr(2, "0x6001", 0x3000420) + `mov al, [0x6000]\n mov al, [0x6001]\n mov ax, [0x6000]\n mov eax, [0x6001]\n mov [0x6001], al\n nop\n` + clear,
  "access word": dr(3, "0x6002", 0x70000480) + `mov al, [0x6003]\n mov al, [0x6004]\n` + clear,
  "rmw": dr(0, "0x6000", 0xd0402) + `inc dword [0x6000]\n nop\n lock xadd [0x6000], eax\n` + clear,
  "rep stosd": `mov edi, 0x5ff8\n mov ecx, 5\n` + dr(0, "0x6000", 0xd0402) + `rep stosd\n nop\n` + clear,
  "rep movsb": `mov edi, 0x5fff\n mov esi, 0x6100\n mov ecx, 3\n` + dr(0, "0x6000", 0xd0402) + `rep movsb\n nop\n` + clear,
  "two": dr(0, "0x6000", 0xd0402) + dr(1, "0x6000", 0x0dd040a) + `mov [0x6000], eax\n nop\n` + clear,
  "disabled too": `mov eax, 0x6000\n mov dr1, eax\n` + dr(0, "0x6000", 0xdd0402) + `mov [0x6000], eax\n nop\n` + clear,
  "exec mov ss": dr(0, ".b", 0x402 ) + `mov bx, ss\n mov ss, bx\n.b: inc ebx\n nop\n` + clear,
  "data mov ss": `mov word [0x6000], ss\n` + dr(0, "0x6000", 0xf0402) + `mov ss, [0x6000]\n nop\n nop\n` + clear,
  "fault first": dr(0, "0x6000", 0xf0402) + `mov eax, [0x6000]\n` + clear,
  "both fault": dr(0, ".b", 0x402 ) + `.b: ud2`,
  "gd": clear + `mov eax, 0x2400\n mov dr7, eax\n mov eax, dr0\n nop`,
  "gd off": `mov eax, dr7\n call hex\n` + clear,
  "tf and exec": dr(0, ".b", 0x402) + `pushf\n or dword [esp], 0x100\n popf\n nop\n.b: inc ebx\n pushf\n and dword [esp], 0xfffffeff\n popf\n` + clear,
  "dr6 kept": `mov eax, 0xffff0ff0\n mov dr6, eax\n` + dr(0, ".b", 0x402) + `.b: nop\n` + dr(1, "0x6000", 0xd00408) + `mov [0x6000], eax\n nop\n mov eax, dr6\n call hex\n` + clear,
  "io": `mov eax, cr4\n or al, 8\n mov cr4, eax\n` + dr(0, "0xe9", 0x20402) + `mov al, '!'\n out 0xe9, al\n nop\n` + clear,
  "dr4 de": `mov eax, dr4`,
  "dr4": `mov eax, cr4\n and al, 0xf7\n mov cr4, eax\n mov eax, dr4\n call hex`,
  "ring3 dr": R3(`mov eax, dr0`),
  "ring3 exec": dr(0, ".u", 0x402) + R3(`nop\n hlt`),
  "end": clear,
};

const EXPECTED: SystemProgram["expected"] = {
  "hook": "+",
  "read": "ffff0ff0 400+",
  "write all ones": "ffff07ffffffefff+",
  "exec": ".11:1+",
  "exec local": ".11:2+",
  "exec off": "+",
  "write dword": ".1a:1.1f:1.35:1+",
  "access byte": ".1a:4.20:4.25:4.2a:4+",
  "access word": ".15:8+",
  "rmw": ".16:1.1f:1+",
  "rep stosd": ".1a:1+",
  "rep movsb": ".1f:1.21:1+",
  "two": ".25:3+",
  "disabled too": ".1d:1+",
  "exec mov ss": "+",
  "data mov ss": ".1d:1+",
  "fault first": ".15:1+",
  "both fault": ".10:1#6:0@10,8",
  "gd": ".15:2000R+",
  "gd off": "400+",
  "tf and exec": ".1a:4001.1b:4000.1c:4000.23:4000.24:4000+",
  "dr6 kept": ".18:1.2e:2ffff0ff2+",
  "io": "!.1c:1+",
  "dr4 de": "#6:0@0,8",
  "dr4": "ffff0ff0+",
  "ring3 dr": "#d:0@14,1b",
  "ring3 exec": ".24:1#d:0@25,1b",
  "end": "+",
};

/** Debug registers. */
export const DEBUG_REGISTERS: SystemProgram = {
  name: "debug registers",
  snippets: SNIPPETS,
  build: (snippets) => protectedProgram(snippets, DATA),
  expected: EXPECTED,
  deviations: {
    bochs: {
      ...because(`DR6 and DR7 have bits that are fixed: DR6's bit 12 and DR7's bits 15, 14, 12 and 11 read as zero. QEMU keeps what is written, Bochs keeps DR7's bit 11, which is Intel's for RTM. APM vol. 2, "Debug-Status Register (DR6)", "Debug-Control Register (DR7)".`, {
        "write all ones": "ffff0fffffffefff+",
      }),
      ...because(`On AMD's processors B0-B3 tell of enabled breakpoints only, as QEMU has it; Bochs reports disabled ones too, which Intel's may do. APM vol. 2, "Debug-Status Register (DR6)"; SDM vol. 3B, "Debug Status Register (DR6)".`, {
        "disabled too": ".1d:3+",
      }),
      ...because(`General detect is a fault, and the flags that a fault pushes have RF set; Bochs leaves it clear. SDM vol. 3B, "General-Detect Exception Condition", "Instruction-Breakpoint Exception Condition".`, {
        "gd": ".15:2000+",
      }),
    },
    qemu: {
      ...because(`DR6 and DR7 have bits that are fixed: DR6's bit 12 and DR7's bits 15, 14, 12 and 11 read as zero. QEMU keeps what is written, Bochs keeps DR7's bit 11, which is Intel's for RTM. APM vol. 2, "Debug-Status Register (DR6)", "Debug-Control Register (DR7)".`, {
        "write all ones": "ffffdfffffffffff+",
      }),
      ...because(`Every enabled breakpoint whose condition is met is reported: Bochs is right, QEMU reports one. APM vol. 2, "Debug-Status Register (DR6)".`, {
        "two": ".25:1+",
      }),
      ...because(`An instruction breakpoint on the instruction behind MOV SS is suppressed: Bochs is right, QEMU reports it. SDM vol. 3A, "Masking Exceptions and Interrupts When Switching Stacks".`, {
        "exec mov ss": ".15:1+",
      }),
      ...because(`A data breakpoint of MOV SS is held until the next instruction is done: Bochs is right, QEMU reports it behind MOV SS. SDM vol. 3A, "Masking Exceptions and Interrupts When Switching Stacks".`, {
        "data mov ss": ".1c:1+",
      }),
      ...because(`QEMU has no general detect: an access to a debug register with DR7.GD set is #DB with BD, and clears GD for the handler; Bochs is right. APM vol. 2, "Debug-Control Register (DR7)".`, {
        "gd": "+", "gd off": "2400+",
      }),
    },
  },
};

import { protectedProgram } from "../protected-program.ts";
import type { Snippets } from "../snippets.ts";
import { because, type SystemProgram } from "./system-program.ts";

/** Goes on at privilege 3. */
const R3 = (code: string, flags: string) => `
 mov ax, 0x23\n mov ds, ax\n mov es, ax
 push dword 0x23
 push dword 0x5000
 push dword ${flags}
 push dword 0x1b
 push dword .u
 iret
.u:
 ${code}`;
const on = "pushf\n or dword [esp], 0x100\n popf\n";
const off = "pushf\n and dword [esp], 0xfffffeff\n popf\n";

const DATA = `
step: push eax
 push ds
 push es
 mov eax, 0x10
 mov ds, ax
 mov es, ax
 mov al, '.'
 out 0xe9, al
 mov eax, [esp+12]
 sub eax, [start]
 call hex
 pop es
 pop ds
 pop eax
 iret
int3h: push eax
 mov al, 'i'
 out 0xe9, al
 mov eax, [esp+12]
 and eax, 0x100
 call hex
 pop eax
 iret
`;

const SNIPPETS: Snippets = {
  "hook": `mov word [idt+1*8], step\n mov word [idt+0x20*8-0x100], 0\n mov word [idt+3*8], int3h\n mov byte [idt+3*8+5], 0xee`,
  "tf": on + "nop\n inc eax\n" + off + "nop",
  "tf iret": "pushf\n or dword [esp], 0x100\n push cs\n push dword .u\n iret\n.u: nop\n nop\n" + off,
  "tf int": on + "int 3\n nop\n" + off,
  "tf mov ss": "mov bx, ss\n" + on + "mov ss, bx\n nop\n nop\n" + off,
  "tf pop ss": "push ss\n" + on + "pop ss\n nop\n nop\n" + off,
  "tf rep": "mov ecx, 3\n mov edi, 0x6000\n" + on + "rep stosb\n nop\n" + off,
  "tf fault": on + "ud2\n",
  "tf far": on + "jmp 8:.a\n.a: nop\n" + off,
  "tf sti": on + "sti\n nop\n cli\n" + off,
  "tf mov ds": "mov bx, ds\n" + on + "mov ds, bx\n nop\n" + off,
  "tf ring3": R3("nop\n nop\n int 3\n nop\n ud2", "0x3302"),
};

const EXPECTED: SystemProgram["expected"] = {
  "hook": "+",
  "tf": ".a.b.c.13.14+",
  "tf iret": ".10.11.12.19.1a+",
  "tf int": "i100.c.d.14.15+",
  "tf mov ss": ".f.10.11.18.19+",
  "tf pop ss": ".c.d.e.15.16+",
  "tf rep": ".13.13.15.16.17.1e.1f+",
  "tf fault": "#6:0@9,8",
  "tf far": ".10.11.12.19.1a+",
  "tf sti": ".a.b.c.d.14.15+",
  "tf mov ds": ".e.f.10.17.18+",
  "tf ring3": ".1d.1ei100.21#6:0@21,1b",
};

/** Single steps. */
export const SINGLE_STEP: SystemProgram = {
  name: "single steps",
  snippets: SNIPPETS,
  build: (snippets) => protectedProgram(snippets, DATA),
  expected: EXPECTED,
  deviations: {
    bochs: {},
    qemu: {
      ...because(`STI holds off maskable interrupts only, and the trap follows it: Bochs is right, QEMU holds off the trap too. SDM vol. 3B, "Single-Step Exception Condition"; vol. 2B, "STI—Set Interrupt Flag".`, {
        "tf sti": ".b.c.d.14.15+",
      }),
    },
  },
};

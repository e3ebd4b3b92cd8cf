import { protectedProgram } from "../protected-program.ts";
import type { Snippets } from "../snippets.ts";
import { because, type SystemProgram } from "./system-program.ts";

/** Goes on at privilege 3, with the stack at 5000h. */
const ring3 = (code: string, flags = "dword 0x3202") => `
 push dword 0x23
 push dword 0x5000
 push ${flags}
 push dword 0x1b
 push dword .u
 iret
.u:
 ${code}`;
/** Goes on in virtual-8086 mode at cs:0. */
const v86 = (code: string, flags = "dword 0x20202", cs = 0xa00) => `
 push dword 0x1234
 push dword 0x2345
 push dword 0x3456
 push dword 0x4567
 push dword 0x600
 push dword 0xf00
 push ${flags}
 push dword ${cs}
 push dword 0
 iret
`;

const DATA = `
gateTarget: mov eax, 0x10
 mov ds, ax
 mov eax, cs
 call hex
 call space
 mov eax, [esp]
 sub eax, [start]
 call hex
 call space
 mov eax, [esp+4]
 call hex
 call space
 mov eax, [esp+8]
 call hex
 call space
 mov eax, [esp+12]
 call hex
 call space
 mov eax, [esp+16]
 call hex
 call space
 mov eax, esp
 call hex
 cmp byte [start], 0
 retf 8
bits 16
gateTarget16: mov ax, cs
 mov eax, 0x67676767
 retf
bits 32
align 16
bits 16
times 0xa000-($-$$)-0x8000 db 0
ta00: ud2
times 0xa100-($-$$)-0x8000 db 0
 mov ax, ds
 cmp ax, 0x3456
 jne .x
 mov ax, es
 cmp ax, 0x4567
 jne .x
 mov ax, fs
 cmp ax, 0x2345
 jne .x
 mov ax, gs
 cmp ax, 0x1234
 jne .x
 pushf
 pop ax
 sti
 mov ax, 0x5555
 mov ds, ax
 mov ax, ds
 cmp ax, 0x5555
 jne .x
 mov al, 'r'
 out 0xe9, al
.x: ud2
times 0xa200-($-$$)-0x8000 db 0
 cli
times 0xa300-($-$$)-0x8000 db 0
 int 6
times 0xa400-($-$$)-0x8000 db 0
 int3
times 0xa500-($-$$)-0x8000 db 0
 hlt
times 0xa600-($-$$)-0x8000 db 0
 mov bx, 0xffff
 mov ax, [bx]
times 0xa700-($-$$)-0x8000 db 0
 call 0xa78:0
times 0xa780-($-$$)-0x8000 db 0
 mov al, 'f'
 out 0xe9, al
 push word 0xa00
 push word 0
 retf
times 0xa800-($-$$)-0x8000 db 0
 push word 0x7202
 push word 0xa00
 push word 0
 iret
times 0xa900-($-$$)-0x8000 db 0
 lldt ax
bits 32
`;

const SNIPPETS: Snippets = {
  "ring3": ring3(`mov eax, cs\n call hex\n mov eax, ss\n call hex\n mov eax, ds\n call hex\n ud2`, "dword 0x3202"),
  "ring3 ds kept": `mov ax, 0x23\n mov ds, ax\n mov ax, 0x1b\n mov es, ax\n` + ring3(`mov eax, ds\n call hex\n mov eax, es\n call hex\n ud2`),
  "ring3 hlt": ring3("hlt"),
  "ring3 cli iopl0": ring3("cli", "dword 0x202"),
    "ring3 int gate dpl0": ring3("int 3"),
  "ring3 int 32": ring3("int 0x20"),
  "ring3 int1": ring3("db 0xf1"),
  "ring3 lgdt": ring3("lgdt [0x6000]"),
  "ring3 load dpl0": ring3("mov ax, 0x10\n mov ds, ax"),
  "ring3 popf": ring3("push dword 0x3202\n popf\n pushf\n pop eax\n call hex\n push dword 0x240000\n popf\n pushf\n pop eax\n call hex\n ud2"),
  "ring3 popf iopl0": ring3("push dword 0x243000\n popf\n pushf\n pop eax\n mov ebx, eax\n int 3", "dword 0x202"),
  "ring3 call gate": ring3(`call 0x80:0\n ud2`),
  "ring3 gate params": ring3(`push dword 0x111\n push dword 0x222\n call 0x88:0\n mov eax, esp\n call hex\n ud2`),
  "ring3 gate16": ring3(`call 0x98:0\n mov eax, esp\n call hex\n ud2`),
  "ring0 gate": `call 0x80:0\n mov eax, esp\n call hex`,
  "jmp gate": ring3(`jmp 0x80:0`),
  "retf outer": `push dword 0x23\n push dword 0x5000\n push dword 0x1b\n push dword .u\n retf\n.u: mov eax, cs\n mov eax, ds\n ud2`,
  "retf outer bad ss": `push dword 0x10\n push dword 0x5000\n push dword 0x1b\n push dword .u\n retf\n.u: ud2`,
  "retf inner": ring3(`push dword 0x08\n push dword .v\n retf\n.v: ud2`),
  "ring1": `push dword 0xb1\n push dword 0x5000\n push dword 0x1202\n push dword 0xa9\n push dword .u\n iret\n.u: mov eax, cs\n call hex\n int 3`,
  "iret null ss": `push dword 0\n push dword 0x5000\n push dword 0x3202\n push dword 0x1b\n push dword .u\n iret\n.u: ud2`,
  "v86": v86("") ,
  "v86 regs": v86("", "dword 0x23202", 0xa10),
  "v86 cli iopl0": v86("", "dword 0x20202", 0xa20),
  "v86 int iopl0": v86("", "dword 0x20202", 0xa30),
  "v86 int iopl3": v86("", "dword 0x23202", 0xa30),
  "v86 int3": v86("", "dword 0x20202", 0xa40),
  "v86 hlt": v86("", "dword 0x23202", 0xa50),
  "v86 limit": v86("", "dword 0x23202", 0xa60),
  "v86 far": v86("", "dword 0x23202", 0xa70),
  "v86 iret": v86("", "dword 0x23202", 0xa80),
  "v86 lldt": v86("", "dword 0x23202", 0xa90),
};

const EXPECTED: SystemProgram["expected"] = {
  "ring3": "1b230#6:0@29,1b",
  "ring3 ds kept": "231b#6:0@2e,1b",
  "ring3 hlt": "#d:0@14,1b",
  "ring3 cli iopl0": "#d:0@14,1b",
  "ring3 int gate dpl0": "#d:1a@14,1b",
  "ring3 int 32": "#d:102@14,1b",
  "ring3 int1": "#1:0@15,1b",
  "ring3 lgdt": "#d:0@14,1b",
  "ring3 load dpl0": "#d:10@18,1b",
  "ring3 popf": "3202243002#6:0@2e,1b",
  "ring3 popf iopl0": "#d:1a@1e,1b",
  "ring3 call gate": "8 1b 1b 5000 23 0 67f0#d:0@?,8",
  "ring3 gate params": "8 25 1b 222 111 4ff8 67e85000#6:0@2c,1b",
  "ring3 gate16": "5000#6:0@22,1b",
  "ring0 gate": "8 7 8 0 0 0 6ff87008+",
  "jmp gate": "#d:8@14,1b",
  "retf outer": "#6:0@13,1b",
  "retf outer bad ss": "#d:10@e,8",
  "retf inner": "#d:8@1b,1b",
  "ring1": "a9#d:1a@21,a9",
  "iret null ss": "#d:0@13,8",
  "v86": "#6:0@?,a00",
  "v86 regs": "r#6:0@?,a10",
  "v86 cli iopl0": "#d:0@?,a20",
  "v86 int iopl0": "#d:0@?,a30",
  "v86 int iopl3": "#d:32@?,a30",
  "v86 int3": "#d:1a@?,a40",
  "v86 hlt": "#d:0@?,a50",
  "v86 limit": "#d:0@?,a60",
  "v86 far": "f#6:0@?,a00",
  "v86 iret": "#6:0@?,a00",
  "v86 lldt": "#6:0@?,a90",
};

/** Privilege levels, call gates, virtual-8086 mode. */
export const PRIVILEGE: SystemProgram = {
  name: "privilege levels, call gates, virtual-8086 mode",
  snippets: SNIPPETS,
  build: (snippets) => protectedProgram(snippets, DATA),
  expected: EXPECTED,
  deviations: {
    bochs: {},
    qemu: {
      ...because(`F1h is INT1: Bochs is right, QEMU raises #UD. SDM vol. 2A, "INT n/INTO/INT3/INT1—Call to Interrupt Procedure".`, {
        "ring3 int1": "#6:0@14,1b",
      }),
      ...because(`QEMU checks no segment limits, types or null selectors of data accesses: the processor is with Bochs. APM vol. 2, "Segment Limit Checks", "Type Checks"; SDM vol. 3A, "Limit Checking", "Type Checking".`, {
        "v86 limit": "#6:0@?,a00",
      }),
    },
  },
};

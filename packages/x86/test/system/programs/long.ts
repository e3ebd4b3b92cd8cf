import { longProgram } from "../long-program.ts";
import type { Snippets } from "../snippets.ts";
import { because, type SystemProgram } from "./system-program.ts";

/** Goes on at privilege 3. */
const ring3 = (code: string, flags = "0x3202", cs = 0x2b) => `
 push 0x23
 push 0x5000
 push ${flags}
 push ${cs}
 push .u
 iretq
 ${cs === 0x2b ? "" : "bits 32"}
.u:
 ${code}
 bits 64`;

const DATA = `
gateTarget: mov eax, cs
 call hex
 call space
 mov rax, [rsp]
 sub rax, [start]
 call hex
 call space
 mov rax, [rsp+8]
 call hex
 call space
 mov rax, [rsp+16]
 call hex
 call space
 mov rax, [rsp+24]
 call hex
 call space
 mov rax, rsp
 call hex
 mov eax, ss
 call hex
 retfq
`;

const SNIPPETS: Snippets = {
  "ud2": "ud2",
  "div": "xor ecx, ecx\n div ecx",
  "sp align": "mov rsp, 0x6ffb\n ud2",
  "frame": "mov rsp, 0x6ff3\n int 3\n",
  "noncanonical": "mov rax, 0x800000000000\n mov al, [rax]",
  "noncanonical stack": "mov rbp, 0x800000000000\n mov al, [rbp]",
  "noncanonical push": "mov rsp, 0x800000000000\n push rax",
  "noncanonical jmp": "mov rax, 0x800000000000\n jmp rax",
  "noncanonical ret": "mov rax, 0x800000000000\n push rax\n ret",
  "null ds": "xor eax, eax\n mov ds, eax\n mov al, [0x6000]",
  "null ss": "xor eax, eax\n mov ss, eax",
  "ring3": ring3("mov eax, cs\n call hex\n mov eax, ss\n call hex\n ud2"),
  "ring3 null ss": "push 3\n push 0x5000\n push 0x202\n push 0x2b\n push .u\n iretq\n.u: ud2",
  "iret null ss": "push 0\n push 0x6ff0\n push 0x2\n push 0x8\n push .u\n iretq\n.u: mov eax, ss\n call hex\n ud2",
  "iret null ss to 32": "push 0\n push 0x6ff0\n push 0x2\n push 0x40\n push .u\n iretq\n.u: ud2",
  "iret noncanonical": "push 0x10\n push 0x6ff0\n push 0x2\n push 0x8\n mov rax, 0x800000000000\n push rax\n iretq",
  "iret nt": "pushf\n or dword [rsp], 0x4000\n popf\n push 0x10\n push 0x6ff0\n push 0x2\n push 0x8\n push .u\n iretq\n.u:",
  "clear nt": "pushf\n and dword [rsp], 0xffffbfff\n popf",
  "iretd": "sub rsp, 20\n mov dword [rsp], .u\n mov dword [rsp+4], 8\n mov dword [rsp+8], 2\n mov dword [rsp+12], 0x6f00\n mov dword [rsp+16], 0x10\n iretd\n.u: mov rax, rsp\n call hex",
  "ring3 int3": ring3("int 3"),
  "ring3 hlt": ring3("hlt"),
  "compat": ring3("mov eax, 0x12345\n dec eax\n push eax\n pop ebx\n ud2", "0x3202", 0x1b),
  "compat limit": ring3("mov eax, 0xffffffff\n mov eax, [eax]", "0x3202", 0x1b),
  "compat kernel": `push 0x40\n push .c\n retfq\nbits 32\n.c: mov ax, 0x10\n mov ss, ax\n jmp 8:.d\nbits 64\n.d: mov al, 'k'\n out 0xe9, al`,
  "compat call gate": ring3("call 0x48:0\n ud2", "0x3202", 0x1b),
  "l and d": "push 0x58\n push .u\n retfq\n.u: ud2",
  "absent cs": "push 0x68\n push .u\n retfq\n.u: ud2",
  "far call": "mov dword [0x6000], .u\n mov word [0x6004], 0x60\n call far dword [0x6000]\n jmp .e\n.u: mov eax, cs\n call hex\n retf\n.e:",
  "call gate": "mov dword [0x6000], 0\n mov word [0x6004], 0x48\n call far dword [0x6000]",
  "ring3 call gate": `mov dword [0x6000], 0\n mov word [0x6004], 0x4b\n` + ring3("call far dword [0x6000]\n mov rax, rsp\n call hex\n ud2"),
  "jmp tss": "mov dword [0x6000], 0\n mov word [0x6004], 0x30\n jmp far dword [0x6000]",
  "ltr busy": "mov ax, 0x30\n ltr ax",
  "lldt": "mov ax, 0x70\n lldt ax\n sldt eax\n call hex",
  "lar": "mov eax, 0x30\n lar ebx, eax\n mov eax, ebx\n call hex\n lsl ebx, eax\n mov eax, 0x48\n lar ebx, eax\n mov eax, ebx\n call hex",
  "pf read": "mov rax, 0x800000\n mov al, [rax]",
  "pf user": ring3("mov eax, 0x602000\n mov [rax], al"),
  "pf ro wp": "mov eax, 0x601000\n mov [rax], al",
  "pf user ro": ring3("mov eax, 0x601000\n mov al, [rax]\n mov [rax], al"),
  "pf nx": "mov eax, 0x604000\n mov byte [rax], 0xc3\n call rax",
  "pf reserved": "mov eax, 0x605000\n mov al, [rax]",
  "pf fetch user": ring3("mov eax, 0x602000\n jmp rax"),
  "pf cross": "mov rax, 0x7ffffe\n mov eax, [rax]\n",
  "cr2": "db 0x0f, 0x20, 0xd0\n call hex",
  "pf stack": "mov rsp, 0x900000\n push rax",
  "df ist": "mov rsp, 0x900000\n ud2",
  "df rsp": "mov rax, [frame]\n call hex",
  "syscall": `mov ecx, 0xc0000081\n xor eax, eax\n mov edx, 0x00180008\n wrmsr\n mov ecx, 0xc0000082\n mov eax, .k\n xor edx, edx\n wrmsr\n mov ecx, 0xc0000084\n mov eax, 0x200\n wrmsr\n` +
    ring3("syscall\n mov eax, cs\n call hex\n mov eax, ss\n call hex\n ud2") + `\n.k: mov eax, cs\n call hex\n mov eax, ss\n call hex\n pushf\n pop rax\n call hex\n mov rax, r11\n call hex\n push 0x23\n pop rbx\n sysretq`,
  "sysretd": `mov ecx, .u\n mov r11, 0x3202\n sysretd\nbits 32\n.u: mov eax, cs\n mov ebx, 1\n dec ebx\n ud2\nbits 64`,
  "sysret noncanonical": "mov rcx, 0x800000000000\n mov r11, 2\n sysretq",
  "swapgs": "swapgs\n swapgs",
  "into": "db 0xce",
  "sysenter": "sysenter",
  "ss dpl": "mov ax, 0x23\n mov ss, ax",
  "push fs": "push fs\n pop rax\n call hex\n mov eax, 0x23\n push rax\n pop gs\n mov eax, gs\n call hex",
  "ring3 nonpresent frame": `mov qword [tss+4], 0x900000\n ` + ring3("int 3"),
};

const EXPECTED: SystemProgram["expected"] = {
  "ud2": "#6:0@0,8 10",
  "div": "#0:0@2,8 10",
  "sp align": "#6:0@5,8 10",
  "frame": "#3:0@7,8 10",
  "noncanonical": "#d:0@a,8 10",
  "noncanonical stack": "#c:0@a,8 10",
  "noncanonical push": "#8:0@a,8 10",
  "noncanonical jmp": "#d:0@a,8 10",
  "noncanonical ret": "#d:0@b,8 10",
  "null ds": "+",
  "null ss": "+",
  "ring3": "2b23#6:0@23,2b 23",
  "ring3 null ss": "#d:0@13,8 10",
  "iret null ss": "0#6:0@19,8 0",
  "iret null ss to 32": "#d:0@10,8 10",
  "iret noncanonical": "#d:0@16,8 10",
  "iret nt": "#d:0@19,8 10",
  "clear nt": "+",
  "iretd": "6f00+",
  "ring3 int3": "#d:1a@15,2b 23",
  "ring3 hlt": "#d:0@15,2b 23",
  "compat": "#6:0@1d,1b 23",
  "compat limit": "#d:0@1a,1b 23",
  "compat kernel": "k+",
  "compat call gate": "8 1c 1b 5000 23 67e00#6:0@1c,1b 23",
  "l and d": "#d:58@7,8 10",
  "absent cs": "#b:68@7,8 10",
  "far call": "60+",
  "call gate": "8 1c 8 0 0 6ff010+",
  "ring3 call gate": "8 31 2b 5000 23 67e005000#6:0@39,2b 23",
  "jmp tss": "#d:30@15,8 10",
  "ltr busy": "#d:30@4,8 10",
  "lldt": "70+",
  "lar": "8b00ec00+",
  "pf read": "#e:0@5,8 10",
  "pf user": "#e:7@1a,2b 23",
  "pf ro wp": "#e:3@5,8 10",
  "pf user ro": "#e:7@1c,2b 23",
  "pf nx": "#e:11@?,8 10",
  "pf reserved": "+",
  "pf fetch user": "#e:15@?,2b 23",
  "pf cross": "#e:0@5,8 10",
  "cr2": "7ffffe+",
  "pf stack": "#8:0@5,8 10",
  "df ist": "#8:0@5,8 10",
  "df rsp": "5fc8+",
  "syscall": "810304632022b20#6:0@4d,2b 20",
  "sysretd": "#6:0@15,1b 20",
  "sysret noncanonical": "#d:0@?,2b 20",
  "swapgs": "+",
  "into": "#6:0@0,8 10",
  "sysenter": "#6:0@0,8 10",
  "ss dpl": "#d:20@4,8 10",
  "push fs": "023+",
  "ring3 nonpresent frame": "#8:0@21,2b 23",
};

/** Long mode. */
export const LONG: SystemProgram = {
  name: "long mode",
  snippets: SNIPPETS,
  build: (snippets) => longProgram(snippets, DATA),
  expected: EXPECTED,
  deviations: {
    bochs: {
      ...because(`In 64-bit mode IRET pops SS and rSP whatever its operand size is: QEMU is right, Bochs does so for IRETQ only. APM vol. 3, "IRET"; SDM vol. 3A, "IRET in IA-32e Mode".`, {
        "iretd": "6ff8+",
      }),
      ...because(`AMD's SYSRET loads SS with STAR[63:48] + 8 and does not force its RPL to 3; the oracles do what Intel's does. APM vol. 3, "SYSRET".`, {
        "syscall": "810304632022b23#6:0@4d,2b 23", "sysretd": "#6:0@15,1b 23",
      }),
      ...because(`AMD's SYSRET does not check that rCX is canonical and the fault is at CPL 3, in the fetch; QEMU is with it but for the RPL of SS, and Bochs raises #GP in SYSRET as Intel's does. APM vol. 3, "SYSRET"; SDM vol. 2B, "SYSRET—Return From Fast System Call".`, {
        "sysret noncanonical": "#d:0@10,8 10",
      }),
      ...because(`AMD has no SYSENTER in long mode, #UD, as QEMU has it; Bochs has Intel's, which is #GP(0) with SYSENTER_CS null. APM vol. 3, "SYSENTER".`, {
        "sysenter": "#d:0@0,8 10",
      }),
    },
    qemu: {
      ...because(`A non-canonical address by way of SS is #SS(0): Bochs is right, QEMU has #GP. APM vol. 2, "#SS—Stack Exception (Vector 12)".`, {
        "noncanonical stack": "#d:0@a,8 10",
      }),
      ...because(`The target is checked by the instruction that transfers control, which is where the fault is: Bochs is right, QEMU faults at the fetch of the target. APM vol. 3, "JMP (Near)", "RET (Near)", "IRET".`, {
        "noncanonical jmp": "#d:0@?,8 10", "noncanonical ret": "#d:0@?,8 10", "iret noncanonical": "#d:0@?,8 10",
      }),
      ...because(`A null SS is for 64-bit code at CPL 0 to 2 only, and #GP(0) in a return to 32-bit code: Bochs is right, QEMU does not check. APM vol. 3, "IRET".`, {
        "iret null ss to 32": "#6:0@12,40 0",
      }),
      ...because(`The index in the error code of a gate is the vector, 1Ah for vector 3: Bochs is right, QEMU doubles it. SDM vol. 3A, "Error Code".`, {
        "ring3 int3": "#d:32@15,2b 23",
      }),
      ...because(`QEMU checks no segment limits, types or null selectors of data accesses: the processor is with Bochs. APM vol. 2, "Segment Limit Checks", "Type Checks"; SDM vol. 3A, "Limit Checking", "Type Checking".`, {
        "compat limit": "#e:4@1a,1b 23",
      }),
      ...because(`A code segment with L and D set is #GP(selector): Bochs is right, QEMU does not check. SDM vol. 2A, "RET—Return From Procedure".`, {
        "l and d": "#6:0@9,58 10",
      }),
      ...because(`AMD's SYSRET loads SS with STAR[63:48] + 8 and does not force its RPL to 3; the oracles do what Intel's does. APM vol. 3, "SYSRET".`, {
        "syscall": "810304632022b23#6:0@4d,2b 23", "sysretd": "#6:0@15,1b 23", "sysret noncanonical": "#d:0@?,2b 23",
      }),
    },
  },
};

import { protectedProgram } from "../protected-program.ts";
import { because, type SystemProgram } from "./system-program.ts";

/** Copies the code to the user's page and goes on there at privilege 3. */
const user = (code: string): string => `
 mov esi, .c
 mov edi, 0x202000
 mov ecx, 32
 cld
 rep movsb
 mov ax, 0x23
 mov ds, ax
 push dword 0x23
 push dword 0x203800
 push dword 0x202
 push dword 0x1b
 push dword 0x202000
 iret
.c:
 ${code}`;

/**
 * Identity below 2 MiB for supervisors. From 200000h on, a page each: user's read-only, supervisor's, user's with code, user's stack, user's NX, none, reserved bit,
 * supervisor's read-only, user's for accessed and dirty; 400000h a large page with a reserved bit; 600000h a table without pages.
 */
const PAGING_ON = `mov edi, 0x20000
 xor eax, eax
 mov ecx, 0x1800
 cld
 rep stosd
 mov dword [0x20000], 0x21001
 mov dword [0x21000], 0x22003
 mov dword [0x21008], 0x23007
 mov dword [0x21010], 0x402087
 mov dword [0x21018], 0x24007
 mov edi, 0x22000
 mov eax, 3
.fill: mov [edi], eax
 add edi, 8
 add eax, 0x1000
 cmp eax, 0x200000
 jb .fill
 mov dword [0x23000], 0x30005
 mov dword [0x23008], 0x31003
 mov dword [0x23010], 0x32007
 mov dword [0x23018], 0x33007
 mov dword [0x23020], 0x34007
 mov dword [0x23024], 0x80000000
 mov dword [0x23030], 0x36007
 mov dword [0x23034], 0x00100000
 mov dword [0x23038], 0x37001
 mov dword [0x23040], 0x38007
 mov eax, 0x620
 mov cr4, eax
 mov eax, 0x20000
 mov cr3, eax
 mov eax, cr0
 or eax, 0x80000000
 mov cr0, eax`;

const ROWS: { readonly [name: string]: readonly [code: string, outcome: string] } = {
  "paging on": [PAGING_ON, "+"],
  "read of an absent page": ["mov eax, [0x205123]", "#e:0@0,8"],
  "its address": ["mov eax, cr2\n call hex", "205123+"],
  "write": ["mov [0x205fff], ax", "#e:2@0,8"],
  "the first byte's address": ["mov eax, cr2\n call hex", "205fff+"],
  "second page absent": ["mov eax, [0x204ffe]", "#e:9@0,8"],
  "fetch without NX": ["mov eax, 0x205000\n jmp eax", "#e:0@?,8"],
  "read-only page without WP": ["mov byte [0x207000], 1", "+"],
  "with WP": ["mov eax, cr0\n or eax, 0x10000\n mov cr0, eax\n mov byte [0x207000], 1", "#e:3@b,8"],
  "user's read-only page with WP": ["mov byte [0x200000], 1", "#e:3@0,8"],
  "reserved bit, read": ["mov eax, [0x206000]", "#e:9@0,8"],
  "reserved bit, write": ["mov [0x206000], eax", "#e:b@0,8"],
  "reserved bit of a large page": ["mov eax, [0x400000]", "#e:9@0,8"],
  "NX is reserved without NXE": ["mov eax, [0x204000]", "#e:9@0,8"],
  "accessed": ["mov eax, [0x208000]\n mov eax, [0x23040]\n and eax, 0xe0\n call hex", "20+"],
  "dirty": ["mov [0x208000], eax\n mov eax, [0x23040]\n and eax, 0xe0\n call hex", "60+"],
  "denied write": ["mov byte [0x200000], 1", "#e:3@0,8"],
  "sets nothing": ["mov eax, [0x23000]\n and eax, 0xe0\n call hex", "0+"],
  "table without the page": ["mov eax, [0x600000]", "#e:0@0,8"],
  "its entry is accessed": ["mov eax, [0x21018]\n and eax, 0xe0\n call hex", "20+"],
  "NXE": ["mov ecx, 0xc0000080\n mov eax, 0x800\n xor edx, edx\n wrmsr\n mov eax, [0x204000]", "+"],
  "fetch of an NX page": ["mov eax, 0x204000\n jmp eax", "#e:11@?,8"],
  "fetch of an absent page": ["mov eax, 0x205000\n jmp eax", "#e:10@?,8"],
  "user reads a supervisor page": [user("mov eax, [0x201000]"), "#e:5@?,1b"],
  "user writes a read-only page": [user("mov [0x200000], eax"), "#e:7@?,1b"],
  "user reads an absent page": [user("mov eax, [0x205000]"), "#e:4@?,1b"],
  "user writes an absent page": [user("mov [0x205000], eax"), "#e:6@?,1b"],
  "user fetches an NX page": [user("mov eax, 0x204000\n jmp eax"), "#e:15@?,1b"],
  "user fetches a supervisor page": [user("mov eax, 0x201000\n jmp eax"), "#e:15@?,1b"],
  "user's reserved bit": [user("mov eax, [0x206000]"), "#e:d@?,1b"],
  "user reads the kernel": [user("mov eax, [0x8000]"), "#e:5@?,1b"],
  "SMEP": ["mov eax, cr4\n or eax, 0x100000\n mov cr4, eax\n mov eax, 0x202000\n jmp eax", "#e:11@?,8"],
  "SMAP, read": ["mov eax, cr4\n or eax, 0x200000\n mov cr4, eax\n mov eax, [0x202000]", "#e:1@b,8"],
  "SMAP, write": ["mov [0x202000], eax", "#e:3@0,8"],
  "STAC": ["stac\n mov eax, [0x202000]\n mov [0x202000], eax\n clac", "+"],
  "CLAC": ["mov eax, [0x202000]", "#e:1@0,8"],
  "AC by POPF": ["pushf\n or dword [esp], 0x40000\n popf\n mov eax, [0x202000]", "+"],
  "the processor's own read is not lifted": ["mov word [gdt + 0x32], 0x2800\n mov byte [gdt + 0x34], 0x20\n mov ax, 0x30\n lldt ax\n mov ax, 4\n mov fs, ax", "#e:1@1b,8"],
  "AC off": ["clac", "+"],
  "PDPTE changed in memory": ["mov dword [0x20008], 0x21001\n mov eax, [0x40007000]", "#e:0@a,8"],
  "and loaded with CR3": ["mov eax, cr3\n mov cr3, eax\n mov eax, [0x40007000]", "+"],
  "reserved bit of a PDPTE": ["mov dword [0x20010], 0x21003\n mov eax, cr3\n mov cr3, eax", "#d:0@d,8"],
  "PDPTEs are checked for CR4 too": ["mov eax, cr4\n or eax, 0x80\n mov cr4, eax", "#d:0@8,8"],
  "repaired": ["mov dword [0x20010], 0\n mov eax, cr3\n mov cr3, eax", "+"],
  "paging off": ["mov eax, cr0\n and eax, 0x7fffffff\n mov cr0, eax\n mov eax, [0x205000]", "+"],
};

/**
 * Page faults and what paging leaves behind, in 32-bit code with PAE. SDM vol. 3A, "Interrupt 14—Page-Fault Exception (#PF)", "Determination of Access Rights".
 */
export const PAGING: SystemProgram = {
  name: "page faults",
  snippets: Object.fromEntries(Object.entries(ROWS).map(([name, [code]]) => [name, code])),
  build: (snippets) => protectedProgram(snippets),
  expected: Object.fromEntries(Object.entries(ROWS).map(([name, [, outcome]]) => [name, outcome])),
  deviations: {
    bochs: {
      ...because(`The read of a descriptor is an implicit supervisor access, from which EFLAGS.AC does not lift SMAP; both oracles take it for an explicit one at CPL 0 and the null descriptor there for the fault. SDM vol. 3A, "Determination of Access Rights".`, {
        "the processor's own read is not lifted": "#d:4@1b,8",
      }),
      ...because(`An entry that the walk uses is marked as accessed though the next table has no page: QEMU is right, Bochs marks at the end of a walk that succeeds. APM vol. 2, "Accessed (A) Bit"; SDM vol. 3A, "Accessed and Dirty Flags".`, {
        "its entry is accessed": "0+",
      }),
    },
    qemu: {
      ...because(`A reserved bit is found only in an entry that is present, so the error code has P set with RSVD: Bochs is right, QEMU leaves P clear. SDM vol. 3A, "Page-Fault Exceptions".`, {
        "second page absent": "#e:8@0,8", "reserved bit, read": "#e:8@0,8", "reserved bit, write": "#e:a@0,8", "reserved bit of a large page": "#e:8@0,8", "NX is reserved without NXE": "#e:8@0,8", "user's reserved bit": "#e:c@?,1b",
      }),
      ...because(`The read of a descriptor is an implicit supervisor access, from which EFLAGS.AC does not lift SMAP; both oracles take it for an explicit one at CPL 0 and the null descriptor there for the fault. SDM vol. 3A, "Determination of Access Rights".`, {
        "the processor's own read is not lifted": "#d:4@1b,8",
      }),
      ...because(`With PAE the four PDPTEs are loaded, and their reserved bits checked, by MOV CR3 and by MOV to CR0 and CR4 bits of paging: Bochs is right, QEMU reads them at every walk. SDM vol. 3A, "PDPTE Registers"; APM vol. 2, "Legacy PAE Mode".`, {
        "PDPTE changed in memory": "+", "reserved bit of a PDPTE": "+", "PDPTEs are checked for CR4 too": "+",
      }),
    },
  },
};

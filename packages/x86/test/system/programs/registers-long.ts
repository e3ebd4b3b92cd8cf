import { longProgram } from "../long-program.ts";
import { because, type SystemProgram } from "./system-program.ts";

const ROWS: { readonly [name: string]: readonly [code: string, outcome: string] } = {
  "LME changes while paging": ["mov ecx, 0xc0000080\n rdmsr\n and eax, ~0x100\n wrmsr", "#d:0@c,8 10"],
  "LMA is read-only": ["mov ecx, 0xc0000080\n rdmsr\n and eax, ~0x400\n wrmsr\n rdmsr\n and eax, 0x500\n call hex", "500+"],
  "EFER reserved": ["mov ecx, 0xc0000080\n rdmsr\n or eax, 0x80000000\n wrmsr", "#d:0@c,8 10"],
  "EFER.SVME without SVM": ["mov ecx, 0xc0000080\n rdmsr\n or eax, 0x1000\n wrmsr", "#d:0@c,8 10"],
  "PAE cleared": ["mov rax, cr4\n and eax, ~0x20\n mov cr4, rax", "#d:0@6,8 10"],
  "PG cleared in 64-bit mode": ["mov rax, cr0\n btr rax, 31\n mov cr0, rax", "#d:0@8,8 10"],
  "CR0's upper half": ["mov rax, cr0\n bts rax, 32\n mov cr0, rax", "#d:0@8,8 10"],
  "CR4's upper half": ["mov rax, cr4\n bts rax, 40\n mov cr4, rax", "#d:0@8,8 10"],
  "CR3 bit 63 without PCID": ["mov rax, cr3\n bts rax, 63\n mov cr3, rax", "#d:0@8,8 10"],
  "CR3 bit 52": ["mov rax, cr3\n bts rax, 52\n mov cr3, rax", "#d:0@8,8 10"],
  "CR2 takes anything": ["mov rax, 0x123456789abcdef0\n mov cr2, rax\n mov rax, cr2\n call hex", "123456789abcdef0+"],
  "CR8": ["mov eax, 9\n mov cr8, rax\n mov rax, cr8\n call hex", "9+"],
  "CR8 reserved": ["mov eax, 0x10\n mov cr8, rax", "#d:0@5,8 10"],
  "no CR9": ["db 0x44, 0x0f, 0x20, 0xc8", "#6:0@0,8 10"],
  "no CR15": ["db 0x44, 0x0f, 0x20, 0xf8", "#6:0@0,8 10"],
  "no DR8": ["db 0x44, 0x0f, 0x21, 0xc0", "#6:0@0,8 10"],
  "DR7's upper half": ["mov rax, 0x100000400\n mov dr7, rax", "#d:0@a,8 10"],
  "DR6's upper half": ["mov rax, 0x100000000\n mov dr6, rax", "#d:0@a,8 10"],
  "DR0 is 64 bits wide": ["mov rax, 0x1234567812345678\n mov dr0, rax\n xor eax, eax\n mov rax, dr0\n call hex", "1234567812345678+"],
  "SMSW to 64 bits": ["mov rax, -1\n smsw rax\n call hex", "80010011+"],
  "SMSW to 32 bits": ["mov rax, -1\n smsw eax\n call hex", "80010011+"],
  "SMSW to 16 bits": ["mov rax, -1\n smsw ax\n call hex", "ffffffffffff0011+"],
  "LSTAR not canonical": ["mov ecx, 0xc0000082\n mov edx, 0x8000\n xor eax, eax\n wrmsr", "#d:0@c,8 10"],
  "FS_BASE not canonical": ["mov ecx, 0xc0000100\n mov edx, 0x8000\n xor eax, eax\n wrmsr", "#d:0@c,8 10"],
  "KERNEL_GS_BASE not canonical": ["mov ecx, 0xc0000102\n mov edx, 0x8000\n xor eax, eax\n wrmsr", "#d:0@c,8 10"],
  "STAR takes anything": ["mov ecx, 0xc0000081\n mov edx, -1\n mov eax, edx\n wrmsr\n rdmsr\n call hex", "ffffffff+"],
  "FS_BASE": ["mov ecx, 0xc0000100\n mov edx, 0x7fff\n mov eax, 0x12345000\n wrmsr\n rdmsr\n shl rdx, 32\n or rax, rdx\n call hex", "7fff12345000+"],
  "RDMSR clears the upper halves": ["mov rax, -1\n mov rdx, rax\n mov ecx, 0xc0000101\n rdmsr\n or rax, rdx\n call hex", "0+"],
  "RDTSC clears the upper halves": ["mov rax, -1\n mov rdx, rax\n rdtsc\n shr rax, 32\n shr rdx, 32\n or rax, rdx\n call hex", "0+"],
  "IN EAX clears the upper half": ["mov rax, -1\n mov dx, 0x84\n in eax, dx\n shr rax, 32\n call hex", "0+"],
  "IN AL keeps the rest": ["mov rax, 0x1122334455667788\n in al, 0x84\n shr rax, 8\n call hex", "11223344556677+"],
  "OUT with REX.W is 32 bits": ["mov dx, 0x84\n db 0x48\n out dx, eax", "+"],
  "RDFSBASE without FSGSBASE": ["rdfsbase rax", "#6:0@0,8 10"],
  "WRGSBASE not canonical": ["mov rax, cr4\n or eax, 0x10000\n mov cr4, rax\n mov rax, 0x800000000000\n wrgsbase rax", "#d:0@15,8 10"],
  "WRGSBASE of 32 bits": ["mov rax, -1\n wrgsbase eax\n rdgsbase rax\n call hex", "ffffffff+"],
  "SWAPGS": ["mov ecx, 0xc0000102\n mov eax, 0x5000\n xor edx, edx\n wrmsr\n swapgs\n rdgsbase rax\n call hex\n swapgs", "5000+"],
  "INVLPG of no canonical address": ["mov rax, 0x800000000000\n invlpg [rax]", "+"],
  "INVPCID type 4": ["mov eax, 4\n invpcid rax, [0x6000]", "#d:0@5,8 10"],
  "INVPCID all": ["mov qword [0x6000], 0\n mov qword [0x6008], 0\n mov eax, 2\n invpcid rax, [0x6000]", "+"],
  "INVPCID reserved bits": ["mov qword [0x6000], 0x1000\n mov eax, 0\n invpcid rax, [0x6000]", "#d:0@11,8 10"],
  "PML4 entry with bit 7": ["mov qword [0x10008], 0x11087\n mov rax, 0x8000000000\n mov al, [rax]", "#e:9@16,8 10"],
  "PML4 entry with bit 8": ["mov qword [0x10008], 0x11107\n mov rax, 0x8000000000\n mov al, [rax]", "#e:9@16,8 10"],
  "1 GiB page": ["mov qword [0x10008], 0\n mov qword [0x11008], 0x87\n mov eax, 0x40000000\n mov al, [rax + 0x8000]", "+"],
  "1 GiB page with a reserved bit": ["mov qword [0x11010], 0x2087\n mov eax, 0x80000000\n mov al, [rax]", "#e:9@11,8 10"],
  "page beyond 48 bits": ["mov rax, 0x1000000000083\n mov [0x12030], rax\n mov al, [0xc00000]", "#e:9@12,8 10"],
  "bit 52 of a page is software's": ["mov rax, 0x10000000000083\n mov [0x12038], rax\n mov al, [0xe00000]", "+"],
};

/** Control registers, MSRs and four-level tables in 64-bit code. */
export const REGISTERS_LONG: SystemProgram = {
  name: "control registers, MSRs and four-level tables in 64-bit code",
  snippets: Object.fromEntries(Object.entries(ROWS).map(([name, [code]]) => [name, code])),
  build: (snippets) => longProgram(snippets),
  expected: Object.fromEntries(Object.entries(ROWS).map(([name, [, outcome]]) => [name, outcome])),
  deviations: {
    bochs: {
      ...because(`The oracle's model has SVM, ours does not, and SVME is reserved then. APM vol. 2, "Secure Virtual Machine Enable (SVME)".`, {
        "EFER.SVME without SVM": "+",
      }),
      ...because(`The oracle's model has no INVPCID; ours has it. SDM vol. 2A, "INVPCID—Invalidate Process-Context Identifier".`, {
        "INVPCID type 4": "#6:0@5,8 10", "INVPCID all": "#6:0@1d,8 10", "INVPCID reserved bits": "#6:0@11,8 10",
      }),
      ...because(`Bit 8 of a PML4 entry is reserved on AMD's processors; the oracle does as Intel's, where it is ignored. APM vol. 2, "4-Kbyte Page Translation"; SDM vol. 3A, "4-Level Paging and 5-Level Paging".`, {
        "PML4 entry with bit 8": "+",
      }),
    },
    qemu: {
      ...because(`LME cannot be changed while paging is on, #GP(0): Bochs is right, QEMU clears it. APM vol. 2, "Long Mode Enable (LME)".`, {
        "LME changes while paging": "+",
      }),
      ...because(`QEMU still has LME as "LME changes while paging" left it; LMA is read-only in both. APM vol. 2, "Long Mode Active (LMA)".`, {
        "LMA is read-only": "400+",
      }),
      ...because(`The value is reserved and WRMSR raises #GP(0): Bochs is right, QEMU does not check. SDM vol. 2D, "WRMSR—Write to Model Specific Register".`, {
        "EFER reserved": "+",
      }),
      ...because(`The oracle's model has SVM, ours does not, and SVME is reserved then. APM vol. 2, "Secure Virtual Machine Enable (SVME)".`, {
        "EFER.SVME without SVM": "+",
      }),
      ...because(`PAE cannot be cleared in long mode, #GP(0): Bochs is right, QEMU clears it and is lost. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "PAE cleared": "lost",
      }),
      ...because(`Paging cannot be switched off in 64-bit code, #GP(0): Bochs is right, QEMU does not check and, with LME clear since "LME changes while paging", is lost. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "PG cleared in 64-bit mode": "lost",
      }),
      ...because(`The upper half of CR0 must be zero, else #GP(0): Bochs is right, QEMU does not check. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "CR0's upper half": "+",
      }),
      ...because(`The upper half of CR4 must be zero, else #GP(0): Bochs is right, QEMU hangs. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "CR4's upper half": "lost",
      }),
      ...because(`Bits of CR3 beyond the physical address must be zero, else #GP(0): Bochs is right, QEMU hangs. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "CR3 bit 63 without PCID": "lost", "CR3 bit 52": "lost",
      }),
      ...because(`CR8's upper bits are reserved, #GP(0): Bochs is right, QEMU does not check. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "CR8 reserved": "+",
      }),
      ...because(`An MSR that holds a linear address takes canonical ones only, else #GP(0): Bochs is right, QEMU does not check. SDM vol. 2D, "WRMSR—Write to Model Specific Register".`, {
        "LSTAR not canonical": "+", "FS_BASE not canonical": "+", "KERNEL_GS_BASE not canonical": "+",
      }),
      ...because(`WRGSBASE of an address that is not canonical is #GP(0): Bochs is right, QEMU does not check. APM vol. 3, "WRFSBASE, WRGSBASE".`, {
        "WRGSBASE not canonical": "+",
      }),
      ...because(`The oracle's model has no INVPCID; ours has it. SDM vol. 2A, "INVPCID—Invalidate Process-Context Identifier".`, {
        "INVPCID type 4": "#6:0@5,8 10", "INVPCID all": "#6:0@1d,8 10", "INVPCID reserved bits": "#6:0@11,8 10",
      }),
      ...because(`A reserved bit is found only in an entry that is present, so the error code has P set with RSVD: Bochs is right, QEMU leaves P clear. SDM vol. 3A, "Page-Fault Exceptions".`, {
        "PML4 entry with bit 7": "#e:8@16,8 10", "1 GiB page with a reserved bit": "#e:8@11,8 10", "page beyond 48 bits": "#e:8@12,8 10",
      }),
      ...because(`Bit 8 of a PML4 entry is reserved on AMD's processors; the oracle does as Intel's, where it is ignored. APM vol. 2, "4-Kbyte Page Translation"; SDM vol. 3A, "4-Level Paging and 5-Level Paging".`, {
        "PML4 entry with bit 8": "+",
      }),
    },
  },
};

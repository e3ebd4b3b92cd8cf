import { protectedProgram } from "../protected-program.ts";
import { because, type SystemProgram } from "./system-program.ts";

/** Goes on at privilege 3. */
const ring3 = (code: string, flags = "0x202"): string => `
 push dword 0x23
 push dword 0x5000
 push dword ${flags}
 push dword 0x1b
 push dword .u
 iret
.u:
 ${code}`;

const DATA = `
scratch: dd 0
message: db "hello"
align 8
iotss: dd 0, 0x7000, 0x10
 times 0x5a db 0
 dw 0x68
 times 4 db 0xff
 db 0, 0x7f
 times 8 db 0xff
 db 0`;

const ROWS: { readonly [name: string]: readonly [code: string, outcome: string] } = {
  "NW without CD": ["mov eax, 0x20000011\n mov cr0, eax", "#d:0@5,8"],
  "CR0's other bits are lost": ["mov eax, cr0\n or eax, 0x1ffaffc0\n mov cr0, eax\n mov eax, cr0\n call hex", "11+"],
  "ET stays": ["mov eax, cr0\n and eax, ~0x10\n mov cr0, eax\n mov eax, cr0\n call hex", "11+"],
  "no CR1": ["db 0x0f, 0x20, 0xc8", "#6:0@0,8"],
  "no CR5": ["db 0x0f, 0x22, 0xe8", "#6:0@0,8"],
  "no CR7": ["db 0x0f, 0x20, 0xf8", "#6:0@0,8"],
  "mod is ignored": ["xor eax, eax\n db 0x0f, 0x20, 0x00\n call hex", "11+"],
  "CR4 reserved": ["mov eax, 0x80000000\n mov cr4, eax", "#d:0@5,8"],
  "LMSW does not clear PE": ["xor eax, eax\n lmsw ax\n smsw eax\n call hex", "11+"],
  "LMSW sets TS, CLTS clears it": ["mov ax, 0xf\n lmsw ax\n smsw eax\n call hex\n call space\n clts\n smsw eax\n call hex\n mov ax, 1\n lmsw ax", "1f 17+"],
  "SMSW to memory stores 16 bits": ["mov dword [scratch], -1\n smsw [scratch]\n mov eax, [scratch]\n call hex", "ffff0011+"],
  "EM, x87": ["mov ax, 5\n lmsw ax\n fnop", "#7:0@7,8"],
  "EM, MMX": ["movd mm0, eax", "#6:0@0,8"],
  "EM, FWAIT does not care": ["fwait", "+"],
  "EM, SSE": ["mov eax, 0x200\n mov cr4, eax\n xorps xmm0, xmm0", "#6:0@8,8"],
  "TS, x87": ["mov ax, 9\n lmsw ax\n fnop", "#7:0@7,8"],
  "TS, MMX": ["movd mm0, eax", "#7:0@0,8"],
  "TS, SSE": ["xorps xmm0, xmm0", "#7:0@0,8"],
  "TS, FXSAVE": ["fxsave [0x6000]", "#7:0@0,8"],
  "TS without MP, FWAIT": ["fwait", "+"],
  "TS and MP, FWAIT": ["mov ax, 11\n lmsw ax\n fwait", "#7:0@7,8"],
  "no OSFXSR, SSE": ["mov ax, 1\n lmsw ax\n clts\n xor eax, eax\n mov cr4, eax\n xorps xmm0, xmm0", "#6:0@e,8"],
  "no OSFXSR, MMX": ["movd mm0, eax\n emms", "+"],
  "DR4 is DR6": ["mov eax, dr4\n call hex", "ffff0ff0+"],
  "DR5 with DE": ["mov eax, 8\n mov cr4, eax\n mov eax, dr5", "#6:0@8,8"],
  "DE off": ["xor eax, eax\n mov cr4, eax", "+"],
  "DR6's fixed bits": ["xor eax, eax\n mov dr6, eax\n mov eax, dr6\n call hex", "ffff0ff0+"],
  "DR7's fixed bits": ["mov eax, 0xffffdc00\n mov dr7, eax\n mov eax, dr7\n call hex\n xor eax, eax\n mov dr7, eax", "ffff0400+"],
  "general detect": ["mov eax, 0x2000\n mov dr7, eax\n mov eax, dr0", "#1:0@8,8"],
  "GD is clear in the handler, BD set": ["mov eax, dr7\n call hex\n call space\n mov eax, dr6\n call hex\n xor eax, eax\n mov dr6, eax", "400 ffff2ff0+"],
  "MOV CR0 in ring 3": [ring3("mov eax, cr0"), "#d:0@14,1b"],
  "MOV DR in ring 3": [ring3("mov eax, dr6"), "#d:0@14,1b"],
  "CLTS in ring 3": [ring3("clts"), "#d:0@14,1b"],
  "INVLPG in ring 3": [ring3("invlpg [0]"), "#d:0@14,1b"],
  "WBINVD in ring 3": [ring3("wbinvd"), "#d:0@14,1b"],
  "RDMSR in ring 3": [ring3("mov ecx, 0x10\n rdmsr"), "#d:0@19,1b"],
  "SMSW in ring 3": [ring3("smsw eax\n and eax, 1\n push eax\n pop eax\n int 3"), "#d:1a@1c,1b"],
  "RDTSC in ring 3": [ring3("rdtsc\n int 3"), "#d:1a@16,1b"],
  "RDTSC with TSD": ["mov eax, 4\n mov cr4, eax\n rdtsc", "+"],
  "RDTSC with TSD in ring 3": [ring3("rdtsc"), "#d:0@14,1b"],
  "TSD off": ["xor eax, eax\n mov cr4, eax", "+"],
  "RDPMC in ring 3": [ring3("mov ecx, 0\n rdpmc"), "#d:0@19,1b"],
  "CPUID in ring 3": [ring3("xor eax, eax\n cpuid\n int 3"), "#d:1a@18,1b"],
  "PAT type 2": ["mov ecx, 0x277\n mov eax, 2\n xor edx, edx\n wrmsr", "#d:0@c,8"],
  "MTRR type 3": ["mov ecx, 0x2ff\n mov eax, 3\n xor edx, edx\n wrmsr", "#d:0@c,8"],
  "EFER reserved": ["mov ecx, 0xc0000080\n mov eax, 2\n xor edx, edx\n wrmsr", "#d:0@c,8"],
  "XGETBV without OSXSAVE": ["xor ecx, ecx\n xgetbv", "#6:0@2,8"],
  "XCR0 starts with x87": ["mov eax, 0x40000\n mov cr4, eax\n xor ecx, ecx\n xgetbv\n call hex", "1+"],
  "XCR1": ["mov ecx, 1\n mov eax, 1\n xor edx, edx\n xsetbv", "#d:0@c,8"],
  "XCR0 without x87": ["xor ecx, ecx\n mov eax, 2\n xor edx, edx\n xsetbv", "#d:0@9,8"],
  "XCR0 with SSE": ["xor ecx, ecx\n mov eax, 3\n xor edx, edx\n xsetbv\n xgetbv\n call hex", "3+"],
  "XSETBV in ring 3": [ring3("xsetbv"), "#d:0@14,1b"],
  "OSXSAVE off": ["xor eax, eax\n mov cr4, eax", "+"],
  "OUTS": ["mov esi, message\n mov ecx, 5\n mov dx, 0xe9\n cld\n rep outsb\n mov eax, ecx\n call hex\n lea eax, [esi - message]\n call hex", "hello05+"],
  "OUTS down": ["mov esi, message + 4\n mov ecx, 5\n mov dx, 0xe9\n std\n rep outsb\n cld", "olleh+"],
  "IN with IOPL 0, no map": [ring3("in al, 0x84"), "#d:0@14,1b"],
  "IN with IOPL 3": [ring3("in al, 0x84\n int 3", "0x3202"), "#d:1a@16,1b"],
  "TSS with a map": ["mov word [gdt + 0xc0], 0x76\n mov word [gdt + 0xc2], iotss\n mov byte [gdt + 0xc5], 0x89\n mov ax, 0xc0\n ltr ax", "+"],
  "port allowed": [ring3("in al, 0x84 - 0x84 + 0x22\n int 3"), "#d:1a@16,1b"],
  "port refused": [ring3("in al, 0x28"), "#d:0@14,1b"],
  "two ports, one refused": [ring3("in ax, 0x27"), "#d:0@14,1b"],
  "two ports in two bytes": [ring3("in ax, 0x26\n int 3"), "#d:1a@17,1b"],
  "four ports": [ring3("in eax, 0x24\n int 3"), "#d:1a@16,1b"],
  "last bytes of the map": [ring3("in al, 0x6f"), "#d:0@14,1b"],
  "beyond the map": [ring3("in al, 0x70"), "#d:0@14,1b"],
  "INS refused": [ring3("mov dx, 0x28\n mov edi, 0x6000\n insb"), "#d:0@1d,1b"],
  "PG without PE": ["mov eax, 0x80000010\n mov cr0, eax", "#d:0@5,8"],
};

/**
 * Control and debug registers, units that are switched off, MSRs, XCR0 and ports, in 32-bit code. Ring 3 snippets that go through end with INT3, whose gate is closed to them.
 */
export const REGISTERS: SystemProgram = {
  name: "control and debug registers, MSRs, XCR0 and ports",
  snippets: Object.fromEntries(Object.entries(ROWS).map(([name, [code]]) => [name, code])),
  build: (snippets) => protectedProgram(snippets, DATA),
  expected: Object.fromEntries(Object.entries(ROWS).map(([name, [, outcome]]) => [name, outcome])),
  deviations: {
    bochs: {
      ...because(`DR6 and DR7 have bits that are fixed: DR6's bit 12 and DR7's bits 15, 14, 12 and 11 read as zero. QEMU keeps what is written, Bochs keeps DR7's bit 11, which is Intel's for RTM. APM vol. 2, "Debug-Status Register (DR6)", "Debug-Control Register (DR7)".`, {
        "DR7's fixed bits": "ffff0c00+",
      }),
    },
    qemu: {
      ...because(`NW without CD is #GP(0): Bochs is right, QEMU does not check. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "NW without CD": "+",
      }),
      ...because(`Setting a reserved bit of CR0[31:0] is ignored, and ET is always 1: Bochs is right, QEMU keeps what is written. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "CR0's other bits are lost": "3ffaffd1+", "ET stays": "3ffaffd1+",
      }),
      ...because(`QEMU still has the reserved bits of CR0 that "CR0's other bits are lost" wrote. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "mod is ignored": "3ffaffd1+", "LMSW does not clear PE": "3ffaffd1+", "LMSW sets TS, CLTS clears it": "3ffaffdf 3ffaffd7+", "SMSW to memory stores 16 bits": "ffffffd1+",
      }),
      ...because(`A reserved bit of CR4 is #GP(0): Bochs is right, QEMU hangs. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "CR4 reserved": "lost",
      }),
      ...because(`DR6 and DR7 have bits that are fixed: DR6's bit 12 and DR7's bits 15, 14, 12 and 11 read as zero. QEMU keeps what is written, Bochs keeps DR7's bit 11, which is Intel's for RTM. APM vol. 2, "Debug-Status Register (DR6)", "Debug-Control Register (DR7)".`, {
        "DR7's fixed bits": "ffffdc00+",
      }),
      ...because(`QEMU has no general detect: an access to a debug register with DR7.GD set is #DB with BD, and clears GD for the handler; Bochs is right. APM vol. 2, "Debug-Control Register (DR7)".`, {
        "general detect": "+", "GD is clear in the handler, BD set": "2400 ffff0ff0+",
      }),
      ...because(`The value is reserved and WRMSR raises #GP(0): Bochs is right, QEMU does not check. SDM vol. 2D, "WRMSR—Write to Model Specific Register".`, {
        "PAT type 2": "+", "MTRR type 3": "+", "EFER reserved": "+",
      }),
      ...because(`PG with PE clear is #GP(0): Bochs is right, QEMU pages and is lost. SDM vol. 2B, "MOV—Move to/from Control Registers".`, {
        "PG without PE": "lost",
      }),
    },
  },
};

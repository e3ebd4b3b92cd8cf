import { describe, expect, test } from "vitest";
import {
  CpuModel, decodeIoInfo, INTERCEPT, Intercepts, interceptControlRead, interceptControlWrite, interceptDebugRead, interceptDebugWrite, interceptException, interceptName,
  type Exit, type InterceptChoice,
} from "../../src/index.ts";
import { AT, BareVcpu, SEL, type Mode } from "./bare-vcpu.ts";

/** A program whose first instruction, or what happens before it, is what the intercept takes away. */
interface Trigger {
  readonly text: string;
  readonly mode?: Mode;
  readonly registers?: { readonly [name: string]: bigint | number };
  readonly user?: boolean;
  readonly prepare?: (v: BareVcpu) => void;
  /** Expected EXITINFO1, where it says something. */
  readonly info1?: bigint;
}
const MOV = 1n << 63n;
const model = CpuModel.max.with({ add: ["monitor"] });

/** One trigger for each name; a name without one fails the test of completeness. */
const NAMED: { readonly [N in keyof typeof INTERCEPT]: Trigger } = {
  CR0_READ: { text: "mov rbx, cr0", info1: MOV | 3n }, CR0_WRITE: { text: "mov cr0, rax", registers: { rax: 0x8005_0033 }, info1: MOV },
  INTR: { text: "nop", registers: { flags: 0x202 }, prepare: (v) => v.vcpu.setInterruptRequest(true) },
  NMI: { text: "nop", prepare: (v) => v.vcpu.requestNmi() },
  CR0_SEL_WRITE: { text: "mov cr0, rcx", registers: { rcx: 0x8004_0033 }, info1: MOV | 1n },
  IDTR_READ: { text: `sidt [${AT.data}]` }, GDTR_READ: { text: `sgdt [${AT.data}]` }, LDTR_READ: { text: "sldt eax" }, TR_READ: { text: "str eax" },
  IDTR_WRITE: { text: `lidt [${AT.data}]` }, GDTR_WRITE: { text: `lgdt [${AT.data}]` }, LDTR_WRITE: { text: "lldt ax" },
  TR_WRITE: { text: "ltr ax", registers: { rax: SEL.tss } },
  RDTSC: { text: "rdtsc" }, RDPMC: { text: "rdpmc" }, PUSHF: { text: "pushfq" }, POPF: { text: "popfq" }, CPUID: { text: "cpuid" }, RSM: { text: "rsm" }, IRET: { text: "iretq" },
  INTn: { text: "int 0x80", info1: 0x80n }, INVD: { text: "invd" }, PAUSE: { text: "pause" }, HLT: { text: "hlt" }, INVLPG: { text: `invlpg [rbx + ${AT.data}]`, registers: { rbx: 8 }, info1: BigInt(AT.data + 8) },
  IOIO_PROT: { text: "in al, 0x60" }, MSR_PROT: { text: "rdmsr", registers: { rcx: 0x10 }, info1: 0n },
  TASK_SWITCH: { text: `jmp ${SEL.tss}:0`, mode: 32, info1: BigInt(SEL.tss), prepare: (v) => { v.memory.writeBig(AT.gdt + SEL.tss, 0x0000_8900_a000_2100n); } },
  VMMCALL: { text: "vmmcall" }, RDTSCP: { text: "rdtscp" }, ICEBP: { text: "int1" }, WBINVD: { text: "wbinvd" },
  MONITOR: { text: "monitor", registers: { rax: AT.data } }, MWAIT: { text: "mwait" }, XSETBV: { text: "xsetbv", registers: { rax: 1 } },
  INVPCID: { text: `invpcid rax, [${AT.data}]`, registers: { rax: 2 } },
  SYSCALL: { text: "syscall" }, SYSRET: { text: "o64 sysret" }, SYSENTER: { text: "sysenter", mode: 32, registers: { sysenterCs: SEL.code64 } }, SYSEXIT: { text: "sysexit", mode: 32, registers: { sysenterCs: SEL.code64 } },
  SWAPGS: { text: "swapgs" }, CLI: { text: "cli", registers: { flags: 0x202 } }, STI: { text: "sti" }, LAR: { text: "lar eax, ecx" }, LSL: { text: "lsl eax, ecx" }, VERR: { text: "verr ax" }, VERW: { text: "verw ax" },
  XGETBV: { text: "xgetbv" }, RDPID: { text: "rdpid eax" }, RDRAND: { text: "rdrand eax" }, RDSEED: { text: "rdseed eax" }, FSGSBASE: { text: "rdfsbase rax" },
};

/** Exceptions that an instruction can raise here. The others: NMI is an intercept of its own, 9 and 15 are reserved, 18 is the machine's, from 20 on none exists. */
const EXCEPTIONS: { readonly [vector: number]: Trigger & { readonly code?: number } } = {
  0: { text: "div cl", registers: { rax: 1 } }, 1: { text: "mov rax, dr0", prepare: (v) => v.vcpu.restore({ ...v.vcpu.save(), dr: [0n, 0n, 0n, 0n, 0n, 0n, 0xffff_0ff0n, 0x2400n] }) },
  3: { text: "int3" }, 4: { text: "into", mode: 32, registers: { flags: 0x802 } }, 5: { text: `bound eax, [${AT.data}]`, mode: 32, registers: { rax: 1 } }, 6: { text: "ud2" },
  7: { text: "fnop", registers: { cr0: 0x8005_003b } },
  // The #GP of a missing gate, met while delivering one: a double fault.
  8: { text: "mov cr4, rax", registers: { rax: -1, idtrLimit: 0 }, code: 0 },
  10: { text: "iretd", mode: 32, registers: { flags: 0x4002 }, code: 0 },
  11: { text: "mov fs, eax", registers: { rax: SEL.absent }, code: SEL.absent }, 12: { text: "mov ss, eax", registers: { rax: SEL.absent }, code: SEL.absent },
  13: { text: "mov cr4, rax", registers: { rax: -1 }, code: 0 }, 14: { text: `mov [${AT.absent}], eax`, code: 2 },
  16: { text: "fwait", registers: { fsw: 0x8081, fcw: 0x37e } }, 17: { text: `mov eax, [${AT.data + 1}]`, user: true, registers: { flags: 0x4_0002 }, code: 0 },
  19: { text: "divps xmm0, xmm1", registers: { mxcsr: 0 } },
};

function start(t: Trigger, intercepts: Intercepts): BareVcpu {
  const v = new BareVcpu(t.mode ?? 64, { model, intercepts });
  v.load(t.text, t.registers ?? {});
  if (t.user) v.toUser();
  t.prepare?.(v);
  return v;
}
/** Runs and returns the exit, and whether any state changed but the debug status of a debug exception (APM vol. 2, "#DB (Debug)"). */
function run(v: BareVcpu): { exit: Exit; changed: boolean } {
  const before = v.vcpu.save(), memory = v.memory.read(AT.code, 0x4_0000);
  const exit = v.vcpu.run({ instructions: 1 });
  const after = v.vcpu.save();
  // The flags in MXCSR of a SIMD exception are the exception.
  const visible = (s: typeof after): unknown => ({ ...s, dr: s.dr.filter((_, i) => i !== 6), registers: { ...s.registers, mxcsr: 0n } });
  let changed = Buffer.compare(memory, v.memory.read(AT.code, 0x4_0000)) !== 0;
  try { expect(visible(after)).toEqual(visible(before)); } catch { changed = true; }
  return { exit, changed };
}
function expectIntercept(t: Trigger, choice: InterceptChoice, code: number): void {
  const v = start(t, Intercepts.none.with(choice));
  const { exit, changed } = run(v);
  expect(exit).toMatchObject({ kind: "intercept", code, name: interceptName(code), ...(t.info1 === undefined ? {} : { info1: t.info1 }) });
  expect(changed, "state changed before the exit").toBe(false);
  // Without it, the same program exits for nothing of the kind.
  expect(run(start(t, Intercepts.none)).exit.kind).not.toBe("intercept");
}

describe("every member of the set of intercepts exits before any state changes", () => {
  test.each(Object.entries(NAMED))("%s", (name, trigger) => {
    const choice: InterceptChoice = name === "IOIO_PROT" ? { ports: [0x60] } : name === "MSR_PROT" ? { msrReads: [0x10] } : { names: [name as keyof typeof INTERCEPT] };
    expectIntercept(trigger, choice, INTERCEPT[name as keyof typeof INTERCEPT]);
  });
  test.each([0, 2, 3, 4, 8])("CR%d, read and written", (n) => {
    const values: { readonly [n: number]: number } = { 0: 0x8005_0033, 2: 0x1234, 3: AT.tables, 4: 0x5_06a0, 8: 3 };
    expectIntercept({ text: `mov rdi, cr${n}`, info1: MOV | 7n }, { controlReads: [n] }, interceptControlRead(n));
    expectIntercept({ text: `mov cr${n}, rsi`, registers: { rsi: values[n]! }, info1: MOV | 6n }, { controlWrites: [n] }, interceptControlWrite(n));
  });
  test.each([0, 1, 2, 3, 4, 5, 6, 7])("DR%d, read and written", (n) => {
    expectIntercept({ text: `mov rdi, dr${n}`, info1: MOV | 7n }, { debugReads: [n] }, interceptDebugRead(n));
    expectIntercept({ text: `mov dr${n}, rsi`, info1: MOV | 6n }, { debugWrites: [n] }, interceptDebugWrite(n));
  });
  test.each(Object.entries(EXCEPTIONS))("EXCP%s", (vector, trigger) => {
    const { exit, changed } = run(start(trigger, Intercepts.none.with({ exceptions: [Number(vector)] })));
    expect(exit).toMatchObject({ kind: "exception", vector: Number(vector), errorCode: trigger.code, ...(vector === "14" ? { address: BigInt(AT.absent) } : {}) });
    // A trap comes after its instruction: only rIP has moved.
    if (!["3", "4"].includes(vector)) expect(changed, "state changed before the exit").toBe(false);
  });
  test("CLTS and LMSW are writes of CR0, SMSW is a read", () => {
    expectIntercept({ text: "clts" }, { controlWrites: [0] }, INTERCEPT.CR0_WRITE);
    expectIntercept({ text: "lmsw ax" }, { controlWrites: [0] }, INTERCEPT.CR0_WRITE);
    expectIntercept({ text: "smsw eax" }, { controlReads: [0] }, INTERCEPT.CR0_READ);
  });
});

describe("permission maps", () => {
  test("an access to several ports is intercepted where any of them is", () => {
    const set = Intercepts.none.with({ ports: [[0x3f8, 0x3ff]] });
    const exitOf = (text: string, dx: number, more: { readonly [n: string]: number } = {}): Exit => run(start({ text, registers: { rdx: dx, ...more } }, set)).exit;
    expect(exitOf("out dx, al", 0x3f7).kind).toBe("budget");
    expect(exitOf("out dx, ax", 0x3f7)).toMatchObject({ kind: "intercept", code: INTERCEPT.IOIO_PROT });
    const exit = exitOf("rep outsw", 0x3f8, { rsi: AT.data, rcx: 3 });
    if (exit.kind !== "intercept") throw new Error(exit.kind);
    expect(decodeIoInfo(exit.info1)).toEqual({ port: 0x3f8, in: false, string: true, repeat: true, size: 2, addressBits: 64, segment: 3 });
    expect(exit.nextRip).toBe(BigInt(AT.code + 3));
  });
  test("MSRs by number and direction; beyond the map all of them", () => {
    const set = Intercepts.none.with({ msrWrites: [0xc000_0080] });
    const kindOf = (text: string, rcx: number): string => run(start({ text, registers: { rcx, rax: 0xd01 } }, set)).exit.kind;
    expect(kindOf("wrmsr", 0xc000_0080)).toBe("intercept");
    expect(kindOf("rdmsr", 0xc000_0080)).toBe("budget");
    expect(kindOf("rdmsr", 0x10)).toBe("budget");
    expect(kindOf("rdmsr", 0x4000_0000)).toBe("intercept");
  });
});

test("exceptions come before intercepts: a privileged instruction in a program raises #GP", () => {
  for (const text of ["hlt", "wbinvd", "rdmsr", "mov rax, cr0", "invlpg [rax]", "clts"]) {
    const v = start({ text, user: true, registers: {} }, Intercepts.none.with({ names: ["HLT", "WBINVD", "MSR_PROT", "INVLPG"], controlReads: [0], controlWrites: [0], exceptions: [13] }));
    expect(run(v).exit, text).toMatchObject({ kind: "exception", vector: 13, errorCode: 0 });
  }
});
test("process mode takes every exception, and system calls as completed", () => {
  const exit = (text: string, mode: Mode = 64): Exit => {
    const v = start({ text, mode, user: true }, Intercepts.processMode);
    return run(v).exit;
  };
  expect(exit("syscall")).toMatchObject({ kind: "syscall", instruction: "syscall" });
  expect(exit("int 0x80", 32)).toMatchObject({ kind: "syscall", instruction: "int", vector: 0x80 });
  expect(exit("hlt")).toMatchObject({ kind: "exception", vector: 13 });
  expect(exit(`mov eax, [${AT.absent}]`)).toMatchObject({ kind: "exception", vector: 14, errorCode: 4, address: BigInt(AT.absent) });
  expect(exit("cpuid").kind).toBe("budget");
});

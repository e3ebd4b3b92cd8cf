import { describe, expect, test } from "vitest";
import { assemble, CpuModel, Intercepts, type Notice } from "../../src/index.ts";
import { MSRS } from "../../src/system/msr.table.ts";
import { AT, BareVcpu, SEL } from "./bare-vcpu.ts";

const catchGp = Intercepts.none.with({ exceptions: [13] });
function msr(v: BareVcpu, text: "rdmsr" | "wrmsr", number: number, value = 0n): bigint | "#GP" {
  v.load(text, { rcx: number, rax: value & 0xffff_ffffn, rdx: value >> 32n });
  const exit = v.vcpu.run({ instructions: 1 });
  if (exit.kind === "exception") return "#GP";
  return (v.gpr("rdx") << 32n) | v.gpr("rax");
}

describe("model-specific registers", () => {
  test("one that does not exist raises #GP(0), and the owner hears of it", () => {
    const notices: Notice[] = [];
    const v = new BareVcpu(64, { intercepts: catchGp, notice: (n) => notices.push(n) });
    expect(msr(v, "rdmsr", 0x4b56_4d00)).toBe("#GP");
    expect(msr(v, "wrmsr", 0x4b56_4d01, 5n)).toBe("#GP");
    expect(notices).toEqual([{ kind: "unknown-msr", msr: 0x4b56_4d00, value: undefined }, { kind: "unknown-msr", msr: 0x4b56_4d01, value: 5n }]);
  });
  test.each([...MSRS].map(([number, m]) => [m.name, number] as const))("%s can be read and written back", (name, number) => {
    const v = new BareVcpu(64, { intercepts: catchGp });
    const value = msr(v, "rdmsr", number);
    expect(value).not.toBe("#GP");
    if (["PATCH_LEVEL", "MTRRcap", "MCG_CAP"].includes(name)) expect(msr(v, "wrmsr", number, value as bigint)).toBe("#GP");
    else expect(msr(v, "wrmsr", number, value as bigint)).not.toBe("#GP");
  });
  test("each exists only where the model has its feature", () => {
    const old = new BareVcpu(32, { model: CpuModel.pentium, intercepts: catchGp });
    for (const [number, m] of MSRS) {
      if (m.name === "EFER") continue;
      expect(msr(old, "rdmsr", number) !== "#GP", m.name).toBe(m.feature === undefined || CpuModel.pentium.has(m.feature));
    }
    expect(msr(old, "rdmsr", 0xc000_0080), "EFER").toBe("#GP");
  });
  test("a snapshot holds those that are written", () => {
    const v = new BareVcpu(64), w = new BareVcpu(64);
    msr(v, "wrmsr", 0x2ff, 0xc06n);
    w.vcpu.restore(v.vcpu.save());
    expect(msr(w, "rdmsr", 0x2ff)).toBe(0xc06n);
    w.vcpu.reset();
    expect(w.vcpu.save().msrs).toEqual({});
  });
});

describe("the time stamp counter", () => {
  test("follows the owner's clock and what was written to it", () => {
    const v = new BareVcpu(64, { timeStamp: (retired) => BigInt(retired) * 7n + 1000n });
    const start = v.vcpu.retired;
    v.load("nop\n nop\n nop\n rdtsc\n mov ecx, 0x10\n xor edx, edx\n mov eax, 5\n wrmsr\n rdtsc");
    v.vcpu.run({ instructions: 4 });
    expect(v.gpr("rax")).toBe(BigInt(start + 3) * 7n + 1000n);
    v.vcpu.run({ instructions: 5 });
    expect(v.gpr("rax")).toBe(5n + 7n);
  });
  test("is exact however the slices are cut", () => {
    const at = (cuts: readonly number[]): bigint => {
      const v = new BareVcpu(64);
      v.load(`${"inc eax\n".repeat(100)} rdtsc`);
      for (const n of cuts) v.vcpu.run({ instructions: n });
      return v.gpr("rax");
    };
    expect(at([101])).toBe(100n);
    expect(at([1, 60, 40])).toBe(100n);
    expect(at(Array.from({ length: 101 }, () => 1))).toBe(100n);
  });
  test.each(["interpreter", "jit", "reference"] as const)("a clock that goes on evenly while the processor runs is asked once a run and reads the same, %s", (engine) => {
    const rounds = engine === "jit" ? 30_000 : 40;
    const read = (step: bigint | undefined): unknown => {
      const calls = new Map<string, number>();
      let idle = 0n;
      const v: BareVcpu = new BareVcpu(32, { engine, calls, timeStamp: (retired) => BigInt(retired) * 7n + idle, ...(step === undefined ? {} : { timeStampStep: step }) });
      // Interrupts cut the run into slices; what is written to the counter counts from there.
      v.load(`turn: rdtsc
        xor ebx, eax
        rol ebx, 3
        int 0x40
        rdtscp
        add ebx, eax
        test esi, 31
        jnz next
        mov ecx, 0x10
        mov eax, esi
        xor edx, edx
        wrmsr
      next: dec esi
        jnz turn
        jmp $`, { rsi: rounds });
      const handler = assemble("iret", { bits: 32 }).bytes;
      v.memory.write(AT.code + 0x800, handler);
      v.memory.writeBig(AT.idt + 0x40 * 8, BigInt(AT.code + 0x800) & 0xffffn | (BigInt(SEL.code32) << 16n) | (0x8e00n << 32n) | (BigInt(AT.code + 0x800) >> 16n << 48n));
      const seen = Array.from({ length: 60 }, (_, i) => {
        v.vcpu.run({ instructions: 1 + (rounds * (i % 7)) / 5 });
        idle += 1_000_003n;
        return [v.gpr("rax"), v.gpr("rbx"), v.gpr("rdx"), v.gpr("rsi"), v.vcpu.retired];
      });
      const asked = (calls.get("rdtsc") ?? 0) + (calls.get("rdtscp") ?? 0);
      if (step !== undefined) expect(asked).toBeLessThan(60 + 2 * (rounds / 32) + 8);
      return seen;
    };
    expect(read(7n)).toEqual(read(undefined));
  });
  test("RDTSCP and RDPID read TSC_AUX", () => {
    const v = new BareVcpu(64);
    v.load("mov ecx, 0xc0000103\n mov eax, 0x1234\n xor edx, edx\n wrmsr\n rdtscp\n rdpid ebx");
    v.vcpu.run({ instructions: 6 });
    expect([v.gpr("rcx"), v.gpr("rbx")]).toEqual([0x1234n, 0x1234n]);
  });
});

describe("older models", () => {
  test("an i486 has neither rFLAGS.ID nor CR4, a Pentium has both", () => {
    for (const [model, id, cr4] of [[CpuModel.i486, 0n, "exception"], [CpuModel.pentium, 1n, "budget"]] as const) {
      const v = new BareVcpu(32, { model, intercepts: Intercepts.none.with({ exceptions: [6] }) });
      v.load("pushfd\n xor dword [esp], 0x200000\n popfd\n pushfd\n pop eax\n shr eax, 21\n mov ecx, cr4");
      v.vcpu.run({ instructions: 6 });
      expect(v.gpr("rax")).toBe(id);
      expect(v.vcpu.run({ instructions: 1 }).kind).toBe(cr4);
    }
  });
  test("IRET cannot set ID on an i486 either", () => {
    const v = new BareVcpu(32, { model: CpuModel.i486 });
    v.load("push dword 0x200002\n push dword 0x18\n push dword next\n iretd\n next: pushfd\n pop eax");
    v.vcpu.run({ instructions: 6 });
    expect(v.gpr("rax")).toBe(2n);
  });
});

test("CR8 is the local APIC's task priority where there is one", () => {
  let priority = 3;
  const v = new BareVcpu(64, { taskPriority: { read: () => priority, write: (value) => { priority = value; } } });
  v.load("mov rax, cr8\n mov ecx, 11\n mov cr8, rcx\n mov rbx, cr8");
  v.vcpu.run({ instructions: 4 });
  expect([v.gpr("rax"), v.gpr("rbx"), priority]).toEqual([3n, 11n, 11]);
});

describe("repeated port transfers", () => {
  const run = (text: string, registers: { readonly [name: string]: number }, instructions: number, onPort: (v: BareVcpu) => void = () => {}): { v: BareVcpu; log: number[] } => {
    const log: number[] = [];
    const v: BareVcpu = new BareVcpu(64, { io: { pio: {
      read: () => { log.push(v.vcpu.retired); onPort(v); return log.length; },
      write: (_port, _size, value) => { log.push(value); onPort(v); },
    } } });
    v.load(text, registers);
    v.vcpu.run({ instructions });
    return { v, log };
  };
  test("each element retires an instruction, and the clock runs between them", () => {
    const { v, log } = run("rep insw\n nop", { rdx: 0x1f0, rdi: 0x3_0000, rcx: 4 }, 5);
    expect(log).toEqual([0, 1, 2, 3]);
    expect(v.vcpu.retired).toBe(5);
    expect([...v.memory.read(0x3_0000, 8)]).toEqual([1, 0, 2, 0, 3, 0, 4, 0]);
  });
  test("a slice may end in the middle", () => {
    const { v } = run("rep insb", { rdx: 0x60, rdi: 0x3_0000, rcx: 10 }, 4);
    expect([v.gpr("rcx"), v.gpr("rdi"), v.vcpu.save().rip, v.vcpu.retired]).toEqual([6n, 0x3_0004n, 0x1_0000n, 4]);
    v.vcpu.run({ instructions: 6 });
    expect([v.gpr("rcx"), v.vcpu.save().rip]).toEqual([0n, 0x1_0002n]);
  });
  test("attention from a device ends the run behind the access that drew it", () => {
    const { v, log } = run("rep insb", { rdx: 0x60, rdi: 0x3_0000, rcx: 10 }, 100, (cpu) => { if (cpu.vcpu.retired === 2) cpu.vcpu.attention(); });
    expect(log).toEqual([0, 1, 2]);
    expect(v.gpr("rcx")).toBe(7n);
  });
  test("a fault before an element leaves the registers at it", () => {
    const { v, log } = run("rep insd", { rdx: 0x60, rdi: 0x4_fff8, rcx: 5 }, 3);
    expect(log).toEqual([0, 1]);
    expect([v.gpr("rcx"), v.gpr("rdi")]).toEqual([3n, 0x5_0000n]);
  });
});

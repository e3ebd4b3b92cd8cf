import { expect, test } from "vitest";
import { CONTEXT_BYTES, GPR, Intercepts, Registers, SREG } from "../../src/index.ts";
import { BareVcpu, type Mode } from "./bare-vcpu.ts";

/** Fills every register that a program can see, with values that follow from ecx. */
const FILL = `
  mov eax, ecx
  mov edx, ecx
  not edx
  mov ebx, 0x12345678
  movd xmm0, ecx
  movd xmm7, edx
  fild dword [esp]
  std
  cmp eax, 0x80000000
  int 0x80`;

test.each([32, 64] as const)("what two %d-bit programs have in registers is exchanged by copying", (mode: Mode) => {
  const v = new BareVcpu(mode, { intercepts: Intercepts.processMode });
  const run = (ecx: number): void => {
    v.load(FILL, { rcx: ecx });
    v.toUser();
    expect(v.vcpu.run({ instructions: 100 })).toMatchObject({ kind: "syscall", vector: 0x80 });
  };
  const program = ({ retired: _, dr: __, msrs: ___, ...state }: ReturnType<typeof v.vcpu.save>): unknown => state;
  run(0x8000_0001);
  const first = v.vcpu.save(), saved = new Uint8Array(CONTEXT_BYTES);
  v.vcpu.saveRegisters(saved);
  run(7);
  expect(v.vcpu.save().vector).not.toEqual(first.vector);
  expect(v.vcpu.save().flags).not.toBe(first.flags);
  v.vcpu.loadRegisters(saved);
  expect(program(v.vcpu.save())).toEqual(program(first));
});

test("registers by name are those of the processor, live and saved", () => {
  const v = new BareVcpu(64, { intercepts: Intercepts.processMode });
  v.load("mov rax, 0x123456789a\n mov rbx, -2\n stc\n int 0x80");
  v.toUser();
  v.vcpu.run({ instructions: 100 });
  const saved = new Uint8Array(CONTEXT_BYTES);
  v.vcpu.saveRegisters(saved);
  const { rip, flags, segments } = v.vcpu.save();
  for (const r of [v.vcpu.registers, Registers.of(saved)]) {
    expect([r.number(GPR.rax), r.big(GPR.rbx), r.low(GPR.rbx), r.rip, r.flags, r.selector(SREG.cs)]).toEqual([
      0x12_3456_789a, 0xffff_ffff_ffff_fffen, 0xffff_fffe, Number(rip), flags, segments[1]!.selector,
    ]);
    r.set(GPR.rcx, -4096);
    r.set(GPR.rdx, 0x7fff_ffff_f000);
    r.flags = 0x8d5;
    expect([r.big(GPR.rcx), r.number(GPR.rdx), r.flags]).toEqual([0xffff_ffff_ffff_f000n, 0x7fff_ffff_f000, 0x8d7]);
  }
});

test("x87 and SSE state in an FXSAVE area is what FXSAVE stores, and comes back", () => {
  const v = new BareVcpu(64, { intercepts: Intercepts.processMode });
  v.load("fld1\n fldpi\n mov eax, 0x3f800000\n movd xmm9, eax\n fxsave64 [0x30000]\n int 0x80");
  v.toUser();
  v.vcpu.run({ instructions: 100 });
  const area = v.vcpu.registers.saveFloat(), stored = v.memory.read(0x3_0000, 512);
  stored.fill(0, 464);
  // MXCSR_MASK and the instruction pointers, which AMD stores only with an exception pending.
  for (const at of [[6, 24], [28, 32]] as const) { stored.fill(0, ...at); area.fill(0, ...at); }
  expect(area).toEqual(stored);
  const before = v.vcpu.save();
  v.vcpu.registers.initializeFloat();
  expect(v.vcpu.save().fpr).not.toEqual(before.fpr);
  v.vcpu.registers.restoreFloat(area);
  expect([v.vcpu.save().fpr, v.vcpu.save().vector, v.vcpu.save().registers["ftw"]]).toEqual([before.fpr, before.vector, before.registers["ftw"]]);
});

import { expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import type { EngineName } from "../../src/engine/engine.ts";
import type { Exit } from "../../src/exit.ts";
import { Intercepts } from "../../src/intercepts.ts";
import { CpuModel } from "../../src/model/cpu-model.ts";
import { PlainMemory } from "../../src/plain-memory.ts";
import { flatProtectedState } from "../../src/system/flat-state.ts";
import type { VcpuState } from "../../src/system/snapshot.ts";
import { Vcpu } from "../../src/vcpu.ts";

const CODE = 0x1000, DIRECTORY = 0x3f_0000, TABLE = 0x3f_1000, ABSENT = 0x30_0000;

/** Runs 32-bit code with paging on until an exception, in slices of `slice`; the page at ABSENT is not present. */
function runToFault(engine: EngineName, source: string, slice: number, gpr: Partial<Record<number, bigint>> = {}): { exit: Exit; state: VcpuState; compiled: number } {
  const memory = new PlainMemory(4);
  for (let i = 0; i < 1024; i++) memory.writeNumber(TABLE + i * 4, 4, i * 4096 === ABSENT ? 0 : (i * 4096) | 3);
  memory.writeNumber(DIRECTORY, 4, TABLE | 3);
  memory.write(CODE, assemble(source, { bits: 32, origin: CODE }).bytes);
  const vcpu = new Vcpu({ model: CpuModel.max, memory, engine, intercepts: Intercepts.processMode });
  // What runs so short is compiled nevertheless.
  if (vcpu.processor.core.jit) vcpu.processor.core.jit.threshold = 2;
  const start = flatProtectedState(vcpu.save(), CODE);
  vcpu.restore({
    ...start, registers: { ...start.registers, cr0: 0x8001_0033n, cr3: BigInt(DIRECTORY), cr4: 0x600n },
    gpr: start.gpr.map((v, i) => gpr[i] ?? (i === 4 ? 0x7_0000n : v)),
  });
  for (let n = 0; n < 100_000; n++) {
    const exit = vcpu.run({ instructions: slice });
    if (exit.kind !== "budget") return { exit, state: vcpu.save(), compiled: vcpu.processor.core.jit?.counters.compiled ?? 0 };
  }
  throw new Error("no exception came");
}

// Each of these loops is hot long before it faults, so the JIT has compiled it; the state at the fault must be the interpreter's to the bit.
const PROGRAMS: { readonly [name: string]: string } = {
  "a store that reaches an absent page": `
      mov edi, ${ABSENT - 0x10_0000}
      xor eax, eax
loop: add eax, 0x1234567
      rol eax, 3
      mov [edi], eax
      add edi, 4
      jmp loop`,
  "a load that crosses into an absent page": `
      mov esi, ${ABSENT - 0x10_0000 + 2}
loop: mov edx, [esi]
      adc eax, edx
      add esi, 4
      cmp edx, eax
      jmp loop`,
  "a push onto an absent page": `
      mov esp, ${ABSENT + 0xa_1000}
loop: inc ecx
      push ecx
      cmp ecx, 5
      jmp loop`,
  "a read-modify-write of an absent page": `
      mov ebx, ${ABSENT - 0x10_0000}
loop: sub eax, 3
      add dword [ebx], eax
      lea ebx, [ebx+4]
      jmp loop`,
  "a division by zero": `
      mov ecx, 100000
loop: mov eax, 1000000
      xor edx, edx
      div ecx
      add esi, eax
      dec ecx
      jmp loop`,
  "a 16-byte store to an absent page": `
      mov edi, ${ABSENT - 0x10_0000}
loop: movups [edi], xmm0
      paddd xmm0, xmm1
      add edi, 16
      jmp loop`,
  "an x87 store to an absent page": `
      fninit
      fld1
      mov edi, ${ABSENT - 0x10_0000}
loop: fld st0
      fadd st0, st1
      fstp qword [edi]
      add edi, 8
      jmp loop`,
  "a store behind a test of vectors": `
      mov edi, ${ABSENT - 0x10_0000}
      movd xmm1, edi
loop: movd xmm0, edi
      ptest xmm1, xmm0
      jmp next
next: mov [edi], eax
      lea edi, [edi+4]
      jmp loop`,
  "a call whose return address has no page": `
      mov esp, ${ABSENT + 0xa_1000}
loop: xor eax, esp
      call next
next: test eax, 7
      jmp loop`,
};

test.each(Object.keys(PROGRAMS))("exact state at %s", (name) => {
  const expected = runToFault("interpreter", PROGRAMS[name]!, 1000);
  expect(expected.exit.kind).toBe("exception");
  // Odd slices, so that the fault meets regions at every place in a slice.
  for (const slice of [997, 4099, 65_536]) {
    const jit = runToFault("jit", PROGRAMS[name]!, slice);
    expect(jit.exit).toEqual(expected.exit);
    expect(jit.state).toEqual(expected.state);
    expect(jit.compiled).toBeGreaterThan(0);
  }
});

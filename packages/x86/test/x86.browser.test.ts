import { expect, test } from "vitest";
import { assemble } from "../src/assemble/assemble.ts";
import type { EngineName } from "../src/engine/engine.ts";
import { CpuModel } from "../src/model/cpu-model.ts";
import { PlainMemory } from "../src/plain-memory.ts";
import { flatProtectedState } from "../src/system/flat-state.ts";
import { Vcpu } from "../src/vcpu.ts";

// The package in a page: the same guest, the same figures on every engine as Node prints them.
const PROGRAM = `
      mov esi, 0x2000
      mov ecx, 200000
      xor eax, eax
      fninit
      fld1
loop: mov edx, [esi]
      add eax, edx
      xor eax, 0x9e3779b9
      rol eax, 5
      mov [esi], eax
      cvtsi2sd xmm1, eax
      sqrtsd xmm1, xmm1
      dec ecx
      jnz loop
      fldpi
      faddp st1, st0
      fistp dword [0x3000]
      mov dx, 0xe9
      out dx, al
      hlt`;

function run(engine: EngineName): { exit: string; eax: bigint; retired: number; pi: number; port: number[]; xmm1: Uint8Array } {
  const memory = new PlainMemory(1), port: number[] = [];
  memory.write(0x1000, assemble(PROGRAM, { bits: 32, origin: 0x1000 }).bytes);
  const vcpu = new Vcpu({ model: CpuModel.pentium4, memory, engine, io: { pio: { read: () => 0xff, write: (_port, _size, value) => { port.push(value & 0xff); } } } });
  const start = flatProtectedState(vcpu.save(), 0x1000);
  vcpu.restore({ ...start, registers: { ...start.registers, cr4: 0x600n } });
  let exit = vcpu.run({ instructions: 100_000 });
  while (exit.kind === "budget") exit = vcpu.run({ instructions: 100_000 });
  const state = vcpu.save();
  return { exit: exit.kind, eax: state.gpr[0]!, retired: state.retired, pi: memory.readNumber(0x3000, 4), port, xmm1: state.vector.slice(32, 48) };
}

test("a page runs the processor on every engine alike", () => {
  const interpreter = run("interpreter");
  expect(interpreter).toMatchObject({ exit: "halted", retired: 5 + 200_000 * 9 + 6, pi: 4 });
  expect(interpreter.port).toEqual([Number(interpreter.eax & 0xffn)]);
  expect(run("jit")).toEqual(interpreter);
});

test("the reference engine agrees on a part of it", () => {
  const program = PROGRAM.replace("200000", "50");
  const results = (["interpreter", "reference"] as const).map((engine) => {
    const memory = new PlainMemory(1);
    memory.write(0x1000, assemble(program, { bits: 32, origin: 0x1000 }).bytes);
    const vcpu = new Vcpu({ model: CpuModel.pentium4, memory, engine });
    const start = flatProtectedState(vcpu.save(), 0x1000);
    vcpu.restore({ ...start, registers: { ...start.registers, cr4: 0x600n } });
    expect(vcpu.run({ instructions: 10_000 }).kind).toBe("halted");
    return vcpu.save();
  });
  expect(results[1]).toEqual(results[0]);
});

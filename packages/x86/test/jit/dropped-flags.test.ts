import { expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import type { EngineName } from "../../src/engine/engine.ts";
import { Intercepts } from "../../src/intercepts.ts";
import { CpuModel } from "../../src/model/cpu-model.ts";
import { PlainMemory } from "../../src/plain-memory.ts";
import { flatProtectedState } from "../../src/system/flat-state.ts";
import { Vcpu } from "../../src/vcpu.ts";

const CODE = 0x1000, DIRECTORY = 0x3f_0000, TABLE = 0x3f_1000, FAR = 0x2000;

/** Code with paging on: the first 4 MiB lie where they lie. */
function start(engine: EngineName, parts: { readonly [address: number]: string }): { readonly vcpu: Vcpu; readonly memory: PlainMemory } {
  const memory = new PlainMemory(4);
  for (let i = 0; i < 1024; i++) memory.writeNumber(TABLE + i * 4, 4, (i * 4096) | 3);
  memory.writeNumber(DIRECTORY, 4, TABLE | 3);
  for (const [at, source] of Object.entries(parts)) memory.write(Number(at), assemble(source, { bits: 32, origin: Number(at) }).bytes);
  const vcpu = new Vcpu({ model: CpuModel.max, memory, engine, intercepts: Intercepts.processMode }), state = flatProtectedState(vcpu.save(), CODE);
  vcpu.restore({ ...state, registers: { ...state.registers, cr0: 0x8001_0033n, cr3: BigInt(DIRECTORY), cr4: 0x600n } });
  return { vcpu, memory };
}

// Nothing reads the flags of DEC before ADD writes them all, and nothing can fault in between: compiled code has no use for them.
test("a slice that ends between flags that nobody reads and the next ones shows them", () => {
  const parts = { [CODE]: "mov ecx, 1000000\nagain: mov eax, ebx\n mov edx, ecx\n add eax, 5\n dec ecx\n jmp again" };
  const interpreter = start("interpreter", parts).vcpu, jit = start("jit", parts).vcpu;
  for (const v of [interpreter, jit]) v.run({ instructions: 1_000_000 });
  expect(jit.processor.core.jit!.counters.compiled).toBe(1);
  for (let length = 100; length < 300; length++) {
    for (const v of [interpreter, jit]) v.run({ instructions: length });
    expect([jit.processor.flags, jit.processor.rip], `after ${length}`).toEqual([interpreter.processor.flags, interpreter.processor.rip]);
  }
});

test("a page that is gone when such flags are on their way to it faults with them", () => {
  const parts = { [CODE]: `mov ecx, 1000000\nagain: sub ecx, 3\n jmp ${FAR}`, [FAR]: `mov eax, ebx\n add eax, 5\n jmp ${CODE + 5}` };
  const seen = (["interpreter", "jit"] as const).map((engine) => {
    const { vcpu, memory } = start(engine, parts);
    vcpu.run({ instructions: 1_000_000 });
    while (vcpu.save().rip >= FAR) vcpu.step();
    memory.writeNumber(TABLE + (FAR >> 12) * 4, 4, 0);
    vcpu.flushPage(BigInt(FAR));
    const exit = vcpu.run({ instructions: 1000 }), { gpr, flags, rip } = vcpu.save();
    return { compiled: vcpu.processor.core.jit?.counters.compiled ?? 0, state: { exit, gpr, flags, rip } };
  });
  expect(seen[1]!.compiled).toBe(1);
  expect(seen[0]!.state.exit).toMatchObject({ kind: "exception", vector: 14, address: BigInt(FAR) });
  expect(seen[1]!.state).toEqual(seen[0]!.state);
});

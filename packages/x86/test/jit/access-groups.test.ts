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

const CODE = 0x1000, DIRECTORY = 0x3f_0000, TABLE = 0x3f_1000, DATA = 0x10_0000, ABSENT = 0x12_0000;

/** Numbers that look random, the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => ((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 8) % below;
}

/** A loop of accesses around registers that move, slowly, over ends of pages and at last into a page that is absent. */
function program(random: (below: number) => number): string {
  const BASES = ["ebx", "ebp", "esi"], base = (): string => BASES[random(3)]!, at = (): string => `[${base()}${["", "+edi*4"][+(random(5) === 0)]}+${random(40) * 4 - 80}]`;
  const lines = BASES.map((b) => `mov ${b}, ${DATA + random(8) * 4096 + 4096 - random(200)}`);
  lines.push(`mov esp, ${DATA + 0x1_0000 + random(64) * 4}`, "xor edi, edi", "loop:");
  const kinds = [
    () => `mov eax, ${at()}`, () => `mov edx, ${at()}`, () => `mov ${at()}, eax`, () => `mov ${at()}, edx`, () => `add ${at()}, eax`, () => `add edx, ${at()}`, () => `movzx edx, byte ${at()}`,
    () => `mov word ${at()}, dx`, () => "push eax", () => "push edx", () => "pop edx", () => "pop eax", () => `add ${base()}, ${random(24)}`, () => `lea ${base()}, [${base()}+${random(8)}]`,
    () => `mov dword [esp+${random(8) * 4}], edx`, () => `xor eax, [esp+${random(8) * 4}]`, () => `movups xmm0, ${at()}`, () => `movups ${at()}, xmm0`, () => "call next_\nnext_:",
  ];
  const count = 6 + random(24);
  for (let i = 0; i < count; i++) lines.push(kinds[random(kinds.length)]!().replaceAll("next_", `next${i}`));
  // Every round starts with the same stack, a little lower.
  lines.push("mov ecx, edi", "and ecx, 0xff", "shl ecx, 2", `mov esp, ${DATA + 0x1_0100}`, "sub esp, ecx", "inc edi", "and edi, 0x3ff", `add ebx, ${1 + random(3)}`, "jmp loop");
  return lines.join("\n");
}

function run(engine: EngineName, source: string, slice: number): { exit: Exit; state: VcpuState; retired: number; data: Uint8Array; compiled: number } {
  const memory = new PlainMemory(4);
  // Of the data's pages neighbours are no neighbours in memory.
  const frame = (i: number): number => (i >= 0xe0 && i < 0x180 ? i ^ 1 : i);
  for (let i = 0; i < 1024; i++) memory.writeNumber(TABLE + i * 4, 4, i * 4096 === ABSENT ? 0 : (frame(i) * 4096) | 3);
  memory.writeNumber(DIRECTORY, 4, TABLE | 3);
  memory.write(CODE, assemble(source, { bits: 32, origin: CODE }).bytes);
  const vcpu = new Vcpu({ model: CpuModel.max, memory, engine, intercepts: Intercepts.processMode });
  // What runs so short is compiled nevertheless.
  if (vcpu.processor.core.jit) vcpu.processor.core.jit.threshold = 2;
  const start = flatProtectedState(vcpu.save(), CODE);
  vcpu.restore({ ...start, registers: { ...start.registers, cr0: 0x8001_0033n, cr3: BigInt(DIRECTORY), cr4: 0x600n } });
  for (;;) {
    const exit = vcpu.run({ instructions: slice });
    if (exit.kind === "budget" && vcpu.retired < 1_500_000) continue;
    return { exit, state: vcpu.save(), retired: vcpu.retired, data: memory.read(DATA - 0x2_0000, 0x8_0000), compiled: vcpu.processor.core.jit?.counters.compiled ?? 0 };
  }
}

test("accesses with one test for several end as single ones do, faults and all", () => {
  let compiled = 0, faults = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const source = program(generator(seed * 7919)), expected = run("interpreter", source, 50_000), jit = run("jit", source, 50_000);
    expect({ seed, ...jit, compiled: 0 }).toEqual({ seed, ...expected });
    compiled += jit.compiled;
    if (jit.exit.kind === "exception") faults++;
  }
  expect(compiled).toBeGreaterThan(25);
  // Some run into the absent page, some do not.
  expect(faults).toBeGreaterThan(3);
  expect(faults).toBeLessThan(40);
});

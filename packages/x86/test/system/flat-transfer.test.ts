import { expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import type { EngineName } from "../../src/engine/engine.ts";
import { CpuModel } from "../../src/model/cpu-model.ts";
import { PlainMemory } from "../../src/plain-memory.ts";
import { flatProtectedState } from "../../src/system/flat-state.ts";
import { Vcpu } from "../../src/vcpu.ts";

/** One page each, so that the TLB has all of a structure or nothing. */
const CODE = 0x1000, GDT = 0x2000, IDT = 0x3000, TASK = 0x4000, STACK = 0x6800, INNER = 0x7800, HANDLER = 0x1800;
/** A flat descriptor with access byte and flags (C: 4 KiB units, 32 bits). */
const flat = (access: number, flags: number = 0xc): bigint => 0xf_0000_0000_ffffn | (BigInt(access) << 40n) | (BigInt(flags) << 52n);
const DESCRIPTORS: readonly bigint[] = [
  0n, flat(0x9b), flat(0x93), flat(0xfb), flat(0xf3), flat(0x9b, 4), flat(0x9f), flat(0x7b), flat(0xfa), flat(0xf2), flat(0xfb) | (1n << 16n), flat(0x99), flat(0xdb), flat(0xf1), flat(0xff), flat(0xf7), flat(0x9b, 8), flat(0xf3, 8),
];
const TSS_SELECTOR = DESCRIPTORS.length * 8;

/** Numbers of chance, the same each time: xorshift32. */
function generator(seed: number): (below: number) => number {
  let x = seed * 2_654_435_761 + 1;
  return (below) => {
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
    return (x >>> 0) % below;
  };
}

/** What a run of one case ends with, and how often TypeScript carried an IRET out. */
function run(engine: EngineName, seed: number, cold: boolean): { readonly end: unknown; readonly escapes: number } {
  const random = generator(seed), pick = <T>(all: readonly T[]): T => all[random(all.length)]!, usually = (common: number, other: readonly number[]): number => (random(12) ? common : pick(other));
  const memory = new PlainMemory(1), calls = new Map<string, number>();
  const vcpu = new Vcpu({ model: CpuModel.max, memory, engine, calls }), user = random(2) === 1, kind = pick(["iret", "int", "ud2", "div"]), fromUser = kind !== "iret" && user;
  DESCRIPTORS.forEach((d, i) => { memory.writeBig(GDT + i * 8, d); });
  memory.writeBig(GDT + TSS_SELECTOR, 0x67n | (BigInt(TASK) << 16n) | (0x8bn << 40n));
  memory.writeNumber(TASK + 4, 4, usually(INNER, [0x7008, 0, 0x12_0000]));
  memory.writeNumber(TASK + 8, 4, usually(0x10, [0, 0x13, 0x20, 0x48, 0x88]));
  const selectors = DESCRIPTORS.map((_, i) => i * 8 + random(4)), gate = { selector: usually(8, selectors), access: usually(pick([0x8e, 0x8f, 0xee, 0xef]), [0x0e, 0x86, 0x8c, 0x9e, 0xe5]) };
  for (const vector of [0, 6, 13, 0x30]) memory.writeBig(IDT + vector * 8, BigInt(HANDLER) | (BigInt(gate.selector) << 16n) | (BigInt(gate.access) << 40n));
  // The frame of an IRET.
  const back = user ? { cs: 0x1b, ss: 0x23 } : { cs: 8, ss: 0x10 }, top = usually(STACK, [0x6ff0, 0x6ff4, 0x6ff8, 0x6ffa]);
  const image = usually(pick([0x202, 0x246, 0x893, 2, 0x1_0246, 0x20_0ed7]), [0x102, 0x4002, 0x4_0202, 0x2_0202, 0x8_0202, 0x3202, random(1 << 22)]);
  [HANDLER, usually(back.cs, selectors), image, STACK - 0x100, usually(back.ss, selectors)].forEach((word, i) => { memory.writeNumber(top + 4 * i, 4, word); });
  const { bytes } = assemble(`mov eax, [${GDT}]
    mov eax, [${IDT}]
    mov eax, [${TASK}]
    mov eax, [${top}]
    mov [${INNER + 0x100}], eax
    mov [${STACK - 0x200}], eax
    ${kind === "iret" ? "iretd" : kind === "int" ? "int 0x30" : kind === "ud2" ? "ud2" : "xor ecx, ecx\n div ecx"}`, { bits: 32, origin: CODE });
  memory.write(CODE, bytes);
  memory.write(HANDLER, assemble("nop\n pushfd\n nop", { bits: 32, origin: HANDLER }).bytes);
  const start = flatProtectedState(vcpu.save(), CODE, fromUser ? { code: 0x1b, data: 0x23 } : { code: 8, data: 0x10 }), dataSelector = usually(0x23, [0x10, 0, 0x88]);
  const data = { selector: dataSelector, base: 0n, limit: dataSelector ? 0xffff_ffff : 0, attributes: dataSelector === 0x23 ? 0xc0f3 : dataSelector ? 0xc093 : 1 << 16 };
  const reach = user ? { ...data } : start.segments[3]!;
  vcpu.restore({
    ...start, cpl: fromUser ? 3 : 0, flags: usually(2, [0x202, 0x3202, 0x4002, 0x4_0002, 0xcd7]), gpr: start.gpr.map((_, i) => (i === 4 ? BigInt(kind === "iret" ? top : STACK) : BigInt(random(1 << 30)))),
    registers: { ...start.registers, cr4: pick([0n, 0x600n]), gdtrBase: BigInt(GDT), gdtrLimit: TSS_SELECTOR + 7, idtrBase: BigInt(IDT), idtrLimit: usually(0x7ff, [0x2f]) },
    // DS and ES stay flat while data is read; FS and GS are what a return may have to drop.
    segments: start.segments.map((s, i) => {
      const dpl = fromUser && i < 6 ? { ...s, attributes: s.attributes | 0x60 } : s;
      if (i === 7) return { selector: TSS_SELECTOR, base: BigInt(TASK), limit: 0x67, attributes: 0x8b };
      if (i === 4 || i === 5) return reach;
      return (i === 0 || i === 3) && random(12) ? { selector: 0x23, base: 0n, limit: 0xffff_ffff, attributes: 0xc0f3 } : dpl;
    }),
  });
  for (let i = 0; i < (kind === "div" ? 7 : 6); i++) vcpu.step();
  const before = calls.get("iret") ?? 0;
  if (cold) vcpu.dropCaches();
  const states: unknown[] = [];
  for (let i = 0; i < 4; i++) states.push(vcpu.step(), vcpu.save());
  return { end: [kind, states, memory.read(0, 0x8000)], escapes: (calls.get("iret") ?? 0) - before };
}

test.each([["interpreter", 400], ["reference", 60]] as const)("IRET and gates do in generated code what they do in TypeScript: %s", (engine, cases) => {
  let escapes = 0, all = 0;
  for (let seed = 1; seed <= cases; seed++) {
    // With nothing in the TLB the common case is TypeScript's.
    const warm = run(engine, seed, false), cold = run(engine, seed, true);
    expect({ seed, ...(warm.end as object) }).toEqual({ seed, ...(cold.end as object) });
    escapes += warm.escapes;
    all += cold.escapes;
  }
  expect(all).toBeGreaterThan(cases / 6);
  expect(escapes).toBeLessThan(all * 0.7);
}, 60_000);

import { expect, test } from "vitest";
import type { EngineName } from "../../src/engine/engine.ts";
import { AT, BareVcpu } from "./bare-vcpu.ts";

// A program that calls its kernel ecx times; the kernel counts, and says where it was called from.
const PROGRAM = `
      jmp strict near user
entry: pushf
      pop ebp
      inc edi
      mov [${AT.data + 8}], esp
      mov edx, back
      mov ecx, [${AT.data + 4}]
      mov esi, cs
      mov eax, ss
      shl eax, 16
      or esi, eax
      sti
      sysexit
user: mov [${AT.data}], ecx
      mov [${AT.data + 4}], esp
      sysenter
back: mov ecx, [${AT.data}]
      mov eax, cs
      mov edx, ss
      add ebx, [${AT.data + 8}]
      dec ecx
      jnz user
      jmp $`;

/** `direct`: all segments are flat, so that generated code does it. */
function run(engine: EngineName, direct: boolean, rounds: number, change: { readonly [name: string]: bigint | number } = {}): unknown {
  const calls = new Map<string, number>(), v = new BareVcpu(32, { engine, calls });
  v.load(PROGRAM, { rcx: rounds, rsp: AT.stack, flags: 0x202, sysenterCs: 0x1b0, sysenterEsp: AT.stack - 0x800, sysenterEip: AT.code + 5, ...change });
  v.toUser();
  const state = v.vcpu.save();
  if (!direct) v.vcpu.restore({ ...state, segments: state.segments.map((s, i) => (i === 0 ? { ...s, limit: 0xffff_f000 } : s)) });
  const exit = v.vcpu.run({ instructions: 25 * rounds + 10 }), { gpr, rip, flags, cpl, segments, retired } = v.vcpu.save();
  expect((calls.get("sysenter") ?? 0) > 0 || (calls.get("sysexit") ?? 0) > 0).toBe(!direct);
  return { exit, gpr, rip, flags, cpl, segments: segments.slice(1), retired, crossings: v.vcpu.counts.ringCrossings, count: v.gpr("rdi") };
}

test.each([["interpreter", 300], ["jit", 100_000], ["reference", 30]] as const)("SYSENTER and SYSEXIT: generated code does what TypeScript does, %s", (engine, rounds) => {
  const direct = run(engine, true, rounds), special = run(engine, false, rounds);
  expect(direct).toEqual(special);
  expect(direct).toMatchObject({ count: BigInt(rounds) });
});

test("without a selector it is #GP(0), and alignment checks are left to TypeScript", () => {
  for (const change of [{ sysenterCs: 0 }, { flags: 0x4_0202, cr0: 0x8005_0033 }, { sysenterCs: 0xfff3 }]) {
    const calls = new Map<string, number>(), v = new BareVcpu(32, { calls });
    v.load(PROGRAM, { rcx: 1, rsp: AT.stack, flags: 0x202, sysenterCs: 0x1b0, sysenterEsp: AT.stack - 0x800, sysenterEip: AT.code + 5, ...change });
    v.toUser();
    v.vcpu.run({ instructions: 6 });
    const segments = v.vcpu.save().segments;
    expect([change, calls.get("sysenter") ?? 0, segments[2]!.selector]).toEqual([change, change.sysenterCs === 0xfff3 ? 0 : 1, change.sysenterCs === 0 ? segments[2]!.selector : change.sysenterCs === 0xfff3 ? 0xfff8 : 0x1b8]);
  }
});

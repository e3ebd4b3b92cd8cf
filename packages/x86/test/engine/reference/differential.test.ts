import { describe, expect, it } from "vitest";
import { Evaluator } from "../../../src/engine/reference/evaluator.ts";
import type { Reference } from "../../../src/engine/reference/reference.ts";
import type { VcpuState } from "../../../src/index.ts";
import { AT, BareVcpu, SEL } from "../../system/bare-vcpu.ts";
import { Random } from "../../random.ts";

const LEGACY = [0x66, 0x66, 0xf2, 0xf3, 0x67, 0xf0, 0x64, 0x26, 0x36];
/** Prefixes, an opcode of any map, ModRM, and whatever may follow. */
function randomCode(r: Random, mode: 32 | 64): number[] {
  const bytes: number[] = [];
  while (r.below(3) === 0) bytes.push(r.pick(LEGACY));
  if (mode === 64 && r.below(2)) bytes.push(0x40 + r.below(16));
  const map = r.below(20);
  if (map >= 9) bytes.push(0x0f);
  if (map >= 16) bytes.push(map >= 18 ? 0x3a : 0x38);
  bytes.push(map < 3 ? 0xd8 + r.below(8) : r.below(256));
  // Registers, or a base with an 8-bit displacement more often than chance would have it.
  bytes.push(r.pick([0xc0 + r.below(64), 0x40 + r.below(64), r.below(256)]));
  while (bytes.length < 20) bytes.push(r.below(256));
  return bytes;
}

const EDGES = [0n, 1n, -1n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 1n << 63n, (1n << 63n) - 1n, 0x8000n, 0xffn, 31n, 64n];
function randomRegister(r: Random, mode: 32 | 64): bigint {
  const kind = r.below(4);
  const value = kind === 0 ? r.big() : kind === 1 ? r.pick(EDGES) : BigInt(AT.data + r.below(0x1000));
  return BigInt.asUintN(mode, value);
}
const FLOAT_EDGES = [0n, 1n << 63n, 0x3ff0_0000_0000_0000n, 0x7ff0_0000_0000_0000n, 0x7ff8_0000_0000_0001n, 0xfff0_0000_0000_1234n, 0x000f_ffff_ffff_ffffn, 0x3f80_0000_bf80_0000n, 0x7fc0_0001_ff80_0000n, 0x0040_0000_7f7f_ffffn];
function randomState(r: Random, base: VcpuState, mode: 32 | 64): VcpuState {
  const vector = base.vector.slice(), v = new DataView(vector.buffer);
  for (let at = 0; at < vector.length; at += 8) v.setBigUint64(at, r.below(2) ? r.pick(FLOAT_EDGES) : r.big(), true);
  const fpr = base.fpr.slice(), f = new DataView(fpr.buffer);
  for (let i = 0; i < 8; i++) {
    f.setBigUint64(i * 10, r.below(4) ? r.big() | (1n << 63n) : r.big(), true);
    f.setUint16(i * 10 + 8, r.pick([0, 1, 0x3fff, 0x4010, 0x7fff, 0xbffe, 0xffff, r.next() & 0xffff]), true);
  }
  const usual = r.below(2) === 0;
  return {
    ...base, vector, fpr,
    gpr: base.gpr.map((_, i) => (i === 4 ? BigInt(AT.stack - 8 * r.below(100)) : mode === 32 && i >= 8 ? 0n : randomRegister(r, mode))),
    flags: (r.next() & 0xcd5) | 2,
    registers: {
      ...base.registers, mxcsr: usual ? 0x1f80n : BigInt(r.next() & 0xffff), fcw: usual ? 0x37fn : BigInt((r.next() & 0x1f3f) | 0x40), fsw: BigInt(r.next() & 0x7f7f & ~0x3f), ftw: BigInt(r.next() & 0xff),
    },
  };
}

/** Interrupt gates to HLT for every vector. */
function addGates(guest: BareVcpu, mode: 32 | 64): void {
  guest.memory.write(AT.code - 16, [0xf4]);
  for (let vector = 0; vector < 256; vector++) {
    const gate = (BigInt(AT.code - 16) & 0xffffn) | (BigInt(mode === 64 ? SEL.code64 : SEL.code32) << 16n) | (0x8e00n << 32n) | (BigInt((AT.code - 16) >> 16) << 48n);
    guest.memory.writeBig(AT.idt + vector * (mode === 64 ? 16 : 8), gate);
  }
}

function differences(a: VcpuState, b: VcpuState): string[] {
  const list: string[] = [];
  const say = (name: string, x: unknown, y: unknown): void => { if (x !== y) list.push(`${name}: ${String(x)} ${String(y)}`); };
  a.gpr.forEach((x, i) => say(`gpr${i}`, x.toString(16), b.gpr[i]!.toString(16)));
  for (const [name, x] of Object.entries(a.registers)) say(name, x, b.registers[name]);
  say("rip", a.rip, b.rip);
  say("flags", a.flags.toString(16), b.flags.toString(16));
  say("cpl", a.cpl, b.cpl);
  say("retired", a.retired, b.retired);
  for (const name of ["fpr", "vector"] as const) say(name, Buffer.from(a[name]).toString("hex"), Buffer.from(b[name]).toString("hex"));
  say("segments", JSON.stringify(a.segments, big), JSON.stringify(b.segments, big));
  return list;
}
const big = (_: string, x: unknown): unknown => (typeof x === "bigint" ? x.toString(16) : x);

describe.each([32, 64] as const)("random instructions in %i-bit mode", (mode) => {
  it("do the same on the interpreter and the reference", () => {
    const r = new Random(0x2545_f491 + mode), guests = [new BareVcpu(mode, { engine: "interpreter" }), new BareVcpu(mode, { engine: "reference" })] as const;
    for (const g of guests) addGates(g, mode);
    const base = guests[0].vcpu.save(), [ours, reference] = guests;
    let faults = 0;
    for (let n = 0; n < 6000; n++) {
      const code = randomCode(r, mode), state = randomState(r, base, mode), words = new Uint32Array(0x500);
      words.forEach((_, i) => { words[i] = r.below(3) ? r.next() : Number(r.pick(FLOAT_EDGES) & 0xffff_ffffn); });
      const exits = guests.map((g) => {
        g.memory.write(AT.code, code);
        g.memory.write(AT.data, new Uint8Array(words.buffer));
        g.vcpu.dropCaches();
        g.vcpu.restore(state);
        return g.vcpu.step()?.kind;
      });
      const text = `case ${n}: ${Buffer.from(code).toString("hex")}`;
      expect(exits[1], text).toBe(exits[0]);
      expect(differences(ours.vcpu.save(), reference.vcpu.save()), text).toEqual([]);
      expect(Buffer.compare(ours.memory.view(0, ours.memory.size), reference.memory.view(0, reference.memory.size)), `${text}: memory`).toBe(0);
      if (ours.vcpu.save().rip === BigInt(AT.code - 16)) faults++;
    }
    // A quarter at least is instructions that complete.
    expect(faults).toBeLessThan(4500);
    const { evaluator } = reference.vcpu.processor.core.engine as Reference;
    expect(evaluator).toBeInstanceOf(Evaluator);
    expect([...evaluator.nanLeaks]).toEqual([]);
  });
});

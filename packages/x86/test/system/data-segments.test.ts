import { expect, test } from "vitest";
import { Intercepts } from "../../src/index.ts";
import { SUPERVISOR } from "../../src/system/rights.ts";
import { Random } from "../random.ts";
import { AT, BareVcpu, type Mode } from "./bare-vcpu.ts";

/** Where the descriptors under test lie, in pages of their own: in the GDT behind the others, and in an LDT. */
const GDT_INDEX = 0x200, LDT = 0x3_2000;
const SEGMENTS = ["es", "ds", "fs", "gs"] as const;

interface Case { readonly descriptor: bigint; readonly selector: number; readonly segment: (typeof SEGMENTS)[number]; readonly user: boolean; readonly pop: boolean }

/** Flat and not, of every type, mostly present and accessed. */
function randomCase(random: Random): Case {
  const access = random.chance(60) ? random.pick([0x93, 0xf3, 0x9b, 0xfb, 0x91]) : random.next() & 0xff, flags = random.pick([0xc, 0xc, 0x4, 0x8, 0x0, 0xa]);
  const base = random.chance(50) ? 0 : random.next(), limit = random.chance(60) ? 0xf_ffff : random.next() & 0xf_ffff;
  const low = ((base & 0xffff) * 0x1_0000 + (limit & 0xffff)) >>> 0;
  const high = (((base >>> 24) << 24) | (flags << 20) | ((limit >>> 16) << 16) | (access << 8) | ((base >>> 16) & 0xff)) >>> 0;
  const isLocal = random.chance(30) ? 4 : 0, index = random.chance(5) ? random.below(8192) : isLocal ? 1 : GDT_INDEX;
  return { descriptor: (BigInt(high) << 32n) | BigInt(low), selector: random.chance(8) ? random.below(4) : (index * 8) | isLocal | random.below(4), segment: random.pick(SEGMENTS), user: random.chance(40), pop: random.chance(40) };
}

/** What a load does where the TLB has the descriptor's page (`warm`), or where it has not. */
function load(mode: Mode, c: Case, warm: boolean): { readonly outcome: unknown; readonly escapes: number } {
  const calls = new Map<string, number>();
  const v = new BareVcpu(mode, { calls, intercepts: Intercepts.none.with({ exceptions: Array.from({ length: 32 }, (_, i) => i) }) });
  const place = c.selector & 4 ? LDT + 8 : AT.gdt + GDT_INDEX * 8, pop = c.pop && (mode === 32 || c.segment === "fs" || c.segment === "gs");
  v.set({ gdtrLimit: GDT_INDEX * 8 + 7 });
  v.memory.writeBig(place, c.descriptor);
  v.load(`${pop ? `pop ${c.segment}` : `mov ${c.segment}, ax`}\n hlt`, { rax: c.selector, rsp: AT.data });
  v.memory.writeBig(AT.data, BigInt(c.selector));
  const { segments, ...state } = v.vcpu.save();
  v.vcpu.restore({ ...state, segments: segments.map((s, i) => (i === 6 ? { selector: 0x48, base: BigInt(LDT), limit: 0xf, attributes: 0x82 } : s)) });
  if (c.user) v.toUser();
  if (warm) v.vcpu.processor.accessRead(BigInt(place), 8, SUPERVISOR);
  const before = calls.get(pop ? "popSegment" : "moveSegment") ?? 0;
  const exit = v.vcpu.run({ instructions: 1 }), { gpr, rip, segments: after } = v.vcpu.save();
  return { outcome: { exit, gpr, rip, after, descriptor: v.memory.readBig(place) }, escapes: (calls.get(pop ? "popSegment" : "moveSegment") ?? 0) - before };
}

test.each([32, 64] as const)("loads of DS, ES, FS and GS: generated code does what TypeScript does, %i bits", (mode) => {
  const random = new Random(mode);
  let direct = 0;
  for (let n = 0; n < 400; n++) {
    const c = randomCase(random), warm = load(mode, c, true), cold = load(mode, c, false);
    expect([c, warm.outcome]).toEqual([c, cold.outcome]);
    direct += 1 - warm.escapes;
  }
  expect(direct).toBeGreaterThan(50);
});

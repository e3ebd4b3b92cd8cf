import { expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import type { EngineName } from "../../src/engine/engine.ts";
import { structure } from "../../src/engine/jit/region-structure.ts";
import type { RegionBlock } from "../../src/engine/jit/region.ts";
import { Intercepts } from "../../src/intercepts.ts";
import { CpuModel } from "../../src/model/cpu-model.ts";
import { PlainMemory } from "../../src/plain-memory.ts";
import { flatProtectedState } from "../../src/system/flat-state.ts";
import { Vcpu } from "../../src/vcpu.ts";
import { Random } from "../random.ts";

const CODE = 0x1000, DATA = 0x8000, STACK = 0x7000;
const CONDITIONS = ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"];
const REGISTERS = ["eax", "ecx", "edx", "ebx", "esi", "edi", "ebp"];

/** One instruction: writers of all, of some and of no flags, readers, memory on steady and on jumping addresses. */
function instruction(r: Random): string {
  const a = r.pick(REGISTERS), b = r.pick(REGISTERS), n = r.below(256);
  return r.pick([
    `add ${a}, ${b}`, `sub ${a}, ${n}`, `cmp ${a}, ${b}`, `test ${a}, ${n}`, `xor ${a}, ${b}`, `inc ${a}`, `dec ${a}`, `imul ${a}, ${b}`, `bt ${a}, ${n & 31}`, `adc ${a}, ${b}`, `sbb ${a}, ${n}`,
    `shl ${a}, cl`, `shr ${a}, ${n & 31}`, `rol ${a}, ${n & 31}`, `sar ${a}, cl`, `lea ${a}, [${b}+${n}]`, `mov ${a}, ${b}`, `movzx ${a}, bl`, "mov ah, cl", `set${r.pick(CONDITIONS)} dl`, `cmov${r.pick(CONDITIONS)} ${a}, ${b}`,
    `mov ${a}, [${DATA + n * 4}]`, `mov [${DATA + n * 4}], ${a}`, `add [${DATA + n * 4}], ${a}`, `mov ${a}, [esp]`,
  ]);
}
/** Blocks that lead to each other at random, forwards and backwards, for ever: loops within loops, loops of two ways in, calls and returns. */
function program(r: Random): string {
  const count = 3 + r.below(9), label = (): string => `l${r.below(count)}`, lines: string[] = [];
  for (let n = 0; n < count; n++) {
    lines.push(`l${n}:`);
    for (let i = r.below(5); i >= 0; i--) lines.push(instruction(r));
    const way = r.below(10);
    if (way < 6) lines.push(`j${r.pick(CONDITIONS)} ${label()}`);
    else if (way < 7) lines.push(`jmp ${label()}`);
    else if (way < 9) lines.push("call f");
  }
  lines.push("jmp l0", "f:", instruction(r), `j${r.pick(CONDITIONS)} g`, instruction(r), "g:", instruction(r), "ret");
  return lines.join("\n");
}
function start(engine: EngineName, source: string): Vcpu {
  const memory = new PlainMemory(1);
  memory.write(CODE, assemble(source, { bits: 32, origin: CODE }).bytes);
  const vcpu = new Vcpu({ model: CpuModel.max, memory, engine, intercepts: Intercepts.processMode }), state = flatProtectedState(vcpu.save(), CODE);
  vcpu.restore({ ...state, gpr: state.gpr.map((_, i) => (i === 4 ? BigInt(STACK) : BigInt((i * 0x1234567) >>> 0))) });
  // What runs so short is compiled nevertheless.
  if (vcpu.processor.core.jit) vcpu.processor.core.jit.threshold = 1;
  return vcpu;
}

test("programs of random control flow come to the same states, wherever slices end", () => {
  let compiled = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const r = new Random(seed), source = program(r), interpreter = start("interpreter", source), jit = start("jit", source);
    for (let slice = 0; slice < 60; slice++) {
      const instructions = 1 + r.below(slice % 3 === 0 ? 40 : 3000), seen = [interpreter, jit].map((v) => {
        const exit = v.run({ instructions }), { gpr, flags, rip } = v.save();
        return { exit, gpr, flags, rip };
      });
      expect(seen[1], `seed ${seed}, slice ${slice}\n${source}`).toEqual(seen[0]);
      if (seen[0]!.exit.kind !== "budget") break;
    }
    compiled += jit.processor.core.jit!.counters.compiled;
  }
  expect(compiled).toBeGreaterThan(30);
});

test("in the order of blocks each edge leads forward, to the head of a loop around it, or to an entry", () => {
  let loops = 0, nested = 0;
  for (let seed = 1; seed <= 2000; seed++) {
    const r = new Random(seed), count = 1 + r.below(14);
    const blocks = Array.from({ length: count }, () => ({ index: -1, entry: -1, loop: undefined, innermost: false, heads: undefined, inherits: false }) as unknown as RegionBlock);
    const to = new Map(blocks.map((b, n) => [b, [...(n + 1 < count && r.below(8) > 0 ? [blocks[n + 1]!] : []), ...(r.below(3) > 0 ? [r.pick(blocks)] : [])]]));
    const roots = blocks.filter((b, n) => n === 0 || r.below(6) === 0), reached = new Set<RegionBlock>();
    for (;;) {
      const todo = roots.filter((b) => !reached.has(b));
      for (let b = todo.pop(); b; b = todo.pop()) { reached.add(b); todo.push(...to.get(b)!.filter((t) => !reached.has(t))); }
      const left = blocks.find((b) => !reached.has(b));
      if (!left) break;
      roots.push(left);
    }
    const found = structure(blocks, (b) => to.get(b)!, roots);
    expect(new Set(found.blocks)).toEqual(new Set(blocks));
    for (const root of roots) expect(root.entry).toBeGreaterThanOrEqual(0);
    for (const b of blocks) {
      if (b.heads) loops++;
      if (b.heads && b.loop!.head !== b) nested++;
      for (const t of to.get(b)!) {
        const back = t.heads?.members.has(b) ?? false;
        if (!back && t.index <= b.index) expect(t.entry).toBeGreaterThanOrEqual(0);
        // Nothing leads into a loop but to its head, from outside it or by the dispatch.
        if (t.loop && t.loop !== b.loop) expect(t.loop.head).toBe(t);
      }
      // The dispatch leads to heads of loops only within a loop.
      if (b.entry >= 0 && b.loop && b.loop.head !== b) expect(b.heads).toBeDefined();
      if (b.inherits) expect([b.entry, b.heads]).toEqual([-1, undefined]);
    }
  }
  expect([loops > 500, nested > 50]).toEqual([true, true]);
});

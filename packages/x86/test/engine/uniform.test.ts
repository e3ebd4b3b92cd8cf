import { OP } from "@ringzero/wasm";
import { describe, expect, test } from "vitest";
import { defaultInstructionSet } from "../../src/default-instruction-set.ts";
import { SELECT, uniformOperation, type UniformOperation } from "../../src/engine/interpreter/uniform-operation.ts";
import type { FlagSource } from "../../src/ir/statement.ts";
import { KIND, type Value } from "../../src/ir/value.ts";
import { AT, BareVcpu, type Mode } from "../system/bare-vcpu.ts";
import { Random } from "../random.ts";

const isa = defaultInstructionSet();
const uniform = isa.table.variants.flatMap((variant, i) => {
  const operation = variant.bits === 32 ? uniformOperation(isa.built(i)) : undefined;
  return operation ? [{ variant, operation, built: isa.built(i) }] : [];
});

/** The formula as it is documented: result and carries. */
function formula(u: UniformOperation, a: number, b: number, carry: number): { result: number; carries: number } {
  const inverted = (b ^ u.invert) >>> 0, product = (a & inverted) >>> 0, difference = (a ^ inverted) >>> 0;
  const carryIn = BigInt(((u.select & SELECT.carryIn ? carry : 0) ^ u.invert) & 1);
  const sum = (u.select & SELECT.difference ? BigInt(difference) : 0n) + (BigInt(product) << BigInt(u.select & SELECT.shift)) + carryIn;
  const result = Number(BigInt.asUintN(32, sum)), out = product | ((product | difference) & ~result);
  return { result, carries: u.select & 1 ? (out ^ u.invert) >>> 0 : 0 };
}

/** What the description says, evaluated node by node. */
function described(source: Exclude<FlagSource, { kind: "explicit" }>, operands: ReadonlyMap<Value, number>): { result: number; carries: number } {
  const of = (v: Value): number => {
    const known = operands.get(v);
    if (known !== undefined) return known;
    const a = of(v.a!), b = of(v.b!);
    switch (v.kind) {
      case OP["i32.add"]: return (a + b) >>> 0;
      case OP["i32.sub"]: return (a - b) >>> 0;
      case OP["i32.and"]: return (a & b) >>> 0;
      case OP["i32.or"]: return (a | b) >>> 0;
      case OP["i32.xor"]: return (a ^ b) >>> 0;
      default: throw new Error(`node ${v.kind}`);
    }
  };
  const result = of(source.result);
  if (source.kind === "logic") return { result, carries: 0 };
  const a = of(source.a), b = of(source.b);
  return { result, carries: (source.kind === "add" ? (a & b) | ((a | b) & ~result) : (~a & b) | ((~a | b) & result)) >>> 0 };
}

describe("the formula of uniform operations", () => {
  test("the variants are those of ADD, ADC, SUB, SBB, CMP, AND, OR, XOR, TEST and plain moves", () => {
    const names = (kind: string): string[] => [...new Set(uniform.filter((u) => u.operation.kind === kind).map((u) => u.variant.instruction.name))].sort();
    expect(names("register")).toEqual(["ADC", "ADD", "AND", "CMP", "OR", "SBB", "SUB", "TEST", "XOR"]);
    expect(names("loadAlu")).toEqual(["ADC", "ADD", "AND", "OR", "SBB", "SUB", "XOR"]);
    expect(names("load")).toContain("MOV");
    expect(names("store")).toContain("MOV");
  });

  const edges = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff, 0x5555_5555, 0xaaaa_aaaa];
  const arithmetic = uniform.filter((u) => u.operation.kind === "register" || u.operation.kind === "loadAlu");
  test.each(arithmetic.map((u) => [`${u.variant.form.text}${u.variant.memory ? " (memory)" : ""}`, u] as const))("is what the description of %s says", (_name, { operation, built }) => {
    const source = built.statements.find((s) => s.s === "flags")!.source as Exclude<FlagSource, { kind: "explicit" }>;
    const carry = built.statements.find((s) => s.s === "getFlag")?.to;
    const sum = carry ? source.result.a! : source.result, first = sum.a!, second = sum.b!;
    expect([KIND.result, KIND.immediate]).toContain(second.kind);
    const differences: string[] = [];
    const check = (a: number, b: number): void => {
      for (const c of carry ? [0, 1] : [0]) {
        const operands = new Map([[first, a], [second, b], ...(carry ? [[carry, c] as const] : [])]);
        // A carry that the operation does not take must not count.
        for (const given of carry ? [c] : [0, 1]) {
          const is = formula(operation, a, b, given), should = described(source, operands);
          if (is.result !== should.result || is.carries !== should.carries) differences.push(`${a.toString(16)} ${b.toString(16)} ${given}`);
        }
      }
    };
    // Every pair of bytes at either end, then edges and any.
    for (let a = 0; a < 256; a++) for (let b = 0; b < 256; b++) { check(a, b); check((a << 24) >>> 0, (b << 24) >>> 0); }
    for (const a of edges) for (const b of edges) check(a, b);
    const r = new Random(0x1234567);
    for (let i = 0; i < 5000; i++) check(r.next(), r.next());
    expect(differences).toEqual([]);
  });
});

const REGISTERS = ["eax", "edx", "ebx", "esi", "edi"], ARITHMETIC = ["add", "or", "adc", "sbb", "and", "sub", "xor"];
/** A straight line of uniform operations, with others between them, ended by HLT. ECX and EBP address memory. */
function program(r: Random, length: number): string {
  const register = (): string => r.pick(REGISTERS), memory = (): string => r.pick([`[ecx+${r.below(2048) * 4}]`, `[ecx+edx*0+${r.below(8000)}]`, `[ebp+${r.below(8192)}]`]);
  const value = (): number => (r.below(2) ? r.next() : r.below(256) - 128) | 0;
  const one = (): string => {
    const kind = r.below(20);
    if (kind < 6) return `${r.pick(ARITHMETIC)} ${register()}, ${register()}`;
    if (kind < 10) return `${r.pick([...ARITHMETIC, "cmp"])} ${register()}, ${value()}`;
    if (kind < 11) return `${r.pick(["cmp", "test"])} ${register()}, ${register()}`;
    if (kind < 14) return `mov ${register()}, ${memory()}`;
    if (kind < 16) return `${r.pick(ARITHMETIC)} ${register()}, ${memory()}`;
    if (kind < 18) return `mov ${memory()}, ${register()}`;
    return r.pick([`rol ${register()}, ${r.below(32)}`, `inc ${register()}`, `adc ${memory()}, ${register()}`, `mov ${register()}, ${register()}`, `bswap ${register()}`]);
  };
  return [...Array.from({ length }, one), "hlt"].join("\n").replaceAll("edx*0+", "");
}
const seeded = (r: Random): { [name: string]: bigint | number } => ({ rax: r.next(), rdx: r.next(), rbx: r.next(), rsi: r.next(), rdi: r.next(), rcx: AT.data, rbp: AT.data + 0x1000, flags: (r.next() & 0x8d5) | 2 });

/** Everything that programs change. */
function outcome(v: BareVcpu): unknown {
  const { gpr, rip, flags } = v.vcpu.save();
  return { gpr, rip, flags, retired: v.vcpu.retired, data: Buffer.from(v.memory.read(AT.data, 0x4000)).toString("base64") };
}

describe("sequences of uniform operations", () => {
  test.each([32, 64] as const satisfies Mode[])("compute what the reference engine does, wherever slices end (%i bits)", (mode) => {
    for (let seed = 1; seed <= 12; seed++) {
      const r = new Random(seed * 7919), text = program(r, 150), registers = seeded(r);
      // In 64-bit mode the addresses' bases are 64-bit registers.
      const source = mode === 64 ? text.replaceAll("[ecx", "[rcx").replaceAll("[ebp", "[rbp") : text;
      const both = (["interpreter", "reference"] as const).map((engine) => {
        const v = new BareVcpu(mode, { engine });
        v.load(source, registers);
        return v;
      });
      const [fast, reference] = both as [BareVcpu, BareVcpu];
      for (let at = 0; at < 140;) {
        const n = r.pick([1, 2, 3, 50, 60, 75]);
        at += n;
        for (const v of both) v.vcpu.run({ instructions: n });
        expect(outcome(fast), `seed ${seed} after ${at}`).toEqual(outcome(reference));
      }
    }
  });

  test("an access that faults leaves the state before it", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const r = new Random(seed * 104729), registers = seeded(r), lines = program(r, 60).split("\n"), at = 5 + r.below(50);
      lines[at] = r.pick(["mov eax, [0x50000]", "sbb edx, [0x50ffe]", "mov [0x50800], esi", "adc ebx, [0x4fffe]", "mov [0x4fffd], eax"]);
      const [fast, reference] = (["interpreter", "reference"] as const).map((engine) => {
        // Without an interrupt table the fault ends in shutdown, with rIP where it was raised.
        const v = new BareVcpu(32, { engine });
        v.load(lines.join("\n"), registers);
        // A slice beyond the longest run of operations.
        const exit = v.vcpu.run({ instructions: 200 });
        return { exit: exit.kind, state: outcome(v), cr2: v.register("cr2") };
      });
      expect(fast, `seed ${seed}`).toEqual(reference);
      expect(fast!.exit).toBe("shutdown");
    }
  });

  test("a store into the operations behind it takes effect at once", () => {
    for (let behind = 1; behind <= 6; behind++) {
      for (let before = 0; before < 4; before++) {
        const [fast, reference] = (["interpreter", "reference"] as const).map((engine) => {
          const v = new BareVcpu(32, { engine });
          // The immediate of one of the additions behind the store becomes 0x100; twice, so that the second round finds decoded code.
          v.load([
            ...Array.from({ length: 16 + before }, () => "add edx, ebx"), "mov [ecx], esi", ...Array.from({ length: 8 }, () => "add eax, 0x1000000"), "end: jmp end",
          ].join("\n"), { rbx: 3, rsi: 0x100 });
          const additions = AT.code + 2 * (16 + before) + 2;
          v.set({ rcx: additions + 5 * (behind - 1) + 1 });
          v.vcpu.run({ instructions: 200 });
          v.set({ rip: AT.code, rsi: 0x200 });
          v.vcpu.run({ instructions: 200 });
          return outcome(v);
        });
        expect(fast, `${behind} behind, ${before} before`).toEqual(reference);
      }
    }
  });

  test("a jump into a sequence begins in its middle", () => {
    const v = new BareVcpu(32);
    v.load([...Array.from({ length: 30 }, () => "add edx, ebx"), "end: jmp end"].join("\n"), { rbx: 3 });
    v.vcpu.run({ instructions: 200 });
    expect(v.gpr("rdx")).toBe(90n);
    for (let skipped = 1; skipped < 30; skipped++) {
      v.set({ rip: AT.code + 2 * skipped, rdx: 0 });
      v.vcpu.run({ instructions: 200 });
      expect(v.gpr("rdx"), `${skipped} skipped`).toBe(BigInt(3 * (30 - skipped)));
    }
  });

  test("where CS's limit ends in reach, operations go one by one", () => {
    const v = new BareVcpu(32);
    v.load([...Array.from({ length: 30 }, () => "add edx, ebx"), "end: jmp end"].join("\n"), { rbx: 3 });
    // Decoded with sequences first, then met again with the limit inside the page.
    v.vcpu.run({ instructions: 200 });
    const state = v.vcpu.save();
    v.vcpu.restore({ ...state, segments: state.segments.map((s, i) => (i === 1 ? { ...s, limit: AT.code + 0x800 } : s)) });
    v.set({ rip: AT.code, rdx: 0 });
    v.vcpu.run({ instructions: 200 });
    expect(v.gpr("rdx")).toBe(90n);
  });
});

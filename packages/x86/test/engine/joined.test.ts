import { describe, expect, test } from "vitest";
import { defaultInstructionSet } from "../../src/default-instruction-set.ts";
import { fusedCases, shapeOf } from "../../src/engine/interpreter/fused-pairs.ts";
import { isHot, mayBeHot } from "../../src/engine/interpreter/hot.ts";
import { joinStatements } from "../../src/engine/interpreter/joined-statements.ts";
import type { Statement } from "../../src/ir/statement.ts";
import type { BuiltVariant } from "../../src/isa/variants.ts";
import { STATE } from "../../src/state/state.ts";
import { AT, BareVcpu, type Mode } from "../system/bare-vcpu.ts";
import { Random } from "../random.ts";

const isa = defaultInstructionSet();
const cases = isa.table.variants.flatMap((variant, i) => (mayBeHot(variant) && isHot(isa.built(i)) ? [isa.built(i)] : []));
const sequences = fusedCases(cases).map((numbers) => numbers.map((n) => cases[n]!)).filter((list) => list.every((b) => b.variant.instruction.unit === "x87"));

/** Every statement of a list, those within others too. */
function all(list: readonly Statement[]): Statement[] {
  return list.flatMap((s) => [s, ...(s.s === "if" ? [...all(s.then), ...all(s.else)] : s.s === "loop" ? all(s.body) : [])]);
}
const loadsOf = (list: readonly Statement[], field: { readonly offset: number }): number => all(list).filter((s) => s.s === "stateLoad" && s.offset === field.offset).length;
const shapes = (sequence: readonly BuiltVariant[]): string => sequence.map((b) => shapeOf(b.variant)).join("; ");

describe("joined statements", () => {
  test("there are sequences of the x87 unit", () => { expect(sequences.length).toBeGreaterThanOrEqual(3); });

  test.each(sequences.map((s) => [shapes(s), s] as const))("of %s look at what is known once", (_name, sequence) => {
    const joined = joinStatements(sequence), statements = joined.lists.flat(), apart = sequence.flatMap((b) => b.statements);
    for (const field of [STATE.unitsOff, STATE.fcw]) expect(loadsOf(statements, field)).toBe(1);
    expect(loadsOf(apart, STATE.unitsOff)).toBe(sequence.length);
    // What the first may raise because of CR0 or an exception pending is ruled out for the others.
    expect(joined.lists.slice(1).flatMap(all).filter((s) => s.s === "raise")).toEqual([]);
    // The unlikely way of each but the last goes on elsewhere, after its call.
    for (const list of joined.lists.slice(0, -1)) expect(all(list).filter((s) => s.s === "nextOperation").length).toBeGreaterThan(0);
    expect(all(joined.lists.at(-1)!).some((s) => s.s === "nextOperation")).toBe(false);
  });
});

const NUMBERS = 128, CONTROL = AT.data + 0x1000, RESULTS = AT.data + 0x1100;
/** Doubles of all kinds, most of them ordinary; then control words, most of them with everything masked. */
function fill(v: BareVcpu, r: Random): void {
  for (let i = 0; i < NUMBERS; i++) {
    const sign = BigInt(r.below(2)) << 63n, fraction = r.below(3) ? (BigInt(r.next()) << 20n) | BigInt(r.below(1 << 20)) : BigInt(r.below(16)) << 48n;
    const exponent = BigInt(r.pick([0x3fe, 0x3ff, 0x3ff, 0x400, 0x400, 0x401, 0x3f0, 0x43e, 0x47f, 0, 0x7ff, 0x7fe, 1]));
    v.memory.writeBig(AT.data + i * 8, sign | (exponent << 52n) | (r.below(8) ? fraction : 0n));
  }
  for (let i = 0; i < 8; i++) v.memory.writeNumber(CONTROL + i * 2, 2, i < 5 ? 0x37f : 0x340 | (r.below(16) << 8) | r.below(64));
}
function program(r: Random, length: number): string {
  const number = (): string => `qword [${AT.data + r.below(NUMBERS) * 8}]`, st = (): string => `st(${r.pick([0, 1, 1, 2, 2, 3, 7])})`;
  const one = (): string[] => {
    const kind = r.below(16);
    if (kind < 6) return [`fld ${number()}`, `fmul st(0), ${st()}`, `faddp ${st()}, st(0)`];
    if (kind < 8) return [`fld ${number()}`, `fmul st(0), ${st()}`];
    if (kind < 10) return [`fmul st(0), ${st()}`, `faddp ${st()}, st(0)`];
    if (kind < 12) return [`fld ${number()}`];
    if (kind < 13) return [`fstp qword [${RESULTS + r.below(16) * 8}]`];
    if (kind < 14) return [`fadd st(0), ${st()}`];
    return r.pick([["fnclex"], [`fldcw [${CONTROL + r.below(8) * 2}]`], ["fninit"], [`ffree ${st()}`], ["fldz"], ["fincstp"], ["add eax, 8"]]);
  };
  return [...Array.from({ length }, one).flat(), "hlt"].join("\n");
}
/** Everything that programs change. */
function outcome(v: BareVcpu): unknown {
  const { gpr, rip, flags, fpr, registers } = v.vcpu.save(), { fcw, fsw, ftw, fc1 } = registers;
  return { gpr, rip, flags, fpr: Buffer.from(fpr).toString("hex"), fcw, fsw, ftw, fc1, retired: v.vcpu.retired, results: Buffer.from(v.memory.read(RESULTS, 128)).toString("hex") };
}

describe("sequences of x87 operations", () => {
  test.each([32, 64] as const satisfies Mode[])("compute what the reference engine does, wherever slices end (%i bits)", (mode) => {
    let seen = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const source = program(new Random(seed * 7919), 50);
      const [fast, reference] = (["interpreter", "reference"] as const).map((engine) => {
        const v = new BareVcpu(mode, { engine });
        fill(v, new Random(seed * 104729));
        v.load(source.replace(/^/, "fninit\nfld1\nfldpi\nfldl2t\n"));
        return v;
      }) as [BareVcpu, BareVcpu];
      const r = new Random(seed);
      for (let at = 0; at < 150;) {
        // Beyond the longest run of operations, so that sequences are carried out as such; and single steps.
        const n = r.pick([1, 2, 3, 60, 75, 90]);
        at += n;
        const exits = [fast, reference].map((v) => v.vcpu.run({ instructions: n }).kind);
        expect(outcome(fast), `seed ${seed} after ${at}\n${source}`).toEqual(outcome(reference));
        expect(exits[0]).toBe(exits[1]);
        // An unmasked exception: without an interrupt table the next operation ends in shutdown.
        if (exits[0] !== "budget") break;
        seen += n;
      }
    }
    expect(seen).toBeGreaterThan(3000);
  });
});

import type { Builder } from "../../ir/builder.ts";
import { I32, routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { dwords, words, zero } from "./constants.ts";

/** What differs between strings of bytes and of words. */
interface Elements { readonly lane: "i8x16" | "i16x8"; readonly count: number; readonly all: number }
const BYTES: Elements = { lane: "i8x16", count: 16, all: 0xffff };
const WORDS: Elements = { lane: "i16x8", count: 8, all: 0xff };

/** Element number `j` of `a` in every lane. */
function broadcast(a: Value, j: Value, e: Elements): Value {
  return a.op("i8x16.swizzle", e.count === 16 ? j.op("i8x16.splat") : j.mul(0x0202).add(0x0100).op("i16x8.splat"));
}
/** The lowest `n` bits set, n at most 16. */
function low(m: Builder, n: Value): Value { return m.i32(1).shl(n).sub(1); }

/**
 * IntRes1 (SDM vol. 2B, "Aggregation Operation"): bit k speaks of element k of `b`. `lengthA` and `lengthB` count the valid elements.
 * A row of the comparison matrix (one element of `a` against all of `b`) is one vector comparison.
 */
function aggregation(e: Elements): Routine {
  return routine(`string-compare-${e.lane}`, { params: [V128, V128, I32, I32, I32], results: [I32] }, (m, a, b, lengthA, lengthB, control) => {
    const validA = low(m, lengthA!), validB = low(m, lengthB!), mode = control!.shrU(2).and(3);
    m.if(mode.eq(2), () => {
      const equal = a!.op(`${e.lane}.eq`, b!).op(`${e.lane}.bitmask`);
      // Equal each: two invalid elements are equal, one is not.
      m.return(validA.and(validB).and(equal).or(validA.or(validB).xor(e.all)));
    });
    const result = m.local(m.choose(mode.eq(3), e.all, 0));
    const j = m.local(m.i32(0));
    m.loop(() => {
      m.breakIf(j.get().geU(lengthA!));
      m.if(mode.eq(1), () => {
        m.breakIf(j.get().add(1).geU(lengthA!));
        const from = broadcast(a!, j.get(), e), to = broadcast(a!, j.get().add(1), e);
        const unsigned = b!.op(`${e.lane}.ge_u`, from).op("v128.and", b!.op(`${e.lane}.le_u`, to)).op(`${e.lane}.bitmask`);
        const signed = b!.op(`${e.lane}.ge_s`, from).op("v128.and", b!.op(`${e.lane}.le_s`, to)).op(`${e.lane}.bitmask`);
        result.set(result.get().or(m.choose(control!.bit(1), signed, unsigned)));
        j.set(j.get().add(2));
      }, () => {
        const row = broadcast(a!, j.get(), e).op(`${e.lane}.eq`, b!).op(`${e.lane}.bitmask`).and(validB);
        // Equal ordered: element j of `a` is matched against element k + j; beyond the register there is nothing to disagree with.
        const beyond = low(m, j.get()).shl(m.i32(e.count).sub(j.get()));
        result.set(m.choose(mode.eq(3), result.get().and(row.shrU(j.get()).or(beyond)), result.get().or(row)));
        j.set(j.get().add(1));
      });
    });
    m.return(m.choose(mode.eq(3), result.get(), result.get().and(validB)));
  });
}
const AGGREGATION = { bytes: aggregation(BYTES), words: aggregation(WORDS) };

/** Number of elements before the first zero element. */
function implicitLength(m: InstructionBuilder, v: Value, e: Elements): Value {
  return v.op(`${e.lane}.eq`, zero(m)).op(`${e.lane}.bitmask`).or(1 << e.count).ctz();
}
/** |register|, at most the number of elements. */
function explicitLength(m: InstructionBuilder, register: Value, e: Elements): Value {
  const magnitude = m.choose(register.sign(), register.neg(), register);
  return m.choose(magnitude.gtU(e.count), e.count, magnitude.trunc(32));
}

function execute(m: InstructionBuilder, explicit: boolean, toMask: boolean, first: Operand, second: Operand, imm: Operand): void {
  const b = m.readUnaligned(second, "v128"), a = m.readVector(first, "v128"), control = m.immediate(imm).zext(32);
  const rax = explicit ? m.gpr(0, m.bits === 64 ? 64 : 32) : undefined, rdx = explicit ? m.gpr(2, m.bits === 64 ? 64 : 32) : undefined;
  const matched = m.local(m.i32(0)), lengthA = m.local(m.i32(0)), lengthB = m.local(m.i32(0));
  const compare = (e: Elements, r: Routine): void => {
    const la = rax ? explicitLength(m, rax, e) : implicitLength(m, a, e), lb = rdx ? explicitLength(m, rdx, e) : implicitLength(m, b, e);
    lengthA.set(la);
    lengthB.set(lb);
    const positive = m.call1(r, a, b, la, lb, control);
    // Polarity: negative inverts all bits, masked negative those of valid elements.
    const inverted = m.choose(control.bit(5), low(m, lb), e.all);
    matched.set(m.choose(control.bit(4), positive.xor(inverted), positive));
  };
  m.if(control.bit(0), () => compare(WORDS, AGGREGATION.words), () => compare(BYTES, AGGREGATION.bytes));
  const result = matched.get(), count = m.i32(16).shrU(control.and(1));
  if (toMask) {
    const bytes = result.op("i8x16.splat").shuffle(result.shrU(8).op("i8x16.splat"), [0, 0, 0, 0, 0, 0, 0, 0, 16, 16, 16, 16, 16, 16, 16, 16])
      .op("v128.and", m.vector([1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128])).op("i8x16.ne", zero(m));
    const bits = words(m, [1, 2, 4, 8, 16, 32, 64, 128]);
    const wide = m.choose(control.bit(0), result.op("i16x8.splat").op("v128.and", bits).op("i16x8.eq", bits), bytes);
    m.setVector({ kind: "fixed", number: 0 }, m.choose(control.bit(6), wide, dwords(m, [0, 0, 0, 0]).withLane("i32x4.replace_lane", 0, result)));
  } else {
    const index = m.choose(control.bit(6), m.i32(31).sub(result.clz()), result.ctz());
    m.setGprNumber(1, m.choose(result.eqz(), count, index));
  }
  const off = m.i32(0);
  m.flags({ C: result.nez(), Z: lengthB.get().ltU(count), S: lengthA.get().ltU(count), O: result.and(1), A: off, P: off });
}

function compare(name: string, opcode: string, title: string, explicit: boolean, toMask: boolean): Instruction {
  // REX.W makes the explicit lengths 64 bits wide.
  const forms = explicit ? [`66 W0 0F 3A ${opcode} /r ib  ${name} xmm, xmm/m128, imm8`, `66 REX.W 0F 3A ${opcode} /r ib  ${name} xmm, xmm/m128, imm8`]
    : [`66 0F 3A ${opcode} /r ib  ${name} xmm, xmm/m128, imm8`];
  return instruction(name, {
    forms, feature: "sse4_2", unit: "sse", title,
    execute(m, a, b, imm) { execute(m, explicit, toMask, a!, b!, imm!); },
  });
}

/** PCMPxSTRx. */
export const STRING_COMPARE: readonly Instruction[] = [
  compare("PCMPESTRM", "60", "PCMPESTRM—Packed Compare Explicit Length Strings, Return Mask", true, true),
  compare("PCMPESTRI", "61", "PCMPESTRI—Packed Compare Explicit Length Strings, Return Index", true, false),
  compare("PCMPISTRM", "62", "PCMPISTRM—Packed Compare Implicit Length Strings, Return Mask", false, true),
  compare("PCMPISTRI", "63", "PCMPISTRI—Packed Compare Implicit Length Strings, Return Index", false, false),
];

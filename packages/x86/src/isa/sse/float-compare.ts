import type { Builder } from "../../ir/builder.ts";
import { I32, routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Feature, type Instruction } from "../instruction.ts";
import { beginFloat, commitFloat } from "./float-control.ts";
import { all, both, compare, DOUBLE, getLane, isOrdinary, setLane, SINGLE, toFloat, type Format, type Shape } from "./float-format.ts";
import { flushed, RELATION, relation } from "./float-relation.ts";
import { readPacked } from "./operands.ts";

const FORMATS = [SINGLE, DOUBLE] as const;
const feature = (f: Format): Feature => (f.bits === 32 ? "sse" : "sse2");
const words = (f: Format): string => (f.bits === 32 ? "Single Precision Floating-Point Values" : "Double Precision Floating-Point Values");
const packedPrefix = (f: Format): string => (f.bits === 32 ? "NP" : "66");
const scalarPrefix = (f: Format): string => (f.bits === 32 ? "F3" : "F2");

/** Comparing these needs no flags: neither NaN nor denormal. */
function isSimple(m: Builder, s: Shape, a: Value, b: Value): Value { return all(s, both(s, isOrdinary(m, s, a), isOrdinary(m, s, b))); }

// ---- CMPccPS and its like ----

/** Predicates (bits 1-0): equal, less, less or equal, unordered; bit 2 inverts. As weights on the three relations. */
function predicateBits(m: Builder, predicate: Value): Value {
  const p = predicate.and(3);
  return m.choose(p.eq(3), RELATION.unordered, m.choose(p.eqz(), RELATION.equal, m.choose(p.eq(1), RELATION.less, RELATION.less | RELATION.equal)));
}
/** LT, LE and their inverses signal for quiet NaNs. */
function signalsQuiet(predicate: Value): Value { return predicate.xor(predicate.shrU(1)).and(1); }

/** One lane: all ones or zeros. */
function laneResult(m: Builder, f: Format, a: Value, b: Value, predicate: Value): Value {
  const hit = relation(m, f, a, b, signalsQuiet(predicate)).and(predicateBits(m, predicate)).nez().xor(predicate.shrU(2).and(1));
  return m.constant(0, f.bits).sub(hit.zext(f.bits));
}
function comparePacked(f: Format): Routine {
  return routine(`compare-${f.floats}`, { params: [V128, V128, I32], results: [V128], mayFault: true }, (m, a, b, predicate) => {
    beginFloat(m);
    let result = a!;
    for (let i = 0; i < f.lanes; i++) result = setLane(f, result, i, laneResult(m, f, getLane(f, a!, i), getLane(f, b!, i), predicate!));
    commitFloat(m);
    m.return(result);
  });
}
function compareScalar(f: Format): Routine {
  return routine(`compare-${f.float}`, { params: [f.slot, f.slot, I32], results: [f.slot], mayFault: true }, (m, a, b, predicate) => {
    beginFloat(m);
    const result = laneResult(m, f, a!, b!, predicate!);
    commitFloat(m);
    m.return(result);
  });
}

function compareInstructions(f: Format): Instruction[] {
  const packedName = `CMP${f.bits === 32 ? "PS" : "PD"}`, scalarName = `CMP${f.bits === 32 ? "SS" : "SD"}`;
  const slowPacked = comparePacked(f), slowScalar = compareScalar(f);
  return [
    instruction(packedName, {
      forms: [`${packedPrefix(f)} 0F C2 /r ib  ${packedName} xmm, xmm/m128, imm8`], feature: feature(f), unit: "sse", title: `${packedName}—Compare Packed ${words(f)}`,
      execute(m, dst, src, imm) {
        const s: Shape = { format: f, packed: true };
        const b = readPacked(m, src!), a = m.readVector(dst!, "v128"), predicate = m.immediate(imm!).zext(32).and(7), bits = predicateBits(m, predicate);
        const mask = (bit: Value): Value => m.i32(0).sub(bit).op("i32x4.splat");
        const less = compare(s, "lt", a, b).op("v128.and", mask(bits.and(1))), equal = compare(s, "eq", a, b).op("v128.and", mask(bits.shrU(1).and(1)));
        const result = m.local(less.op("v128.or", equal).op("v128.xor", mask(predicate.shrU(2))));
        m.if(isSimple(m, s, a, b).eqz(), () => result.set(m.call1(slowPacked, a, b, predicate)));
        m.writeVector(dst!, result.get());
      },
    }),
    instruction(scalarName, {
      forms: [`${scalarPrefix(f)} 0F C2 /r ib  ${scalarName} xmm, xmm/m${f.bits}, imm8`], feature: feature(f), unit: "sse", title: `${scalarName}—Compare Scalar ${words(f).slice(0, -1)}`,
      execute(m, dst, src, imm) {
        const s: Shape = { format: f, packed: false };
        const b = m.readVector(src!, f.int), a = m.readVector(dst!, f.int), x = toFloat(f, a), y = toFloat(f, b);
        const predicate = m.immediate(imm!).zext(32).and(7), relations = compare(s, "lt", x, y).or(compare(s, "eq", x, y).shl(1));
        const hit = relations.and(predicateBits(m, predicate)).nez().xor(predicate.shrU(2));
        const result = m.local(m.constant(0, f.bits).sub(hit.zext(f.bits)));
        m.if(isSimple(m, s, x, y).eqz(), () => result.set(m.call1(slowScalar, a, b, predicate)));
        m.writeVector(dst!, result.get());
      },
    }),
  ];
}

// ---- COMISx, UCOMISx ----

/** Relation with exceptions: as `relation`. */
function orderedRoutine(f: Format): Routine {
  return routine(`ordered-${f.float}`, { params: [f.slot, f.slot, I32], results: [I32], mayFault: true }, (m, a, b, quietIsInvalid) => {
    beginFloat(m);
    const r = relation(m, f, a!, b!, quietIsInvalid!);
    commitFloat(m);
    m.return(r);
  });
}
function ordered(f: Format, slow: Routine, quietIsInvalid: boolean): Instruction {
  const name = `${quietIsInvalid ? "" : "U"}COMIS${f.bits === 32 ? "S" : "D"}`;
  return instruction(name, {
    forms: [`${packedPrefix(f)} 0F ${quietIsInvalid ? "2F" : "2E"} /r  ${name} xmm, xmm/m${f.bits}`], feature: feature(f), unit: "sse",
    title: `${name}—${quietIsInvalid ? "Compare" : "Unordered Compare"} Scalar Ordered ${words(f)} and Set EFLAGS`,
    execute(m, dst, src) {
      const s: Shape = { format: f, packed: false };
      const b = m.readVector(src!, f.int), a = m.readVector(dst!, f.int), x = toFloat(f, a), y = toFloat(f, b);
      const relations = m.local(compare(s, "lt", x, y).or(compare(s, "eq", x, y).shl(1)));
      m.if(isSimple(m, s, x, y).eqz(), () => relations.set(m.call1(slow, a, b, m.i32(quietIsInvalid ? 1 : 0))));
      const r = relations.get(), unordered = r.shrU(2), off = m.i32(0);
      m.flags({ C: r.and(1).or(unordered), Z: r.shrU(1).and(1).or(unordered), P: unordered, O: off, S: off, A: off });
    },
  });
}

// ---- MINx, MAXx ----

/** The second operand unless the first is less (greater): also where one is NaN (invalid, even if quiet) or both are zero. DAZ shows in the result. */
function extremeLane(m: Builder, f: Format, which: "min" | "max", a: Value, b: Value): Value {
  const first = which === "min" ? relation(m, f, a, b, m.i32(1)).eq(RELATION.less) : relation(m, f, a, b, m.i32(1)).eqz();
  return flushed(m, f, m.choose(first, a, b));
}
function extremePacked(f: Format, which: "min" | "max"): Routine {
  return routine(`${which}-${f.floats}`, { params: [V128, V128], results: [V128], mayFault: true }, (m, a, b) => {
    beginFloat(m);
    let result = a!;
    for (let i = 0; i < f.lanes; i++) result = setLane(f, result, i, extremeLane(m, f, which, getLane(f, a!, i), getLane(f, b!, i)));
    commitFloat(m);
    m.return(result);
  });
}
function extremeScalar(f: Format, which: "min" | "max"): Routine {
  return routine(`${which}-${f.float}`, { params: [f.slot, f.slot], results: [f.slot], mayFault: true }, (m, a, b) => {
    beginFloat(m);
    const result = extremeLane(m, f, which, a!, b!);
    commitFloat(m);
    m.return(result);
  });
}
function extremes(f: Format, which: "min" | "max"): Instruction[] {
  const word = which === "min" ? "Minimum" : "Maximum", opcode = which === "min" ? "5D" : "5F";
  const packedName = `${which.toUpperCase()}${f.bits === 32 ? "PS" : "PD"}`, scalarName = `${which.toUpperCase()}${f.bits === 32 ? "SS" : "SD"}`;
  const slowPacked = extremePacked(f, which), slowScalar = extremeScalar(f, which);
  return [
    instruction(packedName, {
      forms: [`${packedPrefix(f)} 0F ${opcode} /r  ${packedName} xmm, xmm/m128`], feature: feature(f), unit: "sse", title: `${packedName}—${word} of Packed ${words(f)}`,
      execute(m, dst, src) {
        const s: Shape = { format: f, packed: true };
        const b = readPacked(m, src!), a = m.readVector(dst!, "v128");
        // WebAssembly's pmin(b, a) is a < b ? a : b.
        const result = m.local(b.op(`${f.floats}.p${which}`, a));
        m.if(isSimple(m, s, a, b).eqz(), () => result.set(m.call1(slowPacked, a, b)));
        m.writeVector(dst!, result.get());
      },
    }),
    instruction(scalarName, {
      forms: [`${scalarPrefix(f)} 0F ${opcode} /r  ${scalarName} xmm, xmm/m${f.bits}`], feature: feature(f), unit: "sse", title: `${scalarName}—${word} of Scalar ${words(f).slice(0, -1)}`,
      execute(m, dst, src) {
        const s: Shape = { format: f, packed: false };
        const b = m.readVector(src!, f.int), a = m.readVector(dst!, f.int), x = toFloat(f, a), y = toFloat(f, b);
        const result = m.local(m.choose(compare(s, which === "min" ? "lt" : "gt", x, y), a, b));
        m.if(isSimple(m, s, x, y).eqz(), () => result.set(m.call1(slowScalar, a, b)));
        m.writeVector(dst!, result.get());
      },
    }),
  ];
}

export const FLOAT_COMPARE: readonly Instruction[] = FORMATS.flatMap((f) => {
  const slow = orderedRoutine(f);
  return [...compareInstructions(f), ordered(f, slow, true), ordered(f, slow, false), ...extremes(f, "min"), ...extremes(f, "max")];
});

import type { Builder } from "../../ir/builder.ts";
import { I32, routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { isExactlySo, soft } from "./float-arithmetic.ts";
import { dwords } from "./constants.ts";
import { beginFloat, commitFloat } from "./float-control.ts";
import { DOUBLE, getLane, pattern, setLane, SINGLE, type Format, type Shape } from "./float-format.ts";
import { readPacked } from "./operands.ts";
import { neighbours } from "./packed-arithmetic.ts";

const words = (f: Format): string => (f.bits === 32 ? "Single Precision Floating-Point Values" : "Double Precision Floating-Point Values");
const letters = (f: Format): string => (f.bits === 32 ? "PS" : "PD");
const prefix = (f: Format): string => (f.bits === 32 ? "F2" : "66");

/** Which operation each lane takes: `odd` in odd lanes. */
interface Mixed { readonly even: "add" | "sub"; readonly odd: "add" | "sub" }

/** a + b or a - b lane by lane, in software. */
function mixedRoutine(f: Format, mixed: Mixed): Routine {
  return routine(`${mixed.even}-${mixed.odd}-${f.floats}`, { params: [V128, V128], results: [V128], mayFault: true }, (m, a, b) => {
    beginFloat(m);
    let result = a!;
    for (let i = 0; i < f.lanes; i++) result = setLane(f, result, i, soft(m, i & 1 ? mixed.odd : mixed.even, f, getLane(f, a!, i), getLane(f, b!, i)));
    commitFloat(m);
    m.return(result);
  });
}

/** Sums and differences of the lanes of `a` and `b`: plain arithmetic where it is exact enough, else the routine. */
function emitMixed(f: Format, mixed: Mixed, slow: Routine): (m: Builder, a: Value, b: Value) => Value {
  return (m, a, b) => {
    const s: Shape = { format: f, packed: true };
    const even = a.op(`${f.floats}.${mixed.even}`, b);
    const fast = mixed.even === mixed.odd ? even
      : even.op("v128.bitselect", a.op(`${f.floats}.${mixed.odd}`, b), f.bits === 32 ? dwords(m, [0xffffffff, 0, 0xffffffff, 0]) : dwords(m, [0xffffffff, 0xffffffff, 0, 0]));
    const result = m.local(fast);
    m.if(isExactlySo(m, s, "add", fast, a, b).eqz(), () => result.set(m.call1(slow, a, b)));
    return result.get();
  };
}

function horizontal(f: Format, operation: "add" | "sub"): Instruction {
  const name = `H${operation.toUpperCase()}${letters(f)}`, emit = emitMixed(f, { even: operation, odd: operation }, mixedRoutine(f, { even: operation, odd: operation }));
  return instruction(name, {
    forms: [`${prefix(f)} 0F ${operation === "add" ? "7C" : "7D"} /r  ${name} xmm, xmm/m128`], feature: "sse3", unit: "sse",
    title: `${name}—Packed ${f.bits === 32 ? "Single" : "Double"} Precision Floating-Point Horizontal ${operation === "add" ? "Add" : "Subtract"}`,
    execute(m, dst, src) {
      const b = readPacked(m, src!), { even, odd } = neighbours(m.readVector(dst!, "v128"), b, f.bits / 8, false);
      m.writeVector(dst!, emit(m, even, odd));
    },
  });
}

function addSub(f: Format): Instruction {
  const name = `ADDSUB${letters(f)}`, mixed: Mixed = { even: "sub", odd: "add" }, emit = emitMixed(f, mixed, mixedRoutine(f, mixed));
  return instruction(name, {
    forms: [`${prefix(f)} 0F D0 /r  ${name} xmm, xmm/m128`], feature: "sse3", unit: "sse", title: `${name}—Packed ${words(f).replace(/ Values$/, "")} Add/Subtract`,
    execute(m, dst, src) {
      const b = readPacked(m, src!);
      m.writeVector(dst!, emit(m, m.readVector(dst!, "v128"), b));
    },
  });
}

/**
 * DPPS, DPPD: products of the lanes that bits 7-4 of the control select, summed in pairs, given to the lanes that bits 3-0 select.
 * A lane that is not selected counts as +0 and raises nothing.
 */
function dotRoutine(f: Format): Routine {
  return routine(`dot-product-${f.floats}`, { params: [V128, V128, I32], results: [V128], mayFault: true }, (m, a, b, control) => {
    beginFloat(m);
    const products: Value[] = [];
    for (let i = 0; i < f.lanes; i++) {
      const product = m.local(pattern(m, f, 0n));
      m.if(control!.bit(4 + i), () => product.set(soft(m, "mul", f, getLane(f, a!, i), getLane(f, b!, i))));
      products.push(product.get());
    }
    // An unmasked exception of the products is raised before anything is summed.
    commitFloat(m);
    const sums: Value[] = [];
    for (let i = 0; i < f.lanes; i += 2) sums.push(soft(m, "add", f, products[i]!, products[i + 1]!));
    if (sums.length === 2) commitFloat(m);
    const sum = sums.length === 2 ? soft(m, "add", f, sums[0]!, sums[1]!) : sums[0]!;
    commitFloat(m);
    const bits = f.bits === 32 ? dwords(m, [1, 2, 4, 8]) : dwords(m, [1, 1, 2, 2]);
    const selected = control!.op("i32x4.splat").op("v128.and", bits).op("i32x4.eq", bits);
    m.return(sum.op(`${f.ints}.splat`).op("v128.and", selected));
  });
}
function dotProduct(f: Format): Instruction {
  const name = `DP${letters(f)}`, slow = dotRoutine(f);
  return instruction(name, {
    forms: [`66 0F 3A ${f.bits === 32 ? "40" : "41"} /r ib  ${name} xmm, xmm/m128, imm8`], feature: "sse4_1", unit: "sse", title: `${name}—Dot Product of Packed ${words(f)}`,
    execute(m, dst, src, imm) {
      const b = readPacked(m, src!), a = m.readVector(dst!, "v128");
      m.writeVector(dst!, m.call1(slow, a, b, m.immediate(imm!).zext(32)));
    },
  });
}

/** HADDx, HSUBx, ADDSUBx, DPPx. */
export const FLOAT_HORIZONTAL: readonly Instruction[] = [SINGLE, DOUBLE].flatMap((f) => [horizontal(f, "add"), horizontal(f, "sub"), addSub(f), dotProduct(f)]);

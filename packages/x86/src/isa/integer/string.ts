import type { Bits, Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { ES, RAX, RCX, RDI, RSI, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { copyRun, fillRun, unlimited } from "./bulk.ts";

/**
 * The string instructions move rSI and rDI, as wide as the address size, by the element size: down where DF is set. With a repeat prefix each
 * iteration completes before the next, registers included, so that faults and interrupts come between iterations.
 */

const DF = 10;

function step(m: InstructionBuilder, bits: number): Value {
  const size = bits / 8, width = m.addressBits as Bits;
  return m.choose(m.state(STATE.eflags).bit(DF), m.int(-size, width), m.int(size, width));
}

/** An index register's offset, zero-extended. */
function index(m: InstructionBuilder, register: number): Value { return m.gpr(register, m.addressBits as Bits).zext(64); }

function advance(m: InstructionBuilder, register: number, by: Value): void {
  m.setGprNumber(register, m.gpr(register, m.addressBits as Bits).add(by));
}

/** The element at rSI in DS or the overriding segment. */
function source(m: InstructionBuilder, bits: Bits): Value { return m.load(m.linear("operand", index(m, RSI), bits / 8, "read"), bits); }
/** The element at ES:rDI; no override reaches it. */
function destination(m: InstructionBuilder, bits: Bits): Value { return m.load(m.linear(ES, index(m, RDI), bits / 8, "read"), bits); }

/**
 * Carries out many iterations upwards at once before the next one, where `run` can: it is given how many elements there may be at most and says how many it did. The last iteration
 * that the count or the slice allows stays a single one.
 */
function inBulk(m: InstructionBuilder, registers: readonly number[], bits: Bits, run: (most: Value) => Value): void {
  if (m.variant.repeat === "none") return;
  const width = m.addressBits as Bits, budget = m.state(STATE.budget), count = m.gpr(RCX, width);
  // As many as 2^31 at once are more than a page in any case.
  const most = m.choose(count.sub(1).zext(64).ltU(m.i64(0x7fff_ffffn)), count.sub(1).zext(64).trunc(32), 0x7fff_ffff);
  m.if(budget.gtS(1).and(m.state(STATE.eflags).bit(DF).eqz()).and(m.call1(unlimited)), () => {
    const n = run(m.choose(most.ltU(budget.sub(1)), most, budget.sub(1)));
    m.if(n, () => {
      const bytes = n.mul(bits / 8).zext(64).fit(width);
      for (const r of registers) m.setGprNumber(r, m.gpr(r, width).add(bytes));
      m.setGprNumber(RCX, count.sub(n.zext(64).fit(width)));
      m.setState(STATE.budget, budget.sub(n));
    });
  });
}
/** An element in all of 8 bytes. */
function spread(m: InstructionBuilder, value: Value): Value {
  return value.bits === 64 ? value : value.zext(64).mul(m.i64(value.bits === 8 ? 0x0101_0101_0101_0101n : value.bits === 16 ? 0x0001_0001_0001_0001n : 0x0000_0001_0000_0001n));
}
/** 1 where a linear address is its offset in the segment. */
function isFlat(m: InstructionBuilder, address: Value, register: number): Value { return address.eq(index(m, register).and(m.state(STATE.linearMask))); }

/** Does `body` once, or as often as rCX and, for comparisons, ZF say. */
function repeated(m: InstructionBuilder, compares: "compares" | "moves", body: () => void): void {
  const { repeat } = m.variant;
  if (repeat === "none") body();
  else m.repeat(body, compares === "moves" ? "never" : repeat === "rep" ? "notZero" : "zero");
}

/** MOVS — Copy an element from rSI to rDI. SDM vol. 2B, "MOVS/MOVSB/MOVSW/MOVSD/MOVSQ—Move Data From String to String". */
export const MOVS: Instruction = instruction("MOVS", {
  forms: ["A4  MOVS m8, m8  rep addr", "A5  MOVS mv, mv  rep addr"],
  execute(m, dst) {
    const bits = dst!.bits as Bits, by = step(m, bits);
    repeated(m, "moves", () => {
      inBulk(m, [RSI, RDI], bits, (most) => {
        const from = m.linear("operand", index(m, RSI), bits / 8, "read"), to = m.linear(ES, index(m, RDI), bits / 8, "write");
        return m.call1(copyRun, from, to, m.i32(Math.log2(bits / 8)), m.choose(isFlat(m, from, RSI), most, 0));
      });
      const value = source(m, bits);
      m.store(m.linear(ES, index(m, RDI), bits / 8, "write"), value);
      advance(m, RSI, by);
      advance(m, RDI, by);
    });
  },
});

/** CMPS — Compare the elements at rSI and rDI. SDM vol. 2A, "CMPS/CMPSB/CMPSW/CMPSD/CMPSQ—Compare String Operands". */
export const CMPS: Instruction = instruction("CMPS", {
  forms: ["A6  CMPS m8, m8  repe addr", "A7  CMPS mv, mv  repe addr"],
  execute(m, first) {
    const bits = first!.bits as Bits, by = step(m, bits);
    repeated(m, "compares", () => {
      // The order in which faults are found is AMD's.
      const b = destination(m, bits), a = source(m, bits);
      m.flagsSub(a, b, a.sub(b));
      advance(m, RSI, by);
      advance(m, RDI, by);
    });
  },
});

/** STOS — Store the accumulator at rDI. SDM vol. 2B, "STOS/STOSB/STOSW/STOSD/STOSQ—Store String". */
export const STOS: Instruction = instruction("STOS", {
  forms: ["AA  STOS m8, AL  rep addr", "AB  STOS mv, rAX  rep addr"],
  execute(m, dst) {
    const bits = dst!.bits as Bits, by = step(m, bits), value = m.gpr(RAX, bits);
    repeated(m, "moves", () => {
      inBulk(m, [RDI], bits, (most) => m.call1(fillRun, m.linear(ES, index(m, RDI), bits / 8, "write"), spread(m, value), m.i32(Math.log2(bits / 8)), most));
      m.store(m.linear(ES, index(m, RDI), bits / 8, "write"), value);
      advance(m, RDI, by);
    });
  },
});

/** LODS — Load the accumulator from rSI. SDM vol. 2A, "LODS/LODSB/LODSW/LODSD/LODSQ—Load String". */
export const LODS: Instruction = instruction("LODS", {
  forms: ["AC  LODS AL, m8  rep addr", "AD  LODS rAX, mv  rep addr"],
  execute(m, _accumulator, src) {
    const bits = src!.bits as Bits, by = step(m, bits);
    repeated(m, "moves", () => {
      m.setGprNumber(RAX, source(m, bits));
      advance(m, RSI, by);
    });
  },
});

/** SCAS — Compare the accumulator with the element at rDI. SDM vol. 2B, "SCAS/SCASB/SCASW/SCASD—Scan String". */
export const SCAS: Instruction = instruction("SCAS", {
  forms: ["AE  SCAS AL, m8  repe addr", "AF  SCAS rAX, mv  repe addr"],
  execute(m, _accumulator, dst) {
    const bits = dst!.bits as Bits, by = step(m, bits), a = m.gpr(RAX, bits);
    repeated(m, "compares", () => {
      const b = destination(m, bits);
      m.flagsSub(a, b, a.sub(b));
      advance(m, RDI, by);
    });
  },
});

/** String instructions but the ones on ports. */
export const STRINGS: readonly Instruction[] = [MOVS, CMPS, STOS, LODS, SCAS];

import { describe, expect, test } from "vitest";
import { CODE, DATA, show, X87Unit, type Extended } from "./x87-unit.ts";

const unit = new X87Unit(), AT = `[${DATA}]`;
const ONE: Extended = { significand: 1n << 63n, signExponent: 0x3fff }, ZERO: Extended = { significand: 0n, signExponent: 0 };
const LARGEST: Extended = { significand: (1n << 64n) - 1n, signExponent: 0x7ffe }, LEAST: Extended = { significand: 1n << 63n, signExponent: 1 }, DENORMAL: Extended = { significand: 3n, signExponent: 0 };
const INDEFINITE = "ffff:c000000000000000", IE = 1, DE = 2, ZE = 4, OE = 8, UE = 0x10, PE = 0x20, SF = 0x40, ES = 0x80, C1 = 0x200, B = 0x8000;
const full = Array.from({ length: 8 }, () => ONE), unmasked = (flag: number): number => 0x37f & ~flag;

// SDM vol. 1, "Stack Overflow or Underflow Exception (#IS)".
describe("stack faults", () => {
  test("masked overflow: the default NaN is pushed, C1 is set", () => {
    unit.load("fld1").execute({ st: full, top: 3 });
    expect([show(unit.st(0)), unit.top, unit.status & 0x27f, unit.tags]).toEqual([INDEFINITE, 2, IE | SF | C1, 0xff]);
  });
  test("unmasked overflow: nothing is pushed", () => {
    unit.load("fld1").execute({ st: full, top: 3, control: unmasked(IE) });
    expect([show(unit.st(0)), unit.top, unit.status & 0x82ff]).toEqual([show(ONE), 3, IE | SF | ES | C1 | B]);
  });
  test("masked underflow: C1 is clear, the default NaN is the result", () => {
    unit.load("fadd st0, st1").execute({ st: [ONE], status: C1 });
    expect([show(unit.st(0)), unit.status & 0x27f]).toEqual([INDEFINITE, IE | SF]);
  });
  test("masked underflow of a store: indefinites of the formats", () => {
    for (const [source, hex] of [["fstp dword", "0000c0ff"], ["fstp qword", "000000000000f8ff"], ["fstp tbyte", "00000000000000c0ffff"], ["fistp word", "0080"], ["fbstp tbyte", "00000000000000c0ffff"]] as const) {
      unit.load(`${source} ${AT}`).execute({ st: [], top: 0 });
      expect(Buffer.from(unit.data(hex.length / 2)).toString("hex"), source).toBe(hex);
      expect([unit.status & 0x27f, unit.top], source).toEqual([IE | SF, 1]);
    }
  });
  test("unmasked underflow of a store: memory and stack stay", () => {
    unit.setData([1, 2, 3, 4]);
    unit.load(`fstp dword ${AT}`).execute({ st: [], top: 5, control: unmasked(IE) });
    expect([[...unit.data(4)], unit.top, unit.status & 0x82ff]).toEqual([[1, 2, 3, 4], 5, IE | SF | ES | B]);
  });
  test("fxch with an empty register exchanges the default NaN", () => {
    unit.load("fxch st1").execute({ st: [ONE] });
    expect([show(unit.st(0)), show(unit.st(1)), unit.isEmpty(1)]).toEqual([INDEFINITE, show(ONE), false]);
  });
});

// SDM vol. 1, "x87 FPU Floating-Point Exception Conditions".
describe("unmasked exceptions", () => {
  test("zero divide and denormal operand: no result", () => {
    unit.load("fdivp st1, st0").execute({ st: [ZERO, ONE], control: unmasked(ZE) });
    expect([unit.top, show(unit.st(1)), unit.status & 0x80ff]).toEqual([6, show(ONE), ZE | ES | B]);
    unit.load("faddp st1, st0").execute({ st: [DENORMAL, ONE], control: unmasked(DE) });
    expect([unit.top, show(unit.st(1)), unit.status & 0x80ff]).toEqual([6, show(ONE), DE | ES | B]);
  });
  test("overflow and underflow to a register: the exponent is wrapped by 24576, the stack pops", () => {
    unit.load("fmulp st1, st0").execute({ st: [LARGEST, LARGEST], control: unmasked(OE) });
    expect([unit.top, show(unit.st(0)), unit.status & 0x80ff]).toEqual([7, `${(2 * 0x7ffe - 0x3fff + 1 - 24576).toString(16).padStart(4, "0")}:fffffffffffffffe`, OE | PE | ES | B]);
    unit.load("fmul st0, st1").execute({ st: [LEAST, LEAST], control: unmasked(UE) });
    expect([show(unit.st(0)), unit.status & 0x80ff]).toEqual([`${(2 - 0x3fff + 24576).toString(16)}:8000000000000000`, UE | ES | B]);
  });
  test("a denormal in memory is loaded all the same (the silicon's answer)", () => {
    unit.setData([3, 0, 0, 0]);
    unit.load(`fld dword ${AT}`).execute({ st: [], control: unmasked(DE) });
    expect([show(unit.st(0)), unit.top, unit.status & 0x80ff]).toEqual([`${(16383 - 149 + 1).toString(16)}:c000000000000000`, 7, DE | ES | B]);
  });
  test("overflow to memory: nothing is stored or popped", () => {
    unit.setData([9, 9, 9, 9]);
    unit.load(`fstp dword ${AT}`).execute({ st: [LARGEST], control: unmasked(OE) });
    expect([[...unit.data(4)], unit.top, unit.status & 0x80ff]).toEqual([[9, 9, 9, 9], 7, OE | ES | B]);
  });
  test("precision: the result is stored", () => {
    unit.load("fdiv st0, st1").execute({ st: [ONE, { significand: 3n << 62n, signExponent: 0x4000 }], control: unmasked(PE) });
    expect([show(unit.st(0)), unit.status & 0x82ff]).toEqual(["3ffd:aaaaaaaaaaaaaaab", PE | ES | C1 | B]);
  });
});

// SDM vol. 1, "Software Exception Handling": waiting instructions raise #MF, the FN forms do not.
describe("a pending exception", () => {
  const pending = { st: [ONE, ONE], status: ZE | ES | B, control: unmasked(ZE) };
  for (const source of ["fadd st0, st1", "fld1", "fwait", `fldcw word ${AT}`, `fldenv ${AT}`, "emms", "ffree st1", "fnop"]) {
    test(`${source} raises #MF and changes nothing`, () => {
      expect(unit.load(source).execute(pending)).toBe(false);
      expect([show(unit.st(0)), unit.top, unit.tags, unit.status & 0x80ff]).toEqual([show(ONE), 6, 0xc0, ZE | ES | B]);
    });
  }
  test("fnclex, fninit, fnstsw, fnstcw, fnstenv and fnsave do not wait", () => {
    for (const source of ["fnclex", "fninit", "fnstsw ax", `fnstsw word ${AT}`, `fnstcw word ${AT}`, `fnstenv ${AT}`, `fnsave ${AT}`]) expect(unit.load(source).execute(pending), source).toBe(true);
  });
  test("fnclex clears flags, summary and busy; fldcw that unmasks a flag makes it pending", () => {
    unit.load("fnclex").execute(pending);
    expect(unit.status & 0x80ff).toBe(0);
    unit.setData([unmasked(PE) & 0xff, unmasked(PE) >> 8]);
    unit.load(`fldcw word ${AT}`).execute({ st: [], status: PE });
    expect(unit.status & 0x80ff).toBe(PE | ES | B);
  });
});

// SDM vol. 1, "x87 FPU State": layouts in memory of real-address mode, figures "Real Mode x87 FPU State Image in Memory, 16-Bit Format" and "…32-Bit Format".
describe("environment", () => {
  const st = [ONE, ZERO, DENORMAL, { significand: 1n << 63n, signExponent: 0x7fff }];
  // Physical 4 valid, 5 zero, 6 and 7 special, 0-3 empty.
  const TAG_WORD = 0b10_10_01_00_11_11_11_11;
  test("fnstenv masks all exceptions after storing control, status and tag word", () => {
    unit.load(`fnstenv ${AT}`).execute({ st, control: unmasked(ZE), status: C1 });
    const v = new DataView(unit.data(14).buffer);
    expect([v.getUint16(0, true), v.getUint16(2, true), v.getUint16(4, true)]).toEqual([unmasked(ZE), 0x2200, TAG_WORD]);
    expect(unit.control).toBe(0x37f);
    unit.load(`o32 fnstenv ${AT}`).execute({ st });
    const w = new DataView(unit.data(28).buffer);
    expect([w.getUint16(0, true), w.getUint16(4, true), w.getUint16(8, true)]).toEqual([0x37f, 0x2000, TAG_WORD]);
  });
  // SDM vol. 1, "x87 FPU Instruction and Data (Operand) Pointers".
  test("pointers name the instruction and operand of an unmasked exception", () => {
    unit.setData([0, 0, 0, 0]);
    unit.load(`fdiv dword ${AT}`).execute({ st: [ONE], control: unmasked(ZE) });
    expect(unit.load(`fnstenv ${AT}`).executeNext()).toBe(true);
    const v = new DataView(unit.data(14).buffer);
    expect([v.getUint16(2, true) & 0x80ff, v.getUint16(6, true), v.getUint16(8, true), v.getUint16(10, true)]).toEqual([ZE | ES | B, CODE, 0x030, DATA]);
  });
  test("fnsave and frstor: registers in stack order, then the state of fninit", () => {
    for (const [prefix, size] of [["o16", 94], ["o32", 108]] as const) {
      unit.load(`${prefix} fnsave ${AT}`).execute({ st, status: 0x4100 });
      expect([unit.control, unit.status, unit.tags]).toEqual([0x37f, 0, 0]);
      const image = new DataView(unit.data(size).buffer);
      st.forEach((x, i) => expect([image.getBigUint64(size - 80 + 10 * i, true), image.getUint16(size - 72 + 10 * i, true)]).toEqual([x.significand, x.signExponent]));
      unit.load(`${prefix} frstor ${AT}`).execute({ st: [] });
      expect([unit.status, unit.tags, ...st.map((_, i) => show(unit.st(i)))]).toEqual([0x6100, 0xf0, ...st.map(show)]);
    }
  });
});

// SDM vol. 2A, "FXAM—Examine Floating-Point": C3 C2 C0, and C1 the sign.
test("fxam", () => {
  const classes: readonly (readonly [Extended, number])[] = [
    [{ significand: 1n << 62n, signExponent: 0x3fff }, 0], [{ significand: (1n << 63n) | 1n, signExponent: 0x7fff }, 0x100], [ONE, 0x400], [{ significand: 1n << 63n, signExponent: 0x7fff }, 0x500],
    [ZERO, 0x4000], [DENORMAL, 0x4400],
  ];
  unit.load("fxam");
  for (const [v, code] of classes) {
    unit.execute({ st: [v] });
    expect(unit.status & 0x4700).toBe(code);
    unit.execute({ st: [{ ...v, signExponent: v.signExponent | 0x8000 }] });
    expect(unit.status & 0x4700).toBe(code | C1);
  }
  unit.execute({ st: [], top: 0 });
  expect(unit.status & 0x4500).toBe(0x4100);
});

import { describe, expect, test } from "vitest";
import type { EngineName } from "../../src/engine/engine.ts";
import { AF, ALL, AluLoop, CF, type Operands } from "./alu-loop.ts";
import { aad, aam, BINARY, DECIMAL, DIVIDE, MULTIPLY, SHIFTS, UNARY } from "./definitions.ts";

/** Every flag clear or set before, with carry and without: what an instruction must not touch shows. */
const FLAGS = [0, CF, ALL & ~CF, ALL];

function* bytePairs(flags: readonly number[], ah: number): Generator<Operands> {
  for (const f of flags) for (let al = 0; al < 256; al++) for (let cl = 0; cl < 256; cl++) yield { al, ah, cl, flags: f };
}
function* bytes(flags: readonly number[], ah: number): Generator<Operands> {
  for (const f of flags) for (let al = 0; al < 256; al++) yield { al, ah, cl: 0x5a, flags: f };
}

/** Tests of every 8-bit arithmetic instruction, on an engine, against definitions in the manual's words. */
export function testEveryByte(engine: EngineName): void {
  const loop = new AluLoop(engine);

  describe("two operands: every pair of bytes", () => {
    for (const [name, define] of Object.entries(BINARY)) {
      test(name.toUpperCase(), () => {
        loop.load(`${name} al, cl`);
        for (const o of bytePairs(FLAGS, 0xa5)) loop.expect(o, define(o));
        loop.run();
      });
    }
    for (const [name, define] of Object.entries(MULTIPLY)) {
      test(name.toUpperCase(), () => {
        loop.load(`${name} cl`);
        for (const o of bytePairs([0, ALL], 0xa5)) loop.expect(o, define(o));
        loop.run();
      });
    }
  });

  describe("one operand: every byte", () => {
    for (const [name, define] of Object.entries(UNARY)) {
      test(name.toUpperCase(), () => {
        loop.load(`${name} al`);
        for (const o of bytes(FLAGS, 0xa5)) loop.expect(o, define(o));
        loop.run();
      });
    }
  });

  describe("division: every dividend of sixteen bits by every byte", () => {
    for (const [name, define] of Object.entries(DIVIDE)) {
      test(name.toUpperCase(), () => {
        loop.load(`${name} cl`);
        for (let ah = 0; ah < 256; ah++) for (const o of bytePairs([0], ah)) {
          const outcome = define(o);
          // An exception costs as much as a hundred divisions: one in 257 of those.
          if (outcome !== "#DE" || (o.al + o.cl + 3 * ah) % 257 === 0) loop.expect(o, outcome);
        }
        loop.run();
      });
    }
  });

  describe("shifts and rotates: every byte by every count", () => {
    for (const [name, define] of Object.entries(SHIFTS)) {
      test(`${name.toUpperCase()} by CL`, () => {
        loop.load(`${name} al, cl`);
        for (const o of bytePairs(FLAGS, 0xa5)) loop.expect(o, define(o, o.cl));
        loop.run();
      });
      test(`${name.toUpperCase()} by immediate`, () => {
        for (let count = 0; count < 256; count++) {
          loop.load(count === 1 ? `${name} al, 1` : `${name} al, ${count}`);
          for (const o of bytes(FLAGS, 0xa5)) loop.expect(o, define(o, count));
          loop.run();
        }
      });
    }
  });

  describe("decimal adjustment: every AX, AF and CF", () => {
    for (const [name, define] of Object.entries(DECIMAL)) {
      test(name.toUpperCase(), () => {
        loop.load(name);
        for (let ah = 0; ah < 256; ah++) for (const o of bytes([0, CF, AF, CF | AF, ALL], ah)) loop.expect(o, define(o));
        loop.run();
      });
    }
    test("AAM with every base", () => {
      for (let base = 0; base < 256; base++) {
        loop.load(`aam ${base}`);
        for (const o of bytes([0, ALL], 0x12)) loop.expect(o, aam(o, base));
        loop.run();
      }
    });
    test("AAD with every base", () => {
      for (let base = 0; base < 256; base++) {
        loop.load(`aad ${base}`);
        for (const ah of base === 10 ? Array.from({ length: 256 }, (_, i) => i) : [0, 1, 9, 0x80, 0xff]) for (const o of bytes([0, ALL], ah)) loop.expect(o, aad(o, base));
        loop.run();
      }
    });
  });

  test("all of them ran", () => expect(loop.compared).toBeGreaterThan(20_000_000));
}

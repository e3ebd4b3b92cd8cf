import { describe, expect, test } from "vitest";
import { OP, signatureOf, type OpcodeName } from "../src/index.ts";
import { immediatesOf } from "../src/opcodes.ts";
import { Trap } from "./lane-operations.ts";
import { floats, fromFloats, shapeOf } from "./lanes.ts";
import { access } from "./memory-reference.ts";
import { ADDRESS, OFFSET, oneInstruction, OPERANDS, RESULT, sizeOf } from "./one-instruction.ts";
import { evaluate, NAMES } from "./reference.ts";

/** Instructions whose types depend on the context, constants, and those that need more than one function: emitter.test.ts has them. */
const ELSEWHERE = new Set<string>([
  "unreachable", "nop", "block", "loop", "if", "else", "end", "br", "br_if", "br_table", "return", "call", "call_indirect", "return_call", "return_call_indirect",
  "drop", "select", "local.get", "local.set", "local.tee", "global.get", "global.set", "memory.size", "memory.grow", "memory.copy", "memory.fill",
  "i32.const", "i64.const", "f32.const", "f64.const", "v128.const", "memory.atomic.notify", "memory.atomic.wait32", "memory.atomic.wait64", "atomic.fence",
]);

/** Operand bytes: a fixed pseudo-random sequence (xorshift), then values that matter to floating point, and to signs and limits of integers. */
function* operandSets(): Generator<Uint8Array[]> {
  let state = 0x9e3779b9;
  const random = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
  const bytes = (): Uint8Array => Uint8Array.from({ length: 16 }, random);
  for (let i = 0; i < 16; i++) yield [bytes(), bytes(), bytes()];
  const doubles = [fromFloats([2.5, -0.5], 64), fromFloats([-3e9, 4294967295.5], 64), fromFloats([-0, 0], 64), fromFloats([1e300, -7.75], 64)];
  const singles = [fromFloats([2.5, -0.5, 3.5, 1e10], 32), fromFloats([-0, 0, -300.75, 65535.5], 32), fromFloats([NaN, Infinity, -Infinity, 1], 32)];
  const limits = [new Uint8Array(16), new Uint8Array(16).fill(0xff), Uint8Array.from({ length: 16 }, (_, i) => (i % 4 === 3 ? 0x80 : 0))];
  for (const group of [doubles, singles, limits]) for (const a of group) for (const b of group) yield [a, b, bytes()];
  // The same bytes twice, so that a comparison exchanges.
  for (let i = 0; i < 4; i++) {
    const same = bytes();
    yield [same, same, bytes()];
  }
}

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const u8 = new Uint8Array(memory.buffer, 0, 512);

function equal(result: Uint8Array, expected: Uint8Array, name: string): boolean {
  if (result.every((byte, i) => byte === expected[i])) return true;
  // The payload and sign of a NaN that an operation makes are the platform's choice.
  const prefix = /^f\d+(x\d+)?(?=\.)/.exec(name)?.[0];
  if (prefix === undefined) return false;
  const shape = shapeOf(prefix);
  const [a, b] = [floats(result, shape), floats(expected, shape)];
  return a.every((x, i) => Object.is(x, b[i]));
}

describe("every opcode", () => {
  const pure = NAMES.filter((name) => !ELSEWHERE.has(name));
  test("is tested here or in emitter.test.ts", () => {
    expect(pure.length).toBeGreaterThan(450);
    for (const name of ELSEWHERE) expect(NAMES).toContain(name);
  });

  test.each(pure)("%s", (text) => {
    const name = text as OpcodeName;
    const { params, result } = signatureOf(OP[name]);
    const bytes = oneInstruction(name);
    expect(WebAssembly.validate(bytes as BufferSource)).toBe(true);
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), { test: { memory } }).exports as { f: () => void };
    const touchesMemory = immediatesOf(name).startsWith("memory");
    let compared = 0;
    for (const set of operandSets()) {
      u8.fill(0);
      set.forEach((operand, n) => u8.set(operand, OPERANDS + 16 * n));
      u8.set(set[0]!, ADDRESS + OFFSET);
      if (touchesMemory && name.includes("cmpxchg")) u8.set(extended(set[0]!, name), OPERANDS + 16);
      const operands = params.map((type, n) => u8.slice(OPERANDS + 16 * n, OPERANDS + 16 * n + sizeOf(type)));
      const expectedMemory = u8.slice();
      let expected: Uint8Array | undefined;
      try {
        if (touchesMemory) expected = access(name, expectedMemory, ADDRESS + OFFSET, operands.slice(1))!.result;
        else expected = evaluate(name, operands)!;
      } catch (error) {
        if (!(error instanceof Trap)) throw error;
        expect(f, `${name} of ${operands.join(" | ")}`).toThrow(WebAssembly.RuntimeError);
        continue;
      }
      f();
      const size = result === undefined ? 0 : sizeOf(result);
      const actual = u8.slice(RESULT, RESULT + size);
      expect(equal(actual, expected ?? actual, name), `${name} of ${operands.join(" | ")}: ${actual} instead of ${expected}`).toBe(true);
      u8.fill(0, RESULT, RESULT + 16);
      expect(u8.every((byte, i) => byte === expectedMemory[i])).toBe(true);
      compared++;
    }
    expect(compared).toBeGreaterThan(0);
  });
});

/** The first operand of a comparison that succeeds: the bytes in memory, extended with zeros from the access's width. */
function extended(bytes: Uint8Array, name: string): Uint8Array {
  const width = Number(/rmw(\d*)/.exec(name)![1] || name.slice(1, 3)) / 8;
  return bytes.map((byte, i) => (i < width ? byte : 0));
}

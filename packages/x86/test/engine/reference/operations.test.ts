import { Emitter, ModuleWriter, OP, signatureOf, type Signature } from "@ringzero/wasm";
import { describe, expect, it } from "vitest";
import { loadAs, storeAs } from "../../../src/engine/reference/memory-operations.ts";
import { OPERATIONS_BY_NAME } from "../../../src/engine/reference/operations.ts";
import { isNan32, isNan64, viewOf, type Word } from "../../../src/engine/reference/word.ts";

/** Operands at 0, 16, 32; the result at 48. */
const OPERAND = 16, RESULT = 48;
const SIZE = { i32: 4, i64: 8, f32: 4, f64: 8, v128: 16 } as const;
type Type = keyof typeof SIZE;

function pure(name: string): Signature | undefined {
  if (/load|store|atomic|memory\.|table\./.test(name)) return undefined;
  try {
    const s = signatureOf((OP as { [name: string]: number })[name]!);
    return s.result && s.params.length > 0 ? s : undefined;
  } catch {
    return undefined;
  }
}
/** Conversions that trap, which no description may use: the saturating ones are there. */
const TRAPPING = /^i(32|64)\.trunc_f/;
const NAMES = Object.keys(OP).filter((name) => pure(name) && !TRAPPING.test(name));

function random(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
    return x >>> 0;
  };
}
/** Edges of every lane type, as 32- and 64-bit patterns. */
const EDGES32 = [0, 1, -1, 0x8000_0000, 0x7fff_ffff, 0x80, 0x7f, 0x8000, 0x7fff, 0x3f80_0000, 0xbf00_0000, 0x3fc0_0000, 0x4020_0000, 0x4f00_0000, 0xcf00_0000, 0x4f80_0000, 0x5f00_0000,
  0x7f80_0000, 0xff80_0000, 0x7fc0_0001, 0x7f80_0001, 0xffc1_2345, 0x0040_0000, 0x807f_ffff, 0x4b00_0001, 0x7f7f_ffff];
const EDGES64 = [0n, 1n, -1n, 1n << 63n, (1n << 63n) - 1n, 0x3ff0_0000_0000_0000n, 0xbfe0_0000_0000_0000n, 0x4004_0000_0000_0000n, 0x41e0_0000_0000_0000n, 0xc1e0_0000_0020_0000n, 0x43e0_0000_0000_0000n,
  0x7ff0_0000_0000_0000n, 0xfff0_0000_0000_0000n, 0x7ff8_0000_0000_1234n, 0x7ff0_0000_0000_0001n, 0x000f_ffff_ffff_ffffn, 0x4330_0000_0000_0001n, 0x36a0_0000_0000_0000n, 0x47ef_ffff_f000_0000n,
  0x7fff_ff40_0000_0001n, 0x0020_0000_4000_0001n];

function fillOperands(memory: DataView, next: () => number): void {
  for (let at = 0; at < 48; at += 8) {
    const kind = next() % 4;
    if (kind === 0) memory.setBigUint64(at, BigInt.asUintN(64, EDGES64[next() % EDGES64.length]!), true);
    else for (const half of [at, at + 4]) memory.setUint32(half, kind === 1 ? EDGES32[next() % EDGES32.length]! : next(), true);
  }
}

/** A module with one function for an instruction: operands from memory, the result to memory. */
function compile(name: string, s: Signature, imm: number | Uint8Array | undefined): (memory: DataView) => void {
  const w = new ModuleWriter(), e = new Emitter();
  w.importMemory("m", "memory", { minimum: 1 });
  const f = w.declare(w.type([], []));
  e.i32Const(RESULT);
  s.params.forEach((type, i) => {
    e.i32Const(i * OPERAND);
    e.memory(OP[`${type as Type}.load`], 0);
  });
  const code = (OP as { [name: string]: number })[name]!;
  if (imm instanceof Uint8Array) e.shuffle(imm);
  else if (imm !== undefined) e.lane(code, imm);
  else e.op(code);
  e.memory(OP[`${s.result as Type}.store`], 0);
  w.body(f, [], e);
  w.export("f", "function", f);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(w.finish() as Uint8Array<ArrayBuffer>), { m: { memory } });
  return (operands) => {
    const own = new DataView(memory.buffer);
    for (let at = 0; at < RESULT; at += 8) own.setBigUint64(at, operands.getBigUint64(at, true), true);
    (exports["f"] as () => void)();
    for (let at = RESULT; at < RESULT + 16; at += 8) operands.setBigUint64(at, own.getBigUint64(at, true), true);
  };
}

/** Where the specification leaves the NaN open, any NaN is as good as another: the results with those lanes made alike. */
function withoutNanPayload(name: string, type: Type, word: Word): Word {
  if (/\.(abs|neg|copysign|pmin|pmax|splat|extract_lane|replace_lane|reinterpret_i(32|64))$/.test(name)) return word;
  if (type === "f32") return isNan32(word as number) ? -1 : word;
  if (type === "f64") return isNan64(word as bigint) ? -1n : word;
  if (type !== "v128" || !/^f(32x4|64x2)\.(add|sub|mul|div|min|max|sqrt|ceil|floor|trunc|nearest|demote|promote)/.test(name)) return word;
  const copy = (word as Uint8Array).slice(), v = viewOf(copy);
  for (let at = 0; at < 16; at += name.startsWith("f32") ? 4 : 8) {
    if (name.startsWith("f32") && isNan32(v.getInt32(at, true))) v.setInt32(at, -1, true);
    if (name.startsWith("f64") && isNan64(v.getBigInt64(at, true))) v.setBigInt64(at, -1n, true);
  }
  return copy;
}

function immediates(name: string, next: () => number): (number | Uint8Array | undefined)[] {
  if (name === "i8x16.shuffle") return Array.from({ length: 4 }, () => Uint8Array.from({ length: 16 }, () => next() % 32));
  const lanes = /^[if]\d+x(\d+)\.(?:extract|replace)_lane/.exec(name)?.[1];
  return lanes ? Array.from({ length: Number(lanes) }, (_, i) => i) : [undefined];
}

describe("reference operations against the WebAssembly engine", () => {
  it("covers every pure instruction", () => {
    expect(NAMES.filter((name) => !OPERATIONS_BY_NAME[name])).toEqual([]);
    expect(NAMES.length).toBeGreaterThan(300);
  });

  it.each(NAMES)("%s", (name) => {
    const s = pure(name)!, operation = OPERATIONS_BY_NAME[name]!, next = random(0x1234_5678);
    const memory = new DataView(new ArrayBuffer(64)), type = s.result as Type;
    for (const imm of immediates(name, next)) {
      const real = compile(name, s, imm);
      for (let n = 0; n < 300; n++) {
        fillOperands(memory, next);
        const [a, b, c] = s.params.map((t, i) => loadAs(memory, i * OPERAND, t, SIZE[t as Type]));
        let ours: Word | undefined;
        try { ours = operation(a!, b ?? 0, c ?? 0, imm as number); } catch { /* divides by zero, or -2^N by -1 */ }
        if (ours === undefined) {
          expect(() => real(memory), name).toThrow();
          continue;
        }
        real(memory);
        const theirs = loadAs(memory, RESULT, type, SIZE[type]);
        // Stored and read back: a word must be in the form that memory gives it.
        storeAs(memory, RESULT, SIZE[type], ours);
        expect(loadAs(memory, RESULT, type, SIZE[type])).toEqual(ours);
        expect(withoutNanPayload(name, type, ours), `${name}(${String(a)}, ${String(b)}, ${String(c)}) ${String(imm)}`).toEqual(withoutNanPayload(name, type, theirs));
      }
    }
  });
});

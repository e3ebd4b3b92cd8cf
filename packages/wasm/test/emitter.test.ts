import { describe, expect, test } from "vitest";
import { Emitter, ModuleWriter, OP, signatureOf, type ValueType } from "../src/index.ts";

type Exports = { readonly [name: string]: (...args: (number | bigint)[]) => number | bigint | undefined };

/** An instance with one function "f", and what `more` adds to the module. */
function make(params: ValueType[], results: ValueType[], locals: ValueType[], write: (e: Emitter) => void, more: (w: ModuleWriter) => void = () => {}): Exports {
  const w = new ModuleWriter();
  more(w);
  const f = w.declare(w.type(params, results));
  const e = new Emitter(8);
  write(e);
  w.body(f, locals, e);
  w.export("f", "function", f);
  return new WebAssembly.Instance(new WebAssembly.Module(w.finish() as BufferSource), {}).exports as unknown as Exports;
}

describe("constants", () => {
  test.each([0, -1, 0x7fffffff, -0x80000000, 0xdeadbeef])("i32 %d", (value) => {
    expect(make([], ["i32"], [], (e) => e.i32Const(value))["f"]!()).toBe(value | 0);
  });
  test.each([0n, -1n, 1n << 62n, -(1n << 63n), 0xdeadbeefn])("i64 %d", (value) => {
    expect(make([], ["i64"], [], (e) => e.i64Const(value))["f"]!()).toBe(value);
    if (Number.isSafeInteger(Number(value))) expect(make([], ["i64"], [], (e) => e.i64ConstNumber(Number(value)))["f"]!()).toBe(value);
  });
  test.each([0.1, -0, Infinity, 1e300])("f64 and f32 %d", (value) => {
    expect(make([], ["f64"], [], (e) => e.f64Const(value))["f"]!()).toBe(value);
    expect(make([], ["f32"], [], (e) => e.f32Const(value))["f"]!()).toBe(Math.fround(value));
  });
  test("v128", () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
    expect(make([], ["i64"], [], (e) => { e.v128Const(bytes); e.lane(OP["i64x2.extract_lane"], 1); })["f"]!()).toBe(0x100f0e0d0c0b0a09n);
  });
});

describe("control", () => {
  test("block, br_if, br, loop: the sum of 1 to n", () => {
    const { f } = make(["i32"], ["i32"], ["i32"], (e) => {
      e.block();
      e.loop();
      e.localGet(0); e.op(OP["i32.eqz"]); e.brIf(1);
      e.localGet(1); e.localGet(0); e.op(OP["i32.add"]); e.localSet(1);
      e.localGet(0); e.i32Const(1); e.op(OP["i32.sub"]); e.localTee(0); e.drop();
      e.br(0);
      e.end();
      e.end();
      e.op(OP.nop);
      e.localGet(1);
    }) as { f: Exports[string] };
    expect(f(10)).toBe(55);
  });
  test("if, else and a block's result", () => {
    const { f } = make(["i32"], ["i32"], [], (e) => { e.localGet(0); e.if("i32"); e.i32Const(7); e.else(); e.i32Const(9); e.end(); }) as { f: Exports[string] };
    expect([f(1), f(0)]).toEqual([7, 9]);
  });
  test("a block by the index of its type takes parameters", () => {
    let type = 0;
    const { f } = make(["i32"], ["i32"], [], (e) => { e.localGet(0); e.i32Const(2); e.block(type); e.op(OP["i32.mul"]); e.end(); }, (w) => { type = w.type(["i32", "i32"], ["i32"]); }) as { f: Exports[string] };
    expect(f(21)).toBe(42);
  });
  test("br_table, return and select", () => {
    const { f } = make(["i32"], ["i32"], [], (e) => {
      e.block(); e.block(); e.block();
      e.localGet(0); e.brTable([0, 1, 99], 2, 2);
      e.end(); e.i32Const(10); e.return();
      e.end(); e.i32Const(20); e.i32Const(21); e.localGet(0); e.select(); e.return();
      e.end(); e.i32Const(30);
    }) as { f: Exports[string] };
    expect([f(0), f(1), f(2), f(-1)]).toEqual([10, 20, 30, 30]);
  });
  test("unreachable traps", () => {
    expect(make([], [], [], (e) => e.unreachable())["f"]).toThrow(WebAssembly.RuntimeError);
  });
});

test("globals", () => {
  const { f } = make(["i64"], ["i64"], [], (e) => { e.globalGet(0); e.localGet(0); e.op(OP["i64.add"]); e.globalSet(0); e.globalGet(0); }, (w) => { w.global({ type: "i64", mutable: true }, 1n << 40n); }) as { f: Exports[string] };
  expect([f(1n), f(2n)]).toEqual([(1n << 40n) + 1n, (1n << 40n) + 3n]);
});

describe("calls", () => {
  /** Two functions that count a number down to zero through `write`, which calls the other one by index or through table 1. */
  function counter(write: (e: Emitter, other: number, type: number) => void): (n: number) => number {
    const w = new ModuleWriter();
    const type = w.type(["i32"], ["i32"]);
    w.table({ minimum: 1 });
    const table = w.table({ minimum: 8 });
    expect(table).toBe(1);
    const [a, b] = [w.declare(type, "a"), w.declare(type, "b")];
    w.element(table, 2, [a, b]);
    const e = new Emitter();
    for (const [f, other] of [[a, b], [b, a]] as const) {
      e.reset();
      e.localGet(0); e.op(OP["i32.eqz"]); e.if(); e.i32Const(f === a ? 100 : 200); e.return(); e.end();
      e.localGet(0); e.i32Const(1); e.op(OP["i32.sub"]);
      write(e, other, type);
      w.body(f, [], e);
    }
    w.export("a", "function", a);
    return new WebAssembly.Instance(new WebAssembly.Module(w.finish() as BufferSource)).exports["a"] as (n: number) => number;
  }
  const place = (e: Emitter, other: number): void => e.i32Const(other + 2);
  test("call and call_indirect", () => {
    for (const f of [counter((e, other) => e.call(other)), counter((e, other, type) => { place(e, other); e.callIndirect(type, 1); })]) expect([f(4), f(5)]).toEqual([100, 200]);
  });
  test("return_call and return_call_indirect need no stack", () => {
    const depth = 1_000_000;
    expect(() => counter((e, other) => e.call(other))(depth)).toThrow(RangeError);
    expect(counter((e, other) => e.returnCall(other))(depth)).toBe(100);
    expect(counter((e, other, type) => { place(e, other); e.returnCallIndirect(type, 1); })(depth + 1)).toBe(200);
  });
  test("call_indirect checks the type", () => {
    const f = counter((e, other, type) => { e.i32Const(other); e.op(OP["i32.eqz"]); e.i32Const(4); e.op(OP["i32.mul"]); e.callIndirect(type, 1); });
    expect(() => f(1)).toThrow(WebAssembly.RuntimeError);
  });
});

describe("memory as a whole", () => {
  const pages = (maximum: number) => (w: ModuleWriter): void => { w.memory({ minimum: 1, maximum }); w.data(16, Uint8Array.of(1, 2, 3, 4)); };
  test("memory.size and memory.grow", () => {
    const { f } = make(["i32"], ["i32"], [], (e) => { e.localGet(0); e.bulk(OP["memory.grow"]); e.drop(); e.bulk(OP["memory.size"]); }, pages(3)) as { f: Exports[string] };
    expect([f(0), f(2), f(1)]).toEqual([1, 3, 3]);
  });
  test("memory.copy and memory.fill", () => {
    const { f } = make([], ["i64"], [], (e) => {
      e.i32Const(32); e.i32Const(16); e.i32Const(4); e.bulk(OP["memory.copy"]);
      e.i32Const(36); e.i32Const(0x99); e.i32Const(2); e.bulk(OP["memory.fill"]);
      e.i32Const(32); e.memory(OP["i64.load"], 0, 3);
    }, pages(1)) as { f: Exports[string] };
    expect(f()).toBe(0x999904030201n);
  });
  test("wait, notify and fence: nobody waits, and what is there is not what is waited for", () => {
    const { f } = make([], ["i32"], [], (e) => {
      e.op(OP["atomic.fence"]); e.u8(0);
      e.i32Const(16); e.i32Const(1); e.memory(OP["memory.atomic.notify"], 0, 2);
      e.i32Const(16); e.i32Const(7); e.i64Const(0n); e.memory(OP["memory.atomic.wait32"], 0, 2); e.op(OP["i32.add"]);
      e.i32Const(16); e.i64Const(7n); e.i64Const(0n); e.memory(OP["memory.atomic.wait64"], 0, 3); e.op(OP["i32.add"]);
    }, (w) => { w.memory({ minimum: 1, maximum: 1, shared: true }); w.data(16, Uint8Array.of(1, 2, 3, 4)); }) as { f: Exports[string] };
    // notify woke 0; both waits answer 1, "not-equal".
    expect(f()).toBe(2);
  });
});

test("signatures", () => {
  expect(signatureOf(OP["i64.store32"])).toEqual({ name: "i64.store32", params: ["i32", "i64"], result: undefined });
  expect(signatureOf(OP["f64x2.extract_lane"]).result).toBe("f64");
  expect(() => signatureOf(OP.br)).toThrow("(br)");
  expect(() => signatureOf(0xfdffff)).toThrow("0xfdffff");
});

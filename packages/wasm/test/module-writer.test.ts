import { describe, expect, test } from "vitest";
import { ByteReader, Emitter, ModuleWriter, OP } from "../src/index.ts";

function module(bytes: Uint8Array): WebAssembly.Module {
  return new WebAssembly.Module(bytes as BufferSource);
}
function full(): ModuleWriter {
  const w = new ModuleWriter();
  const type = w.type(["i32"], ["i32"]);
  expect(w.type(["i32"], ["i32"])).toBe(type);
  const imported = w.importFunction("env", "twice", type);
  w.importGlobal("env", "base", { type: "i32" });
  w.importTable("env", "table", { minimum: 2, maximum: 4 });
  w.memory({ minimum: 1 });
  w.table({ minimum: 1 });
  w.global({ type: "i32", mutable: true }, -3);
  const f = w.declare(type, "f ünï");
  const g = w.declare(type, "g");
  const e = new Emitter();
  // Bodies may come in any order.
  e.localGet(0); e.globalGet(0); e.op(OP["i32.add"]); e.localSet(2); e.localGet(2);
  w.body(g, ["i64", "i32", "i32", "f64"], e);
  e.reset();
  e.localGet(0); e.call(imported); e.call(g);
  w.body(f, [], e);
  w.element(0, 1, [f]);
  w.data(8, Uint8Array.of(5));
  w.export("f", "function", f);
  w.export("memory", "memory", 0);
  w.export("counter", "global", 1);
  w.export("own", "table", 1);
  return w;
}

test("everything a module has, instantiated", () => {
  const m = module(full().finish());
  expect(WebAssembly.Module.imports(m)).toEqual([{ module: "env", name: "twice", kind: "function" }, { module: "env", name: "base", kind: "global" }, { module: "env", name: "table", kind: "table" }]);
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 2, maximum: 4 });
  const { f, memory, counter } = new WebAssembly.Instance(m, { env: { twice: (x: number) => 2 * x, base: new WebAssembly.Global({ value: "i32" }, 100), table } }).exports as { f: (x: number) => number; memory: WebAssembly.Memory; counter: WebAssembly.Global };
  expect(f(21)).toBe(142);
  expect(table.get(1)).toBe(f);
  expect(new Uint8Array(memory.buffer)[8]).toBe(5);
  expect(counter.value).toBe(-3);
});

test("sections come in the order of the specification", () => {
  const reader = new ByteReader(full().finish({ names: true }));
  reader.raw(8);
  const ids: number[] = [];
  while (!reader.done) {
    ids.push(reader.u8());
    reader.sized();
  }
  expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 0]);
});

test("the name section is read by the engine: a stack trace has the function's name", () => {
  const w = new ModuleWriter();
  const f = w.declare(w.type([], []), "fails here");
  const e = new Emitter();
  e.unreachable();
  w.body(f, [], e);
  w.export("f", "function", f);
  const run = new WebAssembly.Instance(module(w.finish({ names: true }))).exports["f"] as () => void;
  expect(() => run()).toThrow();
  try {
    run();
  } catch (error) {
    expect((error as Error).stack).toContain("fails here");
  }
});

describe("branch hints", () => {
  test("count from the start of the locals, sorted by function, before the code", () => {
    const w = new ModuleWriter();
    const type = w.type(["i32"], []);
    const [a, b] = [w.declare(type), w.declare(type)];
    const e = new Emitter();
    for (const f of [b, a]) {
      e.reset();
      e.localGet(0);
      const at = e.length;
      e.if(); e.end();
      w.branchHints(f, [at], [f === a ? 1 : 0]);
      w.body(f, ["i32", "i64"], e);
    }
    const bytes = w.finish();
    expect(WebAssembly.validate(bytes as BufferSource)).toBe(true);
    const [section] = WebAssembly.Module.customSections(module(bytes), "metadata.code.branch_hint");
    const r = new ByteReader(new Uint8Array(section!));
    // Locals: 1 + 2 × 2 bytes; local.get 0: 2 bytes.
    expect(r.vector(() => [r.u32(), r.vector(() => [r.u32(), r.u32(), r.u8()])])).toEqual([[0, [[7, 1, 1]]], [1, [[7, 1, 0]]]]);
  });
});

test("a large module: thousands of functions", () => {
  const w = new ModuleWriter();
  const type = w.type([], ["i32"]);
  const count = 5000;
  const table = w.table({ minimum: count });
  const all = Array.from({ length: count }, () => w.declare(type));
  const e = new Emitter();
  for (const f of all) {
    e.reset();
    for (let i = 0; i < f % 50; i++) e.op(OP.nop);
    e.i32Const(f * f);
    w.body(f, [], e);
  }
  w.element(table, 0, Uint32Array.from(all));
  w.export("table", "table", table);
  const t = new WebAssembly.Instance(module(w.finish())).exports["table"] as WebAssembly.Table;
  for (const n of [0, 1, 127, 128, 4999]) expect((t.get(n) as () => number)()).toBe(n * n);
});

describe("mistakes", () => {
  test("a function without a body", () => {
    const w = new ModuleWriter();
    w.declare(w.type([], []), "lost");
    expect(() => w.finish()).toThrow('"lost"');
  });
  test("an import that would move indices", () => {
    const w = new ModuleWriter();
    const type = w.type([], []);
    w.declare(type);
    expect(() => w.importFunction("a", "b", type)).toThrow("after one was defined");
  });
  test("a body for a function that was not declared", () => {
    expect(() => new ModuleWriter().body(3, [], new Emitter())).toThrow("Function 3");
  });
});

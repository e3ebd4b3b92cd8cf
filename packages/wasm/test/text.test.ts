import { expect, test } from "vitest";
import { disassemble, Emitter, ModuleWriter, OP } from "../src/index.ts";

function sample(): Uint8Array {
  const w = new ModuleWriter();
  const type = w.type(["i32", "i64"], ["i32"]);
  w.importMemory("machine", "memory", { minimum: 0, maximum: 65536, shared: true });
  const log = w.importFunction("env", "log", w.type(["i64"], []));
  const table = w.table({ minimum: 4 });
  const f = w.declare(type, "ADD r/m8, imm8");
  const e = new Emitter();
  e.localGet(1); e.call(log);
  e.localGet(0); e.memory(OP["i32.load8_u"], 24);
  e.localGet(1); e.op(OP["i32.wrap_i64"]); e.i32Const(0xff); e.op(OP["i32.and"]); e.op(OP["i32.add"]); e.localTee(2);
  e.op(OP["i32.eqz"]);
  const at = e.length;
  e.if("i32");
  e.block(); e.loop(); e.localGet(2); e.brTable([0, 1], 2, 0); e.end(); e.end();
  e.i64Const(-0x1_0000_0000n); e.call(log);
  e.i32Const(-1);
  e.else();
  e.f64Const(-0); e.f64Const(Infinity); e.op(OP["f64.lt"]);
  e.end();
  e.i32Const(3); e.op(OP["i32.add"]); e.localSet(2);
  e.v128Const(Uint8Array.from({ length: 16 }, (_, i) => i)); e.lane(OP["i8x16.extract_lane_u"], 7); e.drop();
  e.localGet(0); e.i64Const(5n); e.localGet(2); e.callIndirect(type, table);
  w.branchHints(f, [at], [0]);
  w.body(f, ["i32"], e);
  w.element(table, 1, [f, log]);
  w.export("add", "function", f);
  return w.finish({ names: true });
}

test("a module as text", () => {
  const bytes = sample();
  expect(WebAssembly.validate(bytes as BufferSource)).toBe(true);
  // wat2wasm (wabt 1.0.32, --enable-all) makes of this text a module equal to the one printed but for alignment hints.
  expect(disassemble(bytes)).toBe(`(module
  (type (;0;) (func (param i32 i64) (result i32)))
  (type (;1;) (func (param i64)))
  (import "machine" "memory" (memory 0 65536 shared))
  (import "env" "log" (func $log (type 1)))
  (table 4 funcref)
  (export "add" (func $ADD_r/m8__imm8))
  (elem (table 0) (i32.const 1) func $ADD_r/m8__imm8 $log)
  (func $ADD_r/m8__imm8 (type 0) (param i32 i64) (result i32)
    (local i32)
    local.get 1  call $log
    local.get 0  i32.load8_u offset=24  local.get 1  i32.wrap_i64  i32.const 255  i32.and  i32.add  local.tee 2  i32.eqz
        (@metadata.code.branch_hint "\\00") if (result i32)
      block
        loop
          local.get 2  br_table 0 1 0
        end
      end
      i64.const 0xffffffff00000000  call $log
      i32.const -1
    else
      f64.const -0  f64.const inf  f64.lt
    end  i32.const 3  i32.add  local.set 2
    v128.const i32x4 0x03020100 0x07060504 0x0b0a0908 0x0f0e0d0c  i8x16.extract_lane_u 7  drop
    local.get 0  i64.const 5  local.get 2  call_indirect (type 0)
  )
)
`);
});
test("one function", () => {
  const text = disassemble(sample(), { function: "ADD r/m8, imm8" });
  expect(text).toMatch(/^\(func \$ADD_r\/m8__imm8 .*\n {2}\(local i32\)\n {2}local.get 1 {2}call \$log\n[^]*\n\)\n$/);
  expect(disassemble(sample(), { function: 1 })).toBe(text);
  expect(() => disassemble(sample(), { function: "nobody" })).toThrow('"nobody"');
});
test("what is no module is refused", () => {
  expect(() => disassemble(new TextEncoder().encode("#!/bin/sh"))).toThrow("no WebAssembly module");
  const cut = sample();
  expect(() => disassemble(cut.subarray(0, cut.length - 3))).toThrow("end at");
});

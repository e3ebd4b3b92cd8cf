import { Emitter } from "./emitter.ts";
import { ModuleWriter } from "./module-writer.ts";
import { OP } from "./opcodes.ts";

/** What generated code needs of WebAssembly beyond its first version. */
export type WasmFeature = "SIMD" | "tail calls" | "bulk memory operations" | "sign extension" | "shared memory";

/** The smallest module with each. */
const MODULES: { readonly [feature in WasmFeature]: () => Uint8Array } = {
  SIMD: () => body((e) => { e.v128Const(new Uint8Array(16)); e.drop(); }),
  "tail calls": () => body((e) => { e.returnCall(0); }),
  "bulk memory operations": () => body((e) => { for (let i = 0; i < 3; i++) e.i32Const(0); e.bulk(OP["memory.fill"]); }, (w) => { w.memory({ minimum: 1 }); }),
  "sign extension": () => body((e) => { e.i32Const(1); e.op(OP["i32.extend8_s"]); e.drop(); }),
  "shared memory": () => body(() => {}, (w) => { w.memory({ minimum: 1, maximum: 1, shared: true }); }),
};
function body(write: (e: Emitter) => void, declare: (w: ModuleWriter) => void = () => {}): Uint8Array {
  const w = new ModuleWriter(), e = new Emitter(64);
  declare(w);
  const f = w.declare(w.type([], []));
  write(e);
  w.body(f, [], e);
  return w.finish();
}
/** Since when browsers and Node have all of it: the newest of the features, tail calls. */
const SINCE = "Chrome and Edge 112, Firefox 121, Safari 18.2, Node 20";

/** Those of the features that this platform does not have. `validate`: the platform's, or another's for tests. */
export function missingFeatures(wanted: readonly WasmFeature[], validate: (bytes: Uint8Array) => boolean = (bytes) => WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)): WasmFeature[] {
  return wanted.filter((feature) => !validate(MODULES[feature]()));
}
/** Throws an Error that says what is missing and what has it. */
export function requireFeatures(wanted: readonly WasmFeature[], validate?: (bytes: Uint8Array) => boolean): void {
  const missing = missingFeatures(wanted, validate);
  if (missing.length > 0) throw new Error(`WebAssembly has no ${missing.join(", no ")} here, which generated code needs. Use a newer browser or Node: ${SINCE} or later.`);
}

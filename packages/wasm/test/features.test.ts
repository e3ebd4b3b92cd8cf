import { expect, test } from "vitest";
import { disassemble, missingFeatures, requireFeatures, type WasmFeature } from "../src/index.ts";

const ALL: readonly WasmFeature[] = ["SIMD", "tail calls", "bulk memory operations", "sign extension", "shared memory"];
/** A platform without what a text shows. */
const without = (pattern: RegExp) => (bytes: Uint8Array): boolean => !pattern.test(disassemble(bytes)) && WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>);

test("this platform has all of it", () => {
  expect(missingFeatures(ALL)).toEqual([]);
  expect(() => requireFeatures(ALL)).not.toThrow();
});

test.each([["SIMD", /v128/], ["tail calls", /return_call/], ["bulk memory operations", /memory\.fill/], ["sign extension", /extend8_s/], ["shared memory", /shared/]] as const)("a platform without %s is told so, and nothing else", (feature, pattern) => {
  expect(missingFeatures(ALL, without(pattern))).toEqual([feature]);
  expect(() => requireFeatures(ALL, without(pattern))).toThrow(`WebAssembly has no ${feature} here, which generated code needs. Use a newer browser or Node: Chrome and Edge 112,`);
});
test("several are one sentence", () => { expect(() => requireFeatures(["SIMD", "tail calls"], () => false)).toThrow("WebAssembly has no SIMD, no tail calls here,"); });

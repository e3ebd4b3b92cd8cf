import { expect, test } from "vitest";
import { assemble, AssemblyError } from "../../src/index.ts";

const hex = (source: string): string => Buffer.from(assemble(source, { bits: 32 }).bytes).toString("hex");
const complaint = (source: string): string => {
  try { assemble(source, { bits: 32 }); } catch (error) { if (error instanceof AssemblyError) return error.message; throw error; }
  throw new Error("assembled");
};

test("%define and %assign replace names outside strings", () => {
  expect(hex(`%define A 5\n%define B A + 1\n%assign C B * 2\n%define A 7\ndb A, B, C, "A" ; A`)).toBe("07080741");
  expect(hex("%define reg eax\nmov reg, 1\nX equ 3\n%define X X + 1\ndb X")).toBe("b80100000004");
});
test("macros have parameters and labels of their own", () => {
  expect(hex(`%macro spin 2\n mov ecx, %1\n%%again: dec %2\n jnz %%again\n%endmacro\nstart: spin 2, ecx\n spin 3, edx`)).toBe("b90200000049 75fdb9030000004a75fd".replace(" ", ""));
  expect(hex(`%macro text 1+\ndb %1\n%endmacro\ntext "a, b", 0`)).toBe("612c206200");
});
test("macros keep the local labels of the caller", () => {
  expect(hex("%macro skip 0\njmp %%end\n%%end:\n%endmacro\na: nop\n.x: skip\njmp .x")).toBe("90eb00ebfc");
});
test("%rep with a counter", () => {
  expect(hex("%assign i 0\n%rep 3\ndb i\n%assign i i + 1\n%endrep\ndb 255")).toBe("000102ff");
});
test("conditions, nested", () => {
  expect(hex("%define D\n%ifdef D\n%if 1 > 2\ndb 1\n%elif 2 > 1\ndb 2\n%else\ndb 3\n%endif\n%else\ndb 4\n%endif\n%ifndef D\ndb 5\n%endif")).toBe("02");
});
test("what is wrong is said with its line", () => {
  expect(complaint("nop\n%if 1\nnop")).toContain("source:2:1: %if without an end");
  expect(complaint("%macro m 1\nnop\n%endmacro\nm")).toContain("source:4:1: macro m takes 1 parameters and not 0");
  expect(complaint("%macro m 0\nbad 1\n%endmacro\nnop\nm")).toContain("source:5:1: unknown instruction");
  expect(complaint("%macro m 0\nm\n%endmacro\nm")).toContain("without end");
  expect(complaint("%error too big")).toContain("too big");
  expect(complaint("%foo")).toContain("unknown directive %foo");
});

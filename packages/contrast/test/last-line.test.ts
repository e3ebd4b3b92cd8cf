import { expect, test } from "vitest";
import { LastLine } from "../src/last-line.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

test("the last line that says anything, in pieces, without control sequences", () => {
  const line = new LastLine();
  expect(line.add(bytes("\r\n"))).toBe("");
  expect(line.add(bytes("[    0.5] one\r\n[    0.6] t"))).toBe("[    0.6] t");
  expect(line.add(bytes("wo\r\n\r\n"))).toBe("[    0.6] two");
  expect(line.add(bytes("\u001B[1;31mred\u001B[0m \u001B[6n\u0007\u009b31m"))).toBe("red 31m");
  expect(line.add(bytes(`\n\u001B]0;title\u0007${"x".repeat(1000)}`))).toMatch(/^x{100}$|^0;titlex{93}$/);
});
test("a console without line ends does not fill the memory, and shows no control character whatever comes", () => {
  const line = new LastLine();
  for (let n = 0; n < 2000; n++) expect(line.add(Uint8Array.from({ length: 64 }, (_, i) => (n * 64 + i) * 7 & 0xff))).toMatch(/^[ -~]{0,100}$/);
});

import { expect, test } from "vitest";
import { assemble } from "../../src/index.ts";
import { BareVcpu } from "../system/bare-vcpu.ts";

test("a jump that ends in the next page finds its target after the page's operations have moved", () => {
  const page = 0x1_0000, jump = page + 0xffd;
  const v = new BareVcpu(32);
  const put = (at: number, text: string): void => v.memory.write(at, assemble(text, { bits: 32, origin: at }).bytes);
  put(page, `inc eax\n jmp ${jump}`);
  put(page + 0x100, `times 0xe00 nop\n jmp ${page + 0x100}`);
  put(jump, `jmp strict near ${page}`);
  for (let other = page + 0x2000; other < page + 0x8000; other += 0x1000) put(other, `${"inc ecx\n".repeat(2000)} jmp ${other}`);
  const run = (rip: number, instructions: number): void => {
    v.set({ rip });
    v.vcpu.run({ instructions });
  };
  run(jump, 90);
  expect(v.gpr("rax")).toBe(30n);
  // Thousands of operations more in its page, then others that take the memory left behind.
  run(page + 0x100, 3600);
  for (let other = page + 0x2000; other < page + 0x8000; other += 0x1000) run(other, 2001);
  const ecx = v.gpr("rcx");
  run(jump, 300);
  expect([v.gpr("rax"), v.gpr("rcx")]).toEqual([130n, ecx]);
});

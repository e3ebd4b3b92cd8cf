import { expect, test } from "vitest";
import { assemble } from "../../src/index.ts";
import { AT, BareVcpu } from "../system/bare-vcpu.ts";

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

test.each(["interpreter", "jit", "reference"] as const)("the end of an instruction in the next page is that of the frame mapped there, %s", (engine) => {
  const page = 0x1_0000, next = page + 0x1000, other = page + 0x2000, add = next - 3, entry = AT.tables + 0x3000 + (next >> 12) * 8;
  const rounds = engine === "reference" ? 200 : 50_000;
  const v = new BareVcpu(32, { engine });
  v.load(`xor byte [${entry} + 1], 0x30
      invlpg [${next}]
      jmp ${add}
      times ${add - page}-($-$$) nop
      db 5, 1, 0 ; add eax, imm32, of which the upper half is in the next page`, { rcx: rounds });
  const back = (high: number): string => `dw ${high}
      dec ecx
      jnz ${page}
      hlt`;
  for (const [frame, high] of [[next, 0x10], [other, 0x300]] as const) v.memory.write(frame, assemble(back(high), { bits: 32, origin: next }).bytes);
  v.vcpu.dropCaches();
  expect(v.vcpu.run({ instructions: 10 * rounds })).toMatchObject({ kind: "halted" });
  expect(v.gpr("rax")).toBe(BigInt.asUintN(32, BigInt(rounds / 2) * BigInt(0x10_0001 + 0x300_0001)));
});

import { expect, test } from "vitest";
import type { EngineName } from "../../src/index.ts";
import { AT, BareVcpu } from "../system/bare-vcpu.ts";

test.each(["interpreter", "jit"] as const satisfies EngineName[])("a slice that a repeated string instruction nearly uses up ends exactly (%s)", (engine) => {
  const v = new BareVcpu(32, { engine });
  v.load(`nop\n rep stosb\n ${"inc eax\n".repeat(30)} jmp ${AT.code}`);
  for (let n = 60; n < 112; n++) {
    v.set({ rip: AT.code, rax: 0, rcx: 80, rdi: AT.data });
    const before = v.vcpu.retired;
    v.vcpu.run({ instructions: n });
    expect(v.vcpu.retired - before).toBe(n);
    // NOP, 80 elements, then one each.
    expect(v.gpr("rax"), `after ${n}`).toBe(BigInt(Math.min(30, Math.max(0, n - 81))));
  }
});

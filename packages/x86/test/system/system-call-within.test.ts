import { expect, test } from "vitest";
import { GPR, Intercepts, type EngineName, type SystemCallExit, type Vcpu } from "../../src/index.ts";
import { BareVcpu, type Mode } from "./bare-vcpu.ts";

/** Rounds of the loop, enough for the JIT to compile it. */
const ROUNDS = 4000;
const program = (call: string): string => `
  mov esi, ${ROUNDS}
top:
  lea eax, [esi + 1]
  cmp eax, 5
  ${call}
  add ebx, eax
  test esi, 64
  jz even
  ${call}
  xor ebx, eax
even:
  dec esi
  jnz top
  mov edi, 1
  ${call}
stop: jmp stop`;

/** Everything that a kernel's owner can see of a run: each call, its instant, its registers. Calls are carried out within the run, or each ends it. */
function observe(mode: Mode, engine: EngineName, call: string, within: boolean, limit: number): unknown[] {
  const seen: unknown[] = [];
  let end = false;
  const carryOut = (vcpu: Vcpu, { instruction, vector }: SystemCallExit, retired: number): boolean => {
    const r = vcpu.registers;
    seen.push([instruction, vector, retired, r.number(GPR.rax), r.number(GPR.rbx), r.number(GPR.rcx), r.number(GPR.r11), r.rip, r.flags]);
    if (r.low(GPR.rdi) === 1) end = true;
    r.set(GPR.rax, (r.low(GPR.rax) ^ 0x1234) >>> 0);
    // Some change more than a result, as a return from a signal does.
    if (r.low(GPR.rsi) % 1000 === 7) {
      r.flags ^= 0x41;
      vcpu.registersChanged();
    }
    // Some end the run, as one that waits.
    return r.low(GPR.rsi) % 100 !== 3 && !end;
  };
  const v = new BareVcpu(mode, { engine, intercepts: Intercepts.processMode, ...(within ? { systemCall: (exit) => carryOut(v.vcpu, exit, v.vcpu.retired + 1) } : {}) });
  v.load(program(call), { rdi: 0, rbx: 0 });
  v.toUser();
  for (let left = limit; !end;) {
    const before = v.vcpu.retired, exit = v.vcpu.run({ instructions: left });
    left -= v.vcpu.retired - before;
    if (exit.kind === "syscall") { if (!within) carryOut(v.vcpu, exit, v.vcpu.retired); }
    else if (exit.kind !== "budget" || left !== 0) throw new Error(`exit ${exit.kind}, ${left} left`);
    if (left > 0) continue;
    const { registers } = v.vcpu;
    seen.push(["budget", v.vcpu.retired, registers.rip, registers.number(GPR.rax), registers.number(GPR.rbx), registers.flags]);
    left = limit;
  }
  return seen;
}

test.each([["interpreter", 64, "syscall"], ["jit", 64, "syscall"], ["jit", 64, "int 0x80"], ["jit", 32, "int 0x80"], ["reference", 32, "int 0x80"]] as const)(
  "%s, %d-bit: %s within the run is as between runs", (engine, mode, call) => {
    for (const limit of engine === "reference" ? [997] : [7, 997, 1_000_000]) expect(observe(mode, engine, call, true, limit)).toEqual(observe(mode, "interpreter", call, false, limit));
  });

test("a single-step trap comes before the call", () => {
  let called = 0;
  const v = new BareVcpu(64, { intercepts: Intercepts.processMode, systemCall: () => { called++; return true; } });
  v.load("syscall\n nop", { flags: 0x102 });
  v.toUser();
  expect(v.vcpu.run({ instructions: 10 })).toMatchObject({ kind: "syscall" });
  expect(v.vcpu.run({ instructions: 10 })).toMatchObject({ kind: "exception", vector: 1 });
  expect(called).toBe(0);
});

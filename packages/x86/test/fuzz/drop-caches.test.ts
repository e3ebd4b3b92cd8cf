import { describe, expect, test } from "vitest";
import type { EngineName } from "../../src/engine/engine.ts";
import { assemble } from "../../src/index.ts";
import { AT, BareVcpu, SEL, type Mode } from "../system/bare-vcpu.ts";
import { Random } from "../random.ts";

/** Guest programs by name; `r` makes register names of the mode's width. Each ends with HLT and leaves its result in rAX. */
const PROGRAMS: { readonly [name: string]: (r: (name: string) => string, mode: Mode) => string } = {
  "sieve: loops, bytes, string fill": (r) => `
    mov edi, ${AT.data}
    mov ecx, 400
    mov al, 1
    rep stosb
    mov ebx, 2
    outer:
      cmp byte [${r("bx")} + ${AT.data}], 0
      je skip
      lea esi, [${r("bx")} + ${r("bx")}]
      inner:
        cmp esi, 400
        jae skip
        mov byte [${r("si")} + ${AT.data}], 0
        add esi, ebx
        jmp inner
      skip:
      inc ebx
      cmp ebx, 400
      jb outer
    xor eax, eax
    mov ecx, 399
    count:
      add al, [${r("cx")} + ${AT.data}]
      adc ah, 0
      dec ecx
      cmp ecx, 1
      ja count
    hlt`,
  "recursion: calls, stack": (r) => `
    mov ecx, 13
    call fib
    hlt
    fib:
      mov eax, ecx
      cmp ecx, 2
      jb done
      push ${r("cx")}
      dec ecx
      call fib
      pop ${r("cx")}
      push ${r("ax")}
      sub ecx, 2
      call fib
      pop ${r("dx")}
      add eax, edx
      done: ret`,
  "self-modifying code: the loop's own immediate, and INC and DEC in turn": (r, mode) => `
    xor eax, eax
    mov ecx, 500
    again:
      patched: add eax, 1
      inc byte [${r("bx")} + patched + 2]
      xor byte [${r("bx")} + flip + ${mode === 64 ? 1 : 0}], 8
      flip: inc edx
      lea eax, [${r("ax")} + ${r("dx")} * 2]
      dec ecx
      jnz again
    hlt`,
  "a loop over a page boundary, with an instruction on it": (r) => `
    xor eax, eax
    mov ecx, 400
    jmp begin
    times 4096 - 32 - ($ - $$) nop
    begin:
      times 20 inc eax
      lea eax, [${r("ax")} + ${r("cx")} * 4 + 0x1234567]
      rol eax, 3
      xor eax, ecx
      dec ecx
      jnz begin
    hlt`,
  "remapping a page under INVLPG": (r) => `
    xor eax, eax
    mov ecx, 300
    again:
      mov edx, ecx
      and edx, 7
      shl edx, 12
      add edx, ${AT.data} + 7
      mov [${AT.tables + 0x3000 + (AT.absent >> 12) * 8}], edx
      invlpg [${AT.absent}]
      add [${AT.absent} + ${r("cx")} * 4], ecx
      add eax, [${AT.absent} + 16]
      dec ecx
      jnz again
    hlt`,
  "a page that comes with its fault": (r, mode) => `
    xor eax, eax
    mov ecx, 200
    again:
      add [${AT.absent} + ${r("cx")} * 4], ecx
      add eax, [${AT.absent} + ${r("cx")} * 4]
      mov dword [${AT.tables + 0x3000 + (AT.absent >> 12) * 8}], 0
      invlpg [${AT.absent}]
      dec ecx
      jnz again
    hlt
    fault:
      mov dword [${AT.tables + 0x3000 + (AT.absent >> 12) * 8}], ${AT.absent + 7}
      add ${r("sp")}, ${mode / 8}
      ${mode === 64 ? "iretq" : "iretd"}`,
};

function prepare(mode: Mode, engine: EngineName, source: string): BareVcpu {
  const machine = new BareVcpu(mode, { engine });
  const { bytes, symbols } = assemble(source, { bits: mode, origin: AT.code });
  machine.memory.write(AT.code, bytes);
  const at = symbols.get("fault") ?? 0n, selector = BigInt(mode === 64 ? SEL.code64 : SEL.code32), gate = (at & 0xffffn) | (selector << 16n) | (0x8e00n << 32n) | ((at >> 16n) << 48n);
  machine.memory.writeBig(AT.idt + 14 * (mode === 64 ? 16 : 8), gate);
  machine.set({ rip: AT.code });
  return machine;
}

describe("dropping TLBs and decoded code at random instructions changes nothing", () => {
  for (const engine of ["interpreter", "jit"] as const) for (const mode of [32, 64] as const) for (const [name, source] of Object.entries(PROGRAMS)) {
    test(`${name}, ${mode}-bit, ${engine}`, () => {
      const text = source((register) => (mode === 64 ? "r" : "e") + register, mode);
      const whole = prepare(mode, engine, text);
      expect(whole.vcpu.run({ instructions: 1_000_000 }).kind).toBe("halted");
      const expected = whole.vcpu.save(), memory = whole.memory.read(0, whole.memory.size);
      expect(expected.gpr[0]).not.toBe(0n);
      for (const longest of [11, 400]) {
        const machine = prepare(mode, engine, text), random = new Random(longest * mode);
        let drops = 0;
        while (machine.vcpu.run({ instructions: 1 + random.below(longest) }).kind === "budget") {
          machine.vcpu.dropCaches();
          drops++;
        }
        expect(drops).toBeGreaterThan(0);
        expect(machine.vcpu.save()).toEqual(expected);
        expect(Buffer.compare(machine.memory.read(0, machine.memory.size), memory)).toBe(0);
      }
    });
  }
});

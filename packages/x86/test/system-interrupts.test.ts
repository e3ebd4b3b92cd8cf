import { describe, expect, test } from "vitest";
import { programMachine, type Ports, type ProgramMachine } from "./system/run-program.ts";
import type { VcpuOptions } from "../src/index.ts";

/**
 * Interrupts in real-address mode: port 80h asserts the request line, port 81h raises an NMI. The handlers of vectors 20h and 2 say what they interrupted: "i" or
 * "n" and the offset from the label `here`. SDM vol. 3A, "Masking Maskable Hardware Interrupts", "Masking Exceptions and Interrupts When Switching Stacks",
 * "Handling Multiple NMIs".
 */
const program = (code: string): string => `
  mov word [0x20*4], irq
  mov word [2*4], nmi
  xor bx, bx
${code}
  mov al, 4
  out 0xe9, al
  jmp $
irq: push ax
  mov al, 'i'
  call say
  pop ax
  iret
nmi: push ax
  mov al, 'n'
  call say
  pop ax
  iret
say: out 0xe9, al
  push bp
  mov bp, sp
  mov ax, [bp+6]
  pop bp
  sub ax, here
  add al, '0'
  out 0xe9, al
  ret
`;

function machine(code: string, options: Partial<VcpuOptions> = {}): ProgramMachine {
  const ports: Ports = {
    write(port, _value, _size, m) {
      if (port === 0x80) m.cpu.setInterruptRequest(true);
      if (port === 0x81) m.cpu.requestNmi();
    },
  };
  const m: ProgramMachine = programMachine(program(code), ports, { acknowledge: () => { m.cpu.setInterruptRequest(false); return 0x20; }, ...options });
  return m;
}
function said(code: string, slice: number = 1000): string {
  const m = machine(code);
  for (let n = 0; n < 2000; n++) {
    const exit = m.cpu.run({ instructions: slice });
    if (exit.kind !== "budget") return m.said() + (exit.kind === "attention" ? "" : `[${exit.kind}]`);
  }
  return `${m.said()}[no end]`;
}

const CASES: { readonly [name: string]: readonly [string, string] } = {
  "delivered before the next instruction": ["sti\n nop\n here: out 0x80, al\n nop\n nop", "i2"],
  "waits for IF": ["cli\n here: out 0x80, al\n nop\n sti\n nop\n nop", "i5"],
  "STI holds off for one instruction": ["out 0x80, al\n here: sti\n nop\n nop", "i2"],
  "STI where IF is set holds off nothing": ["sti\n nop\n here: sti\n out 0x80, al\n nop\n", "i3"],
  "STI before CLI never lets one in": ["out 0x80, al\n here: sti\n cli\n nop\n sti\n nop\n", "i5"],
  "an instruction in the shadow may raise the line": ["here: sti\n out 0x80, al\n nop", "i3"],
  "POPF lets one in at once": ["pushf\n pop ax\n or ax, 0x200\n push ax\n out 0x80, al\n here: popf\n nop", "i1"],
  "IRET lets one in at once": ["pushf\n pop ax\n or ax, 0x200\n push ax\n push cs\n push target\n out 0x80, al\n iret\n here: nop\n target: nop\n nop", "i1"],
  "MOV SS holds off for one instruction": ["sti\n mov cx, ss\n here: nop\n mov ss, cx\n out 0x80, al\n nop", "i5"],
  "POP SS holds off for one instruction": ["out 0x80, al\n pushf\n pop ax\n or ax, 0x200\n push ss\n push ax\n here: popf\n pop ss\n nop", "i1"],
  "HLT waits and goes on": ["out 0x80, al\n here: sti\n hlt\n nop", "i2"],
  "HLT with nothing to wake it": ["cli\n here: hlt", "[halted]"],
  "NMI despite IF": ["cli\n here: out 0x81, al\n nop", "n2"],
  "NMI in the handler of an NMI waits for its IRET": ["mov word [2*4], twice\n here: out 0x81, al\n nop\n jmp end\n twice: out 0x81, al\n mov word [2*4], nmi\n iret\n end: nop", "n2"],
  "STI holds an NMI off too": ["here: sti\n out 0x81, al\n nop", "n3"],
  "NMI before interrupt": ["out 0x80, al\n pushf\n pop ax\n or ax, 0x200\n push ax\n here: out 0x81, al\n popf\n nop", "n2i3"],
};

describe("interrupts", () => {
  for (const [name, [code, expected]] of Object.entries(CASES)) {
    test(name, () => {
      expect(said(code)).toBe(expected);
      // The same whatever the slices are.
      for (const slice of [1, 2, 3, 7, 60]) expect(said(code, slice), `slices of ${slice}`).toBe(expected);
    });
  }

  test("a repeated string instruction goes on after an interrupt", () => {
    const m = machine("sti\n cld\n mov di, 0x6000\n mov cx, 100\n mov al, 0x55\n here: rep stosb\n mov dx, cx\n nop");
    m.cpu.run({ instructions: 8 + 40 });
    expect(m.cpu.processor.gpr32(1)).toBe(60);
    m.cpu.setInterruptRequest(true);
    expect(m.cpu.run({ instructions: 100_000 }).kind).toBe("attention");
    expect(m.said()).toBe("i0");
    expect([...m.memory.read(0x6000, 101)]).toEqual([...new Array<number>(100).fill(0x55), 0]);
  });

  test("run stops exactly, and the sum of slices is one long run", () => {
    const code = "mov cx, 50\n here: push cx\n mov di, 0x6000\n mov cx, 9\n rep stosb\n pop cx\n int 0x20\n loop here";
    const whole = machine(code);
    expect(whole.cpu.run({ instructions: 5000 }).kind).toBe("attention");
    const total = whole.cpu.retired;
    for (const slice of [1, 5, 47, 48, 49, 50, 333]) {
      const m = machine(code);
      let ran = 0;
      for (;;) {
        const before = m.cpu.retired, exit = m.cpu.run({ instructions: slice });
        if (exit.kind !== "budget") break;
        expect(m.cpu.retired - before).toBe(slice);
        ran += slice;
      }
      expect(m.cpu.retired).toBe(total);
      expect(ran).toBeLessThanOrEqual(total);
      expect(m.cpu.save()).toEqual(whole.cpu.save());
    }
  });

  test("a saved state continues elsewhere, in a shadow as well", () => {
    const m = machine("out 0x80, al\n here: sti\n nop\n nop");
    m.cpu.run({ instructions: 5 });
    const state = m.cpu.save();
    expect(state.shadow).toBe(true);
    const other = machine("out 0x80, al\n here: sti\n nop\n nop");
    other.cpu.restore(structuredClone(state));
    other.memory.write(0, m.memory.read(0, 0x500));
    other.cpu.setInterruptRequest(true);
    expect(other.cpu.run({ instructions: 1000 }).kind).toBe("attention");
    expect(other.said()).toBe("i2");
  });

  test("an interrupt that comes between STI and the next instruction waits for that one", () => {
    const m = machine("here: sti\n nop\n nop");
    m.cpu.run({ instructions: 4 });
    expect(m.cpu.save().shadow).toBe(true);
    m.cpu.setInterruptRequest(true);
    expect(m.cpu.run({ instructions: 1000 }).kind).toBe("attention");
    expect(m.said()).toBe("i2");
  });

  test("dropping every cache at any instruction changes nothing", () => {
    const code = "mov cx, 20\n here: push cx\n mov byte [patched + 1], cl\n patched: mov al, 0\n int 0x20\n mov [0x6000], al\n pop cx\n loop here";
    const whole = machine(code), dropped = machine(code);
    expect(whole.cpu.run({ instructions: 5000 }).kind).toBe("attention");
    for (let n = 1; dropped.cpu.run({ instructions: 1 + (n * 7919) % 13 }).kind === "budget"; n++) dropped.cpu.dropCaches();
    expect(dropped.said()).toBe(whole.said());
    expect(dropped.cpu.save()).toEqual(whole.cpu.save());
  });

  test("triple fault: shutdown", () => {
    expect(said("mov word [here + 2], 0\n lidt [here]\n int3\n here: dw 0, 0, 0")).toBe("[shutdown]");
  });
});

import { expect, test } from "vitest";
import { protectedProgram } from "./system/protected-program.ts";
import { programMachine } from "./system/run-program.ts";

/** Task switches with a fault of the new task, single steps, virtual-8086 mode, an NMI and x87: whatever a saved state has to carry between two instructions. */
const PROGRAM = protectedProgram({
  a: `mov dword [tss2+4], 0x6800
  mov dword [tss2+8], 0x10
  mov dword [tss2+32], .t
  mov dword [tss2+36], 2
  mov dword [tss2+56], 0x6600
  mov dword [tss2+72], 0x1f8
  mov dword [tss2+76], 8
  mov dword [tss2+80], 0x10
  mov dword [tss2+84], 0x10
  jmp 0x78:0
.t: hlt`,
  b: `clts
  mov word [idt+1*8], mark
  mov word [idt+2*8], mark
  fld1
  fldpi
  fyl2x
  out 0x81, al
  mov bx, ss
  pushf
  or dword [esp], 0x100
  popf
  mov ss, bx
  inc eax
  pushf
  and dword [esp], 0xfffffeff
  popf
  fistp dword [0x6000]
  mov eax, [0x6000]
  call hex`,
  c: `push dword 0
  push dword 0
  push dword 0
  push dword 0
  push dword 0x600
  push dword 0xf00
  push dword 0x23202
  push dword 0xa00
  push dword 0
  iret`,
}, "mark: push eax\n mov al, '.'\n out 0xe9, al\n pop eax\n iret\n times 0xa000-($-$$)-0x8000 db 0\n ud2");

test("saving and restoring between any two instructions changes nothing", () => {
  const ports = { write: (port: number, _value: number, _size: number, m: ReturnType<typeof programMachine>): void => { if (port === 0x81) m.cpu.requestNmi(); } };
  const whole = programMachine(PROGRAM, ports), moved = programMachine(PROGRAM, ports);
  expect(whole.cpu.run({ instructions: 100_000 }).kind).toBe("attention");
  expect(whole.said()).toMatch(/^a: #a:1f8@/);
  while (moved.cpu.run({ instructions: 1 }).kind === "budget") {
    const state = structuredClone(moved.cpu.save());
    moved.cpu.reset();
    moved.cpu.dropCaches();
    moved.cpu.restore(state);
  }
  expect(whole.said()).toMatch(/b: \.{5}2\+\nc: #6:0/);
  expect(moved.said()).toBe(whole.said());
  expect(moved.cpu.save()).toEqual(whole.cpu.save());
});

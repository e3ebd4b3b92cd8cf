import { expect, test } from "vitest";
import { protectedProgram } from "./system/protected-program.ts";
import { programMachine } from "./system/run-program.ts";

/** Accesses to ports and device memory among straight-line code, repeated string instructions and jumps. */
const PROGRAM = protectedProgram({
  a: `mov eax, cr4
  or eax, 0x600
  mov cr4, eax
  mov ecx, 40
.l: nop
  mov eax, [0x900000]
  nop
  mov [0x900004], eax
  inc dword [0x900008]
  push ecx
  mov edi, 0x900000
  mov ecx, 3
  rep stosd
  mov edx, 0x60
  mov ecx, 3
  mov edi, 0x6000
  rep insb
  pop ecx
  in al, 0x60
  out 0x61, al
  bt dword [0x900010], 3
  mov [0x8ffffe], eax
  fild dword [0x900000]
  fstp dword [0x900004]
  xadd [0x900000], eax
  jmp .m
.m: cmp byte [0x900003], 3
  movups xmm0, [0x900000]
  push dword [0x900000]
  pop edx
  dec ecx
  jnz .l`,
});

/** `retired` at each call on a bus. */
function counts(engine: "interpreter" | "jit" | "reference", slice: number): number[] {
  const at: number[] = [];
  const note = (): number => {
    at.push(machine.cpu.retired);
    return 0;
  };
  const machine = programMachine(PROGRAM, { read: note, write: note }, { engine, io: { mmio: { read: note, write: note } } });
  while (machine.cpu.run({ instructions: slice }).kind === "budget");
  return at;
}

test("retired is exact in every call on a bus, whatever the engine and the slice", () => {
  const one = counts("reference", 1);
  expect(one.length).toBe(1000);
  for (const engine of ["interpreter", "jit", "reference"] as const) for (const slice of [1, 3, 100, 1_000_000]) expect(counts(engine, slice), `${engine}, slices of ${slice}`).toEqual(one);
});

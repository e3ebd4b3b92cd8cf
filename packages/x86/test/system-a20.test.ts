import { expect, test } from "vitest";
import { runProgram } from "./system/run-program.ts";

/** FFFF:0510 is 500h with the gate closed, as on the 8086, and 100500h with it open. APM vol. 2, "A20M# Signal"; port 92h bit 1 opens it. */
test("A20 gate: data, code and translations follow it at once", () => {
  const said = runProgram(`
  mov byte [0x500], 'l'
  mov ax, 0xffff
  mov es, ax
  mov byte [es:0x510], 'h'
  mov al, [0x500]
  out 0xe9, al
  xor ax, ax
  out 0x92, al
  mov al, [es:0x510]
  out 0xe9, al
  mov byte [es:0x510], 'w'
  mov al, [0x500]
  out 0xe9, al
  mov byte [0x600], 0xcb
  call 0xffff:0x610
  mov al, 2
  out 0x92, al
  mov al, [es:0x510]
  out 0xe9, al
  mov byte [es:0x610], 0xb8
  mov word [es:0x611], 'x'
  mov byte [es:0x613], 0xcb
  call 0xffff:0x610
  out 0xe9, al
  mov al, 4
  out 0xe9, al`, { write(port, value, _size, m) { if (port === 0x92) m.cpu.setA20((value & 2) !== 0); } });
  expect(said).toBe("llwhx");
});

import { ownGuests } from "@ringzero/guests";
import { assemble, type VcpuState } from "@ringzero/x86";
import { expect, test } from "vitest";
import { Board } from "./board.ts";
import { onQemu, withoutQemu } from "./oracle.ts";

const TRANSCRIPT = /^Hello from real mode\nticks since midnight: ([0-9a-f]{8}), then ([0-9a-f]{8})\nboot sector done\n$/;
const ENOUGH = (serial: string): boolean => serial.includes("done\r\n");

function expectTranscript(output: string): void {
  expect(output).toMatch(TRANSCRIPT);
  const [, first = "", then = ""] = TRANSCRIPT.exec(output)!;
  expect(Number.parseInt(then, 16)).toBe((Number.parseInt(first, 16) + 1) % 0x1800b0);
}

test.skipIf(withoutQemu)("the boot sector on QEMU's firmware (needs qemu-system-i386)", async () => {
  const capture = await onQemu("boot-sector", (file) => ["-drive", `format=raw,file=${file}`], ENOUGH);
  expectTranscript(capture.output);
});

/** The two services that it uses: the screen's cells one after another, and a clock that goes on by one at every eighth question. */
const FIRMWARE = `
bits 16
org 0x600
          jmp 0:0x7c00
video:    push es
          push di
          mov di, 0xb800
          mov es, di
          mov di, [cs:cell]
          mov [es:di], al
          add word [cs:cell], 2
          pop di
          pop es
          iret
time:     inc word [cs:asked]
          mov dx, [cs:asked]
          shr dx, 3
          mov cx, 1
          iret
cell:     dw 0
asked:    dw 0
`;
test("the boot sector on our processor, over firmware of two services", () => {
  const board = new Board("interpreter"), { memory, vcpu } = board;
  const firmware = assemble(FIRMWARE);
  memory.write(0x600, firmware.bytes);
  memory.write(0x7c00, ownGuests["boot-sector"].assemble());
  memory.writeNumber(4 * 0x10, 4, Number(firmware.symbols.get("video")));
  memory.writeNumber(4 * 0x1a, 4, Number(firmware.symbols.get("time")));
  const state = vcpu.save();
  const real: VcpuState = { ...state, rip: 0x600n, segments: state.segments.map((d, i) => (i < 6 ? { ...d, selector: 0, base: 0n } : d)) };
  vcpu.restore({ ...real, gpr: real.gpr.map((g, i) => (i === 4 ? 0x7000n : g)) });
  expect(board.run(1_000_000)).toBe("off");
  expectTranscript(board.serial);
  expect(board.screen.join("")).toContain("Hello from real mode");
});

import type { EngineName } from "@ringzero/x86";
import { describe, expect, test } from "vitest";
import type { Board, BoardEnd } from "./board.ts";
import { bootTour, TOUR_MEMORY } from "./boot-tour.ts";
import { golden, goldenOr, onQemu, withoutQemu } from "./oracle.ts";

function run(engine: EngineName, commandLine: string, enough?: (serial: string) => boolean): { serial: string; end: BoardEnd; board: Board } {
  const board = bootTour(engine, commandLine), end = board.run(50_000_000, enough);
  return { serial: board.serial, end, board };
}

describe.skipIf(withoutQemu)("the ring tour on QEMU (needs qemu-system-i386)", () => {
  test("prints its golden transcript and ends", async () => {
    const capture = await onQemu("ring-tour", (file) => ["-kernel", file]);
    expect(capture.output).toBe(goldenOr("ring-tour", capture.output));
    expect(capture.status).toBe(1);
  });
  test("crash resets the machine", async () => {
    const capture = await onQemu("ring-tour", (file) => ["-kernel", file, "-append", "crash"]);
    expect(capture.output).toBe(goldenOr("ring-tour-crash", capture.output));
    expect(capture).toMatchObject({ ended: "exited", status: 0 });
  });
  test("scribble goes on and on", async () => {
    const capture = await onQemu("ring-tour", (file) => ["-kernel", file, "-m", "8", "-append", "scribble"], (serial) => serial.endsWith("..."));
    expect(capture.output).toMatch(/scribble: \.\.\./);
  });
});

describe.each(["interpreter", "jit"] as const)("the ring tour on our processor: %s", (engine) => {
  test("prints what QEMU printed, on COM1 and on the screen", () => {
    const { serial, end, board } = run(engine, "");
    expect(serial).toBe(golden("ring-tour"));
    expect(end).toBe("off");
    expect(board.screen).toEqual(golden("ring-tour").split("\n").slice(-25));
  });
  test("spin never ends", () => {
    const { serial, end } = run(engine, "spin");
    expect([end, serial.trimEnd().split("\n").at(-1)]).toEqual(["timeout", "spin: for ever"]);
  });
  test("crash is a triple fault", () => {
    const { serial, end } = run(engine, "crash");
    expect([end, serial]).toEqual(["shutdown", golden("ring-tour-crash")]);
  });
  test("scribble writes on all of its memory", () => {
    const { serial, board } = run(engine, "scribble", (text) => text.endsWith("..."));
    expect(serial).toMatch(/scribble: \.\.\./);
    expect(board.memory.readNumber(0, 4)).not.toBe(0);
    expect(board.memory.readNumber(TOUR_MEMORY - 4, 4)).toBe(board.memory.readNumber(0x9000, 4));
    expect(board.memory.readNumber(TOUR_MEMORY, 4)).toBe(0);
  });
});

test("what is not loaded by a Multiboot loader says so", () => {
  const board = bootTour("interpreter"), state = board.vcpu.save();
  board.vcpu.restore({ ...state, gpr: state.gpr.map((g, i) => (i === 0 ? 0n : g)) });
  expect(board.run(1_000_000)).toBe("off");
  expect(board.serial).toContain("no Multiboot loader was at work");
});

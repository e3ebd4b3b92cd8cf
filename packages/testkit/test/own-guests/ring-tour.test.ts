import { ownGuests } from "@ringzero/guests";
import { assemble, flatProtectedState, type EngineName } from "@ringzero/x86";
import { describe, expect, test } from "vitest";
import { Board, type BoardEnd } from "./board.ts";
import { golden, goldenOr, onQemu, withoutQemu } from "./oracle.ts";

/** Multiboot Specification 0.6.96, "Boot information format": flags, memory below and above 1 MiB in KiB, command line. */
const INFO = 0x9000, COMMAND_LINE = 0x9100, LOADER = 0x2badb002n;

function boot(engine: EngineName, commandLine = ""): Board {
  const board = new Board(engine), { memory, vcpu } = board;
  const guest = assemble(ownGuests["ring-tour"].source, { format: "multiboot" });
  for (const s of guest.sections) memory.write(Number(s.address), s.bytes);
  memory.write(COMMAND_LINE, new TextEncoder().encode(`kernel ${commandLine}\0`));
  [1 | 4, 640, memory.size / 1024 - 1024, 0, COMMAND_LINE].forEach((value, i) => memory.writeNumber(INFO + 4 * (i < 4 ? i : 4), 4, value));
  const state = flatProtectedState(vcpu.save(), Number(guest.entry));
  vcpu.restore({ ...state, gpr: state.gpr.map((g, i) => (i === 0 ? LOADER : i === 3 ? BigInt(INFO) : g)) });
  return board;
}
function run(engine: EngineName, commandLine: string, enough?: (serial: string) => boolean): { serial: string; end: BoardEnd; board: Board } {
  const board = boot(engine, commandLine), end = board.run(50_000_000, enough);
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
    expect(board.memory.readNumber(board.memory.size - 4, 4)).toBe(board.memory.readNumber(0x9000, 4));
  });
});

test("what is not loaded by a Multiboot loader says so", () => {
  const board = boot("interpreter"), state = board.vcpu.save();
  board.vcpu.restore({ ...state, gpr: state.gpr.map((g, i) => (i === 0 ? 0n : g)) });
  expect(board.run(1_000_000)).toBe("off");
  expect(board.serial).toContain("no Multiboot loader was at work");
});

import { describe, expect, test } from "vitest";
import { IrqLine, Pit8254, SystemControlB } from "../src/index.ts";
import { TestClock } from "./test-clock.ts";

/** Nanoseconds of so many ticks at 105/88 MHz, rounded up. */
const ticks = (n: number): number => Math.ceil((n * 17_600) / 21);
function makePit(): { pit: Pit8254; clock: TestClock; edges: () => number; irq: IrqLine } {
  const clock = new TestClock(), irq = new IrqLine("irq0");
  let rises = 0;
  irq.connect((level) => { if (level) rises++; });
  const pit = new Pit8254(clock, irq);
  return { pit, clock, irq, edges: () => rises };
}
function program(pit: Pit8254, counter: number, mode: number, count: number): void {
  pit.writeByte(3, (counter << 6) | 0x30 | (mode << 1));
  pit.writeByte(counter, count & 0xff);
  pit.writeByte(counter, count >> 8);
}
function readLatched(pit: Pit8254, counter: number): number {
  pit.writeByte(3, counter << 6);
  return pit.readByte(counter) | (pit.readByte(counter) << 8);
}

// Intel 8254 datasheet, "Mode Definitions", "Read Operations".
describe("8254", () => {
  test("mode 0: OUT rises once, when the count has run out", () => {
    const { pit, clock, irq, edges } = makePit();
    program(pit, 0, 0, 1000);
    expect(irq.level).toBe(false);
    clock.advance(ticks(999));
    expect([irq.level, readLatched(pit, 0)]).toEqual([false, 1]);
    clock.advance(ticks(1));
    expect(irq.level).toBe(true);
    clock.advance(ticks(100_000));
    expect(edges()).toBe(1);
  });
  test.each([[2, "rate generator"], [3, "square wave"]])("mode %i, %s: one edge a period", (mode) => {
    const { pit, clock, edges } = makePit();
    program(pit, 0, mode, 11_932);
    const before = edges();
    clock.advance(1_000_000_000);
    // 1,193,181 ticks in a second, the first period's beginning not counted: OUT was high before.
    expect(edges() - before).toBe(99);
  });
  test("mode 2 counts down from n to 1 and again", () => {
    const { pit, clock } = makePit();
    program(pit, 2, 2, 5);
    pit.speakerGate = true;
    const seen: number[] = [];
    for (let i = 0; i < 7; i++) {
      seen.push(readLatched(pit, 2));
      clock.advance(i % 21 === 20 ? 839 : 838 + ((i * 2) % 21 === 0 ? 1 : 0));
    }
    expect(seen).toEqual([5, 4, 3, 2, 1, 5, 4]);
  });
  test("mode 3 counts by twos", () => {
    const { pit, clock } = makePit();
    program(pit, 2, 3, 8);
    pit.speakerGate = true;
    const seen: [number, boolean][] = [];
    for (let i = 0; i < 9; i++) {
      seen.push([readLatched(pit, 2), pit.speakerOutput]);
      clock.advance(839);
    }
    expect(seen).toEqual([[8, true], [6, true], [4, true], [2, true], [8, false], [6, false], [4, false], [2, false], [8, true]]);
  });
  test("a new count is taken when the period is over", () => {
    const { pit, clock } = makePit();
    program(pit, 2, 2, 1000);
    pit.speakerGate = true;
    clock.advance(ticks(400));
    pit.writeByte(2, 100);
    pit.writeByte(2, 0);
    expect(readLatched(pit, 2)).toBe(600);
    clock.advance(ticks(600));
    expect(readLatched(pit, 2)).toBe(100);
    clock.advance(ticks(150));
    expect(readLatched(pit, 2)).toBe(50);
  });
  test("read-back latches status and count; both are read in that order", () => {
    const { pit, clock } = makePit();
    program(pit, 0, 2, 0x1234);
    clock.advance(ticks(0x34));
    pit.writeByte(3, 0xc2);
    clock.advance(ticks(77));
    expect([pit.readByte(0), pit.readByte(0), pit.readByte(0)]).toEqual([0xb4, 0x00, 0x12]);
    pit.writeByte(3, 0x34);
    pit.writeByte(3, 0xe2);
    // Null count: nothing has been written yet.
    expect(pit.readByte(0)).toBe(0xf4);
  });
  test("BCD counts", () => {
    const { pit, clock } = makePit();
    pit.writeByte(3, 0xb5);
    pit.writeByte(2, 0x00);
    pit.writeByte(2, 0x10);
    pit.speakerGate = true;
    clock.advance(ticks(1));
    expect(readLatched(pit, 2)).toBe(0x0999);
  });
  test("port 61 gates counter 2 and shows its output", () => {
    const { pit, clock } = makePit(), port = new SystemControlB(pit);
    port.writeByte(0, 1);
    program(pit, 2, 0, 100);
    clock.advance(ticks(50));
    port.writeByte(0, 0);
    clock.advance(ticks(1000));
    expect(port.readByte() & 0x21).toBe(0);
    port.writeByte(0, 1);
    clock.advance(ticks(49));
    expect(port.readByte() & 0x21).toBe(1);
    clock.advance(ticks(1));
    expect(port.readByte() & 0x21).toBe(0x21);
  });
  test("exact over a day: the tick that is due falls where the rate says", () => {
    const { pit, clock } = makePit();
    clock.advance(86_400_000_000_123);
    program(pit, 0, 0, 0xffff);
    const at = clock.events.next;
    // Nanoseconds × 21/17600 reach a whole number of ticks just then.
    expect((BigInt(at) * 21n) / 17_600n - (BigInt(at - 1) * 21n) / 17_600n).toBe(1n);
  });
});

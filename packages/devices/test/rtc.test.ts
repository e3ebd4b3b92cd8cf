import { beforeEach, describe, expect, test } from "vitest";
import { IrqLine, RtcMc146818 } from "../src/index.ts";
import { TestClock } from "./test-clock.ts";

const SECOND = 1_000_000_000;
let clock: TestClock, irq: IrqLine, rtc: RtcMc146818;
const read = (register: number): number => { rtc.writeByte(0, register); return rtc.readByte(1); };
const write = (register: number, value: number): void => { rtc.writeByte(0, register); rtc.writeByte(1, value); };
beforeEach(() => {
  clock = new TestClock();
  irq = new IrqLine("irq8");
  rtc = new RtcMc146818(clock, irq, Date.UTC(2024, 1, 28, 23, 59, 58) / 1000);
});

// Motorola MC146818A datasheet.
describe("MC146818A", () => {
  test("the time in BCD, over a leap day's midnight", () => {
    const time = (): number[] => [0x32, 9, 8, 7, 6, 4, 2, 0].map(read);
    expect(time()).toEqual([0x20, 0x24, 0x02, 0x28, 0x04, 0x23, 0x59, 0x58]);
    clock.advance(2 * SECOND);
    expect(time()).toEqual([0x20, 0x24, 0x02, 0x29, 0x05, 0x00, 0x00, 0x00]);
  });
  test("binary, and 12 hours with the afternoon in bit 7", () => {
    write(11, 4);
    expect([read(0), read(2), read(4)]).toEqual([58, 59, 0x80 | 11]);
    write(4, 12);
    expect(read(4)).toBe(12);
    write(11, 6);
    expect(read(4)).toBe(0);
  });
  test("setting the time", () => {
    write(11, 0x82);
    for (const [register, value] of [[9, 0x99], [8, 0x12], [7, 0x31], [4, 0x10], [2, 0x20], [0, 0x30]] as const) write(register, value);
    write(11, 2);
    clock.advance(SECOND);
    expect([9, 8, 7, 4, 2, 0, 6].map(read)).toEqual([0x99, 0x12, 0x31, 0x10, 0x20, 0x31, 6]);
  });
  test("update in progress before each second", () => {
    expect(read(10)).toBe(0x26);
    clock.advance(SECOND - 200_000);
    expect(read(10)).toBe(0xa6);
    clock.advance(200_000);
    expect(read(10)).toBe(0x26);
  });
  test("the periodic interrupt at 1024 Hz; register C tells and takes the line back", () => {
    let edges = 0;
    irq.connect((level) => { if (level) edges++; });
    write(11, 0x42);
    for (let i = 0; i < 1024; i++) {
      clock.advance(976_563);
      if (irq.level) expect(read(12) & 0xe0).toBe(0xc0);
    }
    expect(edges).toBe(1024);
  });
  test("the alarm at its second, with and without care for hours", () => {
    write(1, 0x00);
    write(3, 0x00);
    write(5, 0xff);
    write(11, 0x22);
    clock.advance(1.9 * SECOND);
    expect(irq.level).toBe(false);
    clock.advance(0.1 * SECOND);
    expect([irq.level, read(12), irq.level]).toEqual([true, 0xb0, false]);
    clock.advance(59 * SECOND);
    expect(irq.level).toBe(false);
  });
  test("update-ended interrupts once a second, and UF without them", () => {
    write(5, 0x12);
    read(12);
    clock.advance(SECOND);
    expect([read(12), read(12), irq.level]).toEqual([0x10, 0, false]);
    write(11, 0x12);
    clock.advance(SECOND);
    expect([irq.level, read(12)]).toEqual([true, 0x90]);
  });
  test("memory behind the registers; C and D cannot be written", () => {
    write(0x40, 0xa5);
    write(13, 0);
    rtc.setMemory(0x41, 7);
    expect([read(0x40), read(0x41), read(13)]).toEqual([0xa5, 7, 0x80]);
  });
});

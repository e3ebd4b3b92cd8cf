import { beforeEach, describe, expect, test } from "vitest";
import { IrqLine, Uart16550 } from "../src/index.ts";
import { TestClock } from "./test-clock.ts";

const THR = 0, IER = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7, OUT2 = 8;
let clock: TestClock, irq: IrqLine, sent: number[], uart: Uart16550;
function make(wire: "timed" | "instant"): void {
  clock = new TestClock();
  irq = new IrqLine("irq4");
  sent = [];
  uart = new Uart16550("com1", clock, irq, { transmit: (byte) => sent.push(byte) }, wire);
  uart.writeByte(MCR, OUT2);
}
const receive = (...bytes: number[]): void => uart.receive(Uint8Array.of(...bytes));
/** One character at 115200 baud, 8N1. */
const CHARACTER = 86_806;

// National Semiconductor PC16550D datasheet.
describe("16550A", () => {
  beforeEach(() => make("instant"));

  test("divisor latch, scratch, FIFO identification", () => {
    uart.writeByte(LCR, 0x83);
    uart.writeByte(0, 12);
    uart.writeByte(1, 1);
    expect([uart.readByte(0), uart.readByte(1)]).toEqual([12, 1]);
    uart.writeByte(LCR, 3);
    uart.writeByte(SCR, 0x5a);
    expect([uart.readByte(SCR), uart.readByte(IER), uart.readByte(IIR)]).toEqual([0x5a, 0, 1]);
    uart.writeByte(FCR, 1);
    expect(uart.readByte(IIR)).toBe(0xc1);
  });
  test("enabling the transmitter interrupt while it is empty requests; IIR takes it back; each character is an edge", () => {
    let edges = 0;
    irq.connect((level) => { if (level) edges++; });
    uart.writeByte(IER, 2);
    expect([irq.level, uart.readByte(IIR), irq.level]).toEqual([true, 2, false]);
    uart.writeByte(THR, 65);
    uart.writeByte(THR, 66);
    expect([sent, edges, uart.readByte(LSR)]).toEqual([[65, 66], 3, 0x60]);
  });
  test("received characters: trigger level, then the time-out for the rest", () => {
    uart.writeByte(FCR, 0x41);
    uart.writeByte(IER, 1);
    receive(1, 2, 3);
    expect(irq.level).toBe(false);
    clock.advance(4 * CHARACTER);
    expect([irq.level, uart.readByte(IIR)]).toEqual([true, 0xcc]);
    expect([uart.readByte(0), irq.level]).toEqual([1, false]);
    receive(4, 5);
    expect(uart.readByte(IIR)).toBe(0xc4);
    expect([2, 3, 4, 5].map(() => uart.readByte(0))).toEqual([2, 3, 4, 5]);
    expect(uart.readByte(LSR) & 1).toBe(0);
  });
  test("the seventeenth character overruns, and reading LSR takes the error back", () => {
    uart.writeByte(FCR, 1);
    uart.writeByte(IER, 4);
    receive(...Array.from({ length: 17 }, (_, i) => i));
    expect([uart.room, irq.level, uart.readByte(IIR), uart.readByte(LSR), uart.readByte(LSR)]).toEqual([0, true, 0xc6, 0x63, 0x61]);
    expect(irq.level).toBe(false);
  });
  test("onRoom tells of every place that becomes free", () => {
    let told = 0;
    uart.onRoom = () => told++;
    receive(7);
    uart.readByte(0);
    expect(told).toBe(1);
  });
  test("without OUT2 no interrupt reaches the bus", () => {
    uart.writeByte(MCR, 0);
    uart.writeByte(IER, 2);
    expect(irq.level).toBe(false);
    uart.writeByte(MCR, OUT2);
    expect(irq.level).toBe(true);
  });
  test("loop mode: outputs are inputs, characters come back and none leaves", () => {
    uart.writeByte(MCR, 0x1a);
    expect(uart.readByte(MSR) & 0xf0).toBe(0x90);
    uart.writeByte(THR, 0x42);
    expect([uart.readByte(0), sent]).toEqual([0x42, []]);
    uart.writeByte(MCR, 0x10);
    expect(uart.readByte(MSR)).toBe(0x09);
  });
});

describe("16550A on a wire with a speed", () => {
  beforeEach(() => make("timed"));
  test("the holding register empties at once, the shift register after a character's time", () => {
    uart.writeByte(THR, 65);
    expect(uart.readByte(LSR)).toBe(0x20);
    uart.writeByte(THR, 66);
    expect(uart.readByte(LSR)).toBe(0);
    clock.advance(CHARACTER);
    expect(uart.readByte(LSR)).toBe(0x20);
    clock.advance(CHARACTER);
    expect(uart.readByte(LSR)).toBe(0x60);
  });
  test("with the FIFO, THRE comes back when the last character moves to the shift register", () => {
    uart.writeByte(FCR, 1);
    uart.writeByte(IER, 2);
    uart.readByte(IIR);
    for (let i = 0; i < 16; i++) uart.writeByte(THR, i);
    uart.readByte(IIR);
    expect([uart.readByte(LSR) & 0x20, irq.level]).toEqual([0, false]);
    clock.advance(14 * CHARACTER);
    expect(irq.level).toBe(false);
    clock.advance(2 * CHARACTER);
    expect([uart.readByte(LSR) & 0x20, irq.level]).toEqual([0x20, true]);
  });
  test("what the FIFO cannot take is lost", () => {
    uart.writeByte(FCR, 1);
    for (let i = 0; i < 40; i++) uart.writeByte(THR, i);
    expect(sent).toEqual(Array.from({ length: 17 }, (_, i) => i));
  });
});

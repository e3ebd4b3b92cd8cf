import { beforeEach, describe, expect, test } from "vitest";
import { IoApic, LocalApic } from "../src/index.ts";
import { TestClock } from "./test-clock.ts";

const TPR = 0x80, PPR = 0xa0, EOI = 0xb0, LDR = 0xd0, SVR = 0xf0, ESR = 0x280, ICR = 0x300, ICR_HIGH = 0x310, TIMER = 0x320, LINT0 = 0x350, LINT1 = 0x360, ERROR = 0x370;
const INITIAL = 0x380, CURRENT = 0x390, DIVIDE = 0x3e0;
let clock: TestClock, requested: boolean, nmis: number, ended: number[], apic: LocalApic;
const read = (offset: number): number => apic.read(offset, 4);
const write = (offset: number, value: number): void => apic.write(offset, 4, value);
const fixed = (vector: number, level = false): boolean => apic.receive({ vector, delivery: 0, level, destination: 0, logical: false });

beforeEach(() => {
  clock = new TestClock();
  requested = false;
  nmis = 0;
  ended = [];
  apic = new LocalApic(0, clock, { request: (asserted) => (requested = asserted), nmi: () => nmis++, acknowledgePic: () => 0x08, endOfInterrupt: (vector) => ended.push(vector) });
  write(SVR, 0x1ff);
});

// SDM vol. 3A, "Advanced Programmable Interrupt Controller (APIC)".
describe("local APIC", () => {
  test("vectors by priority class: in service holds off its class and lower", () => {
    fixed(0x31);
    fixed(0x35);
    expect([requested, apic.acknowledge(), requested, read(PPR)]).toEqual([true, 0x35, false, 0x30]);
    fixed(0x41);
    expect([apic.acknowledge(), read(0x120), read(0x110)]).toEqual([0x41, 2, 0x20_0000]);
    write(EOI, 0);
    expect(requested).toBe(false);
    write(EOI, 0);
    expect([requested, apic.acknowledge()]).toEqual([true, 0x31]);
  });
  test("the task priority holds off, and CR8 is its upper half", () => {
    write(TPR, 0x40);
    fixed(0x4f);
    expect([requested, apic.taskPriority, read(0x220)]).toEqual([false, 4, 0x8000]);
    apic.taskPriority = 3;
    expect([requested, read(TPR)]).toEqual([true, 0x30]);
  });
  test("a request that is gone by its acknowledge gives the spurious vector", () => {
    fixed(0x31);
    write(TPR, 0xff);
    expect([requested, apic.acknowledge()]).toEqual([false, 0xff]);
  });
  test("the 8259s come through LINT0 as ExtINT, or directly while the APIC is off", () => {
    apic.setLint0(true);
    expect(requested).toBe(false);
    write(LINT0, 0x700);
    expect([requested, apic.acknowledge()]).toEqual([true, 0x08]);
    write(LINT0, 0x1_0700);
    expect(requested).toBe(false);
    apic.enabled = false;
    expect([requested, fixed(0x31)]).toEqual([true, false]);
  });
  test("software disable masks all entries and they stay masked", () => {
    write(TIMER, 0x40);
    write(SVR, 0xff);
    write(LINT0, 0x700);
    expect([read(TIMER), read(LINT0)]).toEqual([0x1_0040, 0x1_0700]);
    write(SVR, 0x1ff);
    expect(read(LINT0)).toBe(0x1_0700);
  });
  test("the timer counts down at 1 GHz over the divisor, once", () => {
    write(DIVIDE, 3);
    write(TIMER, 0x40);
    write(INITIAL, 1000);
    clock.advance(1600);
    expect(read(CURRENT)).toBe(900);
    clock.advance(14_399);
    expect([read(CURRENT), requested]).toEqual([1, false]);
    clock.advance(1);
    expect([read(CURRENT), requested, apic.acknowledge()]).toEqual([0, true, 0x40]);
    clock.advance(1_000_000);
    expect(requested).toBe(false);
  });
  test("the periodic timer keeps its phase, and a masked one only counts", () => {
    write(DIVIDE, 11);
    write(TIMER, 0x2_0040);
    write(INITIAL, 1000);
    let fired = 0;
    for (let i = 0; i < 10; i++) {
      clock.advance(1000);
      if (apic.acknowledge() === 0x40) fired++;
      write(EOI, 0);
    }
    expect(fired).toBe(10);
    write(TIMER, 0x3_0040);
    clock.advance(2500);
    expect([requested, read(CURRENT)]).toEqual([false, 500]);
  });
  test("stopping by an initial count of zero", () => {
    write(TIMER, 0x40);
    write(INITIAL, 100);
    write(INITIAL, 0);
    clock.advance(10_000);
    expect([requested, read(CURRENT)]).toEqual([false, 0]);
  });
  test("an interrupt to itself, to all, to others, and logical destinations", () => {
    write(ICR, 0x4_0051);
    expect(apic.acknowledge()).toBe(0x51);
    write(EOI, 0);
    write(ICR, 0xc_0052);
    expect(requested).toBe(false);
    write(LDR, 0x0400_0000);
    write(ICR_HIGH, 0x0600_0000);
    write(ICR, 0x853);
    expect(apic.acknowledge()).toBe(0x53);
    write(ICR, 0x4_0400);
    expect(nmis).toBe(1);
    expect(apic.receive({ vector: 0x60, delivery: 0, level: false, destination: 8, logical: true })).toBe(false);
  });
  test("errors: a vector below 16, a register that is not there", () => {
    write(ERROR, 0x55);
    write(ICR, 0x4_0005);
    write(ESR, 0);
    expect([read(ESR), apic.acknowledge()]).toEqual([0x20, 0x55]);
    read(0x3f0);
    fixed(3);
    write(ESR, 0);
    expect(read(ESR)).toBe(0xc0);
    write(ESR, 0);
    expect(read(ESR)).toBe(0);
  });
  test("LINT1 as NMI", () => {
    apic.pulseLint1();
    write(LINT1, 0x400);
    apic.pulseLint1();
    expect(nmis).toBe(1);
  });
});

// Intel 82093AA datasheet.
describe("I/O APIC with a local one", () => {
  let io: IoApic;
  const set = (register: number, value: number): void => { io.write(0, 4, register); io.write(0x10, 4, value); };
  const get = (register: number): number => { io.write(0, 4, register); return io.read(0x10, 4); };
  beforeEach(() => {
    io = new IoApic((message) => apic.receive(message));
  });
  test("identity and reset", () => {
    expect([get(1), get(0x10), get(0x3f), get(0x40)]).toEqual([0x17_0011, 0x1_0000, 0, 0]);
    set(0, 0x0f00_0000);
    expect([get(0), get(2)]).toEqual([0x0f00_0000, 0x0f00_0000]);
  });
  test("edges: lost while masked, one message each", () => {
    io.setInput(4, true);
    io.setInput(4, false);
    set(0x18, 0x34);
    expect(requested).toBe(false);
    io.setInput(4, true);
    expect(apic.acknowledge()).toBe(0x34);
    write(EOI, 0);
    expect([requested, ended]).toEqual([false, []]);
  });
  test("levels: remote IRR until the end of interrupt, then again as long as the line is there", () => {
    set(0x22, 0x8039);
    io.setInput(9, true);
    expect([get(0x22), apic.acknowledge(), read(0x190) >>> 25]).toEqual([0xc039, 0x39, 1]);
    write(EOI, 0);
    expect(ended).toEqual([0x39]);
    io.endOfInterrupt(0x39);
    expect(apic.acknowledge()).toBe(0x39);
    io.setInput(9, false);
    write(EOI, 0);
    io.endOfInterrupt(0x39);
    expect([requested, get(0x22)]).toEqual([false, 0x8039]);
  });
  test("a level that waits is delivered when unmasked", () => {
    set(0x22, 0x1_8039);
    io.setInput(9, true);
    expect(requested).toBe(false);
    set(0x22, 0x8039);
    expect(requested).toBe(true);
  });
  test("destinations: another processor's interrupts do not arrive here", () => {
    set(0x19, 0x0100_0000);
    set(0x18, 0x34);
    io.setInput(4, true);
    expect(requested).toBe(false);
  });
});

import { describe, expect, test } from "vitest";
import { AcpiPm, hostBridge440fx, I8042, IrqLine, isaBridgePiix3, PciHost, ResetControl, SystemControlA, VgaText } from "../src/index.ts";
import { TestClock } from "./test-clock.ts";

// PCI Local Bus Specification 3.0.
describe("PCI configuration space", () => {
  let resets = 0;
  const host = new PciHost(new ResetControl(() => resets++));
  host.add(0, 0, hostBridge440fx());
  host.add(1, 0, isaBridgePiix3());
  const read = (device: number, register: number, size = 4): number => {
    host.write(0, 4, 0x8000_0000 + (device << 11) + (register & 0xfc));
    return host.read(4 + (register & 3), size);
  };
  test("identities, classes, absent devices", () => {
    expect([read(0, 0), read(0, 11, 1), read(1, 2, 2), read(1, 14, 1), read(2, 0)]).toEqual([0x1237_8086, 6, 0x7000, 0x80, 0xffff_ffff]);
    expect(read(1, 8)).toBe(0x0601_0000);
  });
  test("only what may be written is; base address registers that are not there read zero", () => {
    read(1, 0);
    host.write(4, 4, 0);
    expect(read(1, 0)).toBe(0x7000_8086);
    read(1, 0x10);
    host.write(4, 4, 0xffff_ffff);
    expect(read(1, 0x10)).toBe(0);
    read(1, 0x60);
    host.write(6, 1, 0x0b);
    expect(read(1, 0x60)).toBe(0x800b_8080);
  });
  test("the address register takes double words only and reads back", () => {
    host.write(0, 4, 0xffff_ffff);
    host.write(0, 1, 0);
    expect([host.read(0, 4), host.read(4, 4)]).toEqual([0x80ff_fffc, 0xffff_ffff]);
    host.write(0, 4, 0);
    expect(host.read(4, 4)).toBe(0xffff_ffff);
  });
  test("CF9 resets on a rising bit 2", () => {
    host.write(1, 1, 2);
    expect(resets).toBe(0);
    host.write(1, 1, 6);
    host.write(1, 1, 6);
    expect([resets, host.read(1, 1)]).toEqual([1, 6]);
    expect(() => host.add(1, 0, isaBridgePiix3())).toThrow("1.0 is there already");
  });
});

// ACPI Specification 6.5, "ACPI Hardware Specification".
describe("ACPI power management", () => {
  const make = (): { pm: AcpiPm; clock: TestClock; sci: IrqLine; slept: number[] } => {
    const clock = new TestClock(), sci = new IrqLine("sci"), slept: number[] = [];
    return { pm: new AcpiPm(clock, sci, (type) => slept.push(type)), clock, sci, slept };
  };
  test("the timer runs at 3.579545 MHz in 24 bits", () => {
    const { pm, clock } = make();
    clock.advance(1_000_000_000);
    expect(pm.read(8, 4)).toBe(3_579_545);
    clock.advance(3_687_000_000);
    expect(pm.read(8, 4)).toBe(Number((4_687_000_000n * 63n) / 17_600n) - 0x100_0000);
    expect(pm.read(8, 1) | (pm.read(9, 1) << 8) | (pm.read(10, 1) << 16)).toBe(pm.read(8, 4));
  });
  test("its carry interrupts while enabled, and writing the status bit takes it back", () => {
    const { pm, clock, sci } = make();
    pm.write(2, 2, 1);
    clock.advance(2_343_484_140);
    expect([sci.level, pm.read(0, 2)]).toEqual([true, 1]);
    pm.write(0, 2, 1);
    expect(sci.level).toBe(false);
    clock.advance(2_343_484_140);
    expect(sci.level).toBe(true);
  });
  test("the power button", () => {
    const { pm, sci } = make();
    pm.pressPowerButton();
    expect([sci.level, pm.read(0, 2)]).toEqual([false, 0x100]);
    pm.write(2, 2, 0x100);
    expect(sci.level).toBe(true);
  });
  test("sleeping needs SLP_EN; ACPI mode stays on", () => {
    const { pm, slept } = make();
    pm.write(4, 2, 0x1400);
    expect([slept, pm.read(4, 2)]).toEqual([[], 0x1401]);
    pm.write(4, 2, 0x3400);
    expect(slept).toEqual([5]);
  });
});

describe("8042", () => {
  const make = (): { kbc: I8042; lines: IrqLine[]; events: string[] } => {
    const lines = [new IrqLine("irq1"), new IrqLine("irq12")], events: string[] = [];
    return { kbc: new I8042({ keyboardIrq: lines[0]!, mouseIrq: lines[1]!, reset: () => events.push("reset"), a20: (open) => events.push(`a20 ${open}`) }), lines, events };
  };
  test("self test, command byte, interface tests", () => {
    const { kbc } = make();
    kbc.write(4, 1, 0xaa);
    expect([kbc.read(4) & 5, kbc.read(0), kbc.read(4) & 1]).toEqual([5, 0x55, 0]);
    kbc.write(4, 1, 0x60);
    kbc.write(0, 1, 0x47);
    kbc.write(4, 1, 0x20);
    expect(kbc.read(0)).toBe(0x47);
    kbc.write(4, 1, 0xab);
    expect(kbc.read(0)).toBe(0);
  });
  test("a key's codes come one by one, each with an edge", () => {
    const { kbc, lines } = make();
    let edges = 0;
    lines[0]!.connect((level) => { if (level) edges++; });
    kbc.press([0x1e, 0x9e]);
    expect([kbc.read(0), kbc.read(0), edges, lines[0]!.level]).toEqual([0x1e, 0x9e, 2, false]);
  });
  test("the keyboard's identity and reset, the mouse's behind D4", () => {
    const { kbc, lines } = make();
    kbc.write(0, 1, 0xff);
    expect([kbc.read(0), kbc.read(0)]).toEqual([0xfa, 0xaa]);
    kbc.write(4, 1, 0x60);
    kbc.write(0, 1, 0x03);
    kbc.write(4, 1, 0xd4);
    kbc.write(0, 1, 0xf2);
    expect([kbc.read(4) & 0x21, lines[1]!.level, kbc.read(0), kbc.read(0), kbc.read(4) & 1]).toEqual([0x21, true, 0xfa, 0, 0]);
  });
  test("A20 and reset", () => {
    const { kbc, events } = make();
    kbc.write(4, 1, 0xd1);
    kbc.write(0, 1, 0xdd);
    kbc.write(4, 1, 0xdf);
    kbc.write(4, 1, 0xfe);
    const ports = new SystemControlA((open) => events.push(`92 a20 ${open}`), () => events.push("92 reset"));
    ports.writeByte(0, 0);
    ports.writeByte(0, 3);
    ports.writeByte(0, 3);
    expect(events).toEqual(["a20 false", "a20 true", "reset", "92 a20 false", "92 a20 true", "92 reset", "92 a20 true"]);
  });
});

describe("VGA in text mode", () => {
  const out = (vga: VgaText, index: number, value: number): void => { vga.writeByte(0x14, index); vga.writeByte(0x15, value); };
  test("80 × 25 after reset; text, cursor and scrolling by the start address", () => {
    const vga = new VgaText(new TestClock()), memory = new Uint8Array(0x8000);
    memory[160 * 3] = 65;
    memory[160 * 3 + 1] = 0x1f;
    const read = (offset: number, into: Uint8Array): void => into.set(memory.subarray(offset, offset + into.length));
    out(vga, 15, 80 + 7);
    const first = vga.screen(read);
    expect([first.columns, first.rows, first.cursor, first.cells[480], first.cells[481]]).toEqual([80, 25, { row: 1, column: 7 }, 65, 0x1f]);
    out(vga, 13, 160);
    const second = vga.screen(read);
    expect([second.cells[160], second.cursor]).toEqual([65, undefined]);
    out(vga, 10, 0x20);
    out(vga, 15, 200);
    expect(vga.screen(read).cursor).toBe(undefined);
  });
  test("50 lines of 8; the start address wraps in the text memory", () => {
    const vga = new VgaText(new TestClock()), asked: [number, number][] = [];
    out(vga, 9, 0x47);
    out(vga, 12, 0x3f);
    const screen = vga.screen((offset, into) => asked.push([offset, into.length]));
    expect([screen.rows, asked[0]]).toEqual([50, [0x7e00, 160]]);
    expect(asked.every(([offset, length]) => offset + length <= 0x8000)).toBe(true);
  });
  test("the attribute controller's flip-flop is reset by reading the status", () => {
    const vga = new VgaText(new TestClock());
    vga.readByte(0x1a);
    vga.writeByte(0, 0x31);
    vga.writeByte(0, 0x15);
    vga.writeByte(0, 0x31);
    vga.readByte(0x1a);
    vga.writeByte(0, 0x31);
    expect([vga.readByte(1), vga.readByte(0)]).toEqual([0x15, 0x31]);
  });
  test("protected timing registers, the palette, retrace", () => {
    const clock = new TestClock(), vga = new VgaText(clock);
    out(vga, 1, 39);
    expect(vga.readByte(0x15)).toBe(79);
    vga.writeByte(8, 1);
    for (const v of [1, 2, 0xff]) vga.writeByte(9, v);
    vga.writeByte(7, 1);
    expect([vga.readByte(9), vga.readByte(9), vga.readByte(9)]).toEqual([1, 2, 0x3f]);
    const before = vga.readByte(0x1a) & 8;
    clock.advance(5_000_000);
    expect([before, vga.readByte(0x1a) & 8]).toEqual([8, 0]);
  });
});

import { describe, expect, test } from "vitest";
import { PicPair } from "../src/index.ts";

/** Both controllers as a PC's firmware sets them up: vectors 08 and 70, edges, all inputs open. */
function makePair(): { pic: PicPair; int: () => boolean } {
  let asserted = false;
  const pic = new PicPair((level) => (asserted = level));
  for (const [chip, words] of [[pic.master, [0x08, 4, 1]], [pic.slave, [0x70, 2, 1]]] as const) {
    chip.writeByte(0, 0x11);
    for (const w of words) chip.writeByte(1, w);
    chip.writeByte(1, 0);
  }
  return { pic, int: () => asserted };
}
const EOI = 0x20;

// Intel 8259A datasheet, sections as named.
describe("8259A pair", () => {
  test("an edge requests, is acknowledged once and is over with EOI", () => {
    const { pic, int } = makePair();
    pic.setInput(1, true);
    expect([int(), pic.acknowledge(), int()]).toEqual([true, 9, false]);
    pic.master.writeByte(0, 0x0b);
    expect(pic.master.readByte(0)).toBe(2);
    pic.master.writeByte(0, EOI);
    expect([pic.master.readByte(0), int()]).toEqual([0, false]);
    pic.setInput(1, false);
    pic.setInput(1, true);
    expect(int()).toBe(true);
  });
  test("fully nested: a higher input interrupts, a lower one waits", () => {
    const { pic, int } = makePair();
    pic.setInput(3, true);
    expect(pic.acknowledge()).toBe(11);
    pic.setInput(4, true);
    expect(int()).toBe(false);
    pic.setInput(0, true);
    expect([int(), pic.acknowledge()]).toEqual([true, 8]);
    pic.master.writeByte(0, EOI);
    expect(int()).toBe(false);
    pic.master.writeByte(0, EOI);
    expect([int(), pic.acknowledge()]).toEqual([true, 12]);
  });
  test("the slave's inputs come through the master's input 2", () => {
    const { pic, int } = makePair();
    pic.setInput(12, true);
    expect([int(), pic.acknowledge()]).toEqual([true, 0x74]);
    pic.setInput(15, true);
    expect(int()).toBe(false);
    pic.slave.writeByte(0, EOI);
    pic.master.writeByte(0, EOI);
    expect([int(), pic.acknowledge()]).toEqual([true, 0x77]);
  });
  test("a masked input requests when it is unmasked", () => {
    const { pic, int } = makePair();
    pic.master.writeByte(1, 0xfb);
    pic.setInput(6, true);
    expect([int(), pic.master.readByte(1)]).toEqual([false, 0xfb]);
    pic.master.writeByte(1, 0);
    expect([int(), pic.acknowledge()]).toEqual([true, 14]);
  });
  test("a level that goes away before the acknowledge leaves the default vector", () => {
    const { pic } = makePair();
    const elcr = pic.elcr();
    elcr.write(0, 1, 0xff);
    expect(elcr.read(0, 1)).toBe(0xf8);
    pic.setInput(5, true);
    pic.setInput(5, false);
    expect(pic.acknowledge()).toBe(15);
    pic.master.writeByte(0, 0x0b);
    expect(pic.master.readByte(0)).toBe(0);
  });
  test("a level requests again as long as it is there", () => {
    const { pic, int } = makePair();
    pic.elcr().write(1, 1, 0x08);
    pic.setInput(11, true);
    expect(pic.acknowledge()).toBe(0x73);
    pic.slave.writeByte(0, EOI);
    pic.master.writeByte(0, EOI);
    expect(int()).toBe(true);
    pic.setInput(11, false);
    expect(int()).toBe(false);
  });
  test("automatic end of interrupt, rotation, specific EOI, polling", () => {
    const { pic, int } = makePair();
    pic.master.writeByte(0, 0x11);
    for (const w of [0x20, 4, 3, 0]) pic.master.writeByte(1, w);
    pic.setInput(7, true);
    expect(pic.acknowledge()).toBe(0x27);
    pic.setInput(3, true);
    expect(int()).toBe(true);
    // Set priority: input 3 lowest, so 4 comes before 3.
    pic.master.writeByte(0, 0xc3);
    pic.setInput(4, true);
    expect([pic.acknowledge(), pic.acknowledge()]).toEqual([0x24, 0x23]);
    const { pic: other } = makePair();
    other.setInput(6, true);
    other.setInput(1, true);
    expect([other.acknowledge()]).toEqual([9]);
    other.master.writeByte(0, 0x61);
    other.master.writeByte(0, 0x0c);
    expect([other.master.readByte(0), other.master.readByte(0)]).toEqual([0x86, 0]);
  });
  test("while it is being initialized it requests nothing, and an edge must come anew", () => {
    const { pic, int } = makePair();
    pic.setInput(1, true);
    pic.master.writeByte(0, 0x11);
    expect(int()).toBe(false);
    for (const w of [0x20, 4, 1]) pic.master.writeByte(1, w);
    expect(int()).toBe(false);
    pic.setInput(1, false);
    pic.setInput(1, true);
    expect(pic.acknowledge()).toBe(0x21);
  });
});

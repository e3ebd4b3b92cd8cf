import { expect, test } from "vitest";
import { bootTour } from "./boot-tour.ts";
import { Monitor } from "./monitor.ts";
import { golden } from "./oracle.ts";

/**
 * What trap and emulate cannot hide, as Popek and Goldberg's theorem says: each of these lines comes from an instruction that is sensitive and does
 * not trap. The monitor's descriptor table is at FFC00000h; real interrupts are always on below it.
 */
const BROKEN: readonly (readonly [onAProcessor: string, deprivileged: string])[] = [
  ["sensitive: MOV from CS reads 0008, ring 0", "sensitive: MOV from CS reads 000b, ring 3"],
  ["sensitive: PUSHF after CLI reads IF 0", "sensitive: PUSHF after CLI reads IF 1"],
  ["lets it in:\n  -: vector 20 IRQ0  error --------  CPL 0 -> 0\nsensitive: it came", "lets it in:\nsensitive: it did not come"],
  ["SGDT reads base 00104000, limit 002f: what LGDT loaded", "SGDT reads base ffc00000, limit 002f: not what LGDT loaded"],
  ["the kernel has counted 2 ticks", "the kernel has counted 1 ticks"],
];

test("at CPL 3 under a monitor that emulates what traps, the tour differs in what does not trap, and in nothing else", () => {
  const board = bootTour("interpreter"), monitor = new Monitor(board);
  expect(monitor.run(200_000)).toBe("off");
  let expected = golden("ring-tour");
  for (const [before, after] of BROKEN) {
    expect(expected).toContain(before);
    expected = expected.replace(before, after);
  }
  expect(board.serial).toBe(expected);
  expect(board.vcpu.save().cpl).toBe(3);
  // One HLT waits for a tick, one ends all.
  const { hlt, lgdt, lidt, ltr, iret = 0, iretd = 0, sti, popf, sgdt } = Object.fromEntries(monitor.trapped) as { [mnemonic: string]: number | undefined };
  expect({ hlt, lgdt, lidt, ltr, sti, popf, sgdt }).toEqual({ hlt: 2, lgdt: 1, lidt: 1, ltr: 1, sti: 1, popf: undefined, sgdt: undefined });
  // Every way back to ring 3, and the one tick in ring 0.
  expect(iret + iretd).toBe(board.serial.match(/: iret/g)!.length + 1);
});

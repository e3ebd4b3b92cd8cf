import { describe, expect, test } from "vitest";
import type { EngineName } from "../../src/engine/engine.ts";
import { FuzzMachine, PLACES } from "./fuzz-machine.ts";
import { Random } from "../random.ts";

const BUDGET = 400;

/**
 * Executes random programs: nothing throws and every run ends. Each runs once at a stretch and once with all caches dropped at random
 * instructions: registers and memory come out the same.
 */
export function testRandomPrograms(count: number, engine: EngineName, budget: number = BUDGET): void {
  describe(`${count} random programs on the ${engine}`, () => {
    for (const place of PLACES) {
      test(place, () => {
        const machine = new FuzzMachine(place, engine);
        let retired = 0;
        for (let seed = 1; seed <= count; seed++) {
          machine.begin(seed);
          const exit = machine.finish(budget, () => budget, () => {});
          expect(["budget", "halted", "shutdown", "stalled"], `program ${seed}`).toContain(exit);
          const state = machine.vcpu.save(), memory = machine.memory.read(0, machine.memory.size);
          retired += state.retired;
          const random = new Random(seed ^ 0x5555);
          machine.begin(seed);
          const other = machine.finish(budget, () => 1 + random.below(20), () => { if (random.chance(50)) machine.vcpu.dropCaches(); });
          expect(other, `program ${seed}`).toBe(exit);
          if (exit === "stalled") continue;
          expect(machine.vcpu.save(), `program ${seed}`).toEqual(state);
          if (Buffer.compare(machine.memory.read(0, machine.memory.size), memory) !== 0) throw new Error(`program ${seed}: memory differs`);
        }
        expect(retired / count).toBeGreaterThan(20);
      });
    }
  });
}

/** Executes random programs on two engines: registers and memory come out the same. */
export function testEnginesAgree(count: number, engines: readonly [EngineName, EngineName], budget: number = BUDGET): void {
  describe(`${count} random programs on ${engines.join(" and ")}`, () => {
    for (const place of PLACES) {
      test(place, () => {
        const [first, second] = engines.map((engine) => new FuzzMachine(place, engine)) as [FuzzMachine, FuzzMachine];
        for (let seed = 1; seed <= count; seed++) {
          const [one, other] = [first, second].map((machine) => {
            machine.begin(seed);
            return machine.finish(budget, () => budget, () => {});
          });
          expect(other, `program ${seed}`).toBe(one);
          if (one === "stalled") continue;
          expect(second.vcpu.save(), `program ${seed}`).toEqual(first.vcpu.save());
          if (Buffer.compare(second.memory.read(0, second.memory.size), first.memory.read(0, first.memory.size)) !== 0) throw new Error(`program ${seed}: memory differs`);
        }
      });
    }
  });
}

import { STATE } from "../../state/state.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** Random numbers come from the machine's entropy input (call-out "rdrand" or "rdseed", 64 bits) and are always there: CF is set, the other flags cleared. */
function random(name: string, digit: number, feature: "rdrand" | "rdseed", title: string): Instruction {
  return instruction(name, {
    // F2 and F3 make it another instruction, or none.
    forms: [`NP 0F C7 /${digit}  ${name} rv`, `66 0F C7 /${digit}  ${name} rv`],
    feature,
    intercept: feature === "rdrand" ? "RDRAND" : "RDSEED",
    title,
    execute(m, dst) {
      const no = m.i32(0);
      m.write(dst!, m.callOut(feature, "i64").fit(m.bits));
      m.flags({ C: m.i32(1), O: no, S: no, Z: no, A: no, P: no });
    },
  });
}

/** RDRAND — Random number. SDM vol. 2B, "RDRAND—Read Random Number". */
export const RDRAND: Instruction = random("RDRAND", 6, "rdrand", "RDRAND—Read Random Number");
/** RDSEED — Random seed. SDM vol. 2B, "RDSEED—Read Random SEED". */
export const RDSEED: Instruction = random("RDSEED", 7, "rdseed", "RDSEED—Read Random SEED");

/** RDPID — IA32_TSC_AUX, zero-extended. SDM vol. 2B, "RDPID—Read Processor ID". */
export const RDPID: Instruction = instruction("RDPID", {
  forms: ["F3 0F C7 /7  RDPID r32"],
  feature: "rdpid",
  intercept: "RDPID",
  execute(m, dst) { m.write(dst!, m.state(STATE.tscAux).trunc(32)); },
});

/** Random numbers and the processor's number. */
export const RANDOM: readonly Instruction[] = [RDRAND, RDSEED, RDPID];

import { InstructionSet } from "@ringzero/x86/internals";
import { INSTRUCTIONS, FEATURES_FOR_CASES } from "./instructions.ts";
import { CaseMachine } from "./case-machine.ts";

export type EngineName = "reference" | "interpreter" | "jit";

/** A machine for cases on the named engine. */
export function createSubject(engine: EngineName): { isa: InstructionSet; machine: CaseMachine } {
  void engine;
  const isa = new InstructionSet(INSTRUCTIONS);
  // Cases never come to a system operation's end.
  const out = new Proxy({}, { get: (_, name) => (["rdrand", "rdseed", "rdtsc", "rdtscp"].includes(String(name)) ? () => 0n : () => 0) });
  return { isa, machine: new CaseMachine(isa, FEATURES_FOR_CASES, out) };
}

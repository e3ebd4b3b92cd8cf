import { InstructionSet } from "@ringzero/x86/internals";
import { INSTRUCTIONS, FEATURES_FOR_CASES } from "./instructions.ts";
import { CaseMachine } from "./case-machine.ts";

export type EngineName = "reference" | "interpreter" | "jit";

/** A machine for cases on the named engine. */
export function createSubject(engine: EngineName): { isa: InstructionSet; machine: CaseMachine } {
  void engine;
  const isa = new InstructionSet(INSTRUCTIONS);
  const out = Object.fromEntries(isa.interpreter().generated.imports.map((i) => [i.name, () => (i.result === "i64" ? 0n : 0)]));
  return { isa, machine: new CaseMachine(isa, FEATURES_FOR_CASES, out) };
}

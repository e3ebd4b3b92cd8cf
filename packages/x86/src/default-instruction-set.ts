import { InstructionSet } from "./engine/instruction-set.ts";
import { INSTRUCTIONS } from "./isa/index.ts";

let shared: InstructionSet | undefined;

/** All instructions, with the interpreter made of them once per process. */
export function defaultInstructionSet(): InstructionSet { return (shared ??= new InstructionSet(INSTRUCTIONS)); }

import { Core, CpuModel, Decoder, INSTRUCTIONS, InstructionSet, buildDecodeTable, type CallOut, type EngineName } from "@ringzero/x86/internals";
import { CaseMachine } from "./case-machine.ts";
import { RegionEngine } from "./region-engine.ts";
import { SteppingEngine } from "./stepping-engine.ts";

export type { EngineName };
/** The engines that `--engine` names. */
export const ENGINE_NAMES: readonly EngineName[] = ["reference", "interpreter", "jit"];

/** A machine for cases on one engine, with what says which instruction a case holds. */
export interface Subject {
  readonly isa: InstructionSet;
  readonly model: CpuModel;
  readonly decoder: Decoder;
  readonly machine: CaseMachine;
}

const WIDE = new Set(["rdrand", "rdseed", "rdtsc", "rdtscp"]);
/** System operations and call-outs do nothing and answer zero: no case depends on them. */
const OUT: { readonly [name: string]: CallOut } = new Proxy({}, { get: (_, name) => (WIDE.has(String(name)) ? () => 0n : () => 0), has: () => true });

/** Makes a machine for cases on the named engine; the processor is the model that executes everything described. */
export function createSubject(engine: EngineName): Subject {
  const isa = new InstructionSet(INSTRUCTIONS), model = CpuModel.max;
  const machine = new CaseMachine((memory, mapping) => {
    const core = new Core(memory, isa, model.features, mapping, { out: OUT, frameFault: () => 0, deviceRead() {}, deviceWrite() {}, dataAccess() {} }, engine);
    return engine === "jit" ? new RegionEngine(core) : new SteppingEngine(core);
  });
  return { isa, model, decoder: new Decoder(buildDecodeTable(isa.table, model.features)), machine };
}

import { CpuModel, Decoder, INSTRUCTIONS, InstructionSet, Processor, buildDecodeTable, callOutsOf, type EngineName } from "@ringzero/x86/internals";
import { CaseMachine } from "./case-machine.ts";
import { MixedEngine } from "./mixed-engine.ts";
import { RegionEngine } from "./region-engine.ts";
import { SteppingEngine } from "./stepping-engine.ts";

/** What executes cases: an engine, or `mixed`, which takes compiled code or the interpreter by chance. */
export type CaseEngineName = EngineName | "mixed";
/** The engines that `--engine` names. */
export const ENGINE_NAMES: readonly CaseEngineName[] = ["reference", "interpreter", "jit", "mixed"];

/** A machine for cases on one engine, with what says which instruction a case holds. */
export interface Subject {
  readonly isa: InstructionSet;
  readonly model: CpuModel;
  readonly decoder: Decoder;
  readonly machine: CaseMachine;
}

const openBus = { read: (): number => 0xff, write(): void {} };

/** Makes a machine for cases on the named engine; the processor is the model that executes everything described. */
export function createSubject(engine: CaseEngineName): Subject {
  const isa = new InstructionSet(INSTRUCTIONS), model = CpuModel.max;
  const machine = new CaseMachine((memory, mapping) => {
    const { core } = new Processor({
      isa, engine: engine === "mixed" ? "jit" : engine, model, bind: callOutsOf, memory: { ...memory, mapping, frameFault: () => false }, io: { pio: openBus, mmio: openBus },
      entropy: () => 0n, timeStamp: BigInt, notice: undefined, apicId: 0, processors: 1,
    });
    return engine === "mixed" ? new MixedEngine(core) : engine === "jit" ? new RegionEngine(core) : new SteppingEngine(core);
  });
  return { isa, model, decoder: new Decoder(buildDecodeTable(isa.table, model.features)), machine };
}

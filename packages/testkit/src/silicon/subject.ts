import { CpuModel, Decoder, INSTRUCTIONS, InstructionSet, Processor, buildDecodeTable, callOutsOf, type EngineName } from "@ringzero/x86/internals";
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

const openBus = { read: (): number => 0xff, write(): void {} };

/** Makes a machine for cases on the named engine; the processor is the model that executes everything described. */
export function createSubject(engine: EngineName): Subject {
  const isa = new InstructionSet(INSTRUCTIONS), model = CpuModel.max;
  const machine = new CaseMachine((memory, mapping) => {
    const { core } = new Processor({
      isa, engine, model, bind: callOutsOf, memory: { ...memory, mapping, frameFault: () => false }, io: { pio: openBus, mmio: openBus },
      entropy: () => 0n, timeStamp: BigInt, notice: undefined, apicId: 0, processors: 1,
    });
    return engine === "jit" ? new RegionEngine(core) : new SteppingEngine(core);
  });
  return { isa, model, decoder: new Decoder(buildDecodeTable(isa.table, model.features)), machine };
}

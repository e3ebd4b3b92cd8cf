import type { CpuModel } from "@ringzero/x86";
import { bootSteps, type BootOptions } from "../boot/boot-linux.ts";
import { EngineMix } from "./engine-mix.ts";
import { Exits } from "./exits.ts";
import { ALL_REGISTERS } from "./state-digest.ts";
import type { ComparedGuest, GuestRun } from "./guest-run.ts";

/** What a system is booted with. */
export interface VmGuestOptions {
  readonly name: string;
  readonly kernel: Uint8Array;
  readonly initrd: Uint8Array;
  readonly model: CpuModel;
  /** In MiB. */
  readonly memory: number;
}

/** A whole system on the processor alone, with just enough of a PC around it: exits are the ends of slices of 20,000 instructions, and accesses to ports. */
export function vmGuest({ name, kernel, initrd, model, memory }: VmGuestOptions): ComparedGuest {
  return {
    name,
    start: (engine, every, seed): Promise<GuestRun> => {
      const exits = new Exits(ALL_REGISTERS), output: string[] = [];
      let mix: EngineMix | undefined;
      const options: BootOptions = {
        kernel, initrd, model, memory, limit: Number.POSITIVE_INFINITY, engine: engine === "interpreter" ? "interpreter" : "jit", onLine: (line) => { output.push(line); },
        onPort: (vcpu, port) => { exits.add(vcpu, port); },
        ...(engine === "mixed" ? { execute: (vcpu, instructions) => (mix ??= new EngineMix(vcpu, seed)).run(instructions) } : {}),
      };
      const steps = bootSteps(options);
      let last: ReturnType<typeof steps.next> | undefined;
      return Promise.resolve({
        next() {
          exits.forget();
          const from = last && !last.done ? last.value.vcpu.retired : 0;
          for (;;) {
            last = steps.next();
            const { vcpu } = last.value;
            exits.add(vcpu);
            if (last.done || vcpu.retired - from >= every) return exits.checkpoint(vcpu, last.done ?? false);
          }
        },
        memory() { return last ? [last.value.memory.view(0, last.value.memory.size)] : []; },
        get output() { return output.join("\n"); },
        get recent() { return exits.recent; },
      });
    },
  };
}

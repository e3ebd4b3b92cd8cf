import { CpuModel, PlainMemory, Vcpu, type Exit, type VcpuOptions } from "../../src/index.ts";
import { assemble } from "../../src/assemble/assemble.ts";
import { STATE } from "../../src/state/state.ts";

/** The engines: a program says the same on each. */
export const ENGINES = ["interpreter", "reference", "jit"] as const;

/** A vCPU in the state that `bootFloppy` (testkit) starts programs in, with the program at 0000:8000. */
export interface ProgramMachine {
  readonly cpu: Vcpu;
  readonly memory: PlainMemory;
  /** What the program wrote to port E9 so far. */
  said(): string;
}

/** Other ports of a test: what a write does, what a read gives. */
export interface Ports {
  write?(port: number, value: number, size: number, machine: ProgramMachine): void;
  read?(port: number, size: number, machine: ProgramMachine): number;
}

/** Makes a machine of 8 MiB for an assembled text. Writing 4 to port E9 ends `run` with "attention". */
export function programMachine(source: string, ports: Ports = {}, options: Partial<VcpuOptions> = {}): ProgramMachine {
  const memory = new PlainMemory(8);
  memory.write(0x8000, assemble(source, { bits: 16, origin: 0x8000 }).bytes);
  let said = "";
  const pio = {
    read: (port: number, size: number): number => ports.read?.(port, size, machine) ?? 2 ** (8 * size) - 1,
    write(port: number, size: number, value: number): void {
      if (port !== 0xe9) ports.write?.(port, value, size, machine);
      else if (value === 4) cpu.attention();
      else said += String.fromCharCode(value);
    },
  };
  const cpu = new Vcpu({ model: CpuModel.x86_64_v2, memory, ...options, io: { pio, ...options.io } });
  const machine: ProgramMachine = { cpu, memory, said: () => said };
  const p = cpu.processor;
  for (let s = 0; s < 6; s++) p.setSegment(s, 0, 0n, 0xffff, s === 1 ? 0x9b : 0x93);
  p.set(STATE.cr0, 0x10);
  p.set(STATE.gdtrLimit, 0);
  p.set(STATE.idtrLimit, 0x3ff);
  p.rip = 0x8000n;
  p.setGpr(2, 0n);
  p.setGpr(4, 0x7c00n);
  p.set(STATE.fcw, 0x37f);
  p.set(STATE.ftw, 0);
  p.updateMode();
  return machine;
}

/** Runs a text to its end marker and returns what it said; ends with the exit where that is another. */
export function runProgram(source: string, ports: Ports = {}, options: Partial<VcpuOptions> = {}, instructions: number = 3_000_000): string {
  const machine = programMachine(source, ports, options);
  const exit: Exit = machine.cpu.run({ instructions });
  return machine.said() + (exit.kind === "attention" ? "" : `[${exit.kind}]`);
}

/** What a program of snippets said, by the snippet's name. */
export function outcomes(said: string): { [name: string]: string } {
  return Object.fromEntries(said.split("\n").filter(Boolean).map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]));
}

import { Runtime } from "@ringzero/container";
import type { Host } from "@ringzero/host";
import { labGuests } from "@ringzero/guests";
import { pc, VirtualMachine } from "@ringzero/hypervisor";
import { Machine } from "@ringzero/machine";
import { archiveOf } from "./archive.ts";

/** What the program of the lab does: it prints so many pieces of so many characters each, through a buffer that is written when it is full and at the end. */
export interface PrintJob {
  /** Pieces printed: calls of printf, as it were. */
  readonly prints: number;
  /** Characters of each. */
  readonly characters: number;
  /** Characters that the buffer holds. */
  readonly capacity: number;
}

/** What the virtual machine's counters said when it was switched off. */
export interface VmCounts {
  /** Changes between ring 3 and ring 0, either way, whatever the reason. */
  readonly ringCrossings: number;
  /** Timer interrupts. In this kernel each one interrupts ring 3, returns to it, and takes one OUT to tell the controller that it was handled. */
  readonly interrupts: number;
  /** Exits to the hypervisor. */
  readonly exits: LabExits;
}
/** Exits of the lab's virtual machine by reason. */
export interface LabExits {
  /** IN and OUT. */
  readonly io: number;
  /** Memory touched the first time. */
  readonly frame: number;
}

/** What the shared kernel's counters said of the container when its program had ended. */
export interface ContainerCounts {
  /** System calls entered, the one that ends the program among them. */
  readonly systemCalls: number;
  /** Page faults: memory touched the first time. */
  readonly pageFaults: number;
}

/** Both sides of one run. */
export interface Counts {
  /** The virtual machine's. */
  readonly vm: VmCounts;
  /** The container's. */
  readonly container: ContainerCounts;
}

/** Two runs of the same program on both sides: one that prints nothing, and so only starts and ends, and one that prints. */
export interface Experiment {
  /** What was printed in the busy run. */
  readonly job: PrintJob;
  /** Counters of a run that prints nothing. */
  readonly idle: Counts;
  /** Counters of a run that does the job. */
  readonly busy: Counts;
}

const MIB = 2 ** 20, DATE = Date.UTC(2026, 0, 1), IMAGE = "lab/print-job";

/** Runs the job on either side, and once more with nothing to print. Free runs: the same job gives the same counts everywhere. Rejects with an Error where a side printed something else. */
export async function runExperiment(host: Host, job: PrintJob): Promise<Experiment> {
  const nothing = { ...job, prints: 0 };
  return { job, idle: await runBoth(host, nothing), busy: await runBoth(host, job) };
}
async function runBoth(host: Host, job: PrintJob): Promise<Counts> {
  return { vm: await runInVm(host, job), container: await runInContainer(host, job) };
}
function parameters({ prints, characters, capacity }: PrintJob): string[] { return [prints, characters, capacity].map(String); }
/** What is counted is worth something only where the job was done. */
function mustHavePrinted(side: string, { prints, characters }: PrintJob, printed: number): void {
  if (printed !== prints * characters) throw new Error(`The ${side} printed ${printed} characters, not ${prints * characters}: the experiment is void.`);
}

async function runInVm(host: Host, job: PrintJob): Promise<VmCounts> {
  const machine = await Machine.create(host, { memory: 16 * MIB, shared: false });
  const vm = await VirtualMachine.create(machine, pc({ memory: 4 * MIB, multiboot: labGuests["print-kernel"].assemble(), commandLine: ["print-kernel", ...parameters(job)].join(" ") }), { name: "lab", idle: "free", date: DATE });
  let printed = 0;
  vm.console.onOutput((bytes) => { printed += bytes.length; });
  try {
    vm.start();
    await vm.ended;
    mustHavePrinted("virtual machine", job, printed);
    const { ringCrossings, interrupts, exits } = vm.counters;
    return { ringCrossings, interrupts, exits: { io: exits.io, frame: exits.frame } };
  } finally {
    await vm.kill();
  }
}
async function runInContainer(host: Host, job: PrintJob): Promise<ContainerCounts> {
  const machine = await Machine.create(host, { memory: 16 * MIB, shared: false }), runtime = await Runtime.create(machine, { name: "lab", idle: "free", date: DATE, seed: 1 });
  try {
    runtime.addImage(IMAGE, { layers: [archiveOf("print-job", labGuests["print-job"].assemble())] });
    const container = await runtime.create({ image: IMAGE, args: ["/print-job", ...parameters(job)] });
    let printed = 0;
    container.init.onOutput((_, bytes) => { printed += bytes.length; });
    await container.start();
    await container.wait();
    mustHavePrinted("container", job, printed);
    const { systemCalls, pageFaults } = container.view().counters;
    return { systemCalls, pageFaults };
  } finally {
    await runtime.shutdown();
  }
}

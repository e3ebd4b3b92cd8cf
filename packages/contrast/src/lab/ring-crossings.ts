import { runExperiment, type Counts, type Experiment, type PrintJob } from "./experiment.ts";
import type { Lab, Mistake, Question } from "./lab.ts";

/** What the student of lab 01 writes: figures of the job, from the counters of an experiment. */
export interface RingCrossingAnswers {
  /** How often the program called write. */
  writes(experiment: Experiment): number;
  /** How often the virtual machine's processor changed rings because of these writes. */
  vmCrossings(experiment: Experiment): number;
  /** How often the virtual machine left the guest for the hypervisor because of these writes. */
  vmExits(experiment: Experiment): number;
  /** How often the container's program and the shared kernel changed places because of these writes. */
  containerCrossings(experiment: Experiment): number;
}

/** How much more the busy run counted. */
function more(e: Experiment, of: (counts: Counts) => number): number { return of(e.busy) - of(e.idle); }
const crossings = (c: Counts): number => c.vm.ringCrossings, interrupts = (c: Counts): number => c.vm.interrupts, ports = (c: Counts): number => c.vm.exits.io;
const calls = (c: Counts): number => c.container.systemCalls, faults = (c: Counts): number => c.container.pageFaults;
const writes = (e: Experiment): number => more(e, calls), characters = (e: Experiment): number => e.job.prints * e.job.characters;

const PRINTS = "That counts the prints. Most of them only put characters into the program's own buffer and never leave ring 3: count the system calls.";
const CHARACTERS = "That counts characters. A write hands a whole buffer over: count the system calls, whatever their length.";
const START = "That includes the start and the end of the program, which happen without any write, too: subtract the idle run.";
const ONE_WAY = "That counts one direction. Whoever goes into the kernel comes back as well: a system call crosses twice.";

const QUESTIONS: readonly Question<Experiment>[] = [
  {
    name: "writes", text: "How often did the program call write?", value: writes,
    mistakes: [
      { value: (e) => e.job.prints, sentence: PRINTS }, { value: characters, sentence: CHARACTERS },
      { value: (e) => calls(e.busy), sentence: START },
      { value: (e) => Math.floor(characters(e) / e.job.capacity), sentence: "That counts full buffers. What is left in the buffer at the end is written, too." },
      { value: (e) => more(e, crossings) / 2, sentence: "That counts interrupts as system calls: the timer crosses the rings twice as well each time it ticks, and nobody asked it to." },
      { value: (e) => 2 * writes(e), sentence: "That counts crossings. Each write is one system call, and crosses twice." },
    ],
  },
  {
    name: "vmCrossings", text: "How many ring crossings inside the virtual machine did the writes cause?", value: (e) => 2 * writes(e),
    mistakes: [
      { value: (e) => more(e, crossings), sentence: "That counts interrupts. The longer run was interrupted by the timer more often, and each interrupt crosses into ring 0 and back without any write: subtract two for each." },
      { value: writes, sentence: ONE_WAY },
      { value: (e) => more(e, crossings) - more(e, interrupts), sentence: "That subtracts one crossing for each interrupt. An interrupt of ring 3 crosses twice: into ring 0 and, by IRET, back." },
      { value: (e) => crossings(e.busy), sentence: `${START} And interrupts are among it.` },
      { value: (e) => crossings(e.busy) - 2 * interrupts(e.busy), sentence: START },
      ...exitsAsCrossings("That counts exits as crossings. An exit leaves the guest for the hypervisor, from whatever ring; a ring crossing stays inside the guest: its own kernel handles the call."),
      { value: (e) => 2 * e.job.prints, sentence: PRINTS }, { value: (e) => 2 * characters(e), sentence: CHARACTERS },
    ],
  },
  {
    name: "vmExits", text: "How many exits to the hypervisor did the writes cause?", value: (e) => more(e, ports) - more(e, interrupts),
    mistakes: [
      { value: (e) => more(e, ports), sentence: "That counts interrupts. For each one the guest's kernel tells the interrupt controller by an OUT that it was handled, and that OUT exits as well, without any write." },
      { value: (e) => ports(e.busy), sentence: `${START} The kernel sets up its interrupt controller and timer by OUTs.` },
      { value: (e) => ports(e.busy) - interrupts(e.busy), sentence: `${START} The kernel sets up its interrupt controller and timer by OUTs.` },
      { value: characters, sentence: "That counts one exit for each character. Before the OUT that sends it, the kernel asks by an IN whether the port is free, and that exits as well." },
      { value: writes, sentence: "That counts one exit for each write. The system call itself does not exit: the guest's own kernel takes it. What exits is each IN and OUT of the serial port's, for each character." },
      { value: (e) => 2 * writes(e), sentence: "That counts ring crossings as exits. They stay inside the guest; what exits is each IN and OUT of the serial port's, for each character." },
      { value: (e) => more(e, crossings), sentence: "That counts ring crossings as exits. They stay inside the guest, and the interrupts' do, too." },
      { value: (e) => more(e, ports) - 2 * more(e, interrupts), sentence: "That subtracts two exits for each interrupt. An interrupt crosses rings twice, but its handler does one OUT." },
    ],
  },
  {
    name: "containerCrossings", text: "How many crossings between the container's program and the shared kernel did the writes cause?", value: (e) => 2 * writes(e),
    mistakes: [
      { value: writes, sentence: ONE_WAY },
      { value: (e) => 2 * calls(e.busy), sentence: START }, { value: (e) => calls(e.busy), sentence: `${START} And each system call crosses twice.` },
      { value: (e) => 2 * (calls(e.busy) + faults(e.busy)), sentence: "That counts page faults and the program's end. They cross into the kernel as well, but no write is the cause: subtract the idle run." },
      { value: (e) => 2 * (writes(e) + faults(e.busy)), sentence: "That counts page faults. They cross into the kernel as well, but no write is the cause: the idle run has them, too." },
      { value: (e) => more(e, crossings), sentence: "Those are the virtual machine's crossings, interrupts among them. No timer interrupts the container's program in its own ring 0: it has none." },
      ...exitsAsCrossings("Those are exits of the virtual machine. The container has no devices to exit for: the shared kernel takes all characters of a write at once."),
      { value: (e) => 2 * e.job.prints, sentence: PRINTS }, { value: (e) => 2 * characters(e), sentence: CHARACTERS },
    ],
  },
];

/** Exits taken for crossings, with the timer's and without. */
function exitsAsCrossings(sentence: string): Mistake<Experiment>[] {
  return [{ value: (e) => more(e, ports), sentence }, { value: (e) => ports(e.busy), sentence }, { value: (e) => more(e, ports) - more(e, interrupts), sentence }];
}

/** A job for a seed: small enough to take a moment, and such that prints, characters, full buffers and writes are never equally many. */
export function printJob(seed: number): PrintJob {
  const digit = (n: number, below: number): number => (Math.imul(seed * 8 + n + 1, 0x9e37_79b1) >>> 8) % below;
  const prints = 24 + digit(0, 20), characters = 5 + digit(1, 8), capacity = 33 + digit(2, 24);
  // Something is left in the buffer at the end.
  return { prints, characters, capacity: (prints * characters) % capacity === 0 ? capacity + 1 : capacity };
}

/** Lab 01: the ring crossings of one write in a virtual machine and in a container. */
export const ringCrossingsLab: Lab<Experiment> = {
  id: "01-ring-crossings", title: "Count the ring crossings of one write", questions: QUESTIONS,
  run: (host, seed) => runExperiment(host, printJob(seed)),
};

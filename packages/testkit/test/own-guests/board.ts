import { Bus, IrqLine, PicPair, Pit8254, Uart16550, VgaText, type DeviceClock } from "@ringzero/devices";
import { EventQueue, type Timer } from "@ringzero/machine";
import { CpuModel, PlainMemory, Vcpu, type EngineName } from "@ringzero/x86";

/** Virtual time of one instruction. */
const NANOSECONDS = 10;
/** Longest slice: a timer that the guest arms inside is at most so late. */
const SLICE = 2000;
const IF_FLAG = 0x200;

/** Why a board stopped: an HLT that no interrupt ends, a triple fault, or no time left. */
export type BoardEnd = "off" | "shutdown" | "timeout";

/** The smallest PC that our own guests run on: processor, 8259 pair, 8254, COM1, VGA text. Time passes with instructions. */
export class Board implements DeviceClock {
  readonly memory: PlainMemory;
  readonly vcpu: Vcpu;
  readonly #events = new EventQueue();
  readonly ports: Bus = new Bus("port");
  readonly pic: PicPair;
  #idle = 0;
  #serial = "";

  constructor(engine: EngineName, mebibytes = 8) {
    this.memory = new PlainMemory(mebibytes);
    const pic = (this.pic = new PicPair((asserted) => this.vcpu.setInterruptRequest(asserted)));
    const timerLine = new IrqLine("irq0");
    timerLine.connect((level) => pic.setInput(0, level));
    this.vcpu = new Vcpu({ model: CpuModel.x86_64_v2, memory: this.memory, engine, io: { pio: this.ports }, acknowledge: () => pic.acknowledge() });
    this.ports.claim("pic", 0x20, 2, pic.master);
    this.ports.claim("pit", 0x40, 4, new Pit8254(this, timerLine));
    this.ports.claim("pic slave", 0xa0, 2, pic.slave);
    this.ports.claim("vga", 0x3c0, 32, new VgaText(this));
    this.ports.claim("com1", 0x3f8, 8, new Uart16550("com1", this, new IrqLine("irq4"), { transmit: (byte) => { this.#serial += String.fromCharCode(byte); } }));
  }

  now(): number { return this.vcpu.retired * NANOSECONDS + this.#idle; }
  timer(name: string, fire: (deadline: number) => void): Timer { return this.#events.timer(name, fire); }

  /** What came out of COM1, lines ended by "\n". */
  get serial(): string { return this.#serial.replaceAll("\r\n", "\n"); }
  /** The 25 rows of the text screen, without blanks at their ends. */
  get screen(): string[] {
    const cells = this.memory.view(0xb8000, 80 * 25 * 2);
    return Array.from({ length: 25 }, (_, row) => Array.from({ length: 80 }, (_, column) => String.fromCharCode(cells[(row * 80 + column) * 2]!)).join("").trimEnd());
  }

  /** Fires what is due; instructions until the next event. */
  due(): number {
    this.#events.runDue(this.now());
    return Math.max(1, Math.min(SLICE, Math.ceil((this.#events.next - this.now()) / NANOSECONDS)));
  }
  /** Lets time pass to the next event. */
  idle(): void { this.#idle += Math.max(0, this.#events.next - this.now()); }

  /** Runs until the processor stops for good, `enough` says so (then "timeout"), or so many instructions have retired. */
  run(instructions: number, enough: (serial: string) => boolean = () => false): BoardEnd {
    const { vcpu } = this, end = vcpu.retired + instructions;
    while (vcpu.retired < end && !enough(this.#serial)) {
      const { kind } = vcpu.run({ instructions: this.due() });
      if (kind === "shutdown") return "shutdown";
      if (kind !== "halted") continue;
      if ((vcpu.save().flags & IF_FLAG) === 0 || !Number.isFinite(this.#events.next)) return "off";
      this.idle();
    }
    return "timeout";
  }
}

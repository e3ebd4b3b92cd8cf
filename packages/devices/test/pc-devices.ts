import { AcpiPm, Bus, hostBridge440fx, I8042, IoApic, IrqLine, isaBridgePiix3, LocalApic, PciHost, PicPair, Pit8254, ResetControl, RtcMc146818, SystemControlA, SystemControlB, Uart16550, VgaText } from "../src/index.ts";
import { TestClock } from "./test-clock.ts";

/** Everything on one board, wired as a PC's, for tests of the whole. */
export class PcDevices {
  readonly clock: TestClock = new TestClock();
  readonly ports: Bus = new Bus("port");
  readonly memory: Bus = new Bus("memory");
  /** What came out of the board, in order. */
  readonly events: string[] = [];
  readonly pic: PicPair;
  readonly lapic: LocalApic;
  readonly #saved: readonly { save(): unknown; restore(state: never): void }[];

  constructor() {
    const { clock, ports, memory } = this, note = (text: string): void => { this.events.push(text); };
    this.lapic = new LocalApic(0, clock, { request: (a) => note(`intr ${a}`), nmi: () => note("nmi"), acknowledgePic: () => this.pic.acknowledge(), endOfInterrupt: (v) => ioApic.endOfInterrupt(v) });
    this.pic = new PicPair((asserted) => this.lapic.setLint0(asserted));
    const ioApic = new IoApic((message) => this.lapic.receive(message));
    const lines = Array.from({ length: 16 }, (_, irq) => {
      const line = new IrqLine(`irq${irq}`);
      line.connect((level) => {
        if (irq !== 2) this.pic.setInput(irq, level);
        ioApic.setInput(irq === 0 ? 2 : irq, level);
      });
      return line;
    });
    const pit = new Pit8254(clock, lines[0]!), rtc = new RtcMc146818(clock, lines[8]!, 1_700_000_000), uart = new Uart16550("com1", clock, lines[4]!, { transmit: (b) => note(`com1 ${b}`) }, "timed");
    const kbc = new I8042({ keyboardIrq: lines[1]!, mouseIrq: lines[12]!, reset: () => note("reset"), a20: (open) => note(`a20 ${open}`) });
    const a = new SystemControlA((open) => note(`a20 ${open}`), () => note("reset")), b = new SystemControlB(pit), reset = new ResetControl(() => note("reset"));
    const pci = new PciHost(reset), pm = new AcpiPm(clock, lines[9]!, (type) => note(`sleep ${type}`)), vga = new VgaText(clock);
    pci.add(0, 0, hostBridge440fx());
    pci.add(1, 0, isaBridgePiix3());
    ports.claim("pic", 0x20, 2, this.pic.master);
    ports.claim("pit", 0x40, 4, pit);
    ports.claim("8042 data", 0x60, 1, kbc);
    ports.claim("port b", 0x61, 1, b);
    ports.claim("8042 command", 0x64, 1, { read: () => kbc.read(4), write: (_o, size, value) => kbc.write(4, size, value) });
    ports.claim("rtc", 0x70, 2, rtc);
    ports.claim("port a", 0x92, 1, a);
    ports.claim("pic slave", 0xa0, 2, this.pic.slave);
    ports.claim("vga", 0x3c0, 32, vga);
    ports.claim("com1", 0x3f8, 8, uart);
    ports.claim("elcr", 0x4d0, 2, this.pic.elcr());
    ports.claim("pm", 0x600, 12, pm);
    ports.claim("pci", 0xcf8, 8, pci);
    memory.claim("ioapic", 0, 0x20, ioApic);
    memory.claim("lapic", 0x1000, 0x1000, this.lapic);
    this.#saved = [this.pic, this.lapic, ioApic, pit, rtc, uart, kbc, a, b, reset, pci, pm, vga];
    this.receive = (bytes) => uart.receive(bytes);
    this.press = (codes) => kbc.press(codes);
  }
  readonly receive: (bytes: Uint8Array) => void;
  readonly press: (codes: readonly number[]) => void;
  /** All state as text. */
  save(): string { return JSON.stringify(this.#saved.map((d) => d.save())); }
  /** Takes over another board's state and time. */
  copy(other: PcDevices): void {
    // The clock first: outputs follow from the time. What devices arm meanwhile is not what was armed.
    this.clock.copy(other.clock);
    const states = JSON.parse(other.save()) as never[];
    this.#saved.forEach((d, i) => d.restore(states[i]!));
    this.clock.copy(other.clock);
    this.events.length = 0;
  }
}

import {
  AcpiPm, Bus, DebugPort, hostBridge440fx, I8042, IoApic, IrqLine, isaBridgePiix3, LocalApic, PciHost, PicPair, Pit8254, ResetControl, RtcMc146818, SystemControlA, SystemControlB, Uart16550, VgaText, type BusDevice, type BusRange, type DeviceClock,
} from "@ringzero/devices";
import { IRQ, MEMORY, PORT, SLEEP_TYPE_S5 } from "./layout.ts";
import type { SerialConsole } from "./serial-console.ts";

/** What the board drives outside itself. */
export interface BoardHooks {
  /** The interrupt request line to the processor. */
  request(asserted: boolean): void;
  /** A non-maskable interrupt. */
  nmi(): void;
  /** The A20 gate opens or closes. */
  a20(open: boolean): void;
  /** Something asked for a reset. */
  reset(): void;
  /** The guest switched the machine off. */
  powerOff(): void;
}

/** What is on the board: its state is plain data. */
export interface BoardPart {
  /** Its state. */
  save(): unknown;
  /** Takes a saved state over. */
  restore(state: never): void;
}

/** A PC's devices on their buses, wired. */
export class PcBoard {
  /** Where IN and OUT go. */
  readonly ports: Bus = new Bus("port");
  /** Device memory. */
  readonly memory: Bus = new Bus("memory");
  /** The text screen. */
  readonly vga: VgaText;
  /** Keyboard controller, with the A20 gate and a reset line. */
  readonly keyboard: I8042;
  /** ACPI power management: the power button and the way to switch off. */
  readonly power: AcpiPm;
  /** The processor's local APIC. */
  readonly localApic: LocalApic;
  readonly #com1: Uart16550;
  readonly #console: SerialConsole;
  readonly #pic: PicPair;
  #apicRange: BusRange | undefined;
  readonly #parts: Record<string, BoardPart>;

  /** `epoch` is the date at virtual time 0, in seconds since 1970. */
  constructor(clock: DeviceClock, hooks: BoardHooks, console: SerialConsole, memoryBytes: number, epoch: number) {
    const lapic = new LocalApic(0, clock, {
      request: (asserted) => hooks.request(asserted), nmi: () => hooks.nmi(), acknowledgePic: () => this.#pic.acknowledge(), endOfInterrupt: (vector) => ioApic.endOfInterrupt(vector),
    });
    const pic = new PicPair((asserted) => lapic.setLint0(asserted)), ioApic = new IoApic((message) => lapic.receive(message));
    const line = (irq: number): IrqLine => {
      const wire = new IrqLine(`irq${irq}`);
      wire.connect((level) => {
        pic.setInput(irq, level);
        // As the MADT says: IRQ 0 comes in at input 2.
        ioApic.setInput(irq === IRQ.timer ? 2 : irq, level);
      });
      return wire;
    };
    const pit = new Pit8254(clock, line(IRQ.timer)), rtc = new RtcMc146818(clock, line(IRQ.rtc), epoch);
    const com1 = new Uart16550("com1", clock, line(IRQ.com1), console);
    const keyboard = new I8042({ keyboardIrq: line(IRQ.keyboard), mouseIrq: line(IRQ.mouse), reset: () => hooks.reset(), a20: (open) => hooks.a20(open) });
    const controlA = new SystemControlA((open) => hooks.a20(open), () => hooks.reset()), controlB = new SystemControlB(pit), resetControl = new ResetControl(() => hooks.reset());
    const power = new AcpiPm(clock, line(IRQ.sci), (type) => { if (type === SLEEP_TYPE_S5) hooks.powerOff(); });
    const pci = new PciHost(resetControl), vga = new VgaText(clock);
    pci.add(0, 0, hostBridge440fx());
    pci.add(1, 0, isaBridgePiix3());
    describeMemory(rtc, memoryBytes);

    const { ports, memory } = this;
    ports.claim("8259 master", PORT.picMaster, 2, pic.master);
    ports.claim("8259 slave", PORT.picSlave, 2, pic.slave);
    ports.claim("8259 edge/level", PORT.elcr, 2, pic.elcr());
    ports.claim("8254", PORT.pit, 4, pit);
    ports.claim("8042 data", PORT.keyboardData, 1, keyboard);
    ports.claim("8042 command", PORT.keyboardCommand, 1, { read: () => keyboard.read(4), write: (_offset, size, value) => keyboard.write(4, size, value) });
    ports.claim("system control B", PORT.systemControlB, 1, controlB);
    ports.claim("system control A", PORT.systemControlA, 1, controlA);
    ports.claim("MC146818", PORT.rtc, 2, rtc);
    ports.claim("diagnostics", PORT.diagnostics, 1, new DebugPort(0xff, () => {}));
    ports.claim("VGA", PORT.vga, 32, vga);
    ports.claim("COM1", PORT.com1, 8, com1);
    ports.claim("ACPI PM", PORT.acpiPm, 12, power);
    ports.claim("PCI configuration", PORT.pciConfig, 8, pci);
    memory.claim("I/O APIC", MEMORY.ioApic, 0x20, ioApic);
    this.#apicRange = memory.claim("local APIC", MEMORY.localApic, 0x1000, lapic);
    this.#com1 = com1;
    this.#console = console;
    this.#pic = pic;
    this.vga = vga;
    this.keyboard = keyboard;
    this.power = power;
    this.localApic = lapic;
    com1.onRoom = () => this.feedConsole();
    this.#parts = { pic, lapic, ioApic, pit, rtc, com1, keyboard, controlA, controlB, resetControl, power, pci, vga, console };
  }

  /** Puts one more device onto the board, at its ports. */
  add(name: string, base: number, length: number, device: BusDevice & BoardPart): void {
    this.ports.claim(name, base, length, device);
    this.#parts[name] = device;
  }
  /** Moves typed characters into the serial port, as many as fit. */
  feedConsole(): void {
    const bytes = this.#console.take(Math.max(0, this.#com1.room));
    if (bytes.length > 0) this.#com1.receive(bytes);
  }
  /** Takes IA32_APIC_BASE: whether the local APIC is on, and where it lies; nowhere where another device is. SDM vol. 3A, "Enabling or Disabling the Local APIC". */
  setApicBase(value: bigint): void {
    const base = Number(value & 0xffff_f000n), on = (value & 0x800n) !== 0n;
    if (this.#apicRange) this.memory.release(this.#apicRange);
    this.#apicRange = undefined;
    this.localApic.enabled = on;
    if (on && !this.memory.ranges().some((r) => base < r.base + r.length && r.base < base + 0x1000)) this.#apicRange = this.memory.claim("local APIC", base, 0x1000, this.localApic);
  }
  /** What firmware leaves behind: the local APIC passes the 8259s on ("virtual wire"). Intel MultiProcessor Specification 1.4, "Virtual Wire Mode". */
  initialize(): void {
    const write = (offset: number, value: number): void => this.localApic.write(offset, 4, value);
    write(0xf0, 0x1ff);
    write(0x350, 0x700);
    write(0x360, 0x400);
  }

  /** The state of all parts by name, as plain data. */
  save(): { readonly [part: string]: unknown } { return Object.fromEntries(Object.entries(this.#parts).map(([name, part]) => [name, part.save()])); }
  /** Takes a saved state over. */
  restore(state: { readonly [part: string]: unknown }): void { for (const [name, part] of Object.entries(this.#parts)) part.restore(state[name] as never); }
}

/** Memory sizes in CMOS memory, as firmware leaves them. Ralf Brown's Interrupt List, "CMOS RAM": base and extended memory in KiB, then beyond 16 MiB in 64 KiB. */
function describeMemory(rtc: RtcMc146818, bytes: number): void {
  const put = (offset: number, value: number): void => {
    rtc.setMemory(offset, value & 0xff);
    rtc.setMemory(offset + 1, value >> 8);
  };
  put(0x15, 639);
  const extended = Math.min(0xffff, Math.floor((bytes - MEMORY.high) / 1024));
  put(0x17, extended);
  put(0x30, extended);
  put(0x34, Math.max(0, Math.floor((bytes - 16 * 2 ** 20) / 65_536)));
}

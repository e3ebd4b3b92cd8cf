import type { Timer } from "@ringzero/machine";
import { ByteDevice } from "./bus.ts";
import type { DeviceClock } from "./device-clock.ts";
import type { IrqLine } from "./irq-line.ts";

/** Register offsets. National Semiconductor PC16550D datasheet, "Registers". DLAB moves 0 and 1 to the divisor. */
const RBR_THR = 0, IER = 1, IIR_FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7;
const IER_RDI = 1, IER_THRI = 2, IER_RLSI = 4, IER_MSI = 8;
const IIR_NONE = 1, IIR_MSI = 0, IIR_THRI = 2, IIR_RDI = 4, IIR_RLSI = 6, IIR_TIMEOUT = 12, IIR_FIFO = 0xc0;
const FCR_ENABLE = 1, FCR_CLEAR_RX = 2, FCR_CLEAR_TX = 4;
const LCR_DLAB = 0x80, LCR_BREAK = 0x40;
const MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 16;
const LSR_DR = 1, LSR_OE = 2, LSR_THRE = 0x20, LSR_TEMT = 0x40;
const MSR_DCTS = 1, MSR_DDSR = 2, MSR_TERI = 4, MSR_DDCD = 8, MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80;
const FIFO_SIZE = 16;
const TRIGGERS = [1, 4, 8, 14] as const;
/** Bits that a character takes on the wire with its framing, at the usual 8N1. */
const FRAME_BITS = 10;
/** The input clock divided by 16: bits a second at divisor 1. */
const BASE_BAUD = 115_200;

/** State of the port, plain data. */
export interface Uart16550State {
  /** Of this shape. */
  readonly version: 1;
  /** Interrupt enable register. */
  readonly ier: number;
  /** Line control: word length and DLAB, which puts the divisor at offsets 0 and 1. */
  readonly lcr: number;
  /** Modem control: OUT2 lets interrupts through to the line; loop-back. */
  readonly mcr: number;
  /** Modem status: CTS, DSR, CD and what changed since it was read. */
  readonly msr: number;
  /** Scratch register. */
  readonly scr: number;
  /** FIFO control. */
  readonly fcr: number;
  /** 115,200 / baud. */
  readonly divisor: number;
  /** A character was lost since the line status was read. */
  readonly overrun: boolean;
  /** The interrupt for an empty transmitter has not been taken. */
  readonly thriPending: boolean;
  /** Received characters have waited for four character times. */
  readonly timeout: boolean;
  /** Characters in the receive FIFO, oldest first. */
  readonly received: readonly number[];
  /** Characters that have not left yet, the shift register's included. */
  readonly transmitting: number;
}

/** The other end of the line. */
export interface SerialBackend {
  /** Takes a character that the guest sent. */
  transmit(byte: number): void;
}

/** How long a character takes to leave: `timed` as the divisor says, `instant` no time, so that a guest that prints does not wait for a wire. */
export type WireSpeed = "timed" | "instant";

/**
 * National Semiconductor 16550A serial port. Received characters wait in the FIFO, and what does not fit waits with the back end (`room`), so that no
 * input is lost by speed alone.
 */
export class Uart16550 extends ByteDevice {
  readonly #irq: IrqLine;
  readonly #backend: SerialBackend;
  readonly #clock: DeviceClock;
  readonly #timed: boolean;
  readonly #sent: Timer;
  readonly #timeoutTimer: Timer;
  #ier = 0;
  #lcr = 3;
  #mcr = 0;
  #msr = MSR_CTS | MSR_DSR | MSR_DCD;
  #scr = 0;
  #fcr = 0;
  #divisor = 1;
  #overrun = false;
  /** The transmitter-empty interrupt is pending: reading IIR clears it. */
  #thri = false;
  #timeout = false;
  #received: number[] = [];
  /** Characters in the transmitter: sent to the back end at once, gone from here when the line has taken them. */
  #transmitting = 0;
  /** Told when there is room for received characters again. */
  onRoom: (() => void) | undefined;

  /** `name` names its timers, as "com1". */
  constructor(name: string, clock: DeviceClock, irq: IrqLine, backend: SerialBackend, wire: WireSpeed = "instant") {
    super();
    this.#clock = clock;
    this.#irq = irq;
    this.#backend = backend;
    this.#timed = wire === "timed";
    this.#sent = clock.timer(`${name}.transmit`, () => this.#characterSent());
    this.#timeoutTimer = clock.timer(`${name}.timeout`, () => {
      this.#timeout = this.#received.length > 0;
      this.#update();
    });
  }

  get #fifo(): boolean { return (this.#fcr & FCR_ENABLE) !== 0; }
  /** Nanoseconds that a character takes. */
  get #characterTime(): number { return Math.round((FRAME_BITS * 1e9 * this.#divisor) / BASE_BAUD); }
  /** How many received characters fit now. */
  get room(): number { return (this.#fifo ? FIFO_SIZE : 1) - this.#received.length; }

  /** Characters from the line. Those beyond `room` are lost with an overrun error, as on the wire. */
  receive(bytes: Uint8Array): void {
    if (this.#mcr & MCR_LOOP) return;
    for (const b of bytes) this.#take(b);
    this.#update();
  }
  #take(byte: number): void {
    if (this.room <= 0) { this.#overrun = true; return; }
    this.#received.push(byte);
    this.#timeout = false;
    if (this.#fifo) this.#timeoutTimer.arm(this.#clock.now() + 4 * this.#characterTime);
  }

  #lsr(): number {
    const empty = this.#transmitting === 0;
    return (this.#received.length > 0 ? LSR_DR : 0) | (this.#overrun ? LSR_OE : 0) | (this.#thrEmpty ? LSR_THRE : 0) | (empty ? LSR_TEMT : 0);
  }
  /** The holding register or FIFO is empty: at most the shift register holds a character. */
  get #thrEmpty(): boolean { return this.#transmitting <= 1; }

  /** Reason of the interrupt, by priority; IIR_NONE where there is none. */
  #reason(): number {
    if (this.#ier & IER_RLSI && this.#overrun) return IIR_RLSI;
    if (this.#ier & IER_RDI && this.#received.length >= (this.#fifo ? TRIGGERS[(this.#fcr >> 6) as 0]! : 1)) return IIR_RDI;
    if (this.#ier & IER_RDI && this.#timeout) return IIR_TIMEOUT;
    if (this.#ier & IER_THRI && this.#thri) return IIR_THRI;
    if (this.#ier & IER_MSI && this.#msr & (MSR_DCTS | MSR_DDSR | MSR_TERI | MSR_DDCD)) return IIR_MSI;
    return IIR_NONE;
  }
  #update(): void {
    // OUT2 gates the interrupt onto the PC's bus.
    this.#irq.set(this.#reason() !== IIR_NONE && (this.#mcr & MCR_OUT2) !== 0 && !(this.#mcr & MCR_LOOP));
  }

  readByte(offset: number): number {
    if (this.#lcr & LCR_DLAB && offset <= 1) return offset === 0 ? this.#divisor & 0xff : this.#divisor >> 8;
    switch (offset) {
      case RBR_THR: {
        const value = this.#received.shift() ?? 0;
        this.#timeout = false;
        if (this.#received.length > 0 && this.#fifo) this.#timeoutTimer.arm(this.#clock.now() + 4 * this.#characterTime);
        else this.#timeoutTimer.cancel();
        this.#update();
        if (this.room > 0) this.onRoom?.();
        return value;
      }
      case IER: return this.#ier;
      case IIR_FCR: {
        const reason = this.#reason();
        if (reason === IIR_THRI) { this.#thri = false; this.#update(); }
        return reason | (this.#fifo ? IIR_FIFO : 0);
      }
      case LCR: return this.#lcr;
      case MCR: return this.#mcr;
      case LSR: {
        const value = this.#lsr();
        this.#overrun = false;
        this.#update();
        return value;
      }
      case MSR: {
        const value = this.#mcr & MCR_LOOP ? this.#loopedStatus() | (this.#msr & 15) : this.#msr;
        this.#msr &= ~15;
        this.#update();
        return value;
      }
      case SCR: return this.#scr;
      default: return 0xff;
    }
  }
  /** In loop mode the modem outputs are the inputs. */
  #loopedStatus(): number {
    const m = this.#mcr;
    return (m & MCR_RTS ? MSR_CTS : 0) | (m & MCR_DTR ? MSR_DSR : 0) | (m & MCR_OUT1 ? MSR_RI : 0) | (m & MCR_OUT2 ? MSR_DCD : 0);
  }
  writeByte(offset: number, value: number): void {
    if (this.#lcr & LCR_DLAB && offset <= 1) {
      this.#divisor = (offset === 0 ? (this.#divisor & 0xff00) | value : (this.#divisor & 0xff) | (value << 8)) || 1;
      return;
    }
    switch (offset) {
      case RBR_THR: this.#send(value); break;
      case IER: {
        const enabled = value & ~this.#ier & IER_THRI;
        this.#ier = value & 15;
        // Enabling the interrupt while the transmitter is empty raises it at once.
        if (enabled && this.#thrEmpty) this.#thri = true;
        break;
      }
      case IIR_FCR:
        if ((value ^ this.#fcr) & FCR_ENABLE || value & FCR_CLEAR_RX) { this.#received = []; this.#timeout = false; this.#timeoutTimer.cancel(); }
        if (value & FCR_CLEAR_TX) this.#transmitting = Math.min(this.#transmitting, 1);
        this.#fcr = value & 0xc9;
        break;
      case LCR: this.#lcr = value & ~LCR_BREAK; break;
      case MCR: {
        const before = this.#mcr & MCR_LOOP ? this.#loopedStatus() : this.#msr & 0xf0;
        this.#mcr = value & 0x1f;
        const now = this.#mcr & MCR_LOOP ? this.#loopedStatus() : MSR_CTS | MSR_DSR | MSR_DCD;
        if (!(this.#mcr & MCR_LOOP)) this.#msr = (this.#msr & 15) | now;
        this.#msr |= ((before ^ now) >> 4) & (MSR_DCTS | MSR_DDSR | MSR_DDCD);
        if (before & MSR_RI && !(now & MSR_RI)) this.#msr |= MSR_TERI;
        break;
      }
      case SCR: this.#scr = value; break;
      default: // LSR and MSR are read-only
    }
    this.#update();
  }
  #send(byte: number): void {
    // The request falls with each character, so that its emptying is an edge again.
    this.#thri = false;
    this.#update();
    // What does not fit into the FIFO (or holding register) and the shift register is lost.
    if (this.#transmitting > (this.#fifo ? FIFO_SIZE : 1)) return;
    if (this.#mcr & MCR_LOOP) this.#take(byte);
    else this.#backend.transmit(byte);
    if (this.#timed && this.#transmitting++ === 0) this.#sent.arm(this.#clock.now() + this.#characterTime);
    // The first character moves to the shift register at once: the holding register is empty again.
    if (this.#thrEmpty) this.#thri = true;
  }
  #characterSent(): void {
    if (--this.#transmitting > 0) this.#sent.arm(this.#clock.now() + this.#characterTime);
    // Empty since this character moved to the shift register, or, without a FIFO, since the last one did.
    if (this.#transmitting === 1) this.#thri = true;
    this.#update();
  }

  /** The state as plain data. */
  save(): Uart16550State {
    return {
      version: 1, ier: this.#ier, lcr: this.#lcr, mcr: this.#mcr, msr: this.#msr, scr: this.#scr, fcr: this.#fcr, divisor: this.#divisor,
      overrun: this.#overrun, thriPending: this.#thri, timeout: this.#timeout, received: [...this.#received], transmitting: this.#transmitting,
    };
  }
  /** Takes a saved state over. */
  restore(s: Uart16550State): void {
    this.#ier = s.ier;
    this.#lcr = s.lcr;
    this.#mcr = s.mcr;
    this.#msr = s.msr;
    this.#scr = s.scr;
    this.#fcr = s.fcr;
    this.#divisor = s.divisor;
    this.#overrun = s.overrun;
    this.#thri = s.thriPending;
    this.#timeout = s.timeout;
    this.#received = [...s.received];
    this.#transmitting = s.transmitting;
    this.#update();
  }
}

import { DELIVERY, type ApicMessage } from "./apic-message.ts";
import type { BusDevice } from "./bus.ts";
import type { DeviceClock } from "./device-clock.ts";
import { LocalApicTimer, type LocalApicTimerState } from "./lapic-timer.ts";
import { VectorSet } from "./vector-set.ts";

/** Register offsets. SDM vol. 3A, "Local APIC Register Address Map". */
const ID = 0x20, VERSION = 0x30, TPR = 0x80, APR = 0x90, PPR = 0xa0, EOI = 0xb0, LDR = 0xd0, DFR = 0xe0, SVR = 0xf0, ISR = 0x100, TMR = 0x180, IRR = 0x200, ESR = 0x280;
const ICR_LOW = 0x300, ICR_HIGH = 0x310, LVT_TIMER = 0x320, LVT_THERMAL = 0x330, LVT_PERFORMANCE = 0x340, LVT_LINT0 = 0x350, LVT_LINT1 = 0x360, LVT_ERROR = 0x370;
const INITIAL_COUNT = 0x380, CURRENT_COUNT = 0x390, DIVIDE = 0x3e0;
/** Version 10h with six LVT entries, as AMD's. APM vol. 2, "APIC Version Register". */
const VERSION_VALUE = 0x0005_0010;
const SVR_ENABLE = 0x100, LVT_MASKED = 0x1_0000, LVT_PERIODIC = 0x2_0000;
const ESR_SEND_VECTOR = 0x20, ESR_RECEIVE_VECTOR = 0x40, ESR_REGISTER = 0x80;
/** Bits of each LVT entry that can be written. */
const LVT_WRITABLE: Readonly<Record<number, number>> = {
  [LVT_TIMER]: 0x3_00ff, [LVT_THERMAL]: 0x1_07ff, [LVT_PERFORMANCE]: 0x1_07ff, [LVT_LINT0]: 0x1_a7ff, [LVT_LINT1]: 0x1_a7ff, [LVT_ERROR]: 0x1_00ff,
};
const LVT_OFFSETS = [LVT_TIMER, LVT_THERMAL, LVT_PERFORMANCE, LVT_LINT0, LVT_LINT1, LVT_ERROR] as const;

/** State of the local APIC, plain data. */
export interface LocalApicState {
  /** Of this shape. */
  readonly version: 1;
  /** APIC identifier. */
  readonly id: number;
  /** Task priority: CR8 × 16. */
  readonly tpr: number;
  /** Logical destination. */
  readonly ldr: number;
  /** Destination format: flat or cluster. */
  readonly dfr: number;
  /** Spurious interrupt vector, and the bit that switches the APIC on in software. */
  readonly svr: number;
  /** Error status as it reads. */
  readonly esr: number;
  /** Errors since the register was last written, which it shows after the next write. */
  readonly errors: number;
  /** Interrupt command, low and high word. */
  readonly icr: readonly [number, number];
  /** Entries of the local vector table: timer, thermal, performance, LINT0, LINT1, error. */
  readonly lvt: readonly number[];
  /** Vectors that are requested, as eight words of 32 bits. */
  readonly irr: readonly number[];
  /** Vectors in service. */
  readonly isr: readonly number[];
  /** Vectors whose last message was level-triggered. */
  readonly tmr: readonly number[];
  /** Level of LINT0, the 8259 pair's output. */
  readonly lint0: boolean;
  /** The timer. */
  readonly timer: LocalApicTimerState;
}

/** Where a local APIC's wires lead. */
export interface LocalApicWiring {
  /** Its INTR output to the processor changed. */
  request(asserted: boolean): void;
  /** A non-maskable interrupt is due at the processor. */
  nmi(): void;
  /** The 8259 pair's acknowledge cycle, for ExtINT. */
  acknowledgePic(): number;
  /** A level-triggered interrupt has ended: to the I/O APICs. */
  endOfInterrupt(vector: number): void;
}

/**
 * The local APIC of a processor: 4 KiB of registers, one 32-bit word at each multiple of 16. SDM vol. 3A, "Advanced Programmable Interrupt Controller (APIC)".
 * The 8259s come in at LINT0; while the APIC is switched off (`enabled`) they reach the processor directly.
 */
export class LocalApic implements BusDevice {
  readonly #wiring: LocalApicWiring;
  readonly #timer: LocalApicTimer;
  readonly #irr = new VectorSet();
  readonly #isr = new VectorSet();
  /** Vectors whose last message was level-triggered. */
  readonly #tmr = new VectorSet();
  readonly #lvt = new Map<number, number>();
  readonly #initialId: number;
  #id = 0;
  #tpr = 0;
  #ldr = 0;
  #dfr = 0;
  #svr = 0;
  /** Error status as read, and errors since it was last written. */
  #esr = 0;
  #errors = 0;
  #icrLow = 0;
  #icrHigh = 0;
  #lint0 = false;
  #asserted = false;
  #enabled = true;

  constructor(id: number, clock: DeviceClock, wiring: LocalApicWiring) {
    this.#initialId = id;
    this.#wiring = wiring;
    this.#timer = new LocalApicTimer(`lapic${id}.timer`, clock, () => this.#local(LVT_TIMER));
    this.reset();
  }

  /** The state after RESET. SDM vol. 3A, "Local APIC State After Power-Up or Reset". */
  reset(): void {
    this.#id = this.#initialId;
    this.#tpr = this.#ldr = this.#esr = this.#errors = this.#icrLow = this.#icrHigh = 0;
    this.#dfr = 0xffff_ffff;
    this.#svr = 0xff;
    for (const set of [this.#irr, this.#isr, this.#tmr]) set.clear();
    for (const offset of LVT_OFFSETS) this.#lvt.set(offset, LVT_MASKED);
    this.#timer.divide = 0;
    this.#timer.initial = 0;
    this.#timer.periodic = false;
    this.#update();
  }

  /** IA32_APIC_BASE.EN: while false there is no local APIC. */
  get enabled(): boolean { return this.#enabled; }
  /** The processor's MSR switches it; its registers keep their values. */
  set enabled(enabled: boolean) {
    this.#enabled = enabled;
    this.#update();
  }

  /** The level of LINT0, where the 8259 pair's INT comes in. */
  setLint0(level: boolean): void {
    this.#lint0 = level;
    const entry = this.#lvt.get(LVT_LINT0)!;
    if (level && !(entry & LVT_MASKED) && ((entry >> 8) & 7) === DELIVERY.fixed) this.#accept(entry & 0xff, (entry & 0x8000) !== 0);
    this.#update();
  }
  /** LINT1: a board's NMI. */
  pulseLint1(): void { this.#local(LVT_LINT1); }

  /** A message from an I/O APIC. False where it is for nobody here. */
  receive(message: ApicMessage): boolean {
    if (!this.#enabled || !this.#addressed(message.destination, message.logical)) return false;
    if (message.delivery === DELIVERY.nmi) this.#wiring.nmi();
    else if (message.delivery <= DELIVERY.lowestPriority) this.#accept(message.vector, message.level);
    return true;
  }
  #addressed(destination: number, logical: boolean): boolean {
    if (!logical) return destination === 0xff || destination === this.#id;
    const own = this.#ldr >>> 24;
    if (this.#dfr >>> 28 === 15) return (own & destination) !== 0;
    return own >> 4 === destination >> 4 && (own & destination & 15) !== 0;
  }
  #accept(vector: number, level: boolean): void {
    if (!(this.#svr & SVR_ENABLE)) return;
    if (vector < 16) { this.#error(ESR_RECEIVE_VECTOR); return; }
    this.#irr.set(vector, true);
    this.#tmr.set(vector, level);
    this.#update();
  }
  /** An interrupt of the APIC's own, by its LVT entry. */
  #local(offset: number): void {
    const entry = this.#lvt.get(offset)!;
    if (entry & LVT_MASKED || !this.#enabled) return;
    const delivery = offset === LVT_TIMER || offset === LVT_ERROR ? DELIVERY.fixed : (entry >> 8) & 7;
    if (delivery === DELIVERY.nmi) this.#wiring.nmi();
    else if (delivery === DELIVERY.fixed) this.#accept(entry & 0xff, false);
  }
  #error(bit: number): void {
    const first = (this.#errors & bit) === 0;
    this.#errors |= bit;
    // A bad vector in the error entry itself is reported once.
    if (first) this.#local(LVT_ERROR);
  }

  /** Processor priority: the higher of TPR and the class in service. */
  get #ppr(): number {
    const service = Math.max(0, this.#isr.highest());
    return this.#tpr >> 4 >= service >> 4 ? this.#tpr : service & 0xf0;
  }
  /** The vector that may interrupt now; -1 = none. */
  #deliverable(): number {
    if (!this.#enabled || !(this.#svr & SVR_ENABLE)) return -1;
    const vector = this.#irr.highest();
    return vector >> 4 > this.#ppr >> 4 ? vector : -1;
  }
  /** The 8259s' request reaches the processor. */
  get #external(): boolean {
    if (!this.#lint0) return false;
    if (!this.#enabled) return true;
    const entry = this.#lvt.get(LVT_LINT0)!;
    return !(entry & LVT_MASKED) && ((entry >> 8) & 7) === DELIVERY.extInt;
  }
  #update(): void {
    const asserted = this.#external || this.#deliverable() >= 0;
    if (asserted === this.#asserted) return;
    this.#asserted = asserted;
    this.#wiring.request(asserted);
  }
  /** The processor's acknowledge cycle: the vector to deliver; the spurious one where the request is gone. */
  acknowledge(): number {
    const vector = this.#deliverable();
    if (vector < 0) return this.#external ? this.#wiring.acknowledgePic() : this.#svr & 0xff;
    this.#irr.set(vector, false);
    this.#isr.set(vector, true);
    this.#update();
    return vector;
  }
  /** Task priority, bits 7-4 of the register, as CR8 has it. */
  get taskPriority(): number { return this.#tpr >> 4; }
  /** MOV to CR8. */
  set taskPriority(priority: number) {
    this.#tpr = (priority & 15) << 4;
    this.#update();
  }

  /** Reads a register; other offsets read zero. Narrow reads take bytes of the word. */
  read(offset: number, size: number): number {
    const word = this.#readWord(offset & ~3);
    return size === 4 ? word : (word >>> (8 * (offset & 3))) & (size === 2 ? 0xffff : 0xff);
  }
  #readWord(offset: number): number {
    if (offset >= ISR && offset < ESR && (offset & 15) === 0) {
      const set = offset < TMR ? this.#isr : offset < IRR ? this.#tmr : this.#irr;
      return set.word((offset >> 4) & 7);
    }
    switch (offset) {
      case ID: return (this.#id << 24) >>> 0;
      case VERSION: return VERSION_VALUE;
      case TPR: return this.#tpr;
      case APR: case EOI: return 0;
      case PPR: return this.#ppr;
      case LDR: return this.#ldr;
      case DFR: return this.#dfr;
      case SVR: return this.#svr;
      case ESR: return this.#esr;
      case ICR_LOW: return this.#icrLow;
      case ICR_HIGH: return this.#icrHigh;
      case INITIAL_COUNT: return this.#timer.initial;
      case CURRENT_COUNT: return this.#timer.current;
      case DIVIDE: return this.#timer.divide;
      default: return this.#lvt.get(offset) ?? this.#noRegister();
    }
  }
  #noRegister(): number {
    this.#error(ESR_REGISTER);
    return 0;
  }
  /** Writes a register. Only whole words are written; SDM: other sizes are undefined. */
  write(offset: number, size: number, value: number): void {
    if (size !== 4) return;
    switch (offset) {
      case ID: this.#id = value >>> 24; break;
      case TPR: this.#tpr = value & 0xff; break;
      case EOI: this.#end(); break;
      case LDR: this.#ldr = (value & 0xff00_0000) >>> 0; break;
      case DFR: this.#dfr = (value | 0x0fff_ffff) >>> 0; break;
      case SVR: this.#setSvr(value); break;
      case ESR: this.#esr = this.#errors; this.#errors = 0; break;
      case ICR_LOW: this.#command(value); break;
      case ICR_HIGH: this.#icrHigh = (value & 0xff00_0000) >>> 0; break;
      case INITIAL_COUNT: this.#timer.initial = value; break;
      case DIVIDE: this.#timer.divide = value; break;
      case VERSION: case APR: case PPR: case CURRENT_COUNT: break;
      default:
        if (this.#lvt.has(offset)) this.#setLvt(offset, value);
        else if (offset < ISR || offset >= ESR) this.#error(ESR_REGISTER);
    }
    this.#update();
  }
  #setSvr(value: number): void {
    this.#svr = value & 0x1ff;
    if (!(value & SVR_ENABLE)) for (const [offset, entry] of this.#lvt) this.#lvt.set(offset, entry | LVT_MASKED);
  }
  #setLvt(offset: number, value: number): void {
    // All entries stay masked while software has the APIC disabled.
    this.#lvt.set(offset, (value & LVT_WRITABLE[offset]!) | (this.#svr & SVR_ENABLE ? 0 : LVT_MASKED));
    if (offset === LVT_TIMER) this.#timer.periodic = (value & LVT_PERIODIC) !== 0;
  }
  #end(): void {
    const vector = this.#isr.highest();
    if (vector < 0) return;
    this.#isr.set(vector, false);
    if (this.#tmr.has(vector)) this.#wiring.endOfInterrupt(vector);
  }
  /** ICR: interprocessor interrupts; with one processor those to itself are all that arrive. */
  #command(value: number): void {
    // Delivery status is always idle.
    this.#icrLow = value & 0xc_cfff;
    const delivery = (value >> 8) & 7, shorthand = (value >> 18) & 3, vector = value & 0xff;
    if (delivery <= DELIVERY.lowestPriority && vector < 16) { this.#error(ESR_SEND_VECTOR); return; }
    const here = shorthand === 0 ? this.#addressed(this.#icrHigh >>> 24, (value & 0x800) !== 0) : shorthand !== 3;
    if (!here) return;
    if (delivery === DELIVERY.nmi) this.#wiring.nmi();
    else if (delivery <= DELIVERY.lowestPriority) this.#accept(vector, false);
  }

  /** The state as plain data. */
  save(): LocalApicState {
    return {
      version: 1, id: this.#id, tpr: this.#tpr, ldr: this.#ldr, dfr: this.#dfr, svr: this.#svr, esr: this.#esr, errors: this.#errors, icr: [this.#icrLow, this.#icrHigh],
      lvt: LVT_OFFSETS.map((o) => this.#lvt.get(o)!), irr: this.#irr.save(), isr: this.#isr.save(), tmr: this.#tmr.save(), lint0: this.#lint0, timer: this.#timer.save(),
    };
  }
  /** Takes a saved state over. */
  restore(s: LocalApicState): void {
    this.#id = s.id;
    this.#tpr = s.tpr;
    this.#ldr = s.ldr;
    this.#dfr = s.dfr;
    this.#svr = s.svr;
    this.#esr = s.esr;
    this.#errors = s.errors;
    [this.#icrLow, this.#icrHigh] = s.icr;
    LVT_OFFSETS.forEach((o, i) => this.#lvt.set(o, s.lvt[i]!));
    this.#irr.restore(s.irr);
    this.#isr.restore(s.isr);
    this.#tmr.restore(s.tmr);
    this.#lint0 = s.lint0;
    this.#timer.restore(s.timer);
    this.#update();
  }
}

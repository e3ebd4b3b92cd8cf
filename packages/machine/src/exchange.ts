import type { MemoryViews } from "./linear-memory.ts";
import { Ring, ringBytes } from "./ring.ts";

/** 32-bit words at the start: what was chosen, then for each member its state and how many quanta it has ended. */
const EXCHANGE = { members: 0, ringCapacity: 1, quantum: 2, table: 16 } as const;
/** Words of a member, a cache line. */
const MEMBER = { state: 0, ended: 1, words: 16 } as const;
const ABSENT = 0, PRESENT = 1, GONE = 2;

/** How an exchange is laid out. */
export interface ExchangeOptions {
  /** Tenants that take part, at most: 2 to 64. */
  readonly members: number;
  /** Virtual nanoseconds between two exchanges, up to 2^31 - 1. A message takes up to one quantum to the receiver's next boundary. Default: a millisecond. */
  readonly quantum?: number;
  /** Bytes of the ring from one member to another, a power of two from 256. Default: 64 KiB. */
  readonly ringCapacity?: number;
}

const DEFAULTS = { quantum: 1_000_000, ringCapacity: 65_536 } as const;

/** Bytes that an exchange takes in linear memory. */
export function exchangeBytes({ members, ringCapacity = DEFAULTS.ringCapacity }: ExchangeOptions): number {
  return (EXCHANGE.table + members * MEMBER.words) * 4 + members * members * ringBytes(ringCapacity);
}

/**
 * Messages between tenants whose clocks are their own. In free time they cross at multiples of a quantum of virtual time: what was sent
 * before a boundary is delivered at it, in the order of the senders' numbers and then of sending. No tenant goes past a boundary before all
 * have come to it, so no message comes too late, whichever worker is faster. (Conservative synchronization with a constant lookahead:
 * R. M. Fujimoto, "Parallel Discrete Event Simulation", CACM 1990.)
 *
 * All members join before the first one runs. Each has an {@link ExchangeEnd}, on its own worker or not.
 */
export class Exchange {
  readonly #views: MemoryViews;
  /** Linear address. */
  readonly address: number;
  /** Tenants that take part, at most. */
  readonly members: number;
  /** Virtual nanoseconds between two exchanges. */
  readonly quantum: number;
  readonly #ringCapacity: number;

  private constructor(views: MemoryViews, address: number) {
    const word = (n: number): number => Atomics.load(views.i32, (address >>> 2) + n);
    this.#views = views;
    this.address = address;
    this.members = word(EXCHANGE.members);
    this.#ringCapacity = word(EXCHANGE.ringCapacity);
    this.quantum = word(EXCHANGE.quantum);
  }
  /** Lays an exchange out in zeroed memory of {@link exchangeBytes} at a multiple of 4. Throws an Error where an option is out of its range. */
  static create(views: MemoryViews, address: number, options: ExchangeOptions): Exchange {
    const { members, quantum = DEFAULTS.quantum, ringCapacity = DEFAULTS.ringCapacity } = options;
    if (!(Number.isInteger(members) && members >= 2 && members <= 64)) throw new Error(`An exchange has 2 to 64 members, not ${members}.`);
    if (!(Number.isInteger(quantum) && quantum >= 1 && quantum < 2 ** 31)) throw new Error(`A quantum is a whole number of nanoseconds from 1 to 2^31 - 1, not ${quantum}.`);
    if (!(ringCapacity >= 256)) throw new Error(`The rings of an exchange have 256 bytes at least, not ${ringCapacity}.`);
    for (const [word, value] of [[EXCHANGE.members, members], [EXCHANGE.ringCapacity, ringCapacity], [EXCHANGE.quantum, quantum]] as const) Atomics.store(views.i32, (address >>> 2) + word, value);
    const exchange = new Exchange(views, address);
    for (let n = 0; n < members * members; n++) Ring.create(views, exchange.#ring(n), ringCapacity);
    return exchange;
  }
  /** The exchange that another worker has laid out. */
  static attach(views: MemoryViews, address: number): Exchange {
    return new Exchange(views, address);
  }

  /** Takes a member's place. Throws an Error where there is none of that number, or it is taken. */
  join(member: number): ExchangeEnd {
    if (!(Number.isInteger(member) && member >= 0 && member < this.members)) throw new Error(`The exchange has members 0 to ${this.members - 1}, not ${member}.`);
    const end = new ExchangeEnd(this, this.#views, member, (from, to) => Ring.attach(this.#views, this.#ring(from * this.members + to)));
    if (Atomics.compareExchange(this.#views.i32, this.word(member, MEMBER.state), ABSENT, PRESENT) !== ABSENT) throw new Error(`Member ${member} of the exchange is there already, or was.`);
    return end;
  }
  /** Index of a member's word in the 32-bit view. @internal */
  word(member: number, word: number): number {
    return (this.address >>> 2) + EXCHANGE.table + member * MEMBER.words + word;
  }
  #ring(n: number): number {
    return this.address + (EXCHANGE.table + this.members * MEMBER.words) * 4 + n * ringBytes(this.#ringCapacity);
  }
}

/** What a message takes in a ring beyond its bytes, at most: length, stamp, padding. */
const OVERHEAD = 12;

/** A message on its way: the quantum in which it was sent, modulo 2^32, before its bytes. */
interface Stamped {
  readonly quantum: number;
  readonly bytes: Uint8Array;
}

/**
 * One tenant's end of an exchange. Its run loop, whenever the tenant's time has reached {@link ExchangeEnd.boundary}:
 *
 *     end.arrive();
 *     while (!end.ready) end.wait(100);      // on a worker of its own; else the other tenants run first
 *     end.deliver((from, bytes) => time.offer(`tenant${from}`, bytes));
 *     time.sliceEnd(0);                      // so that they enter now and not after a slice of whatever length
 *
 * In paced time nobody waits: {@link ExchangeEnd.receive} takes at each slice end what has arrived by then, and the input log keeps when that was.
 */
export class ExchangeEnd {
  /** This member's number. */
  readonly member: number;
  readonly #exchange: Exchange;
  readonly #views: MemoryViews;
  readonly #outgoing: Ring[];
  readonly #incoming: Ring[];
  /** The first message of each sender that is not to be delivered yet. */
  readonly #ahead: (Stamped | undefined)[];
  /** Bytes sent to each member in this quantum. */
  readonly #sent: number[];
  #quantum = 0;
  #arrived = false;

  /** @internal Made by {@link Exchange.join}. */
  constructor(exchange: Exchange, views: MemoryViews, member: number, ring: (from: number, to: number) => Ring) {
    const all = Array.from({ length: exchange.members }, (_, n) => n);
    this.member = member;
    this.#exchange = exchange;
    this.#views = views;
    this.#outgoing = all.map((to) => ring(member, to));
    this.#incoming = all.map((from) => ring(from, member));
    this.#ahead = all.map(() => undefined);
    this.#sent = all.map(() => 0);
  }

  /** Virtual nanoseconds at which the current quantum ends. Arm a timer for it, so that no slice runs past. */
  get boundary(): number {
    return (this.#quantum + 1) * this.#exchange.quantum;
  }
  /** The longest message, in bytes. */
  get longest(): number {
    return this.#outgoing[0]!.capacity / 4 - OVERHEAD;
  }
  /**
   * Sends a message, to be delivered at the end of this quantum. False where so much has been sent to this member in this quantum that its
   * ring might not hold it: that depends on nothing but this tenant's own sending, never on how fast the other one is. Throws an Error where
   * the message is too long, or this member has arrived at the boundary.
   */
  send(to: number, message: Uint8Array): boolean {
    const ring = this.#outgoing[to];
    if (!ring) throw new Error(`The exchange has no member ${to}.`);
    if (message.length > this.longest) throw new Error(`A message of ${message.length} bytes is too long for this exchange: ${this.longest} is the most.`);
    if (this.#arrived) throw new Error(`Member ${this.member} sends after it has arrived at ${this.boundary} ns.`);
    const size = message.length + OVERHEAD;
    // Two quanta may be in the ring at once, and the wrap can waste as much as the longest message.
    if (this.#sent[to]! + size > ring.capacity / 4) return false;
    const stamped = new Uint8Array(message.length + 4);
    new DataView(stamped.buffer).setUint32(0, this.#quantum % 2 ** 32, true);
    stamped.set(message, 4);
    // In paced time the receiver may be late.
    if (!ring.send(stamped)) return false;
    this.#sent[to]! += size;
    return true;
  }
  /** Says that this tenant has come to the boundary and sends nothing more before it. */
  arrive(): void {
    if (this.#arrived) return;
    this.#arrived = true;
    const word = this.#exchange.word(this.member, MEMBER.ended);
    Atomics.add(this.#views.i32, word, 1);
    Atomics.notify(this.#views.i32, word);
  }
  /** Whether all that take part have come to the boundary. */
  get ready(): boolean {
    return this.#arrived && this.#missing() === undefined;
  }
  /** Blocks this worker until {@link ExchangeEnd.ready}, or for so many milliseconds. Whether it is. In unshared memory it answers at once. */
  wait(milliseconds: number): boolean {
    const missing = this.#missing();
    if (missing === undefined || !(this.#views.i32.buffer instanceof SharedArrayBuffer)) return this.ready;
    Atomics.wait(this.#views.i32, this.#exchange.word(missing, MEMBER.ended), this.#quantum | 0, milliseconds);
    return this.ready;
  }
  /** Delivers what was sent in the quantum that ends, and begins the next one. Throws an Error where it is not {@link ExchangeEnd.ready}. */
  deliver(admit: (from: number, message: Uint8Array) => void): void {
    if (!this.ready) throw new Error(`Member ${this.member} would go past ${this.boundary} ns before the others have come there.`);
    const quantum = this.#quantum % 2 ** 32;
    for (let from = 0; from < this.#incoming.length; from++) {
      for (let next = this.#next(from); next?.quantum === quantum; next = this.#next(from)) {
        this.#ahead[from] = undefined;
        admit(from, next.bytes);
      }
    }
    this.#quantum++;
    this.#arrived = false;
    this.#sent.fill(0);
  }
  /** Takes all that has arrived, for paced time. Members of one exchange all run paced, or all free. */
  receive(admit: (from: number, message: Uint8Array) => void): void {
    for (let from = 0; from < this.#incoming.length; from++) {
      for (let next = this.#next(from); next; next = this.#next(from)) {
        this.#ahead[from] = undefined;
        admit(from, next.bytes);
      }
    }
    this.#sent.fill(0);
  }
  /** Takes part no more: nobody waits for this member from here on. What it has sent is delivered. */
  leave(): void {
    const { i32 } = this.#views;
    Atomics.store(i32, this.#exchange.word(this.member, MEMBER.state), GONE);
    Atomics.add(i32, this.#exchange.word(this.member, MEMBER.ended), 1);
    Atomics.notify(i32, this.#exchange.word(this.member, MEMBER.ended));
  }

  #next(from: number): Stamped | undefined {
    const ahead = this.#ahead[from];
    if (ahead) return ahead;
    const bytes = this.#incoming[from]!.receive();
    if (!bytes) return undefined;
    return (this.#ahead[from] = { quantum: new DataView(bytes.buffer).getUint32(0, true), bytes: bytes.subarray(4) });
  }
  /** A member that has not ended this quantum. */
  #missing(): number | undefined {
    const { i32 } = this.#views;
    for (let member = 0; member < this.#exchange.members; member++) {
      if (Atomics.load(i32, this.#exchange.word(member, MEMBER.state)) !== PRESENT) continue;
      // Counters run on modulo 2^32; nobody is ahead or behind by more than one.
      if (((Atomics.load(i32, this.#exchange.word(member, MEMBER.ended)) - this.#quantum) | 0) <= 0) return member;
    }
    return undefined;
  }
}

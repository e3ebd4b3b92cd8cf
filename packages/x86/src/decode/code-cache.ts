import type { MemoryViews } from "@ringzero/machine";
import type { Decoder } from "./decoder.ts";
import { DECODED } from "./decoder.ts";
import { CODE_PAGE, CODE_PAGES, MAX_RUN, OPERATION, PSEUDO } from "./operation.ts";
import { TlbControl } from "../mmu/tlb-control.ts";
import { STATE } from "../state/state.ts";

/** Linear memory as the engines' own structures use it. Views are taken anew after growth. */
export interface EngineMemory {
  /** The linear memory. */
  readonly memory: WebAssembly.Memory;
  /** Whoever grows the memory keeps an array over all of it here, replaced at each growth. Default: the platform is asked. */
  readonly views?: Pick<MemoryViews, "u8">;
  /** A run of zeroed bytes, 4096-aligned, for the engine's own structures. */
  allocate(bytes: number): number;
  /** The flag of a frame (its number) was set: no processor of the guest may have a translation that lets writes pass. Default: there is one processor. */
  codeMarked?(frame: number): void;
  /** This processor has nothing decoded from a frame any more. Clears the flag where nobody has. Default: there is one processor, the flag is cleared. */
  codeGone?(frame: number): void;
}

/** What decoding asks of the engine's numbering. */
export interface HandlerNumbers {
  /** The handler of a variant, made ready where it is met for the first time. */
  handlerOf(variant: number): number;
  /** Nothing falls through the variant: unconditional jumps, returns. */
  stops(variant: number): boolean;
  /**
   * Joins operations of the run of `count` at `at`, just decoded, to sequences: changes the handler of a sequence's first operation, and fields that the
   * operations' own handlers do not look at.
   */
  arrange(view: DataView, at: number, count: number): void;
  /** The handler that carries out the operation at `at` and no other. */
  alone(view: DataView, at: number): number;
  /** The handler (not variant) jumps by a displacement; the operation's `displacement` caches the target. */
  isRelative(handler: number): boolean;
}

/** Frame flag bit: the frame holds decoded code. */
export const FRAME_CODE = 1;

/** At least the operations that are joined behind a sequence's first. */
const LONGEST_JOINED = 8;

/** An operating system's start decodes 20 MiB of code, most of it executed once. */
const TRIM_ABOVE = 13 << 20;

interface CodePage {
  readonly at: number;
  readonly frame: number;
  readonly mode: number;
  operations: number;
  count: number;
  capacity: number;
  /** Overwritten: its operations are stale; they are dropped at the next decode, when nothing executes in them. */
  stale: boolean;
  /** Instructions that cross into the next page, by page offset: their operations, and the frame they were read from. */
  crossings: Map<number, { at: number; second: number }>;
  /** Told when the page's code is dropped. */
  regions: (() => void)[];
}

/**
 * Decoded operations by frame and mode. Runs of straight-line code lie side by side; a map in the code page descriptor says
 * which operation starts at which byte. Writes to a frame that holds code drop what was decoded from it.
 */
export class CodeCache {
  readonly #memory: EngineMemory;
  readonly #decoder: Decoder;
  readonly #numbers: HandlerNumbers;
  readonly #pages = new Map<number, CodePage[]>();
  readonly #byAddress = new Map<number, CodePage>();
  /** 64-byte blocks of a frame from which bytes were decoded, two 32-bit words. */
  readonly #blocks = new Map<number, Uint32Array>();
  readonly #free = new Map<number, number[]>();
  #arena = 0;
  #arenaEnd = 0;
  #view: DataView;
  #u8: Uint8Array;
  #crossing = new Uint8Array(32);
  readonly #frameFlags: number;
  readonly #state: number;
  readonly #tlb: TlbControl;
  /** Address of the table of descriptors by frame. */
  readonly #recent: number;
  /** Bytes of linear memory in use by descriptors and operations. */
  bytes = 0;
  /** So many make `trim` worth its while. */
  trimAbove: number = TRIM_ABOVE;

  constructor(memory: EngineMemory, decoder: Decoder, numbers: HandlerNumbers, state: number, frameFlags: number) {
    this.#memory = memory;
    this.#decoder = decoder;
    this.#numbers = numbers;
    this.#state = state;
    this.#frameFlags = frameFlags;
    this.#tlb = new TlbControl(memory, state);
    this.#recent = memory.allocate(CODE_PAGES * 4);
    this.#view = new DataView(memory.memory.buffer);
    this.#u8 = new Uint8Array(memory.memory.buffer);
    this.#view.setUint32(state + STATE.codePages.offset, this.#recent, true);
  }
  #refresh(): void {
    if (this.#view.buffer === this.#memory.memory.buffer) return;
    this.#view = new DataView(this.#memory.memory.buffer);
    this.#u8 = new Uint8Array(this.#memory.memory.buffer);
  }

  #allocate(bytes: number): number {
    const free = this.#free.get(bytes)?.pop();
    this.bytes += bytes;
    if (free !== undefined) return free;
    if (this.#arena + bytes > this.#arenaEnd) {
      const chunk = Math.max(1 << 18, bytes);
      this.#arena = this.#memory.allocate(chunk);
      this.#arenaEnd = this.#arena + chunk;
      this.#refresh();
    }
    const at = this.#arena;
    this.#arena += bytes;
    return at;
  }
  #release(at: number, bytes: number): void {
    this.bytes -= bytes;
    const list = this.#free.get(bytes);
    if (list) list.push(at);
    else this.#free.set(bytes, [at]);
  }

  /** The code page descriptor of a frame (host address) in a mode: its address. */
  page(frame: number, mode: number): number {
    this.#refresh();
    let list = this.#pages.get(frame);
    if (!list) this.#pages.set(frame, (list = []));
    let page = list.find((p) => p.mode === mode);
    if (!page) {
      const at = this.#allocate(CODE_PAGE.bytes);
      const capacity = 64;
      page = { at, frame, mode, operations: this.#allocate(capacity * OPERATION.bytes), count: 0, capacity, stale: false, crossings: new Map(), regions: [] };
      this.#u8.fill(0, at, at + CODE_PAGE.bytes);
      const v = this.#view;
      v.setUint32(at + CODE_PAGE.frame, frame, true);
      v.setUint32(at + CODE_PAGE.mode, mode, true);
      v.setUint32(at + CODE_PAGE.operations, page.operations, true);
      list.push(page);
      this.#byAddress.set(at, page);
      this.#watch(frame);
    }
    if (page.stale) {
      page.stale = false;
      page.count = 0;
      for (const c of page.crossings.values()) this.#release(c.at, 2 * OPERATION.bytes);
      page.crossings.clear();
      this.#watch(frame);
    }
    this.#view.setUint32(page.at + CODE_PAGE.valid, 1, true);
    this.#view.setUint32(this.#recent + ((frame >>> 12) & (CODE_PAGES - 1)) * 4, page.at, true);
    return page.at;
  }

  /** Marks a frame as holding code: no TLB entry may let a write pass unseen. */
  #watch(frame: number): void {
    const flag = this.#frameFlags + (frame >>> 12);
    if (!this.#blocks.has(frame)) this.#blocks.set(frame, new Uint32Array(2));
    if (this.#u8[flag]! & FRAME_CODE) return;
    // Atomic, for other workers change other flags of a frame that they share.
    Atomics.or(this.#u8, flag, FRAME_CODE);
    if (this.#memory.codeMarked) this.#memory.codeMarked(frame >>> 12);
    else this.#tlb.flushFrameWrites(frame);
  }
  /** Whether anything is decoded from a frame. */
  holds(frame: number): boolean {
    return this.#blocks.has(frame >>> 0);
  }

  /** Frame (host address) and mode of a code page. */
  describe(pageAt: number): { frame: number; mode: number } {
    const p = this.#byAddress.get(pageAt)!;
    return { frame: p.frame, mode: p.mode };
  }
  /** The operation at `offset` of a page, decoded where it is not yet. `next` gives the following page's frame (0 = not to be had). */
  operation(pageAt: number, offset: number, next: () => number): number {
    this.#refresh();
    const page = this.#byAddress.get(pageAt)!;
    const number = this.#view.getUint16(pageAt + CODE_PAGE.map + offset * 2, true);
    if (number) return page.operations + (number - 1) * OPERATION.bytes;
    return this.#decodeRun(page, offset, next);
  }

  #grow(page: CodePage): void {
    const bytes = page.capacity * OPERATION.bytes;
    const at = this.#allocate(bytes * 2);
    this.#u8.copyWithin(at, page.operations, page.operations + bytes);
    const v = this.#view;
    // Cached jump targets move along, those of instructions that end in the next page too.
    const delta = at - page.operations;
    const move = (op: number): void => {
      if (!this.#numbers.isRelative(v.getUint16(op, true))) return;
      const target = v.getUint32(op + OPERATION.displacement, true);
      if (target >= page.operations && target < page.operations + bytes) v.setUint32(op + OPERATION.displacement, target + delta, true);
    };
    for (let i = 0; i < page.count; i++) move(at + i * OPERATION.bytes);
    for (const crossing of page.crossings.values()) move(crossing.at);
    this.#release(page.operations, bytes);
    page.operations = at;
    page.capacity *= 2;
    v.setUint32(page.at + CODE_PAGE.operations, at, true);
  }
  #slot(page: CodePage): number {
    if (page.count === page.capacity) this.#grow(page);
    return page.operations + page.count++ * OPERATION.bytes;
  }
  #pseudo(at: number, handler: number, offset: number, length: number, immediate: number): void {
    const v = this.#view;
    v.setUint16(at, handler, true);
    v.setUint16(at + OPERATION.place, (offset & 0xfff) | (length << 12), true);
    v.setUint32(at + 4, 0, true);
    v.setInt32(at + OPERATION.displacement, 0, true);
    v.setInt32(at + OPERATION.immediate, immediate, true);
  }
  #decoded(frame: number, from: number, to: number): void {
    const blocks = this.#blocks.get(frame)!;
    for (let b = from >> 6; b <= (to - 1) >> 6 && b < 64; b++) blocks[b >> 5]! |= 1 << (b & 31);
  }

  #decodeRun(page: CodePage, start: number, next: () => number): number {
    const d = this.#decoder;
    let offset = start;
    let first = -1;
    for (let n = 0; ; n++) {
      const known = offset < 4096 ? this.#view.getUint16(page.at + CODE_PAGE.map + offset * 2, true) : 0;
      if (n === MAX_RUN || offset >= 4096 || (known && n > 0)) {
        this.#pseudo(this.#slot(page), PSEUDO.link, offset, 0, offset);
        break;
      }
      const status = d.decode(this.#u8, page.frame + offset, page.frame + 4096, page.mode);
      if (status === DECODED.more) {
        if (n > 0) {
          this.#pseudo(this.#slot(page), PSEUDO.link, offset, 0, offset);
          break;
        }
        return this.#crossingOperation(page, offset, next);
      }
      const at = this.#slot(page);
      const number = page.count;
      if (first < 0) first = number;
      this.#view.setUint16(page.at + CODE_PAGE.map + offset * 2, number, true);
      this.#decoded(page.frame, offset, offset + Math.max(1, d.length));
      if (status !== DECODED.ok) {
        this.#pseudo(at, status === DECODED.invalid ? PSEUDO.invalid : PSEUDO.tooLong, offset, 1, 0);
        break;
      }
      d.write(this.#view, at, this.#numbers.handlerOf(d.variant), offset, page.mode);
      offset += d.length;
      if (this.#numbers.stops(d.variant)) break;
    }
    const at = page.operations + (first - 1) * OPERATION.bytes;
    this.#numbers.arrange(this.#view, at, page.count - first + 1);
    return at;
  }

  /** An instruction whose bytes go on in the next page: kept beside the page, for the frame that the next page is now. */
  #crossingOperation(page: CodePage, offset: number, next: () => number): number {
    const second = next();
    if (second === 0) return 0;
    this.#refresh();
    const known = page.crossings.get(offset);
    if (known && known.second === second) return known.at;
    if (known) this.#release(known.at, 2 * OPERATION.bytes);
    const room = 4096 - offset;
    this.#crossing.set(this.#u8.subarray(page.frame + offset, page.frame + 4096));
    this.#crossing.set(this.#u8.subarray(second, second + 16), room);
    const status = this.#decoder.decode(this.#crossing, 0, room + 16, page.mode);
    const at = this.#allocate(2 * OPERATION.bytes);
    if (status === DECODED.ok) {
      this.#decoder.write(this.#view, at, this.#numbers.handlerOf(this.#decoder.variant), offset, page.mode);
      this.#pseudo(at + OPERATION.bytes, PSEUDO.link, offset, 0, offset + this.#decoder.length);
    } else this.#pseudo(at, status === DECODED.invalid ? PSEUDO.invalid : PSEUDO.tooLong, offset, 1, 0);
    page.crossings.set(offset, { at, second });
    const slot = page.at + CODE_PAGE.crossings + (offset - CODE_PAGE.firstCrossing) * 8;
    this.#view.setUint32(slot, at, true);
    this.#view.setUint32(slot + 4, second, true);
    this.#decoded(page.frame, offset, 4096);
    this.#watch(second);
    this.#decoded(second, 0, 16);
    let list = this.#secondOf.get(second);
    if (!list) this.#secondOf.set(second, (list = new Set()));
    list.add(page);
    return at;
  }
  /** An instruction at a page offset has been decoded that ends in the same page. */
  isDecoded(pageAt: number, offset: number): boolean {
    this.#refresh();
    return this.#view.getUint16(pageAt + CODE_PAGE.map + offset * 2, true) !== 0;
  }
  /** A region is entered at a page offset. */
  isRegion(pageAt: number, offset: number): boolean {
    this.#refresh();
    const v = this.#view, number = v.getUint16(pageAt + CODE_PAGE.map + offset * 2, true);
    return number !== 0 && v.getUint16(v.getUint32(pageAt + CODE_PAGE.operations, true) + (number - 1) * OPERATION.bytes, true) === PSEUDO.region;
  }
  /** Host address of the frame in which the instruction at a page offset ends, where it was decoded and ends in another. */
  crossingFrame(pageAt: number, offset: number): number | undefined { return this.#byAddress.get(pageAt)?.crossings.get(offset)?.second; }
  /** Where the instruction at a page offset ends, 4096 or more, where it was decoded and ends in the next page. */
  crossingEnd(pageAt: number, offset: number): number | undefined {
    this.#refresh();
    const crossing = this.#byAddress.get(pageAt)?.crossings.get(offset);
    return crossing && offset + (this.#view.getUint16(crossing.at + OPERATION.place, true) >> 12);
  }
  /** Pages with instructions that end in a frame. */
  readonly #secondOf = new Map<number, Set<CodePage>>();

  /**
   * Puts a region operation in front of the operations at the given page offsets: block number and unchecked length in each.
   * `gone` is called when the page's code is dropped, and not after `leaveRegion`.
   */
  enterRegion(pageAt: number, entries: readonly { readonly offset: number; readonly block: number }[], table: number, length: number, gone: () => void): void {
    this.#refresh();
    const page = this.#byAddress.get(pageAt)!;
    for (const { offset, block } of entries) {
      const number = this.#view.getUint16(pageAt + CODE_PAGE.map + offset * 2, true);
      if (!number) continue;
      const known = page.operations + (number - 1) * OPERATION.bytes;
      if (this.#view.getUint16(known, true) < PSEUDO.count) continue;
      const numberOfSlot = page.count + 1;
      for (let i = 0; i < 3; i++) this.#slot(page);
      const original = page.operations + (number - 1) * OPERATION.bytes, slot = page.operations + (numberOfSlot - 1) * OPERATION.bytes;
      const copy = slot + OPERATION.bytes, link = copy + OPERATION.bytes, v = this.#view, place = v.getUint16(original + OPERATION.place, true), end = (place & 0xfff) + (place >> 12);
      v.setUint16(slot, PSEUDO.region, true);
      v.setUint16(slot + OPERATION.place, place, true);
      v.setUint16(slot + OPERATION.a, length, true);
      v.setUint16(slot + OPERATION.c, block, true);
      v.setUint32(slot + OPERATION.displacement, copy, true);
      v.setInt32(slot + OPERATION.immediate, table, true);
      this.#u8.copyWithin(copy, original, original + OPERATION.bytes);
      v.setUint16(copy, this.#numbers.alone(v, original), true);
      this.#pseudo(link, PSEUDO.link, end, 0, end);
      v.setUint32(link + OPERATION.displacement, number, true);
      this.#separate(page, number);
      v.setUint16(original, PSEUDO.entry, true);
      v.setUint16(pageAt + CODE_PAGE.map + offset * 2, numberOfSlot, true);
    }
    // Cached jumps to the operations find the region instead.
    const v = this.#view, end = page.operations + page.count * OPERATION.bytes;
    for (let op = page.operations; op < end; op += OPERATION.bytes) {
      const handler = v.getUint16(op, true);
      if (handler === PSEUDO.region || !this.#numbers.isRelative(handler)) continue;
      const target = v.getUint32(op + OPERATION.displacement, true);
      if (target >= page.operations && target < end && v.getUint16(target, true) === PSEUDO.entry) v.setUint32(op + OPERATION.displacement, 0, true);
    }
    page.regions.push(gone);
  }
  /** Ends sequences that an operation, by its number, may be in the midst of. */
  #separate(page: CodePage, number: number): void {
    for (let n = Math.max(1, number - LONGEST_JOINED); n < number; n++) {
      const op = page.operations + (n - 1) * OPERATION.bytes;
      if (this.#view.getUint16(op, true) >= PSEUDO.count) this.#view.setUint16(op, this.#numbers.alone(this.#view, op), true);
    }
  }
  /** Takes the operations of a region out of a page again: the region has gone with another page. */
  leaveRegion(pageAt: number, table: number, gone: () => void): void {
    this.#refresh();
    const page = this.#byAddress.get(pageAt)!, v = this.#view, at = page.regions.indexOf(gone);
    if (at < 0) return;
    page.regions.splice(at, 1);
    for (let i = 0; i < page.count; i++) {
      const slot = page.operations + i * OPERATION.bytes;
      if (v.getUint16(slot, true) !== PSEUDO.region || v.getUint32(slot + OPERATION.immediate, true) !== table) continue;
      const offset = v.getUint16(slot + OPERATION.place, true) & 0xfff, copy = slot + OPERATION.bytes, number = v.getUint32(copy + OPERATION.bytes + OPERATION.displacement, true);
      const original = page.operations + (number - 1) * OPERATION.bytes;
      this.#u8.copyWithin(original, copy, copy + OPERATION.bytes);
      v.setUint16(pageAt + CODE_PAGE.map + offset * 2, number, true);
      // Jumps that remember the slot find the instruction from there.
      this.#pseudo(slot, PSEUDO.link, offset, 0, offset);
    }
  }

  /** Bytes of a frame were written: what was decoded from these bytes is stale from the next instruction on. */
  written(host: number, size: number): void {
    const frame = (host & ~0xfff) >>> 0;
    const blocks = this.#blocks.get(frame);
    if (!blocks) return;
    const from = (host & 0xfff) >> 6, to = Math.min(63, ((host & 0xfff) + size - 1) >> 6);
    let hit = 0;
    for (let b = from; b <= to; b++) hit |= (blocks[b >> 5]! >>> (b & 31)) & 1;
    if (hit) this.dropFrame(frame);
  }

  /** Drops everything decoded from a frame. */
  dropFrame(frame: number): void {
    this.#refresh();
    for (const p of this.#pages.get(frame) ?? []) this.#invalidate(p);
    for (const p of this.#secondOf.get(frame) ?? []) this.#invalidate(p);
    this.#secondOf.delete(frame);
    this.#blocks.delete(frame);
    if (this.#memory.codeGone) this.#memory.codeGone(frame >>> 12);
    else Atomics.and(this.#u8, this.#frameFlags + (frame >>> 12), ~FRAME_CODE & 0xff);
  }
  /** Drops everything. */
  dropAll(): void { for (const frame of [...this.#pages.keys(), ...this.#blocks.keys()]) this.dropFrame(frame); }

  /**
   * Gives the memory of all pages back that no region is in: their code is decoded anew where it is executed again. While nothing executes. Frames stay watched for writes as they
   * are and translations stay, so that nothing but speed depends on when this is done. Returns the descriptors that are gone.
   */
  trim(): ReadonlySet<number> {
    this.#refresh();
    const gone = new Set<number>(), v = this.#view;
    for (const [frame, list] of this.#pages) {
      const kept = list.filter((page) => page.regions.length > 0);
      for (const page of list) if (page.regions.length === 0) this.#forget(page, gone);
      if (kept.length > 0) this.#pages.set(frame, kept);
      else this.#pages.delete(frame);
      const recent = this.#recent + ((frame >>> 12) & (CODE_PAGES - 1)) * 4;
      if (gone.has(v.getUint32(recent, true))) v.setUint32(recent, 0, true);
    }
    this.#tlb.forgetCode(gone);
    if (gone.has(v.getUint32(this.#state + STATE.codePage.offset, true))) v.setUint32(this.#state + STATE.codePage.offset, 0, true);
    this.trimAbove = Math.max(TRIM_ABOVE, this.bytes * 1.5);
    return gone;
  }
  #forget(page: CodePage, gone: Set<number>): void {
    gone.add(page.at);
    for (const { at, second } of page.crossings.values()) {
      this.#release(at, 2 * OPERATION.bytes);
      this.#secondOf.get(second)?.delete(page);
    }
    this.#byAddress.delete(page.at);
    this.#release(page.operations, page.capacity * OPERATION.bytes);
    this.#release(page.at, CODE_PAGE.bytes);
  }

  #invalidate(page: CodePage): void {
    if (page.stale) return;
    page.stale = true;
    for (const gone of page.regions.splice(0)) gone();
    const v = this.#view;
    v.setUint32(page.at + CODE_PAGE.valid, 0, true);
    this.#u8.fill(0, page.at + CODE_PAGE.map, page.at + CODE_PAGE.bytes);
    for (let i = 0; i < page.count; i++) {
      const op = page.operations + i * OPERATION.bytes;
      // A link looks up by itself, and where it leads to may be the next page.
      if (v.getUint16(op, true) !== PSEUDO.link) v.setUint16(op, PSEUDO.stale, true);
    }
    for (const c of page.crossings.values()) v.setUint16(c.at + OPERATION.bytes, PSEUDO.link, true);
    if (v.getUint32(this.#state + STATE.codePage.offset, true) === page.at) v.setUint32(this.#state + STATE.codePage.offset, 0, true);
  }
}

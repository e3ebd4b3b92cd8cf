import { buildDecodeTable } from "../decode/decode-table.ts";
import { CodeCache, type EngineMemory } from "../decode/code-cache.ts";
import { Decoder, GPR_RIP_BIAS } from "../decode/decoder.ts";
import { MAX_RUN, OPERATION, PSEUDO } from "../decode/operation.ts";
import type { Feature } from "../isa/instruction.ts";
import { TlbControl } from "../mmu/tlb-control.ts";
import { EVENT, GPR_PAGE, segmentField, STATE, STATE_BYTES } from "../state/state.ts";
import type { CallOut, Engine, EngineName, Exports } from "./engine.ts";
import type { InstructionSet } from "./instruction-set.ts";
import { Jit } from "./jit/jit.ts";
import { MemoryView } from "./memory-view.ts";

/** Guest-physical memory as the walker sees it. */
export interface FrameMapping {
  /** Linear memory address of the frame map, u32 per guest frame: host page address | bit 0 present | bit 1 writable. */
  readonly frameMap: number;
  /** Guest frames in the map. */
  readonly frameCount: number;
  /** Linear memory address of one flag byte per host frame of the whole linear memory. */
  readonly frameFlags: number;
}

/** What the core asks of its owner. */
export interface CoreHooks {
  /** System operations and call-outs by name. */
  readonly out: { readonly [name: string]: CallOut };
  /** Fills an absent frame, or one that is written while not writable: 1 = retry, 0 = nothing answers (device memory). */
  frameFault(physical: bigint, write: boolean): number;
  /** Bytes of one frame whose flag byte is not zero were written, by address in linear memory. Default: the core's own decoded code is told. */
  frameWritten?(host: number, size: number): void;
  /** Device memory: `size` bytes between linear memory at `at` and guest-physical STATE.slowPhysical. */
  deviceRead(at: number, size: number): void;
  deviceWrite(at: number, size: number): void;
  /** Armed data breakpoints: called for every access to memory while any is. */
  dataAccess(address: bigint, size: number, write: boolean): void;
  /** For tools: counts what generated code calls in TypeScript, by name. Default: nobody counts. */
  readonly calls?: Map<string, number> | undefined;
}

/** Puts a counter in front of each function. */
function countCalls(out: { [name: string]: CallOut }, calls: Map<string, number>): void {
  // Inherited ones too.
  for (const name in out) {
    const f = out[name]!;
    out[name] = (state, ...args) => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      return f(state, ...args);
    };
  }
}

/** Instructions between two looks of the JIT at where time is spent. */
const JIT_SLICE = 1 << 16;
/**
 * Slices that end in HLT show nothing of a guest that does a little work at each tick: after so many instructions in them without a look the next slice ends at a place
 * of chance, up to so many instructions on. The longer the looks find nothing new, the rarer they are.
 */
const UNSEEN = 1 << 16, MOST_UNSEEN = 1 << 20, CHANCE = 1 << 12;
/** What the engines count in 32 bits. */
const LONGEST_SLICE = 1 << 30;

/**
 * One vCPU's engine: state block, TLBs, decoded code and what executes it, without any system behaviour. It executes
 * until the budget is used up, an event is set or attention is asked for.
 */
export class Core {
  /** Address of the state block. */
  readonly state: number;
  readonly memory: EngineMemory;
  readonly code: CodeCache;
  readonly tlb: TlbControl;
  readonly decoder: Decoder;
  readonly exports: Exports;
  readonly engine: Engine;
  /** The linear memory is shared between workers: generated modules import it as such. */
  readonly shared: boolean;
  /** Where the engine is "jit": what compiles. */
  readonly jit: Jit | undefined;
  readonly #mapping: FrameMapping;
  readonly #view: MemoryView;
  /** Instructions that ended in HLT since the last look at where time is spent, and where the next one comes by chance. */
  #unseen = 0;
  #patience = UNSEEN;
  #chance = 1;
  #running = false;
  #stopAt = 0;
  #stopHandler = 0;

  constructor(memory: EngineMemory, isa: InstructionSet, features: ReadonlySet<Feature>, mapping: FrameMapping, hooks: CoreHooks, engine: EngineName = "interpreter") {
    this.memory = memory;
    this.#mapping = mapping;
    this.state = memory.allocate(STATE_BYTES);
    this.#view = new MemoryView(memory);
    this.shared = typeof SharedArrayBuffer !== "undefined" && memory.memory.buffer instanceof SharedArrayBuffer;
    const decodeTable = buildDecodeTable(isa.table, features);
    this.decoder = new Decoder(decodeTable);
    this.tlb = new TlbControl(memory, this.state);
    const written = (host: number, size: number): void => this.code.written(host, size);
    // The owner's call-outs are behind the core's own.
    const out: { [name: string]: CallOut } = Object.assign(Object.create(hooks.out) as { [name: string]: CallOut }, {
      decode: () => this.#decode(),
      hot: () => { this.jit?.compileHere(); return 0; },
      frameFault: (_s, physical, write) => hooks.frameFault(physical as bigint, write !== 0),
      frameWritten: (_s, host, size) => { (hooks.frameWritten ?? written)(Number(host) >>> 0, Number(size)); return 0; },
      deviceRead: (_s, at, size) => { hooks.deviceRead(Number(at) >>> 0, Number(size)); return 0; },
      deviceWrite: (_s, at, size) => { hooks.deviceWrite(Number(at) >>> 0, Number(size)); return 0; },
      dataAccess: (_s, address, size, write) => { hooks.dataAccess(address as bigint, Number(size), write !== 0); return 0; },
    } satisfies { [name: string]: CallOut });
    if (hooks.calls) countCalls(out, hooks.calls);
    this.engine = isa.engine(engine, {
      memory, shared: this.shared, state: this.state, out, decoder: () => new Decoder(decodeTable), codeAddress: () => this.#codeAddress()?.address,
    });
    this.exports = this.engine.exports;
    this.code = new CodeCache(memory, this.decoder, this.engine, this.state, mapping.frameFlags);
    this.jit = engine === "jit" ? new Jit(this, isa, { counted: hooks.calls !== undefined }) : undefined;
    const tables = isa.placeTables(memory);
    const v = this.view, s = this.state;
    v.setUint32(s + STATE.frameMap.offset, mapping.frameMap, true);
    v.setUint32(s + STATE.frameCount.offset, mapping.frameCount, true);
    v.setUint32(s + STATE.frameFlags.offset, mapping.frameFlags, true);
    v.setUint32(s + STATE.tables.offset, tables, true);
    v.setBigUint64(s + STATE.gpr.offset + GPR_RIP_BIAS * 8, 8192n, true);
    v.setBigUint64(s + STATE.context.offset, 1n, true);
  }

  /** A view of linear memory, taken anew after growth. */
  get view(): DataView { return this.#view.data; }
  get mapping(): FrameMapping { return this.#mapping; }

  /** Longest budget of one `execute`: a JIT looks in between at where time is spent. */
  get longestSlice(): number {
    if (!this.jit) return LONGEST_SLICE;
    if (this.#unseen < this.#patience) return JIT_SLICE;
    // Knuth's generator: the same in every run.
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0;
    return MAX_RUN + 1 + ((this.#chance >>> 8) % CHANCE);
  }

  /**
   * Executes at most `budget` instructions (1 to `longestSlice`). Returns how many retired; STATE.event says whether something stopped it.
   */
  execute(budget: number): number {
    if (this.code.bytes > this.code.trimAbove) this.trimCode();
    const v = this.view, s = this.state;
    v.setInt32(s + STATE.budget.offset, budget, true);
    this.#running = true;
    if (budget > MAX_RUN) {
      this.exports.run(s);
      // Here rIP is where an operation is looked up, so that a region which starts at it is found.
      if (this.jit && !this.#stopped(this.view)) {
        const { compiled } = this.jit.counters;
        this.jit.sample(budget);
        this.#unseen = 0;
        this.#patience = this.jit.counters.compiled === compiled ? Math.min(this.#patience * 1.01, MOST_UNSEEN) : UNSEEN;
      }
    }
    // The end of the slice goes one by one, so that it ends exactly.
    if (!this.#stopped(this.view)) {
      const left = this.view.getInt32(s + STATE.budget.offset, true);
      if (left > 0 && left <= MAX_RUN) this.exports.step(s);
    }
    this.#running = false;
    this.#unpatch();
    const ran = budget - this.view.getInt32(s + STATE.budget.offset, true);
    if (this.view.getUint32(s + STATE.event.offset, true) === EVENT.halt) this.#unseen += ran;
    return ran;
  }
  /** Gives the memory of decoded code back that is not compiled: between runs. */
  trimCode(): void {
    const gone = this.code.trim();
    this.jit?.forgetPages(gone);
  }
  #stopped(v: DataView): boolean {
    return v.getUint32(this.state + STATE.event.offset, true) !== 0 || v.getUint32(this.state + STATE.attention.offset, true) !== 0;
  }

  /** Makes `execute` return before the next instruction (from a call-out) or at the next block end (from elsewhere). */
  stop(): void {
    const v = this.view;
    v.setUint32(this.state + STATE.attention.offset, 1, true);
    if (!this.#running || this.#stopAt) return;
    // Straight-line code does not look at `attention`: the next operation becomes one that does.
    const next = v.getUint32(this.state + STATE.operation.offset, true) + OPERATION.bytes;
    const handler = v.getUint16(next, true);
    // A link looks by itself, and its place may be the next page's.
    if (handler < PSEUDO.count) return;
    this.#stopAt = next;
    this.#stopHandler = handler;
    v.setUint16(next, 0, true);
  }
  #unpatch(): void {
    if (!this.#stopAt) return;
    this.view.setUint16(this.#stopAt, this.#stopHandler, true);
    this.#stopAt = 0;
  }

  /** rIP of the operation being executed (valid in call-outs). */
  operationAddress(): bigint {
    const v = this.view, op = v.getUint32(this.state + STATE.operation.offset, true);
    const page = v.getBigUint64(this.state + STATE.gpr.offset + GPR_PAGE * 8, true);
    return (page + BigInt(v.getUint16(op + OPERATION.place, true) & 0xfff)) & v.getBigUint64(this.state + STATE.linearMask.offset, true);
  }

  raise(vector: number, code: number | undefined): void {
    const v = this.view, s = this.state;
    v.setUint32(s + STATE.eventVector.offset, vector, true);
    v.setUint32(s + STATE.eventCode.offset, code ?? 0, true);
    v.setUint32(s + STATE.eventFlags.offset, code === undefined ? 0 : 1, true);
    v.setUint32(s + STATE.event.offset, EVENT.exception, true);
  }

  /** Linear address of the instruction at STATE.rip and whether all of its page may be executed; undefined with the event set. */
  #codeAddress(): { address: bigint; wholePage: boolean } | undefined {
    const v = this.view, s = this.state;
    const rip = v.getBigUint64(s + STATE.rip.offset, true);
    const mask = v.getBigUint64(s + STATE.linearMask.offset, true);
    const csBase = segmentField(1, "base").offset, csLimit = segmentField(1, "limit").offset;
    if (v.getUint32(s + STATE.slowCode.offset, true)) {
      const limit = BigInt(v.getUint32(s + csLimit, true));
      if (rip > limit) { this.raise(13, 0); return undefined; }
      const address = (rip + v.getBigUint64(s + csBase, true)) & mask;
      return { address, wholePage: (rip | 0xfffn) + 0xfffn <= limit || limit === 0xffff_ffffn };
    }
    if (mask === 0xffff_ffff_ffff_ffffn && BigInt.asIntN(48, rip) !== BigInt.asIntN(64, rip)) { this.raise(13, 0); return undefined; }
    return { address: rip, wholePage: true };
  }

  /** Finds or decodes the operation at STATE.rip: its address, or 0 with an event set. */
  #decode(): number {
    const v = this.view, s = this.state;
    v.setUint32(s + STATE.decodes.offset, v.getUint32(s + STATE.decodes.offset, true) + 1, true);
    const rip = v.getBigUint64(s + STATE.rip.offset, true);
    const mask = v.getBigUint64(s + STATE.linearMask.offset, true);
    const code = this.#codeAddress();
    if (!code) return 0;
    const { address: la, wholePage } = code;
    const user = v.getUint32(s + STATE.cpl.offset, true) === 3 ? 1 : 0;
    const host = this.exports.translate(s, la, 2, user) >>> 0;
    if (host === 0) return 0;
    if (host === 1) { this.raise(6, undefined); return 0; }
    const offset = host & 0xfff;
    const mode = v.getUint32(s + STATE.mode.offset, true);
    const page = this.code.page(host - offset, mode);
    const w = this.view;
    const entry = s + w.getUint32(s + STATE.tlbCode.offset, true) + (Number((la >> 8n) & BigInt(1023 << 4)));
    w.setUint32(entry + 12, page, true);
    w.setBigUint64(s + STATE.gpr.offset + GPR_PAGE * 8, (rip - BigInt(offset)) & mask, true);
    w.setUint32(s + STATE.codePage.offset, wholePage ? page : 0, true);
    const next = (): number => {
      const second = this.exports.translate(s, ((la & ~0xfffn) + 0x1000n) & mask, 2, user) >>> 0;
      if (second === 1) this.raise(6, undefined);
      return second === 1 ? 0 : second;
    };
    const operation = this.code.operation(page, offset, next);
    return wholePage || operation === 0 ? operation : this.#alone(operation, rip);
  }

  /**
   * Where CS's limit ends in reach of the instruction: a copy of its operation with a link behind it, so that the next one is looked up again. 0 with #GP
   * raised where the instruction reaches beyond the limit.
   */
  #alone(operation: number, rip: bigint): number {
    const v = this.view, s = this.state, at = s + STATE.stepOperations.offset, link = at + OPERATION.bytes;
    const original = v.getUint16(operation, true) === PSEUDO.region ? v.getUint32(operation + OPERATION.displacement, true) : operation;
    const handler = this.engine.alone(v, original), place = v.getUint16(original + OPERATION.place, true), end = (place & 0xfff) + (place >> 12);
    if (rip + BigInt(place >> 12) - 1n > BigInt(v.getUint32(s + segmentField(1, "limit").offset, true))) { this.raise(13, 0); return 0; }
    v.setBigUint64(at, v.getBigUint64(original, true), true);
    v.setBigUint64(at + 8, v.getBigUint64(original + 8, true), true);
    v.setUint16(at, handler, true);
    // A remembered jump target may lie beyond the limit.
    if (this.engine.isRelative(handler)) v.setUint32(at + OPERATION.displacement, 0, true);
    v.setUint16(link, PSEUDO.link, true);
    v.setUint16(link + OPERATION.place, end & 0xfff, true);
    v.setUint32(link + OPERATION.immediate, end, true);
    return at;
  }
}

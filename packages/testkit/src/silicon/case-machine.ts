import {
  EVENT, MODE, STATE, TLB_BYTES, TLB_USER, segmentField, type EngineMemory, type FrameMapping, type StateField,
} from "@ringzero/x86/internals";
import type { CaseEngine } from "./case-engine.ts";
import { CODE_AT, DATA_AT, DATA_SIZE, fillData } from "./case.ts";
import { CASE_STATE, type CaseRecord } from "./record.ts";

/** What differs between an engine's outcome and the silicon's: a register or other part, both values in hexadecimal. */
export interface Difference {
  readonly what: string;
  readonly ours: string;
  readonly silicon: string;
}

const REGISTERS = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];
/** CF PF AF ZF SF DF OF. */
const FLAGS = 0xcd5;
/** Frames of the case's memory: page tables, two data pages, the code page. */
const FRAMES = 16, PML4 = 1, DIRECTORY_POINTERS = 2, DIRECTORY = 3, TABLE = 4, DATA_FRAME = 8, CODE_FRAME = 12;
const NO_EXECUTE = 1n << 63n;

/**
 * The address space of a case: long mode with four-level paging, CPL 3, the two data pages and the code page mapped, nothing else.
 * 32-bit cases run in compatibility mode, as on the processor that made them.
 */
export class CaseMachine {
  readonly #engine: CaseEngine;
  readonly #codeFrame: number;
  readonly #state: number;
  #bytes!: Uint8Array;
  #words!: Uint32Array;
  #view!: DataView;
  #code!: Uint8Array;
  #data!: Buffer;
  readonly #expectedWords = new Uint32Array(DATA_SIZE / 4);
  readonly #expected = Buffer.from(this.#expectedWords.buffer);
  /** -1 completed, else the vector; 1000 and more: another event. */
  #trap = -1;
  #flags = 0;

  /**
   * `attach` makes the engine on a memory and a mapping of guest frames; the machine then sets the state that all cases share.
   */
  constructor(attach: (memory: EngineMemory, mapping: FrameMapping) => CaseEngine) {
    const memory = new WebAssembly.Memory({ initial: 512, maximum: 4096 });
    let brk = 0x10000;
    const engineMemory: EngineMemory = {
      memory,
      allocate(bytes) {
        const at = brk;
        brk += (bytes + 4095) & ~4095;
        if (brk > memory.buffer.byteLength) memory.grow(Math.ceil((brk - memory.buffer.byteLength) / 65536));
        return at;
      },
    };
    // One flag byte for every 4 KiB of the largest memory.
    const frameFlags = engineMemory.allocate(4096 * 16);
    const frameMap = engineMemory.allocate(FRAMES * 4);
    const ram = engineMemory.allocate(FRAMES * 4096);
    const v = new DataView(memory.buffer);
    for (let i = 0; i < FRAMES; i++) v.setUint32(frameMap + i * 4, (ram + i * 4096) | 3, true);
    const entry = (frame: number, index: number, target: number, flags: bigint): void => v.setBigUint64(ram + frame * 4096 + index * 8, BigInt(target * 4096) | flags, true);
    entry(PML4, 0, DIRECTORY_POINTERS, 7n);
    entry(DIRECTORY_POINTERS, 0, DIRECTORY, 7n);
    entry(DIRECTORY, (DATA_AT >> 21) & 511, TABLE, 7n);
    entry(TABLE, (DATA_AT >> 12) & 511, DATA_FRAME, 7n | NO_EXECUTE);
    entry(TABLE, ((DATA_AT >> 12) & 511) + 1, DATA_FRAME + 1, 7n | NO_EXECUTE);
    entry(TABLE, (CODE_AT >> 12) & 511, CODE_FRAME, 5n);
    this.#codeFrame = ram + CODE_FRAME * 4096;
    this.#engine = attach(engineMemory, { frameMap, frameCount: FRAMES, frameFlags });
    this.#state = this.#engine.state;
    this.#refresh();
    this.#code.fill(0xcc);
    this.#setUp();
  }

  #refresh(): void {
    const { buffer } = this.#engine.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#view = new DataView(buffer);
    this.#code = new Uint8Array(buffer, this.#codeFrame, 4096);
    this.#data = Buffer.from(buffer, this.#codeFrame + (DATA_FRAME - CODE_FRAME) * 4096, DATA_SIZE);
  }
  #setUp(): void {
    this.#set(STATE.cr0, 0x8005_0033n);
    this.#set(STATE.cr3, BigInt(PML4 * 4096));
    this.#set(STATE.cr4, 0x40620n);
    this.#set(STATE.xcr0, 3n);
    this.#set(STATE.efer, 0xd01n);
    this.#set(STATE.paging, 3);
    this.#set(STATE.addressMask, -1n);
    this.#set(STATE.cpl, 3);
    this.#set(STATE.tlb, TLB_USER);
    this.#set(STATE.tlbCode, TLB_USER + 2 * TLB_BYTES);
    for (let i = 0; i < 6; i++) {
      this.#set(segmentField(i, "base"), 0n);
      this.#set(segmentField(i, "limit"), 0xffffffff);
      this.#set(segmentField(i, "attributes"), i === 1 ? 0xa0fb : 0xc0f3);
    }
  }
  #set(f: StateField, value: number | bigint): void {
    const at = this.#state + f.offset, v = this.#view;
    if (f.bits === 64) v.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
    else if (f.bits === 32) v.setUint32(at, Number(value) >>> 0, true);
    else if (f.bits === 16) v.setUint16(at, Number(value), true);
    else v.setUint8(at, Number(value));
  }
  #get(f: StateField): number {
    const at = this.#state + f.offset;
    return f.bits === 32 ? this.#view.getUint32(at, true) : f.bits === 16 ? this.#view.getUint16(at, true) : this.#view.getUint8(at);
  }

  /** The x87 status word; C1 has a place of its own (state/state.ts). */
  #status(): number { return this.#get(STATE.fsw) | (this.#get(STATE.fc1) << 9); }
  #setStatus(word: number): void {
    this.#set(STATE.fsw, word & ~0x200);
    this.#set(STATE.fc1, (word >> 9) & 1);
  }

  /** Sets the status flags in their lazy form (state/state.ts) and DF. */
  #setFlags(flags: number): void {
    const z = (flags >> 6) & 1, s = (flags >> 7) & 1, p = (flags >> 2) & 1, c = flags & 1, o = (flags >> 11) & 1, a = (flags >> 4) & 1;
    const result = (this.#state + STATE.flagResult.offset) >> 2;
    this.#words[result] = z ? 0 : 1;
    this.#words[result + 1] = 0;
    this.#words[(this.#state + STATE.flagAux.offset) >> 2] = (c << 31) | ((c ^ o) << 30) | (a << 3) | s | ((p ^ z) << 8);
    this.#words[(this.#state + STATE.eflags.offset) >> 2] = (flags & 0x400) | 0x202;
  }
  #readFlags(): number {
    const result = (this.#state + STATE.flagResult.offset) >> 2, low = this.#words[result]!, high = this.#words[result + 1]!;
    const aux = this.#words[(this.#state + STATE.flagAux.offset) >> 2]!;
    const c = aux >>> 31, o = c ^ ((aux >>> 30) & 1), a = (aux >> 3) & 1;
    const z = (low | high) === 0 ? 1 : 0, s = (high >>> 31) ^ (aux & 1);
    let b = (low ^ (aux >> 8)) & 0xff;
    b ^= b >> 4;
    b ^= b >> 2;
    b ^= b >> 1;
    return c | ((~b & 1) << 2) | (a << 4) | (z << 6) | (s << 7) | (this.#words[(this.#state + STATE.eflags.offset) >> 2]! & 0x400) | (o << 11);
  }
  #copyWords(from: Uint32Array, fromByte: number, to: Uint32Array, toByte: number, bytes: number): void {
    const f = fromByte >> 2, t = toByte >> 2;
    for (let i = 0; i < bytes >> 2; i++) to[t + i] = from[f + i]!;
  }
  #load(r: CaseRecord): void {
    const s = r.before, state = this.#state, code64 = r.mode === 64;
    this.#copyWords(r.words, s + CASE_STATE.gpr, this.#words, state + STATE.gpr.offset, 128);
    this.#copyWords(r.words, s + CASE_STATE.rip, this.#words, state + STATE.rip.offset, 8);
    this.#setFlags(r.words[(s + CASE_STATE.flags) >> 2]!);
    if (r.floats) {
      const fsw = r.view.getUint16(s + CASE_STATE.fsw, true), top = (fsw >> 11) & 7;
      for (const field of [STATE.fop, STATE.fip, STATE.fdp, STATE.fcs, STATE.fds]) this.#set(field, 0);
      this.#set(STATE.fcw, r.view.getUint16(s + CASE_STATE.fcw, true));
      this.#setStatus(fsw);
      this.#set(STATE.ftw, r.bytes[s + CASE_STATE.ftw]!);
      this.#set(STATE.mxcsr, r.words[(s + CASE_STATE.mxcsr) >> 2]!);
      for (let i = 0; i < 8; i++) {
        const from = s + CASE_STATE.st + i * 16, to = state + STATE.fpr.offset + ((top + i) & 7) * 16;
        this.#copyWords(r.words, from, this.#words, to, 8);
        this.#words[(to + 8) >> 2] = r.words[(from + 8) >> 2]! & 0xffff;
      }
      for (let i = 0; i < 16; i++) this.#copyWords(r.words, s + CASE_STATE.xmm + i * 16, this.#words, state + STATE.vector.offset + i * 32, 16);
    } else {
      this.#set(STATE.fcw, 0x37f);
      this.#setStatus(0);
      this.#set(STATE.ftw, 0);
      this.#set(STATE.mxcsr, 0x1f80);
    }
    for (const f of [STATE.fop, STATE.fcs, STATE.fds, STATE.fip, STATE.fdp]) this.#set(f, 0);
    this.#set(STATE.mode, MODE.flat | (code64 ? MODE.code64 : MODE.code32));
    const mask = code64 ? 0xffff_ffff : 0;
    for (const f of [STATE.linearMask, STATE.stackMask]) {
      this.#words[(state + f.offset) >> 2] = 0xffff_ffff;
      this.#words[(state + f.offset + 4) >> 2] = mask;
    }
    this.#words[(state + STATE.context.offset) >> 2] = code64 ? 2 : 1;
    this.#set(CS_ATTRIBUTES, code64 ? 0xa0fb : 0xc0fb);
    // Selectors as Linux has them: the oracle loads DS and ES for 32-bit cases.
    for (let i = 0; i < 6; i++) this.#set(SELECTORS[i]!, i === 1 ? (code64 ? 0x33 : 0x23) : i === 2 ? 0x2b : i < 4 && !code64 ? 0x2b : 0);
  }

  /** Executes a case; `matches` and `differences` speak of the last one. */
  run(r: CaseRecord): void {
    if (this.#bytes.buffer !== this.#engine.memory.buffer) this.#refresh();
    const from = r.at + 32, length = r.length;
    for (let i = 0; i < 16; i++) this.#code[i] = i < length ? r.bytes[from + i]! : 0xcc;
    this.#engine.codeChanged(this.#codeFrame);
    this.#set(STATE.codePage, 0);
    fillData(this.#expectedWords, r.fill);
    r.patch(this.#expected);
    this.#data.set(this.#expected);
    this.#load(r);
    this.#set(STATE.event, 0);
    this.#set(STATE.attention, 0);
    this.#engine.execute(r.steps);
    const event = this.#get(STATE.event);
    this.#trap = event === EVENT.exception ? this.#get(STATE.eventVector) : event === EVENT.none ? -1 : 1000 + event;
    this.#flags = this.#readFlags();
    r.applyWrites(this.#expected);
  }

  /** Bits of the error code that are not the case's affair. */
  #errorMask(r: CaseRecord): number {
    // In the upper half the host kernel's own pages answer: whether an entry is present there is hidden.
    return r.trap === 14 && r.words[(r.at + 20) >> 2]! >>> 31 ? ~1 : ~0;
  }
  #sameWords(r: CaseRecord, at: number, f: number, bytes: number): boolean {
    const a = at >> 2, b = f >> 2;
    for (let i = 0; i < bytes >> 2; i++) if (r.words[a + i] !== this.#words[b + i]) return false;
    return true;
  }
  /** Whether the last case's outcome is the silicon's in every bit. */
  matches(r: CaseRecord): boolean {
    const s = r.after, state = this.#state, trap = r.trap;
    if (this.#trap !== trap) return false;
    if (trap >= 0 && (this.#get(STATE.eventCode) ^ r.error) & this.#errorMask(r)) return false;
    if (trap === 14 && !this.#sameWords(r, r.at + 16, state + STATE.eventAddress.offset, 8)) return false;
    if (!this.#sameWords(r, s + CASE_STATE.gpr, state + STATE.gpr.offset, r.mode === 64 ? 128 : 64)) return false;
    if (!this.#sameWords(r, s + CASE_STATE.rip, state + STATE.rip.offset, 8)) return false;
    if ((r.words[(s + CASE_STATE.flags) >> 2]! ^ this.#flags) & FLAGS) return false;
    if (r.floats) {
      const fsw = r.view.getUint16(s + CASE_STATE.fsw, true), top = (fsw >> 11) & 7;
      if (this.#get(STATE.fcw) !== r.view.getUint16(s + CASE_STATE.fcw, true) || this.#status() !== fsw) return false;
      if (this.#get(STATE.ftw) !== r.bytes[s + CASE_STATE.ftw] || this.#get(STATE.mxcsr) !== r.words[(s + CASE_STATE.mxcsr) >> 2]) return false;
      for (let i = 0; i < 8; i++) {
        const ours = state + STATE.fpr.offset + ((top + i) & 7) * 16, at = s + CASE_STATE.st + i * 16;
        if (!this.#sameWords(r, at, ours, 8) || (this.#words[(ours + 8) >> 2]! ^ r.words[(at + 8) >> 2]!) & 0xffff) return false;
      }
      for (let i = 0; i < (r.mode === 64 ? 16 : 8); i++) if (!this.#sameWords(r, s + CASE_STATE.xmm + i * 16, state + STATE.vector.offset + i * 32, 16)) return false;
    }
    return this.#data.equals(this.#expected);
  }

  /** What differs in the last case. Flags are given as they are: those that the instruction leaves undefined are the caller's affair. */
  differences(r: CaseRecord): Difference[] {
    const d: Difference[] = [], s = r.after, state = this.#state, v = this.#view;
    const say = (what: string, ours: string, silicon: string): void => { if (ours !== silicon) d.push({ what, ours, silicon }); };
    const hex = (bytes: Uint8Array, at: number, n: number): string => Buffer.from(bytes.subarray(at, at + n)).toString("hex");
    const hex64 = (view: DataView, at: number): string => view.getBigUint64(at, true).toString(16);
    say("trap", String(this.#trap), String(r.trap));
    if (r.trap >= 0 && this.#trap === r.trap) {
      const mask = this.#errorMask(r);
      say("error code", (this.#get(STATE.eventCode) & mask).toString(16), (r.error & mask).toString(16));
    }
    if (r.trap === 14) say("cr2", hex64(v, state + STATE.eventAddress.offset), r.cr2.toString(16));
    for (let i = 0; i < (r.mode === 64 ? 16 : 8); i++) say(REGISTERS[i]!, hex64(v, state + STATE.gpr.offset + i * 8), hex64(r.view, s + CASE_STATE.gpr + i * 8));
    say("ip", hex64(v, state + STATE.rip.offset), hex64(r.view, s + CASE_STATE.rip));
    say("flags", (this.#flags & FLAGS).toString(16), (r.words[(s + CASE_STATE.flags) >> 2]! & FLAGS).toString(16));
    if (r.floats) {
      const fsw = this.#status(), top = (fsw >> 11) & 7;
      say("fcw", this.#get(STATE.fcw).toString(16), r.view.getUint16(s + CASE_STATE.fcw, true).toString(16));
      say("fsw", fsw.toString(16), r.view.getUint16(s + CASE_STATE.fsw, true).toString(16));
      say("ftw", this.#get(STATE.ftw).toString(16), r.bytes[s + CASE_STATE.ftw]!.toString(16));
      say("mxcsr", this.#get(STATE.mxcsr).toString(16), r.words[(s + CASE_STATE.mxcsr) >> 2]!.toString(16));
      for (let i = 0; i < 8; i++) say(`st${i}`, hex(this.#bytes, state + STATE.fpr.offset + ((top + i) & 7) * 16, 10), hex(r.bytes, s + CASE_STATE.st + i * 16, 10));
      for (let i = 0; i < (r.mode === 64 ? 16 : 8); i++) say(`xmm${i}`, hex(this.#bytes, state + STATE.vector.offset + i * 32, 16), hex(r.bytes, s + CASE_STATE.xmm + i * 16, 16));
    }
    for (let i = 0, at = this.#data.byteOffset >> 2; i < this.#expectedWords.length; i++) {
      if (this.#words[at + i] !== this.#expectedWords[i]) say(`memory+${(i * 4).toString(16)}`, hex(this.#data, i * 4, 4), hex(this.#expected, i * 4, 4));
    }
    return d;
  }
}
const SELECTORS = [0, 1, 2, 3, 4, 5].map((i) => segmentField(i, "selector"));
const CS_ATTRIBUTES = segmentField(1, "attributes");

import { Core, EVENT, InstructionSet, MODE, STATE, TLB_BYTES, TLB_USER, segmentField, type CallOut, type EngineMemory, type Feature, type StateField } from "@ringzero/x86/internals";
import { CODE_AT, DATA_AT, DATA_SIZE, fillData, hexBytes, type CaseState, type SiliconCase } from "./case.ts";

/** What an engine made of a case, comparable with the oracle's `out`. */
export interface CaseResult {
  trap: number;
  err: number;
  cr2: bigint;
  ip: bigint;
  flags: number;
  r: BigUint64Array;
}

/**
 * The address space of a case: long mode with four-level paging, CPL 3, the two data pages and the code page mapped, nothing else.
 * 32-bit cases run in compatibility mode, as on the processor that made them.
 */
export class CaseMachine {
  readonly core: Core;
  readonly #ram: number;
  readonly #code: Uint8Array;
  readonly #data: Uint8Array;
  readonly #words: Uint32Array;
  readonly #before = new Uint32Array(DATA_SIZE / 4);
  readonly result: CaseResult = { trap: 0, err: 0, cr2: 0n, ip: 0n, flags: 0, r: new BigUint64Array(16) };

  constructor(isa: InstructionSet, features: ReadonlySet<Feature>, out: { readonly [name: string]: CallOut }) {
    const memory = new WebAssembly.Memory({ initial: 512, maximum: 4096 });
    let brk = 0x10000;
    const engine: EngineMemory = {
      memory,
      allocate(bytes) {
        const at = brk;
        brk += (bytes + 4095) & ~4095;
        if (brk > memory.buffer.byteLength) memory.grow(Math.ceil((brk - memory.buffer.byteLength) / 65536));
        return at;
      },
    };
    const frames = 16;
    const frameFlags = engine.allocate(memory.buffer.byteLength >> 8);
    const frameMap = engine.allocate(frames * 4);
    this.#ram = engine.allocate(frames * 4096);
    const v = new DataView(memory.buffer);
    for (let i = 0; i < frames; i++) v.setUint32(frameMap + i * 4, (this.#ram + i * 4096) | 3, true);
    // Frames: 1 PML4, 2 PDPT, 3 PD, 4 PT, 8 and 9 data, 12 code.
    const entry = (frame: number, index: number, value: number): void => v.setBigUint64(this.#ram + frame * 4096 + index * 8, BigInt(value), true);
    entry(1, 0, 0x2007);
    entry(2, 0, 0x3007);
    entry(3, (DATA_AT >> 21) & 511, 0x4007);
    entry(4, (DATA_AT >> 12) & 511, 0x8007);
    entry(4, ((DATA_AT >> 12) & 511) + 1, 0x9007);
    entry(4, (CODE_AT >> 12) & 511, 0xc005);
    this.core = new Core(engine, isa, features, { frameMap, frameCount: frames, frameFlags }, {
      out, frameFault: () => 0, deviceRead() {}, deviceWrite() {}, dataAccess() {},
    });
    this.#code = new Uint8Array(memory.buffer, this.#ram + 12 * 4096, 4096);
    this.#data = new Uint8Array(memory.buffer, this.#ram + 8 * 4096, DATA_SIZE);
    this.#words = new Uint32Array(memory.buffer, this.#ram + 8 * 4096, DATA_SIZE / 4);
    this.#set(STATE.cr0, 0x8005_0033n);
    this.#set(STATE.cr3, 0x1000n);
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
      this.#set(segmentField(i, "selector"), i === 1 ? 0x33 : 0x2b);
      this.#set(segmentField(i, "attributes"), i === 1 ? 0xa0fb : 0xc0f3);
    }
  }
  get #v(): DataView { return this.core.view; }
  #set(f: StateField, value: number | bigint): void {
    const at = this.core.state + f.offset;
    if (f.bits === 64) this.#v.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
    else if (f.bits === 32) this.#v.setUint32(at, Number(value) >>> 0, true);
    else if (f.bits === 16) this.#v.setUint16(at, Number(value), true);
    else this.#v.setUint8(at, Number(value));
  }
  #get(f: StateField): number {
    const at = this.core.state + f.offset;
    return f.bits === 32 ? this.#v.getUint32(at, true) : f.bits === 16 ? this.#v.getUint16(at, true) : this.#v.getUint8(at);
  }
  #get64(f: StateField): bigint { return this.#v.getBigUint64(this.core.state + f.offset, true); }

  #setFlags(flags: number): void {
    const z = (flags >> 6) & 1, s = (flags >> 7) & 1, p = (flags >> 2) & 1, c = flags & 1, o = (flags >> 11) & 1, a = (flags >> 4) & 1;
    this.#set(STATE.flagResult, z ? 0n : 1n);
    this.#set(STATE.flagAux, (c << 31) | ((c ^ o) << 30) | (a << 3) | s | ((p ^ z) << 8));
    this.#set(STATE.eflags, (flags & 0x400) | 0x202);
  }
  #flags(): number {
    const result = this.#get64(STATE.flagResult), aux = this.#get(STATE.flagAux);
    const c = aux >>> 31, o = c ^ ((aux >>> 30) & 1), a = (aux >> 3) & 1;
    const z = result === 0n ? 1 : 0;
    const s = Number(result >> 63n) ^ (aux & 1);
    let b = Number(result & 0xffn) ^ ((aux >> 8) & 0xff);
    b ^= b >> 4;
    b ^= b >> 2;
    b ^= b >> 1;
    const p = ~b & 1;
    return c | (p << 2) | (a << 4) | (z << 6) | (s << 7) | (this.#get(STATE.eflags) & 0x400) | (o << 11);
  }
  #load(s: CaseState, mode: number): void {
    for (let i = 0; i < 16; i++) this.#v.setBigUint64(this.core.state + STATE.gpr.offset + i * 8, i < s.r.length ? BigInt(`0x${s.r[i]}`) : 0n, true);
    this.#set(STATE.rip, BigInt(`0x${s.ip}`));
    this.#setFlags(Number.parseInt(s.fl, 16));
    if (s.st) {
      const at = this.core.state, top = (s.fsw! >> 11) & 7;
      this.#set(STATE.fcw, s.fcw!);
      this.#set(STATE.fsw, s.fsw!);
      this.#set(STATE.ftw, s.ftw!);
      this.#set(STATE.mxcsr, s.mxcsr!);
      const u8 = new Uint8Array(this.#v.buffer);
      for (let i = 0; i < 8; i++) u8.set(hexBytes(s.st[i]!), at + STATE.fpr.offset + ((top + i) & 7) * 16);
      for (let i = 0; i < s.xmm!.length; i++) u8.set(hexBytes(s.xmm![i]!), at + STATE.vector.offset + i * 32);
    } else {
      this.#set(STATE.fcw, 0x37f);
      this.#set(STATE.fsw, 0);
      this.#set(STATE.ftw, 0);
      this.#set(STATE.mxcsr, 0x1f80);
    }
    this.#set(STATE.mode, MODE.flat | (mode === 64 ? MODE.code64 : MODE.code32));
    this.#set(STATE.linearMask, mode === 64 ? -1n : 0xffff_ffffn);
    this.#set(STATE.stackMask, mode === 64 ? -1n : 0xffff_ffffn);
    this.#set(STATE.context, mode === 64 ? 2n : 1n);
    this.#set(segmentField(1, "attributes"), mode === 64 ? 0xa0fb : 0xc0fb);
  }

  /** Executes a case: the outcome is in `result` and the state block. A repeated string instruction takes up to `steps` iterations. */
  run(c: SiliconCase, steps: number): void {
    this.#code.fill(0xcc, 0, 64);
    this.#code.set(hexBytes(c.code));
    this.core.code.dropFrame(this.#ram + 12 * 4096);
    this.#set(STATE.codePage, 0);
    fillData(this.#words, c.fill);
    this.#before.set(this.#words);
    this.#load(c.in, c.mode);
    this.#set(STATE.event, 0);
    this.#set(STATE.attention, 0);
    for (let n = 0; n < steps; n++) {
      this.core.execute(1);
      if (this.#get(STATE.event)) break;
      if (this.#get64(STATE.rip) !== BigInt(CODE_AT)) break;
    }
    const r = this.result;
    const event = this.#get(STATE.event);
    r.trap = event === EVENT.exception ? this.#get(STATE.eventVector) : event === EVENT.none ? -1 : 1000 + event;
    r.err = event === EVENT.exception ? this.#get(STATE.eventCode) : 0;
    r.cr2 = this.#get64(STATE.cr2);
    r.ip = this.#get64(STATE.rip);
    r.flags = this.#flags();
    for (let i = 0; i < 16; i++) r.r[i] = this.#v.getBigUint64(this.core.state + STATE.gpr.offset + i * 8, true);
  }

  /** Differences between the result and the oracle's, one line each; flags in `undefinedFlags` are left out. */
  compare(c: SiliconCase, undefinedFlags: number): string[] {
    const d: string[] = [];
    const r = this.result, out = c.out;
    const say = (what: string, ours: unknown, silicon: unknown): void => { d.push(`${what}: ours ${ours}, silicon ${silicon}`); };
    if (r.trap !== c.trap) say("trap", r.trap, c.trap);
    if (c.trap >= 0 && r.trap === c.trap) {
      // In the upper half the host kernel's own pages answer: whether an entry is present there is not the case's affair.
      const ignore = c.trap === 14 && BigInt(`0x${c.cr2}`) >> 63n ? 1 : 0;
      if ((r.err ^ (c.err ?? 0)) & ~ignore) say("error code", r.err, c.err);
      if (c.trap === 14 && r.cr2 !== BigInt(`0x${c.cr2}`)) say("cr2", r.cr2.toString(16), c.cr2);
    }
    const names = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];
    for (let i = 0; i < out.r.length; i++) {
      const s = BigInt(`0x${out.r[i]}`);
      if (r.r[i] !== s) say(names[i]!, r.r[i]!.toString(16), out.r[i]);
    }
    if (r.ip !== BigInt(`0x${out.ip}`)) say("ip", r.ip.toString(16), out.ip);
    const flags = Number.parseInt(out.fl, 16);
    if ((r.flags ^ flags) & 0xcd5 & ~undefinedFlags) say("flags", r.flags.toString(16), out.fl);
    if (out.st) this.#compareFloat(out, say);
    this.#compareMemory(c, say);
    return d;
  }
  #compareFloat(out: CaseState, say: (what: string, ours: unknown, silicon: unknown) => void): void {
    if (this.#get(STATE.fcw) !== out.fcw) say("fcw", this.#get(STATE.fcw).toString(16), out.fcw!.toString(16));
    const fsw = this.#get(STATE.fsw);
    if (fsw !== out.fsw) say("fsw", fsw.toString(16), out.fsw!.toString(16));
    if (this.#get(STATE.ftw) !== out.ftw) say("ftw", this.#get(STATE.ftw).toString(16), out.ftw!.toString(16));
    if (this.#get(STATE.mxcsr) !== out.mxcsr) say("mxcsr", this.#get(STATE.mxcsr).toString(16), out.mxcsr!.toString(16));
    const top = (fsw >> 11) & 7, at = this.core.state;
    for (let i = 0; i < 8; i++) {
      const ours = hex(this.#v, at + STATE.fpr.offset + ((top + i) & 7) * 16, 10);
      if (ours !== out.st![i]) say(`st${i}`, ours, out.st![i]);
    }
    for (let i = 0; i < out.xmm!.length; i++) {
      const ours = hex(this.#v, at + STATE.vector.offset + i * 32, 16);
      if (ours !== out.xmm![i]) say(`xmm${i}`, ours, out.xmm![i]);
    }
  }
  #compareMemory(c: SiliconCase, say: (what: string, ours: unknown, silicon: unknown) => void): void {
    const expected = new Uint8Array(this.#before.buffer.slice(0));
    for (const [offset, bytes] of c.mem) expected.set(hexBytes(bytes), offset);
    const words = new Uint32Array(expected.buffer);
    for (let i = 0; i < words.length; i++) {
      if (words[i] === this.#words[i]) continue;
      say(`memory+${(i * 4).toString(16)}`, hex(this.#v, this.#data.byteOffset + i * 4, 4), Buffer.from(expected.subarray(i * 4, i * 4 + 4)).toString("hex"));
      return;
    }
  }
}

function hex(v: DataView, at: number, n: number): string {
  return Buffer.from(v.buffer as ArrayBuffer, at, n).toString("hex");
}

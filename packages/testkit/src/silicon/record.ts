/**
 * A case as the oracle writes it: one binary record (oracle.c, `Record`), little-endian, 8-byte aligned. The runner works on records in
 * place, so that no object is made per case; `case.ts` is the same as JSON.
 */

/** Byte offsets in a record. After `states` come the state before, the state after, the patches and the writes. */
export const RECORD = {
  bytes: 0, mode: 4, length: 5, floats: 6, trap: 7, fill: 8, error: 12, cr2: 16, patches: 24, writes: 26, steps: 28, code: 32, states: 48,
} as const;

/** Byte offsets in a state; from `fcw` on it is FXSAVE64's image up to XMM15 (SDM vol. 1, "Layout of the 64-Bit Mode FXSAVE64 Map"). */
export const CASE_STATE = { gpr: 0, rip: 128, flags: 136, fcw: 144, fsw: 146, ftw: 148, mxcsr: 168, st: 176, xmm: 304, integerBytes: 144, bytes: 560 } as const;

/** Bytes of the stream's header, which says what processor made the cases. */
export const HEADER_BYTES = 64;
export const HEADER = { magic: 0, bytes: 8, signature: 12, vendor: 16, leaf1c: 28, leaf1d: 32, leaf7b: 36, leaf7c: 40, leaf7d: 44, leafDa: 48, extended1c: 52, extended1d: 56 } as const;
export const MAGIC = "silicon1";

/** A cursor over records in a buffer. Offsets are bytes; the buffer is a multiple of 8 long and records start at multiples of 8. */
export class CaseRecord {
  bytes: Uint8Array;
  words: Uint32Array;
  view: DataView;
  /** Where the record starts. */
  at = 0;

  constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.view = new DataView(buffer);
  }
  get size(): number { return this.words[this.at >> 2]!; }
  get mode(): 32 | 64 { return this.bytes[this.at + RECORD.mode]! as 32 | 64; }
  get length(): number { return this.bytes[this.at + RECORD.length]!; }
  get floats(): boolean { return this.bytes[this.at + RECORD.floats]! !== 0; }
  /** -1 completed, else the exception's vector. */
  get trap(): number { return (this.bytes[this.at + RECORD.trap]! << 24) >> 24; }
  get fill(): number { return this.words[(this.at + RECORD.fill) >> 2]!; }
  get error(): number { return this.words[(this.at + RECORD.error) >> 2]!; }
  get cr2(): bigint { return this.view.getBigUint64(this.at + RECORD.cr2, true); }
  get steps(): number { return this.words[(this.at + RECORD.steps) >> 2]!; }
  get stateBytes(): number { return this.floats ? CASE_STATE.bytes : CASE_STATE.integerBytes; }
  /** Byte offset of the state before the instruction. */
  get before(): number { return this.at + RECORD.states; }
  get after(): number { return this.at + RECORD.states + this.stateBytes; }
  get code(): Uint8Array { return this.bytes.subarray(this.at + RECORD.code, this.at + RECORD.code + this.length); }
  /** General register of the state before. */
  gprBefore(n: number): bigint { return this.view.getBigUint64(this.before + CASE_STATE.gpr + n * 8, true); }

  /** Copies the initial patches into the data area. */
  patch(data: Uint8Array): void { this.#pieces(data, this.after + this.stateBytes, this.view.getUint16(this.at + RECORD.patches, true)); }
  /** Copies what the instruction wrote into the data area. */
  applyWrites(data: Uint8Array): void {
    let at = this.after + this.stateBytes;
    for (let n = this.view.getUint16(this.at + RECORD.patches, true); n > 0; n--) at += 4 + ((this.view.getUint16(at + 2, true) + 3) & ~3);
    this.#pieces(data, at, this.view.getUint16(this.at + RECORD.writes, true));
  }
  #pieces(data: Uint8Array, at: number, count: number): void {
    for (; count > 0; count--) {
      const offset = this.view.getUint16(at, true), length = this.view.getUint16(at + 2, true);
      for (let i = 0; i < length; i++) data[offset + i] = this.bytes[at + 4 + i]!;
      at += 4 + ((length + 3) & ~3);
    }
  }
  /** Patches (`which` 0) or writes (1) as offset and bytes. */
  pieces(which: 0 | 1): [number, Uint8Array][] {
    let at = this.after + this.stateBytes;
    const found: [number, Uint8Array][] = [];
    const patches = this.view.getUint16(this.at + RECORD.patches, true), all = patches + this.view.getUint16(this.at + RECORD.writes, true);
    for (let n = 0; n < all; n++) {
      const length = this.view.getUint16(at + 2, true);
      if (n >= patches === (which === 1)) found.push([this.view.getUint16(at, true), this.bytes.slice(at + 4, at + 4 + length)]);
      at += 4 + ((length + 3) & ~3);
    }
    return found;
  }
}

/** Cuts a byte stream of the oracle into its header and records. */
export class RecordStream {
  readonly record: CaseRecord = new CaseRecord(new ArrayBuffer(1 << 20));
  /** The header's bytes, once they have come. */
  header: Uint8Array | undefined;
  #from = 0;
  #end = 0;

  /** Takes more of the stream and calls `each` for every record that it completes. */
  push(chunk: Uint8Array, each: (record: CaseRecord) => void): void {
    let { record } = this;
    if (this.#end + chunk.length > record.bytes.length) {
      const rest = record.bytes.subarray(this.#from, this.#end);
      if (rest.length + chunk.length > record.bytes.length) throw new Error(`the oracle sent a record of more than ${record.bytes.length} bytes`);
      record.bytes.copyWithin(0, this.#from, this.#end);
      this.#end -= this.#from;
      this.#from = 0;
    }
    record.bytes.set(chunk, this.#end);
    this.#end += chunk.length;
    if (!this.header) {
      if (this.#end < HEADER_BYTES) return;
      this.header = record.bytes.slice(0, HEADER_BYTES);
      if (Buffer.from(this.header.subarray(0, 8)).toString("latin1") !== MAGIC) throw new Error("not a stream of the silicon oracle");
      this.#from = HEADER_BYTES;
    }
    while (this.#end - this.#from >= RECORD.states) {
      record.at = this.#from;
      const { size } = record;
      if (this.#end - this.#from < size) break;
      each(record);
      this.#from += size;
    }
  }
}

import { EFAULT, ENAMETOOLONG, ENOMEM, PATH_MAX } from "@ringzero/linux-abi";
import { copyBytes, FRAME_BYTES, type FrameWriter, type MemoryViews } from "@ringzero/machine";
import type { IoBuffer } from "@ringzero/vfs";
import { frameAddress, PTE } from "../arch/x86/page-table.ts";
import type { AddressSpace } from "./address-space.ts";

/** The memory of a program as system calls reach it: what is absent is brought in, what the program may not do throws EFAULT. */
export class UserMemory {
  /** Whose memory it is. */
  readonly space: AddressSpace;
  readonly #views: MemoryViews;
  readonly #writer: FrameWriter;
  readonly #exhausted: (space: AddressSpace) => boolean;
  readonly #scratch = new DataView(new ArrayBuffer(8));
  readonly #scratchBytes = new Uint8Array(this.#scratch.buffer);

  /** `exhausted` makes room where memory is short; false where it cannot. */
  constructor(space: AddressSpace, views: MemoryViews, writer: FrameWriter, exhausted: (space: AddressSpace) => boolean) {
    this.#exhausted = exhausted;
    this.space = space;
    this.#views = views;
    this.#writer = writer;
  }

  /** Linear address of a byte of the program. Throws EFAULT, and ENOMEM where memory is short and nobody else could be ended for it. */
  reach(address: number, write: boolean): number {
    if (!(address >= 0 && address < this.space.layout.limit)) throw EFAULT;
    let entry = this.space.table.get(address);
    const need = PTE.present | (write ? PTE.writable : 0);
    if ((entry & need) !== need || entry & PTE.supervisor) {
      let result = this.space.fault(address, write ? "write" : "read");
      // Each time somebody ends who has memory, until there is enough or the task itself is to end.
      while (result === "exhausted" && this.#exhausted(this.space)) result = this.space.fault(address, write ? "write" : "read");
      if (result !== "done") throw result === "exhausted" ? ENOMEM : EFAULT;
      entry = this.space.table.get(address);
    }
    return frameAddress(entry) + (address & (FRAME_BYTES - 1));
  }
  /** Copies bytes out of the program: to fill `into`, or `length` of it from `start` on. Throws EFAULT. */
  read(address: number, into: Uint8Array, start: number = 0, length: number = into.length - start): void {
    for (let done = 0; done < length; ) {
      const host = this.reach(address + done, false), size = Math.min(length - done, FRAME_BYTES - (host & (FRAME_BYTES - 1)));
      copyBytes(this.#views.u8, host, into, start + done, size);
      done += size;
    }
  }
  /** A copy of `length` bytes. Throws EFAULT. */
  bytes(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.read(address, bytes);
    return bytes;
  }
  /** Copies bytes into the program, all or `length` from `start` on. Throws EFAULT where the program could not write; what came before it stays written. */
  write(address: number, bytes: Uint8Array, start: number = 0, length: number = bytes.length - start): void {
    for (let done = 0; done < length; ) {
      const host = this.reach(address + done, true), size = Math.min(length - done, FRAME_BYTES - (host & (FRAME_BYTES - 1)));
      this.#writer.write(host, bytes, start + done, size);
      done += size;
    }
  }
  /** Copies `length` bytes within one frame from a linear address. */
  copyFrom(address: number, source: number, length: number): void {
    for (let done = 0; done < length; ) {
      const host = this.reach(address + done, true), size = Math.min(length - done, FRAME_BYTES - (host & (FRAME_BYTES - 1)));
      this.#writer.write(host, this.#views.u8, source + done, size);
      done += size;
    }
  }
  /** Clears bytes of the program. Throws EFAULT. */
  zero(address: number, length: number): void {
    for (let done = 0; done < length; ) {
      const host = this.reach(address + done, true), size = Math.min(length - done, FRAME_BYTES - (host & (FRAME_BYTES - 1)));
      this.#writer.fill(host, size, 0);
      done += size;
    }
  }

  /** A byte string that ends in a zero. Throws ENAMETOOLONG beyond `limit` bytes, the zero among them. */
  string(address: number, limit: number = PATH_MAX): string {
    let text = "";
    for (;;) {
      const host = this.reach(address + text.length, false), end = Math.min(FRAME_BYTES - (host & (FRAME_BYTES - 1)), limit - text.length);
      const { u8 } = this.#views;
      for (let i = 0; i < end; i++) {
        const byte = u8[host + i]!;
        if (byte === 0) return text;
        text += String.fromCharCode(byte);
      }
      if (text.length >= limit) throw ENAMETOOLONG;
    }
  }
  /** An unsigned 32-bit number. Throws EFAULT. */
  u32(address: number): number {
    this.read(address, this.#scratchBytes.subarray(0, 4));
    return this.#scratch.getUint32(0, true);
  }
  /** Stores the low 32 bits of a number. Throws EFAULT. */
  setU32(address: number, value: number): void {
    this.#scratch.setUint32(0, value, true);
    this.write(address, this.#scratchBytes.subarray(0, 4));
  }
  /** An unsigned 64-bit number, exact up to 2^53. Throws EFAULT. */
  u64(address: number): number {
    this.read(address, this.#scratchBytes);
    return this.#scratch.getUint32(0, true) + this.#scratch.getUint32(4, true) * 0x1_0000_0000;
  }
  /** Stores a whole number as 64 bits, negative ones in two's complement. Throws EFAULT. */
  setU64(address: number, value: number): void {
    this.#scratch.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
    this.write(address, this.#scratchBytes);
  }
  /** A number as wide as a pointer by the space's ABI. */
  word(address: number): number { return this.space.abi === "i386" ? this.u32(address) : this.u64(address); }
  /** Stores a number as wide as a pointer. Throws EFAULT. */
  setWord(address: number, value: number): void {
    if (this.space.abi === "i386") this.setU32(address, value);
    else this.setU64(address, value);
  }
}

/** A stretch of a program's memory. */
export interface UserRange {
  /** Its first byte. */
  readonly address: number;
  /** Bytes. */
  readonly length: number;
}
/** Memory of a program as files read into and write from it: one or several ranges, in order. */
export class UserBuffer implements IoBuffer {
  readonly length: number;
  readonly #memory: UserMemory;
  /** The one range, or the first. */
  readonly #address: number;
  /** Undefined where there is one. */
  readonly #ranges: readonly UserRange[] | undefined;

  private constructor(memory: UserMemory, address: number, length: number, ranges: readonly UserRange[] | undefined) {
    this.#memory = memory;
    this.#address = address;
    this.length = length;
    this.#ranges = ranges;
  }
  /** One stretch. */
  static of(memory: UserMemory, address: number, length: number): UserBuffer { return new UserBuffer(memory, address, length, undefined); }
  /** Several. */
  static ranges(memory: UserMemory, ranges: readonly UserRange[]): UserBuffer { return new UserBuffer(memory, 0, ranges.reduce((sum, r) => sum + r.length, 0), ranges); }
  /** What is left behind the first `bytes`. */
  from(bytes: number): UserBuffer {
    if (bytes === 0) return this;
    if (!this.#ranges) return UserBuffer.of(this.#memory, this.#address + bytes, this.length - bytes);
    const rest: UserRange[] = [];
    this.#each(bytes, this.length - bytes, (address, _, length) => { rest.push({ address, length }); });
    return UserBuffer.ranges(this.#memory, rest);
  }
  put(at: number, bytes: Uint8Array, start: number = 0, length: number = bytes.length - start): void {
    if (!this.#ranges) this.#memory.write(this.#address + at, bytes, start, length);
    else this.#each(at, length, (address, done, size) => this.#memory.write(address, bytes, start + done, size));
  }
  putFrom(at: number, source: number, length: number): void {
    if (!this.#ranges) this.#memory.copyFrom(this.#address + at, source, length);
    else this.#each(at, length, (address, done, size) => this.#memory.copyFrom(address, source + done, size));
  }
  putZeros(at: number, length: number): void {
    if (!this.#ranges) this.#memory.zero(this.#address + at, length);
    else this.#each(at, length, (address, _, size) => this.#memory.zero(address, size));
  }
  take(at: number, into: Uint8Array, start: number = 0, length: number = into.length - start): void {
    if (!this.#ranges) this.#memory.read(this.#address + at, into, start, length);
    else this.#each(at, length, (address, done, size) => this.#memory.read(address, into, start + done, size));
  }
  #each(at: number, length: number, visit: (address: number, done: number, size: number) => void): void {
    let done = 0, start = 0;
    for (const range of this.#ranges!) {
      const within = at + done - start;
      if (done < length && within < range.length) {
        const size = Math.min(length - done, range.length - within);
        visit(range.address + within, done, size);
        done += size;
      }
      start += range.length;
    }
  }
}

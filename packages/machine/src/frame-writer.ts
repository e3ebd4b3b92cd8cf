import { FRAME_BYTES } from "./frame.ts";
import { CodeWatch } from "./code-watch.ts";
import { FRAME_CODE, FRAME_IMMUTABLE } from "./frame-flags.ts";
import { frameOf } from "./frame-pool.ts";
import type { Machine } from "./machine.ts";
import type { OwnerId } from "./owner.ts";

/** Up to so many bytes are copied one by one: a view of them and the platform's call cost more. */
const FEW_BYTES = 64;
/** Copies bytes from one array to another, or to another place in it. */
export function copyBytes(from: Uint8Array, start: number, to: Uint8Array, at: number, length: number): void {
  if (from === to && at > start && at < start + length) to.copyWithin(at, start, start + length);
  else if (length > FEW_BYTES) to.set(from.subarray(start, start + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i]!;
}

/**
 * The one door through which JavaScript writes a tenant's frames, by linear address: device DMA, a system call's copy-out, ptrace, a
 * loader. It refuses immutable frames and tells the code caches. Whoever calls it has asked the tenant's map for a writable frame, which
 * copies what others hold and tells the dirty log. The generated code's own writes to a flagged frame end in
 * {@link FrameWriter.written} as well. One for each tenant.
 */
export class FrameWriter {
  /** Whose frames these are. */
  readonly tenant: OwnerId;
  /** The processors that are told of writes to code. */
  readonly code: CodeWatch;
  readonly #machine: Machine;

  /** The door of one tenant: makes itself the one that hears of its frames with code. */
  constructor(machine: Machine, tenant: OwnerId) {
    this.#machine = machine;
    this.tenant = tenant;
    this.code = new CodeWatch(machine.pool.flags, (frame) => machine.pool.tenants(frame));
    machine.pool.watchCode(tenant, this.code);
  }

  /** Copies bytes, or `length` of them from `start` on, to a linear address; they may run over frames that lie side by side. */
  write(address: number, bytes: Uint8Array, start: number = 0, length: number = bytes.length - start): void {
    for (let done = 0; done < length; ) {
      const size = this.#within(address + done, length - done);
      this.#admit(address + done);
      copyBytes(bytes, start + done, this.#machine.views.u8, address + done, size);
      this.written(address + done, size);
      done += size;
    }
  }
  /** Sets `length` bytes to one value. */
  fill(address: number, length: number, value: number): void {
    for (let done = 0; done < length; ) {
      const size = this.#within(address + done, length - done);
      this.#admit(address + done);
      this.#machine.views.u8.fill(value, address + done, address + done + size);
      this.written(address + done, size);
      done += size;
    }
  }
  /** Says that `size` bytes within one frame were written by other means, as by generated code that saw the frame's flags. */
  written(address: number, size: number): void {
    const frame = frameOf(address);
    if (this.#machine.pool.flags.get(frame) & FRAME_CODE) this.code.written(address, size);
  }

  #within(address: number, length: number): number {
    return Math.min(length, FRAME_BYTES - (address & (FRAME_BYTES - 1)));
  }
  #admit(address: number): void {
    const frame = frameOf(address);
    if (this.#machine.pool.flags.get(frame) & FRAME_IMMUTABLE) {
      throw new Error(`Tenant ${this.tenant} would write frame ${frame}, which ${this.#machine.pool.tenants(frame)} tenants hold. This is a bug of its memory map: the frame had to be copied first.`);
    }
  }
}

import { FRAME_BYTES, type Frame } from "./frame.ts";
import type { FrameMap } from "./frame-map.ts";
import type { Machine } from "./machine.ts";
import type { OwnerId } from "./owner.ts";

/** What became of a frame that was offered. */
export type Offer =
  /** Nothing is there, or the table had it already. */
  | "unchanged"
  /** One of the same content took its place, and the frame is free. */
  | "shared"
  /** The table has it now, for others to share. */
  | "entered"
  /** The table has no room near its place, or the machine no frame. */
  | "alone";

/** What another worker needs to use a table: it survives `postMessage`. */
export interface ImmutableFramesAttachment {
  /** Linear address. */
  readonly address: number;
  /** Entries it has room for. */
  readonly slots: number;
  /** The owner of kind `sharing` that holds the frames. */
  readonly owner: OwnerId;
}

/** Places in which a content may stand, from its hash on. */
const PROBES = 8;
/** In place of a frame number, while somebody takes a reference or the entry away. */
const LOCKED = -1;

/**
 * Frames by content, for tenants to share what they have alike (Linux's KSM, "stable tree"; VMware ESX, content-based page sharing).
 *
 * Nobody looks for equal pages in others' memory: each tenant's own worker offers frames, write-protected first, so that no other worker's
 * TLB is ever concerned. The table itself holds each frame it has, as a tenant of its own: therefore they are immutable, and a tenant that
 * wants to write copies. An entry is locked for the few instructions in which a reference is taken or the entry removed; who finds it
 * locked goes on without it, so a worker that dies there costs one entry and stops nobody.
 */
export class ImmutableFrames {
  readonly #machine: Machine;
  readonly #attachment: ImmutableFramesAttachment;

  private constructor(machine: Machine, attachment: ImmutableFramesAttachment) {
    this.#machine = machine;
    this.#attachment = attachment;
  }
  /** An empty table with room for `slots` entries of 8 bytes. Throws OutOfFrames. */
  static create(machine: Machine, slots: number): ImmutableFrames {
    const owner = machine.createOwner({ name: "shared by content", kind: "sharing" }).id;
    return new ImmutableFrames(machine, { address: machine.engineMemory(owner).allocate(slots * 8), slots, owner });
  }
  /** The table that another worker has made. */
  static attach(machine: Machine, attachment: ImmutableFramesAttachment): ImmutableFrames {
    return new ImmutableFrames(machine, attachment);
  }
  /** What to send to a worker so that it can use the table. */
  attachment(): ImmutableFramesAttachment {
    return this.#attachment;
  }

  /** Offers the frame of a guest frame. Only the worker that runs the map's tenant does so. The guest sees no difference. */
  offer(map: FrameMap, guestFrame: number): Offer {
    const { pool } = this.#machine;
    const frame = map.frame(guestFrame);
    if (frame === 0 || pool.referencesBy(this.#attachment.owner, frame) > 0) return "unchanged";
    map.protect(guestFrame);
    const hash = this.#hash(frame);
    for (let probe = 0; probe < PROBES; probe++) {
      const found = this.#borrow(hash, probe, map.owner);
      if (found === 0) continue;
      if (this.#equal(frame, found)) {
        map.replace(guestFrame, found);
        return "shared";
      }
      pool.release(map.owner, found);
    }
    return this.#enter(hash, frame) ? "entered" : "alone";
  }

  /** Gives frames up that nobody but the table holds. Returns how many. Any worker may do so at any time. */
  sweep(): number {
    const { pool } = this.#machine;
    let given = 0;
    for (let slot = 0; slot < this.#attachment.slots; slot++) {
      const frame = Atomics.load(this.i32, this.#word(slot));
      if (frame <= 0 || pool.references(frame) > 1) continue;
      if (Atomics.compareExchange(this.i32, this.#word(slot), frame, LOCKED) !== frame) continue;
      // Locked, nobody can take a reference any more; one may have been taken before.
      const alone = pool.references(frame) === 1;
      Atomics.store(this.i32, this.#word(slot), alone ? 0 : frame);
      if (!alone) continue;
      pool.release(this.#attachment.owner, frame);
      given++;
    }
    return given;
  }

  /** Takes a reference to the frame of an entry whose hash is the same; 0 where there is none, or it is locked. */
  #borrow(hash: number, probe: number, owner: OwnerId): Frame {
    const word = this.#word(this.#slot(hash, probe));
    const frame = Atomics.load(this.i32, word);
    if (frame <= 0 || Atomics.load(this.i32, word + 1) !== hash) return 0;
    if (Atomics.compareExchange(this.i32, word, frame, LOCKED) !== frame) return 0;
    const referenced = this.#machine.pool.reference(owner, frame);
    Atomics.store(this.i32, word, frame);
    return referenced ? frame : 0;
  }
  #enter(hash: number, frame: Frame): boolean {
    for (let probe = 0; probe < PROBES; probe++) {
      const word = this.#word(this.#slot(hash, probe));
      if (Atomics.compareExchange(this.i32, word, 0, LOCKED) !== 0) continue;
      const referenced = this.#machine.pool.reference(this.#attachment.owner, frame);
      Atomics.store(this.i32, word + 1, hash);
      Atomics.store(this.i32, word, referenced ? frame : 0);
      return referenced;
    }
    return false;
  }

  private get i32(): Int32Array {
    return this.#machine.views.i32;
  }
  #slot(hash: number, probe: number): number {
    return ((hash >>> 0) + probe) % this.#attachment.slots;
  }
  #word(slot: number): number {
    return (this.#attachment.address >>> 2) + slot * 2;
  }
  /** FNV-1a by words: the frames are compared afterwards, so it need only be fast. */
  #hash(frame: Frame): number {
    const { i32 } = this.#machine.views;
    let hash = 0x811c9dc5 | 0;
    for (let at = frame * (FRAME_BYTES / 4), end = at + FRAME_BYTES / 4; at < end; at++) hash = Math.imul(hash ^ i32[at]!, 0x01000193);
    return hash ^ (hash >>> 15);
  }
  #equal(a: Frame, b: Frame): boolean {
    const { i32 } = this.#machine.views;
    const [from, to] = [a * (FRAME_BYTES / 4), b * (FRAME_BYTES / 4)];
    for (let n = 0; n < FRAME_BYTES / 4; n++) if (i32[from + n] !== i32[to + n]) return false;
    return true;
  }
}

import { nodeHost, workerPort } from "@ringzero/host/node";
import { Machine, NO_FRAME, Ring, type Frame, type MachineAttachment, type OwnerId } from "../src/index.ts";

/** What a worker of the stress test gets. */
export interface StressData {
  readonly attachment: MachineAttachment;
  readonly seed: number;
  readonly rounds: number;
  /** Frames that this worker offers to the next one, and those that the one before offers: numbers in messages of 4 bytes. */
  readonly outgoing: number;
  readonly incoming: number;
}

/** What it found. */
export interface StressResult {
  readonly owner: OwnerId;
  readonly held: number;
  readonly problems: readonly string[];
}

// Allocates, writes, shares with the next worker, releases; every frame that it alone holds must keep what it wrote, every shared one too.
const port = await workerPort();
const { attachment, seed, rounds, outgoing, incoming } = port.data as StressData;
const machine = Machine.attach(nodeHost(), attachment);
const { pool, views } = machine;
const [next, before] = [Ring.attach(views, outgoing), Ring.attach(views, incoming)];
const owner = machine.createOwner({ name: port.name, kind: "vm" }).id;
const problems: string[] = [];
const mine = new Map<Frame, number>();
const borrowed: { frame: Frame; content: number }[] = [];
/** Offered frames are kept until the other side has referenced them, and not written any more. */
const offered = new Map<Frame, number>();

let state = seed;
const random = (limit: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
const word = (frame: Frame, at: number): number => Atomics.load(views.i32, frame * 1024 + at);
const check = (frame: Frame, content: number, what: string): void => {
  for (const at of [0, 511, 1023]) if (word(frame, at) !== content) problems.push(`${what} frame ${frame} of ${owner} has ${word(frame, at)} at ${at}, not ${content}`);
};
const message = (kind: number, frame: Frame, content: number): Uint8Array => new Uint8Array(Int32Array.of(kind, frame, content).buffer);

for (let round = 0; round < rounds; round++) {
  const choice = random(10);
  if (choice < 4) {
    const count = random(8) === 0 ? 2 : 1;
    const first = pool.allocateRun(owner, count);
    if (first === NO_FRAME) continue;
    for (let frame = first; frame < first + count; frame++) {
      check(frame, 0, "fresh");
      const content = (owner << 20) | round;
      for (const at of [0, 511, 1023]) Atomics.store(views.i32, frame * 1024 + at, content);
      mine.set(frame, content);
    }
  } else if (choice < 7 && mine.size > 0) {
    const [frame, content] = [...mine][random(mine.size)]!;
    check(frame, content, "own");
    mine.delete(frame);
    pool.release(owner, frame);
  } else if (choice < 8 && mine.size > 0) {
    const [frame, content] = [...mine][random(mine.size)]!;
    if (next.send(message(0, frame, content))) {
      mine.delete(frame);
      offered.set(frame, content);
    }
  } else if (borrowed.length > 0 && choice === 9) {
    const [gone] = borrowed.splice(random(borrowed.length), 1);
    check(gone!.frame, gone!.content, "borrowed");
    pool.release(owner, gone!.frame);
  }
  for (let bytes = before.receive(); bytes; bytes = before.receive()) {
    const [, frame, content] = new Int32Array(bytes.buffer) as unknown as [number, Frame, number];
    if (!pool.reference(owner, frame)) continue;
    borrowed.push({ frame, content });
    check(frame, content, "just borrowed");
  }
  for (const [frame, content] of offered) {
    if (pool.tenants(frame) < 2) continue;
    check(frame, content, "lent");
    if ((pool.flags.get(frame) & 2) === 0 && pool.tenants(frame) > 1) {
      // The flag follows the count at once, but not in the same instant.
      for (let wait = 0; wait < 1e6 && pool.tenants(frame) > 1 && (pool.flags.get(frame) & 2) === 0; wait++);
      if (pool.tenants(frame) > 1 && (pool.flags.get(frame) & 2) === 0) problems.push(`frame ${frame} has ${pool.tenants(frame)} tenants and is not immutable`);
    }
    if (random(3) === 0) {
      offered.delete(frame);
      pool.release(owner, frame);
    }
  }
  if (round % 4096 === 0) machine.ledger();
}
for (const [frame, content] of [...mine, ...offered]) check(frame, content, "kept");
for (const { frame, content } of borrowed) check(frame, content, "still borrowed");
port.post({ owner, held: mine.size + offered.size + borrowed.length, problems: problems.slice(0, 5) } satisfies StressResult);

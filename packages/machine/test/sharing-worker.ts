import { nodeHost, workerPort } from "@ringzero/host/node";
import { ImmutableFrames, Machine, type ImmutableFramesAttachment, type MachineAttachment } from "../src/index.ts";
import { makeGuest } from "./make.ts";

// A tenant that writes few different contents, offers its frames, writes again, and knows what it must read.
const port = await workerPort();
const { attachment, table, seed, rounds, frames, contents } = port.data as { attachment: MachineAttachment; table: ImmutableFramesAttachment; seed: number; rounds: number; frames: number; contents: number };
const machine = Machine.attach(nodeHost(), attachment);
const shared = ImmutableFrames.attach(machine, table);
const { map, memory } = makeGuest(machine, port.name, frames);
const model = new Uint32Array(frames);
let state = seed;
const random = (limit: number): number => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32) * limit);
const offers: { [offer: string]: number } = {};
const problems: string[] = [];
for (let round = 0; round < rounds; round++) {
  const frame = random(frames);
  const read = memory.readNumber(frame * 4096 + 8, 4);
  if (read !== model[frame]) problems.push(`guest frame ${frame} has ${read}, not ${model[frame]}`);
  const act = random(10);
  if (act < 4) {
    model[frame] = random(contents);
    memory.writeNumber(frame * 4096 + 8, 4, model[frame]!);
  } else if (act < 9) {
    const offer = shared.offer(map, frame);
    offers[offer] = (offers[offer] ?? 0) + 1;
  } else shared.sweep();
}
port.post({ offers, problems: problems.slice(0, 5) });

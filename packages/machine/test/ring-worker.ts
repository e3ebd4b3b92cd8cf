import { nodeHost, workerPort } from "@ringzero/host/node";
import { Machine, Ring, type MachineAttachment } from "../src/index.ts";

// Sends back what it receives, sleeping while there is nothing.
const { attachment, there, back, count } = (await workerPort()).data as { attachment: MachineAttachment; there: number; back: number; count: number };
const { views } = Machine.attach(nodeHost(), attachment);
const [incoming, outgoing] = [Ring.attach(views, there), Ring.attach(views, back)];
for (let n = 0; n < count; ) {
  if (!incoming.wait(1000)) continue;
  const message = incoming.receive()!;
  while (!outgoing.send(message));
  n++;
}

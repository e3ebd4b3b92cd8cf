import { nodeHost, workerPort } from "@ringzero/host/node";
import { Exchange, Machine, type MachineAttachment } from "../src/index.ts";
import { Chatter } from "./chatter.ts";

// One tenant on a worker of its own. All join before the first one runs.
const port = await workerPort();
const { attachment, address, member, members, quanta, limit } = port.data as { attachment: MachineAttachment; address: number; member: number; members: number; quanta: number; limit: number };
const machine = Machine.attach(nodeHost(), attachment);
const tenant = new Chatter(Exchange.attach(machine.views, address).join(member), members);
port.post("joined");
port.onMessage(() => {
  for (let n = 0; n < quanta; n++) {
    tenant.toBoundary(limit);
    while (!tenant.end.ready) tenant.end.wait(1000);
    tenant.cross();
  }
  tenant.end.leave();
  port.post(tenant.summary());
});

import type { CommandContext } from "../context.ts";
import { duration, size, table } from "../output/table.ts";

/** `ringzero info`: the machine and who holds its memory. Returns the exit status. */
export async function info(context: CommandContext, { json }: { readonly json?: boolean }): Promise<number> {
  const client = await context.running();
  if (!client) {
    console.log(json ? "null" : "No machine is running. The first virtual machine or container starts one.");
    return 0;
  }
  const about = await client.ask("machine.info", {});
  if (json) console.log(JSON.stringify(about, undefined, 2));
  else {
    const { memory } = about;
    process.stdout.write(`Machine:           ringzero ${about.version}, process ${about.pid}, up ${duration(Date.now() - about.started).toLowerCase()}
Virtual machines:  ${about.virtualMachines}
Containers:        ${about.containers} (${about.running} running)
Memory:            ${size(memory.inUse)} in use of ${size(memory.capacity)}, at most ${size(memory.highWater)} at once, ${size(memory.saved)} saved by sharing

`);
    process.stdout.write(table(["OWNER", "KIND", "PRIVATE", "SHARED", "SAVED"], about.owners.map((owner) => [owner.name, owner.kind, size(owner.private), size(owner.shared), size(owner.saved)])));
  }
  return 0;
}

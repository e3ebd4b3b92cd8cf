import type { CommandContext } from "../context.ts";

/** `ringzero shutdown`: ends the machine with all its tenants. Returns the exit status. */
export async function shutdown(context: CommandContext): Promise<number> {
  const client = await context.running();
  if (!client) {
    console.log("No machine is running.");
    return 0;
  }
  const { pid } = await client.hello;
  await client.ask("machine.shutdown", {}).catch(() => {});
  // It is over when its process is gone.
  while (alive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  return 0;
}
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { existsSync, readFileSync } from "node:fs";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failure.ts";

/** So long, in milliseconds, may the end of everything take. */
const PATIENCE = 15_000;

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
  for (const end = Date.now() + PATIENCE; alive(pid); await new Promise((resolve) => setTimeout(resolve, 10))) {
    if (Date.now() > end) throw new CommandFailure(`The machine, process ${pid}, does not end. "kill -9 ${pid}" ends it.`);
  }
  return 0;
}
/** Whether a process is there, and not only waits for its parent to hear of its end (proc_pid_stat(5), "state"). */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    // Without /proc the signal's answer stands.
    return (error as NodeJS.ErrnoException).code === "ENOENT" && !existsSync("/proc/self/stat");
  }
}

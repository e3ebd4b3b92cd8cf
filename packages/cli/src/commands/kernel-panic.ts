import { createInterface } from "node:readline/promises";
import type { CommandContext } from "../context.ts";
import { isTerminal } from "../console/raw-mode.ts";
import { CommandFailure, EXIT_USAGE } from "../failure.ts";

/** `ringzero kernel panic`: crashes the kernel that all containers share, once that has been confirmed. Returns the exit status. */
export async function kernelPanic(context: CommandContext, { yes }: { readonly yes?: boolean }): Promise<number> {
  const client = await context.running();
  if (!client) throw new CommandFailure("There is no shared kernel to crash: no machine is running.");
  if (!yes) {
    if (!isTerminal()) throw new CommandFailure("This ends every container at once: confirm it with --yes.", EXIT_USAGE);
    const { running } = await client.ask("machine.info", {});
    if (!(await confirmed(`This ends ${running === 1 ? "the one running container" : `all ${running} running containers`} at once, and no virtual machine. Crash the shared kernel? [y/N] `))) {
      console.log("Nothing was done.");
      return 1;
    }
  }
  const { containers } = await client.ask("kernel.panic", {});
  console.log(`The shared kernel has panicked. ${containers === 1 ? "The one container" : `All ${containers} containers`} died with it, and no virtual machine did.`);
  return 0;
}
async function confirmed(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(?:es)?$/i.test((await asking.question(question)).trim());
  } catch {
    // Ctrl-C or Ctrl-D.
    return false;
  } finally {
    asking.close();
  }
}

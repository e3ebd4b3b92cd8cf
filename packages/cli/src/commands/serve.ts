import { spawn } from "node:child_process";
import { constants } from "node:os";
import { machineProgram } from "@ringzero/service/node";
import { onSignal } from "../signals.ts";

/** `ringzero serve`: the machine in the foreground, for service managers. Returns the exit status. */
export async function serveMachine({ memory }: { readonly memory: number }): Promise<number> {
  const child = spawn(process.execPath, [machineProgram(), "--memory", String(memory)], { stdio: ["ignore", "inherit", "inherit"] });
  const end = onSignal(["SIGINT", "SIGTERM", "SIGHUP"], (signal) => child.kill(signal));
  const status = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code ?? 1));
  });
  end();
  return status === 0 ? 0 : 1;
}

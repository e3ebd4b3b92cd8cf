import { spawn } from "node:child_process";
import type { Command, CommandResult, Commands } from "../commands.ts";
import { hostError } from "./node-error.ts";

/** Programs of the operating system. */
export const nodeCommands: Commands = {
  run(command: Command): Promise<CommandResult> {
    const { program, directory, environment, signal } = command;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const child = spawn(program, command.arguments ?? [], {
        ...(directory === undefined ? {} : { cwd: directory }),
        env: { ...process.env, ...environment },
        stdio: "pipe",
      });
      const kill = (): void => {
        child.kill("SIGKILL");
        reject(signal!.reason as Error);
      };
      signal?.addEventListener("abort", kill, { once: true });
      const output: Uint8Array[] = [], errors: Uint8Array[] = [];
      child.stdout.on("data", (chunk: Uint8Array) => output.push(chunk));
      child.stderr.on("data", (chunk: Uint8Array) => errors.push(chunk));
      child.on("error", (error) => reject(hostError(error, `"${program}" could not be started.`)));
      child.on("close", (status) => {
        signal?.removeEventListener("abort", kill);
        resolve({ status: status ?? undefined, output: joined(output), errors: joined(errors) });
      });
      // A program that ends without reading its input breaks the pipe; its status says what happened.
      child.stdin.on("error", () => {});
      child.stdin.end(command.input);
    });
  },
};

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

import { Socket } from "node:net";

/** What a process ends with whose starter was killed: as by SIGKILL. */
const KILLED = 137;

/** Ends this process when the one that started it is gone: `npx` runs the command as a child, and a `kill -9` reaches the parent alone. */
export function holdLifeline(): void {
  const descriptor = Number(process.env["RINGZERO_LIFELINE"]);
  delete process.env["RINGZERO_LIFELINE"];
  if (!(descriptor > 2)) return;
  const line = new Socket({ fd: descriptor, readable: true, writable: false });
  line.on("close", () => process.exit(KILLED));
  line.on("error", () => {});
  line.resume();
  line.unref();
}

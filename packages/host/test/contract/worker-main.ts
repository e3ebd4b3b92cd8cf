import type { WorkerPort } from "../../src/index.ts";

/** What the worker of this contract does. */
export function workerMain(port: WorkerPort): void {
  port.post({ name: port.name, data: port.data });
  port.onMessage((message) => {
    const { kind, value } = message as { kind: string; value?: unknown };
    if (kind === "echo") port.post(value);
    else if (kind === "add") {
      Atomics.add(new Int32Array(value as SharedArrayBuffer), 0, 5);
      port.post("added");
    } else if (kind === "close") {
      port.post("last words");
      port.close();
    } else if (kind === "fail") throw new Error("the worker failed");
  });
}

import type { Host, WorkerPort } from "@ringzero/host";
import { Machine } from "@ringzero/machine";
import { bytes, containerSpec, fields, imageContents, processSpec, text, whole } from "../check.ts";
import type { Container } from "../container.ts";
import type { Process } from "../process.ts";
import { Runtime } from "../runtime.ts";
import { StartError } from "../start-error.ts";
import type { CallName, FromWorker, WorkerData } from "./messages.ts";

/** A worker's whole work: joins the machine, boots one kernel in it, does what is asked and says what happens. */
export async function serveRuntime(host: Host, port: WorkerPort): Promise<void> {
  const { attachment, options } = port.data as WorkerData, say = (message: FromWorker): void => port.post(message);
  let runtime: Runtime;
  try {
    runtime = await Runtime.create(Machine.attach(host, attachment), options);
  } catch (error) {
    say({ kind: "failed", message: messageOf(error) });
    return;
  }
  const server = new RuntimeServer(runtime, say);
  runtime.onChange = (id, state) => say({ kind: "changed", id, state });
  void runtime.ended.then((end) => say({ kind: "ended", end }));
  port.onMessage((message) => server.hear(message));
  say({ kind: "ready", owner: runtime.kernel.owner.id });
}

/** Carries out for one holder what its messages ask. A message that is none is answered or dropped, and touches nothing. @internal */
export class RuntimeServer {
  readonly #runtime: Runtime;
  readonly #say: (message: FromWorker) => void;
  readonly #processes = new Map<number, Process>();
  #nextProcess = 1;
  #ended = false;

  constructor(runtime: Runtime, say: (message: FromWorker) => void) {
    this.#runtime = runtime;
    this.#say = say;
    void runtime.ended.then(() => (this.#ended = true));
  }
  /** A message has come. */
  hear(message: unknown): void {
    let of;
    try {
      of = fields(message, "A message");
    } catch {
      return;
    }
    if (of["kind"] === "call") {
      const request = of["request"];
      if (!Number.isSafeInteger(request)) return;
      this.#carryOut(of, request as number).then(
        (value) => this.#say({ kind: "answer", request: request as number, value }),
        (error: unknown) => this.#say({ kind: "refused", request: request as number, message: messageOf(error), exitCode: error instanceof StartError ? error.exitCode : undefined }),
      );
      return;
    }
    try {
      this.#tell(of);
    } catch {
      // Nobody waits for an answer, and whoever sends what is not understood is told nothing.
    }
  }
  #tell(of: { readonly [name: string]: unknown }): void {
    if (of["kind"] === "panic") return this.#runtime.panic(text(of["reason"], `"reason"`, 1000));
    const process = this.#processes.get(of["process"] as number);
    switch (of["kind"]) {
      case "input": return process?.write(bytes(of["bytes"], `"bytes"`));
      case "taken": return process?.arrived(whole(of["bytes"], `"bytes"`, 0, 2 ** 32));
      case "endInput": return process?.closeInput();
      case "resize": return process?.resize(whole(of["columns"], `"columns"`, 0, 65_535), whole(of["rows"], `"rows"`, 0, 65_535));
      case "signal": return process?.kill(of["signal"] as string);
      default:
    }
  }
  async #carryOut(of: { readonly [name: string]: unknown }, request: number): Promise<unknown> {
    // Whoever heard of a program's end asks whether the kernel lives: one that has ended must not answer.
    if (this.#ended) throw new Error("The kernel has ended.");
    const runtime = this.#runtime, container = (): Container => this.#container(of["id"]);
    switch (of["call"] as CallName) {
      case "addImage": return runtime.addImage(text(of["reference"], `"reference"`, 1024), imageContents(of["contents"]));
      case "create": {
        const made = await runtime.create(containerSpec(of["spec"]), (step, done, all) => this.#say({ kind: "progress", request, step, done, of: all }));
        return { state: made.state(), process: this.#follow(made.init) };
      }
      case "start": return await container().start();
      case "exec": {
        const process = await container().exec(processSpec(of["spec"]));
        return { process: this.#follow(process), pid: process.pid };
      }
      case "kill": return await container().kill(of["signal"] as string);
      case "delete": return await container().delete(of["force"] === true);
      case "state": return container().state();
      case "containers": return runtime.containers().map((c) => c.state());
      case "look": return runtime.look();
      case "pause": return await runtime.pause();
      case "resume": return runtime.resume();
      case "quiet": return await runtime.quiet();
      case "shutdown": return await runtime.shutdown();
      default: throw new Error(`A runtime does not know the call "${String(of["call"])}".`);
    }
  }
  #container(id: unknown): Container {
    const found = this.#runtime.get(text(id, `"id"`, 64));
    if (!found) throw new Error(`There is no container ${String(id).slice(0, 12)} (any more).`);
    return found;
  }
  /** Passes a process's output and end on. */
  #follow(process: Process): number {
    const number = this.#nextProcess++;
    this.#processes.set(number, process);
    process.onOutput((stream, chunk) => {
      this.#say({ kind: "output", process: number, stream, bytes: chunk });
      process.sent(chunk.length);
    });
    process.onRead = (bytes) => this.#say({ kind: "read", process: number, bytes });
    void process.exited.then((code) => {
      this.#processes.delete(number);
      this.#say({ kind: "exited", process: number, code });
    });
    return number;
  }
}
function messageOf(error: unknown): string { return error instanceof Error ? error.message : String(error); }

import type { RemoteProcess } from "@ringzero/container";
import { CHANNEL } from "../protocol/messages.ts";
import type { CallContext } from "./call-context.ts";

/** Output that may wait for a client before its program waits for the client. */
const MOST_PENDING = 1 << 20;
type Context = CallContext<"container.attach"> | CallContext<"container.exec">;

/** A program's streams and the clients that are connected to them. All of them get its output, and it goes on when all have taken it. */
export class ProgramOutlet {
  readonly process: RemoteProcess;
  readonly #clients = new Set<Context>();
  readonly #heard: (stream: 1 | 2, bytes: Uint8Array) => void;

  /** `heard` gets all output, connected clients or not. */
  constructor(process: RemoteProcess, heard: (stream: 1 | 2, bytes: Uint8Array) => void = () => {}) {
    this.process = process;
    this.#heard = heard;
  }
  /** Begins to take its output; what it has written before waits for this. */
  listen(): void {
    const { process } = this;
    process.onOutput(async (stream, bytes) => {
      this.#heard(stream, bytes);
      for (const client of this.#clients) client.send(stream === 1 ? CHANNEL.output : CHANNEL.error, bytes);
      const slow = [...this.#clients].filter((client) => client.pending > MOST_PENDING);
      if (slow.length > 0) await Promise.all(slow.map((client) => Promise.race([client.drained(), gone(client)])));
    });
  }
  /** Connects a client until the program has ended or the client is gone. */
  async connect(context: Context): Promise<void> {
    this.#clients.add(context);
    void this.#type(context);
    await Promise.race([this.process.exited, gone(context)]);
    this.#clients.delete(context);
  }
  async #type(context: Context): Promise<void> {
    const input = context.input(CHANNEL.input);
    for (let bytes = await input.next(); bytes; bytes = await input.next()) {
      await Promise.race([this.process.write(bytes), gone(context)]);
      input.taken(bytes.length);
    }
    // The client's end of input is the program's; a client that is gone has said nothing about it.
    if (!context.signal.aborted) this.process.closeInput();
  }
}

function gone(context: Context): Promise<void> {
  return new Promise((resolve) => {
    if (context.signal.aborted) resolve();
    else context.signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

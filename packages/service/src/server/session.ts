import type { StreamSocket } from "@ringzero/host";
import { CALLS, type CallName } from "../protocol/calls.ts";
import { Connection } from "../protocol/connection.ts";
import { checked, clientMessage, PROTOCOL, type ClientMessage, type Hello, type ServerMessage } from "../protocol/messages.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";
import { ServiceError } from "../protocol/service-error.ts";
import { CallContext } from "./call-context.ts";
import type { Handlers } from "./handlers.ts";

/** A connection has at most so many calls under way. */
const MOST_CALLS = 256;

/** What a session needs of the machine. */
export interface SessionServices {
  readonly hello: Hello;
  readonly handlers: Handlers;
  /** Resolves after so many nanoseconds. */
  sleep(nanoseconds: number): Promise<void>;
  /** Whether the machine is about to end: nobody is greeted any more. */
  ending(): boolean;
  /** Called when the client has said who it is. */
  greeted(session: Session): void;
}

/** One client's connection: it is heard until it goes, or says what is not in the protocol; then its calls are cancelled, and nothing else ends. */
export class Session {
  readonly #connection: Connection;
  readonly #services: SessionServices;
  readonly #calls = new Map<number, CallContext>();
  #last = 0;
  #speaks: number | undefined;

  constructor(socket: StreamSocket, services: SessionServices) {
    this.#connection = new Connection(socket);
    this.#services = services;
  }

  /** Calls under way. */
  get calls(): number { return this.#calls.size; }

  /** Answers until the client is gone. Never rejects. */
  async run(): Promise<void> {
    try {
      for await (const frame of this.#connection.frames()) {
        if (frame.kind === "json") this.#hear(clientMessage(frame.value));
        else this.#known(frame.call)?.input(frame.channel).put(frame.bytes);
      }
      this.#connection.close();
    } catch (error) {
      await this.goodbye(error instanceof ProtocolError ? error.message : `The machine failed on what this client sent: ${String(error)}`);
    } finally {
      this.#abortAll();
    }
  }
  /** Ends the connection with a sentence. */
  async goodbye(message: string): Promise<void> {
    this.#say({ kind: "goodbye", message });
    await this.#connection.finish(this.#services.sleep(500e6));
  }
  #abortAll(): void {
    for (const context of this.#calls.values()) context.abort();
    this.#calls.clear();
  }
  #say(message: ServerMessage): void { this.#connection.sendJson(message); }

  /** The call of a number; undefined where it is over already. Throws where there never was one. */
  #known(id: number): CallContext | undefined {
    if (id > this.#last) throw new ProtocolError(`There is no call ${id} on this connection.`);
    return this.#calls.get(id);
  }
  #hear(message: ClientMessage): void {
    if (message.kind === "hello") {
      if (this.#speaks !== undefined) throw new ProtocolError("A client says hello once.");
      if (this.#services.ending()) throw new ProtocolError("The machine is ending.");
      this.#speaks = message.protocol;
      this.#say(this.#services.hello);
      this.#services.greeted(this);
      return;
    }
    if (this.#speaks === undefined) throw new ProtocolError("A client says hello first.");
    if (message.kind === "call") this.#begin(message.id, message.call, message.args);
    else if (message.kind === "end") this.#known(message.id)?.input(message.channel).end();
    else {
      this.#known(message.id)?.abort();
      this.#calls.delete(message.id);
    }
  }
  #begin(id: number, name: string, args: unknown): void {
    if (id <= this.#last) throw new ProtocolError(`Call ${id} came after call ${this.#last}; numbers of calls rise.`);
    if (this.#calls.size >= MOST_CALLS) throw new ProtocolError(`A connection has at most ${MOST_CALLS} calls under way.`);
    if (!Object.hasOwn(CALLS, name)) throw new ProtocolError(`There is no call "${name.slice(0, 60)}".`);
    this.#last = id;
    const call = name as CallName;
    if (this.#speaks !== PROTOCOL && call !== "machine.shutdown") {
      this.#say({ kind: "error", id, code: "version", message: `The machine speaks protocol ${PROTOCOL} and this command protocol ${this.#speaks}. End the machine with "ringzero shutdown" and try again.` });
      return;
    }
    let checkedArgs: unknown;
    try {
      checkedArgs = checked<unknown>(CALLS[call].args, args ?? {}, `What "${call}" is asked with`);
    } catch (error) {
      // The call's own failure: its files may be on their way already, and a connection that ended before they are read would take the answer along.
      this.#say({ kind: "error", id, code: "invalid", message: (error as Error).message });
      return;
    }
    const context = new CallContext(id, this.#connection);
    this.#calls.set(id, context);
    const answer = this.#services.handlers[call] as (args: unknown, context: CallContext) => Promise<unknown>;
    void answer(checkedArgs, context).then(
      (result) => this.#finish(context, { kind: "result", id, result }),
      (error: unknown) => this.#finish(context, { kind: "error", id, code: error instanceof ServiceError ? error.code : "failed", message: error instanceof Error ? error.message : String(error) }),
    );
  }
  #finish(context: CallContext, message: ServerMessage): void {
    if (!context.signal.aborted) this.#say(message);
    context.abort();
    this.#calls.delete(context.id);
  }
}

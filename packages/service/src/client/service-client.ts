import type { StreamSocket } from "@ringzero/host";
import { CALLS, type ArgsOf, type CallName, type EventOf, type ResultOf } from "../protocol/calls.ts";
import { Connection } from "../protocol/connection.ts";
import type { Frame } from "../protocol/frame.ts";
import { checked, PROTOCOL, serverMessage, type Hello, type ServerMessage } from "../protocol/messages.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";
import { ServiceError, type ServiceErrorCode } from "../protocol/service-error.ts";
import { ClientCall, type CallListeners } from "./client-call.ts";

/** Who a client says that it is. */
export interface ClientIdentity {
  /** The release, for people. */
  readonly version: string;
  /** Its process. */
  readonly pid: number;
}

const GONE = "The machine has ended unexpectedly, and all virtual machines and containers with it.";

interface AnyCall { readonly name: CallName; readonly call: ClientCall<unknown, unknown> }

/** A connection to the machine. */
export class ServiceClient {
  /** Who answers. */
  readonly hello: Promise<Hello>;
  readonly #connection: Connection;
  readonly #calls = new Map<number, AnyCall>();
  #last = 0;
  /** Why no call can be made any more. */
  #gone: ServiceError | undefined;
  #closing = false;
  #heardHello!: (hello: Hello) => void;
  #missedHello!: (error: Error) => void;

  /** Says hello over a connected socket. */
  constructor(socket: StreamSocket, identity: ClientIdentity) {
    this.#connection = new Connection(socket);
    this.hello = new Promise((resolve, reject) => {
      this.#heardHello = resolve;
      this.#missedHello = reject;
    });
    this.hello.catch(() => {});
    this.#connection.sendJson({ kind: "hello", protocol: PROTOCOL, ...identity } satisfies Hello);
    void this.#run();
  }

  /** Makes a call. */
  call<N extends CallName>(name: N, args: ArgsOf<N>, listeners: CallListeners<EventOf<N>> = {}): ClientCall<ResultOf<N>, EventOf<N>> {
    const call = new ClientCall<ResultOf<N>, EventOf<N>>(++this.#last, this.#connection, listeners);
    if (this.#gone) call.settle({ error: this.#gone });
    else {
      this.#calls.set(call.id, { name, call: call as unknown as ClientCall<unknown, unknown> });
      this.#connection.sendJson({ kind: "call", id: call.id, call: name, args });
    }
    return call;
  }
  /** Makes a call and waits for its result. */
  async ask<N extends CallName>(name: N, args: ArgsOf<N>, listeners: CallListeners<EventOf<N>> = {}): Promise<ResultOf<N>> { return await this.call(name, args, listeners).result; }
  /** Ends the connection. */
  close(): void {
    this.#closing = true;
    this.#connection.close();
  }

  async #run(): Promise<void> {
    let why = new ServiceError("gone", GONE);
    try {
      for await (const frame of this.#connection.frames()) {
        const goodbye = await this.#hear(frame);
        if (goodbye !== undefined) why = new ServiceError("gone", goodbye);
      }
    } catch (error) {
      why = new ServiceError("failed", error instanceof ProtocolError ? `What answers at the machine's socket does not speak its protocol: ${error.message}` : String(error), { cause: error });
    }
    this.#connection.close();
    if (this.#closing) why = new ServiceError("gone", "The connection to the machine was closed.");
    this.#gone = why;
    this.#missedHello(why);
    for (const { call } of this.#calls.values()) call.settle({ error: why });
    this.#calls.clear();
  }
  /** Hears one frame. Returns the sentence with which the machine ends the connection. */
  async #hear(frame: Frame): Promise<string | undefined> {
    if (frame.kind === "bytes") {
      await this.#calls.get(frame.call)?.call.listeners.onBytes?.(frame.channel, frame.bytes);
      return undefined;
    }
    const message = serverMessage(frame.value);
    if (message.kind === "hello") this.#heardHello(message);
    else if (message.kind === "goodbye") return message.message;
    else {
      const entry = this.#calls.get(message.id);
      if (entry) this.#answer(entry, message);
    }
    return undefined;
  }
  #answer({ name, call }: AnyCall, message: Exclude<ServerMessage, { readonly kind: "hello" | "goodbye" }>): void {
    switch (message.kind) {
      case "event": call.listeners.onEvent?.(checked<unknown>(CALLS[name].event, message.event, `What the machine says during "${name}"`)); break;
      case "end": call.listeners.onEnd?.(message.channel); break;
      case "grant": call.grant(message.channel, message.bytes); break;
      case "result":
        this.#calls.delete(message.id);
        call.settle({ result: checked<unknown>(CALLS[name].result, message.result, `The result of "${name}"`) });
        break;
      case "error":
        this.#calls.delete(message.id);
        call.settle({ error: new ServiceError(message.code as ServiceErrorCode, message.message) });
        break;
    }
  }
}

import * as z from "zod";
import { ProtocolError } from "./protocol-error.ts";

/** Version of the protocol: raised with any change of frames, messages or calls. */
export const PROTOCOL = 2;

/** The first message of each end. It has this shape in all versions of the protocol. */
export interface Hello {
  /** Which event it is. */
  readonly kind: "hello";
  /** The version of the protocol. */
  readonly protocol: number;
  /** The release, for people. */
  readonly version: string;
  /** The process at this end. */
  readonly pid: number;
}

/** What a client says. A call's number is greater than all before it on this connection. */
export type ClientMessage =
  | Hello
  | { readonly kind: "call"; readonly id: number; readonly call: string; readonly args?: unknown }
  /** No more bytes come on this channel of a call. */
  | { readonly kind: "end"; readonly id: number; readonly channel: number }
  /** The client does not wait for this call's result any more. */
  | { readonly kind: "cancel"; readonly id: number };

/** What a machine says. */
export type ServerMessage =
  | Hello
  | { readonly kind: "result"; readonly id: number; readonly result?: unknown }
  | { readonly kind: "error"; readonly id: number; readonly code: string; readonly message: string }
  | { readonly kind: "event"; readonly id: number; readonly event?: unknown }
  /** No more bytes come on this channel of a call. */
  | { readonly kind: "end"; readonly id: number; readonly channel: number }
  /** So many more bytes may be sent on this channel of a call, beyond the first {@link WINDOW}. */
  | { readonly kind: "grant"; readonly id: number; readonly channel: number; readonly bytes: number }
  /** The connection ends, and why. */
  | { readonly kind: "goodbye"; readonly message: string };

/** So many bytes may be sent on a channel before the first grant. */
export const WINDOW = 1 << 18;

/** Channels of a call: what is typed or piped in, what comes out, instructions that trapped; files that a call is given. */
export const CHANNEL = {
  /** What is typed or piped in. */
  input: 0,
  /** Standard output, a terminal, or a console. */
  output: 1,
  /** Standard error. */
  error: 2,
  /** Instructions that trapped, a line for each. */
  trace: 3,
  /** Files of `vm.create`: a Linux kernel, */
  kernel: 16,
  /** its initial RAM disk, */
  initrd: 17,
  /** a Multiboot kernel, */
  multiboot: 18,
  /** a floppy disk. */
  floppy: 19,
  /** The file of `image.load`. */
  archive: 20,
} as const;

const id = z.int().min(1).max(0xffff_ffff), channel = z.int().min(0).max(255), sentence = z.string().max(65_536);
const hello = z.object({ kind: z.literal("hello"), protocol: z.int().min(0), version: z.string().max(100), pid: z.int().min(0) });
const CLIENT_MESSAGE: z.ZodType<ClientMessage> = z.discriminatedUnion("kind", [
  hello,
  z.object({ kind: z.literal("call"), id, call: z.string().max(100), args: z.unknown() }),
  z.object({ kind: z.literal("end"), id, channel }),
  z.object({ kind: z.literal("cancel"), id }),
]);
const SERVER_MESSAGE: z.ZodType<ServerMessage> = z.discriminatedUnion("kind", [
  hello,
  z.object({ kind: z.literal("result"), id, result: z.unknown() }),
  z.object({ kind: z.literal("error"), id, code: z.string().max(100), message: sentence }),
  z.object({ kind: z.literal("event"), id, event: z.unknown() }),
  z.object({ kind: z.literal("end"), id, channel }),
  z.object({ kind: z.literal("grant"), id, channel, bytes: z.int().min(1).max(0xffff_ffff) }),
  z.object({ kind: z.literal("goodbye"), message: sentence }),
]);

/** A client's message. Throws a ProtocolError where it is none. */
export function clientMessage(value: unknown): ClientMessage { return checked(CLIENT_MESSAGE, value, "A message of the client"); }
/** A machine's message. Throws a ProtocolError where it is none. */
export function serverMessage(value: unknown): ServerMessage { return checked(SERVER_MESSAGE, value, "A message of the machine"); }

/** A value that a schema allows. Throws a ProtocolError that names the first place where it does not; `what` is the sentence's subject. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0], path = issue?.path.join(".");
  throw new ProtocolError(`${what} is not what the protocol has${path ? `, at "${path.slice(0, 200)}"` : ""}: ${issue?.message.slice(0, 300) ?? "wrong"}.`);
}

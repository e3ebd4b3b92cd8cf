import { ProtocolError } from "./protocol-error.ts";

/**
 * A frame on the socket: `length` (4 bytes, little-endian, of what follows the head), `kind` (1 byte), body. Of kind `json` the body is a message in UTF-8; of kind
 * `bytes` it is the number of a call (4 bytes, little-endian), a channel of it (1 byte), and bytes of that stream.
 */
export const FRAME_KIND = { json: 1, bytes: 2 } as const;

/** Bytes before the body. */
export const HEAD_BYTES = 5;
/** A message has at most so many bytes, and a piece of a stream carries at most so many. */
export const MAX_JSON = 1 << 20, MAX_PIECE = 1 << 16;

/** A frame that has been read. */
export type Frame = { readonly kind: "json"; readonly value: unknown } | { readonly kind: "bytes"; readonly call: number; readonly channel: number; readonly bytes: Uint8Array };

/** The frame of a message. Throws an Error where it is too long. */
export function jsonFrame(value: unknown): Uint8Array<ArrayBuffer> {
  const body = new TextEncoder().encode(JSON.stringify(value));
  if (body.length > MAX_JSON) throw new Error(`A message of ${body.length} bytes is longer than the ${MAX_JSON} that the protocol allows.`);
  return frame(FRAME_KIND.json, body.length, (into) => into.set(body));
}
/** Frames of a stream's next bytes, as many as it takes. */
export function bytesFrames(call: number, channel: number, bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < bytes.length; at += MAX_PIECE) {
    const piece = bytes.subarray(at, at + MAX_PIECE);
    frames.push(frame(FRAME_KIND.bytes, 5 + piece.length, (into) => {
      new DataView(into.buffer, into.byteOffset).setUint32(0, call, true);
      into[4] = channel;
      into.set(piece, 5);
    }));
  }
  return frames;
}
function frame(kind: number, length: number, fill: (body: Uint8Array) => void): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD_BYTES + length);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes[4] = kind;
  fill(bytes.subarray(HEAD_BYTES));
  return bytes;
}

/** Cuts what comes from a socket, in pieces of any size, into frames. */
export class FrameReader {
  #rest: Uint8Array = new Uint8Array();

  /** Bytes of a frame that has not come whole. */
  get pending(): number { return this.#rest.length; }

  /** The frames that are whole now. Throws a ProtocolError where these bytes are none; the reader is of no use then. */
  push(chunk: Uint8Array): Frame[] {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true), kind = bytes[at + 4]!;
      checkHead(kind, length);
      if (bytes.length - at < HEAD_BYTES + length) break;
      frames.push(parse(kind, bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length)));
      at += HEAD_BYTES + length;
    }
    this.#rest = bytes.slice(at);
    return frames;
  }
}

function checkHead(kind: number, length: number): void {
  if (kind !== FRAME_KIND.json && kind !== FRAME_KIND.bytes) throw new ProtocolError(`A frame of kind ${kind} came; the protocol knows ${FRAME_KIND.json} and ${FRAME_KIND.bytes}. Is this a ringzero client?`);
  const most = kind === FRAME_KIND.json ? MAX_JSON : 5 + MAX_PIECE, least = kind === FRAME_KIND.json ? 2 : 5;
  if (length < least || length > most) throw new ProtocolError(`A frame of kind ${kind} says that it has ${length} bytes; it may have ${least} to ${most}.`);
}
function parse(kind: number, body: Uint8Array): Frame {
  if (kind === FRAME_KIND.bytes) return { kind: "bytes", call: new DataView(body.buffer, body.byteOffset).getUint32(0, true), channel: body[4]!, bytes: body.slice(5) };
  try {
    return { kind: "json", value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown };
  } catch (cause) {
    throw new ProtocolError("A message came that is no JSON in UTF-8.", { cause });
  }
}

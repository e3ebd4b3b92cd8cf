import type { Host } from "@ringzero/host";
import { checkContents, type Digest } from "./digest.ts";

/** Most bytes that one layer may hold once it is not compressed. */
export const LAYER_MAXIMUM: number = 2 ** 31 - 1;

const MAGIC = { gzip: [0x1f, 0x8b], zstd: [0x28, 0xb5, 0x2f, 0xfd], xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a], bzip2: [0x42, 0x5a, 0x68] } as const;

/** How bytes are compressed, by what they begin with: a layer's media type is not always right. Undefined = not. */
export function compressionOf(bytes: Uint8Array): keyof typeof MAGIC | undefined {
  return (Object.keys(MAGIC) as (keyof typeof MAGIC)[]).find((name) => MAGIC[name].every((byte, i) => bytes[i] === byte));
}

/** What decompresses that which the platform's own streams do not. */
export type Decompressor = Pick<Host, "commands">;

/**
 * A layer's archive, not compressed, and checked against its diff_id. Rejects with an Error where it is damaged, holds more than `maximum` bytes, or is compressed by
 * what we cannot undo. OCI image specification, "Layer DiffID".
 */
export async function uncompressedLayer(bytes: Uint8Array, diffId: Digest, host: Decompressor, maximum: number = LAYER_MAXIMUM): Promise<Uint8Array> {
  const archive = await undoCompression(bytes, host, maximum, "A layer");
  await checkContents(archive, { digest: diffId }, "A layer");
  return archive;
}

/** Bytes as they were before they were compressed: the same ones where they are not. `what` says what they are, for sentences. */
export async function undoCompression(bytes: Uint8Array, host: Decompressor, maximum: number, what: string): Promise<Uint8Array> {
  const compression = compressionOf(bytes);
  if (compression === undefined) return bytes;
  if (compression === "gzip") return gunzip(bytes, host, maximum, what);
  if (compression === "zstd") return unzstd(bytes, host, maximum, what);
  throw new Error(`${what} is compressed by ${compression}, which is not undone here. Make it again with gzip.`);
}

async function gunzip(bytes: Uint8Array, host: Decompressor, maximum: number, what: string): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>);
  const chunks: Uint8Array[] = [], reader = stream.getReader();
  let size = 0;
  for (;;) {
    let next;
    try {
      next = await reader.read();
    } catch (cause) {
      // The platform's stream takes one member only; RFC 1952, 2.2, has files of several, as eStargz layers are.
      const all = await byProgram("gzip -d -c", bytes, host, maximum).catch(() => undefined);
      if (all) return within(all, maximum, what);
      throw new Error(`${what} has a damaged gzip stream. Fetch the image again.`, { cause });
    }
    if (next.done) break;
    size += next.value.length;
    if (size > maximum) {
      await reader.cancel().catch(() => {});
      throw tooMuch(maximum, what);
    }
    chunks.push(next.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

async function unzstd(bytes: Uint8Array, host: Decompressor, maximum: number, what: string): Promise<Uint8Array> {
  const all = await byProgram("zstd -d -c -q -M1024MB", bytes, host, maximum).catch((cause: unknown) => {
    throw new Error(`${what} is compressed by zstd, which the program zstd undoes here: it could not be started. Install it, or make the image with gzip.`, { cause });
  });
  if (!all) throw new Error(`${what} has a damaged zstd stream. Fetch the image again.`);
  return within(all, maximum, what);
}

/** What a program makes of bytes, at most one byte more than `maximum`; undefined where it complains. Rejects where it is not there. */
async function byProgram(command: string, bytes: Uint8Array, host: Decompressor, maximum: number): Promise<Uint8Array | undefined> {
  const [program] = command.split(" ");
  const { status, output, errors } = await host.commands.run({ program: "sh", arguments: ["-c", `command -v ${program} >/dev/null || exit 127; ${command} | head -c "$0"`, String(maximum + 1)], input: bytes });
  if (status === 127) throw new Error(`There is no program ${program}.`);
  return status === 0 && errors.length === 0 ? output : undefined;
}
function within(bytes: Uint8Array, maximum: number, what: string): Uint8Array {
  if (bytes.length > maximum) throw tooMuch(maximum, what);
  return bytes;
}
function tooMuch(maximum: number, what: string): Error { return new Error(`${what} holds more than the ${maximum} bytes that are allowed.`); }

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
  if (compression === "gzip") return gunzip(bytes, maximum, what);
  if (compression === "zstd") return unzstd(bytes, host, maximum, what);
  throw new Error(`${what} is compressed by ${compression}, which is not undone here. Make it again with gzip.`);
}

async function gunzip(bytes: Uint8Array, maximum: number, what: string): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>);
  const chunks: Uint8Array[] = [], reader = stream.getReader();
  let size = 0;
  for (;;) {
    const next = await reader.read().catch((cause: unknown) => { throw new Error(`${what} has a damaged gzip stream. Fetch the image again.`, { cause }); });
    if (next.done) break;
    size += next.value.length;
    if (size > maximum) {
      await reader.cancel().catch(() => {});
      throw new Error(`${what} holds more than the ${maximum} bytes that are allowed.`);
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
  const cannot = `${what} is compressed by zstd, which the program zstd undoes here`;
  const result = await host.commands.run({ program: "zstd", arguments: ["-d", "-c", "-q", "-M1024MB"], input: bytes }).catch((cause: unknown) => {
    throw new Error(`${cannot}: it could not be started. Install it, or make the image with gzip.`, { cause });
  });
  if (result.status !== 0) throw new Error(`${what} has a damaged zstd stream. Fetch the image again.`);
  if (result.output.length > maximum) throw new Error(`${what} holds more than the ${maximum} bytes that are allowed.`);
  return result.output;
}

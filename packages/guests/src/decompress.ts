import * as xzDecompress from "xz-decompress";

/** The package is a CommonJS module: Node shows its exports as the default one, bundlers by name. */
const { XzReadableStream } = (xzDecompress as unknown as { readonly default?: typeof xzDecompress }).default ?? xzDecompress;

/** The stream of a format that a file's first bytes tell: gzip, xz, or none. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream() as ReadableStream<Uint8Array>;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return source.pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
  if (bytes[0] === 0xfd && bytes[1] === 0x37 && bytes[2] === 0x7a && bytes[3] === 0x58 && bytes[4] === 0x5a) return new XzReadableStream(source);
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) throw new Error("This archive is compressed by zstd, which is not supported here. Use a distribution whose packages are xz or gzip.");
  return source;
}

/**
 * A stream of bytes decompressed by the format that they begin with (gzip, xz, or none). It fails beyond `limit` bytes, so that a small
 * hostile file cannot fill the memory, and where the data are damaged.
 */
export function decompressed(bytes: Uint8Array, limit: number): ReadableStream<Uint8Array> {
  let size = 0;
  return streamOf(bytes).pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      size += chunk.length;
      if (size > limit) out.error(new Error(`The archive holds more than the ${limit} bytes that are allowed.`));
      // The decompressor reuses its buffer.
      else out.enqueue(chunk.slice());
    },
  }));
}

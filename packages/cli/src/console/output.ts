import type { Writable } from "node:stream";

/** Writes and waits until there is room for more. Resolves also where nobody reads any more. */
export function write(stream: Writable, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable || stream.destroyed) resolve();
    else stream.write(bytes, () => resolve());
  });
}
/** Resolves when nobody reads standard output any more, as behind `head`. */
export const outputClosed: Promise<void> = new Promise((resolve) => {
  process.stdout.on("error", () => resolve());
  process.stderr.on("error", () => {});
});

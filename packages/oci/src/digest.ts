/** Names contents by their hash: an algorithm, a colon, the hash in hexadecimal. OCI image specification, "Digests". */
export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Whether a text is a digest of the one algorithm that is used here, SHA-256. */
export function isDigest(text: string): text is Digest { return DIGEST.test(text); }

/** Digest of bytes. */
export async function digestOf(bytes: Uint8Array): Promise<Digest> {
  // Web Cryptography takes no shared memory.
  const own = bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
  return `sha256:${hexadecimal(new Uint8Array(await crypto.subtle.digest("SHA-256", own as Uint8Array<ArrayBuffer>)))}`;
}

/** Bytes in lower-case hexadecimal. */
export function hexadecimal(bytes: Uint8Array): string { return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""); }

/** The first twelve digits, as `docker images` shows an image's ID. */
export function shortDigest(digest: Digest): string { return digest.slice(7, 19); }

/** Throws an Error unless bytes have a size and a digest. `what` says what they are, for the sentence. */
export async function checkContents(bytes: Uint8Array, wanted: { readonly digest: Digest; readonly size?: number }, what: string): Promise<void> {
  if (wanted.size !== undefined && bytes.length !== wanted.size) throw new Error(`${what} is damaged: it has ${bytes.length} bytes, not the ${wanted.size} that its descriptor says. Fetch the image again.`);
  const digest = await digestOf(bytes);
  if (digest !== wanted.digest) throw new Error(`${what} is damaged: its digest is ${digest}, not ${wanted.digest}. Fetch the image again.`);
}

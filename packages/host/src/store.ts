/**
 * What outlives the process: blobs by key, such as image layers, kernels and snapshots. A blob is replaced as a whole, and whoever reads
 * sees the old one or the new one. Large things that change in places, such as disks, are kept as many blobs.
 *
 * Errors are HostErrors: `denied` and `no-space`.
 */
export interface Store {
  /** The blob of a key, undefined where there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Bytes from `offset` on: fewer than `length` where the blob ends before, undefined where there is none. */
  read(key: string, offset: number, length: number): Promise<Uint8Array | undefined>;
  /** Size of a blob in bytes, undefined where there is none. */
  size(key: string): Promise<number | undefined>;
  /** Makes or replaces a blob. It is on the medium when the promise resolves. */
  set(key: string, bytes: Uint8Array): Promise<void>;
  /** Removes a blob. Whether there was one. */
  delete(key: string): Promise<boolean>;
  /** All keys that begin with `prefix`, sorted. */
  keys(prefix?: string): Promise<string[]>;
}

const KEY = /^[a-z0-9][a-z0-9._:/-]{0,179}$/;

/**
 * Throws an Error where `key` is not one that every platform can keep: 1 to 180 of `a-z 0-9 . _ : / -`, the first a letter or digit.
 * No capitals, for some file systems do not tell them apart.
 */
export function checkKey(key: string): void {
  if (!KEY.test(key)) throw new Error(`"${key}" is no key of a store: use up to 180 of a-z, 0-9 and ._:/- and begin with a letter or digit.`);
}
/** The name of a key's file: `/` and `:` are not for file names. */
export function fileNameOf(key: string): string {
  checkKey(key);
  return key.replaceAll("/", "%2f").replaceAll(":", "%3a");
}
/** The key of a file's name, undefined where no key has such a name. */
export function keyOf(fileName: string): string | undefined {
  const key = fileName.replaceAll("%2f", "/").replaceAll("%3a", ":");
  return KEY.test(key) ? key : undefined;
}

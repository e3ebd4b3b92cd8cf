/** An entry of an archive. Paths have no leading slash. */
export interface CpioEntry {
  /** Relative to the root. */
  readonly path: string;
  /** File type and permission bits, as st_mode (inode(7)). */
  readonly mode: number;
  /** A file's content or a symbolic link's target. */
  readonly bytes?: Uint8Array;
  /** Of a device node. */
  readonly device?: DeviceNumber;
}

/** Which device a node stands for (makedev(3)). */
export interface DeviceNumber {
  /** The driver. */
  readonly major: number;
  /** The driver's unit. */
  readonly minor: number;
}

const S_IFDIR = 0o040000, S_IFREG = 0o100000, S_IFLNK = 0o120000, S_IFCHR = 0o020000;

/** A directory. */
export function directory(path: string, mode: number = 0o755): CpioEntry { return { path, mode: S_IFDIR | mode }; }
/** A regular file. */
export function file(path: string, bytes: Uint8Array, mode: number = 0o644): CpioEntry { return { path, mode: S_IFREG | mode, bytes }; }
/** A symbolic link. */
export function symlink(path: string, target: string): CpioEntry { return { path, mode: S_IFLNK | 0o777, bytes: new TextEncoder().encode(target) }; }
/** A character device. */
export function characterDevice(path: string, major: number, minor: number, mode: number = 0o600): CpioEntry { return { path, mode: S_IFCHR | mode, device: { major, minor } }; }

/**
 * An archive in the "newc" format, which Linux unpacks as its initial RAM file system: Linux Documentation/driver-api/early-userspace/
 * buffer-format.rst. Owner and times are 0, so that the same entries give the same bytes.
 */
export function cpioNewc(entries: readonly CpioEntry[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let size = 0;
  const add = (bytes: Uint8Array): void => {
    parts.push(bytes);
    size += bytes.length;
  };
  const pad = (): void => { if (size & 3) add(new Uint8Array(4 - (size & 3))); };
  const hex = (n: number): string => n.toString(16).padStart(8, "0");
  [...entries, { path: "TRAILER!!!", mode: 0 }].forEach((entry: CpioEntry, i) => {
    const name = encoder.encode(`${entry.path}\0`), bytes = entry.bytes ?? new Uint8Array(0);
    const last = i === entries.length;
    const header = [last ? 0 : i + 1, entry.mode, 0, 0, 1, 0, bytes.length, 0, 0, entry.device?.major ?? 0, entry.device?.minor ?? 0, name.length, 0];
    add(encoder.encode(`070701${header.map(hex).join("")}`));
    add(name);
    pad();
    add(bytes);
    pad();
  });
  const archive = new Uint8Array(size);
  let at = 0;
  for (const p of parts) {
    archive.set(p, at);
    at += p.length;
  }
  return archive;
}

/**
 * The entries of an archive in the "newc" format, without those that have neither content nor directory nor link (device nodes). Throws an Error where the bytes are something else, end early or
 * name a place outside the root.
 */
export function cpioEntries(archive: Uint8Array): CpioEntry[] {
  const decoder = new TextDecoder(), entries: CpioEntry[] = [];
  for (let at = 0; ;) {
    const header = decoder.decode(archive.subarray(at, at + 110)), field = (i: number): number => Number.parseInt(header.slice(6 + i * 8, 14 + i * 8), 16);
    if (!/^070701[0-9a-fA-F]{104}$/.test(header)) throw new Error(`This is no cpio archive of the format "newc", or it is damaged at byte ${at}.`);
    const mode = field(1), size = field(6), nameSize = field(11), start = (at + 110 + nameSize + 3) & ~3;
    const path = decoder.decode(archive.subarray(at + 110, at + 110 + nameSize - 1));
    if (path === "TRAILER!!!") return entries;
    if (start + size > archive.length) throw new Error(`The cpio archive ends within ${path}.`);
    if (path.startsWith("/") || path.split("/").includes("..")) throw new Error(`The cpio archive names a file outside its root: ${path}.`);
    if ([S_IFDIR, S_IFREG, S_IFLNK].includes(mode & 0o170000)) entries.push({ path, mode, bytes: archive.subarray(start, start + size) });
    at = (start + size + 3) & ~3;
  }
}

import { deviceNumber, PATH_MAX, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG } from "@ringzero/linux-abi";

/** One member of an archive, where its contents lie in it. */
export interface TarMember {
  /** Without a leading or trailing slash; empty = the root. Byte string. */
  readonly path: string;
  /** Type and permissions. */
  readonly mode: number;
  /** Owner's number. Names of owners are not used: there is no password file to look in. */
  readonly uid: number;
  /** Group's number. */
  readonly gid: number;
  /** Seconds since 1970; fractions of pax headers are dropped. */
  readonly modified: number;
  /** Number of a device, as deviceNumber() of linux-abi encodes it; 0 for other members. */
  readonly device: number;
  /** Where its contents begin, in bytes from the start of the archive. */
  readonly start: number;
  /** Bytes of contents; 0 for all but regular files. */
  readonly size: number;
  /** Target of a symbolic link; path of another member for a hard link. */
  readonly link: string;
  /** Whether it is one more name of the member that `link` names. */
  readonly hardLink: boolean;
}

const BLOCK = 512;
/** More seconds since 1970 than any file system keeps. */
const TIME_MAXIMUM = 2 ** 40;
const TYPES: { readonly [flag: string]: number } = { "0": S_IFREG, "\0": S_IFREG, "7": S_IFREG, "1": S_IFREG, "2": S_IFLNK, "3": S_IFCHR, "4": S_IFBLK, "5": S_IFDIR, "6": S_IFIFO };

/**
 * The members of an archive in order: ustar, with pax headers and GNU long names. Throws an Error where it is none. POSIX.1-2017, pax, "ustar
 * Interchange Format" and "pax Extended Header"; GNU tar manual, "Basic Tar Format".
 */
export function indexTar(archive: Uint8Array): TarMember[] {
  const members: TarMember[] = [];
  let pax: Map<string, string> = new Map(), longName: string | undefined, longLink: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    checkSum(header, at);
    const flag = String.fromCharCode(header[156]!), start = at + BLOCK;
    // What is no file has no contents, whatever its header says: Go's archive/tar, isHeaderOnly(), whose reading Docker's images follow.
    const type = TYPES[flag], size = type !== undefined && (type !== S_IFREG || flag === "1") ? 0 : Number(pax.get("size") ?? number(header, 124, 12));
    if (!(Number.isSafeInteger(size) && size >= 0 && start + size <= archive.length)) throw new Error(`The archive ends within the member at byte ${at}. It was cut off: fetch it again.`);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    const contents = archive.subarray(start, start + size);
    if (flag === "x") { pax = records(contents); continue; }
    if (flag === "g") continue;
    if (flag === "L") { longName = text(contents, 0, size); continue; }
    if (flag === "K") { longLink = text(contents, 0, size); continue; }
    if (type !== undefined) {
      // GNU tar's own format has other things in the place of ustar's prefix.
      const prefix = header[262] === 0 ? text(header, 345, 155) : "", short = text(header, 0, 100);
      members.push({
        path: bounded(clean(pax.get("path") ?? longName ?? (prefix === "" ? short : `${prefix}/${short}`)), at), mode: type | (number(header, 100, 8) & 0o7777),
        uid: whole(pax.get("uid") ?? number(header, 108, 8), 0xffff_ffff), gid: whole(pax.get("gid") ?? number(header, 116, 8), 0xffff_ffff), modified: whole(pax.get("mtime") ?? number(header, 136, 12), TIME_MAXIMUM),
        device: deviceNumber(number(header, 329, 8), number(header, 337, 8)), start, size: type === S_IFREG ? size : 0,
        link: bounded(pax.get("linkpath") ?? longLink ?? text(header, 157, 100), at), hardLink: flag === "1",
      });
    }
    pax = new Map();
    longName = longLink = undefined;
  }
  return members;
}

/** The integer below a number; 0 where it is none, or no number that a file can have. */
function whole(value: string | number, maximum: number): number {
  const n = Math.floor(Number(value));
  return n >= 0 && n <= maximum ? n : 0;
}
/** Throws where a path is longer than any program could name. */
function bounded(path: string, at: number): string {
  if (path.length >= PATH_MAX) throw new Error(`A name before byte ${at} of the archive has ${path.length} bytes, more than the ${PATH_MAX} of any path. The archive is damaged.`);
  return path;
}

/** The path of a member within the root. Where it would leave it, it stays. */
export function clean(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
function text(bytes: Uint8Array, at: number, length: number): string {
  let s = "";
  for (let i = at; i < at + length && bytes[i] !== 0; i++) s += String.fromCharCode(bytes[i]!);
  return s;
}
/** An octal number; with the top bit set, a binary one of 8 bytes. */
function number(bytes: Uint8Array, at: number, length: number): number {
  if (bytes[at]! & 0x80) return bytes.subarray(at + Math.max(1, length - 8), at + length).reduce((n, byte) => n * 256 + byte, 0);
  return Number.parseInt(text(bytes, at, length).trim() || "0", 8);
}
function checkSum(header: Uint8Array, at: number): void {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : header[i]!;
  if (sum !== number(header, 148, 8)) throw new Error(`There is no tar header at byte ${at}: its check sum is wrong. The archive is damaged, or still compressed.`);
}
/** "LENGTH KEY=VALUE\n" one after the other. */
function records(bytes: Uint8Array): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const length = Number.parseInt(text(bytes, at, 20), 10);
    if (!(length > 0)) break;
    const record = text(bytes, at, length - 1), space = record.indexOf(" "), equals = record.indexOf("=");
    found.set(record.slice(space + 1, equals), record.slice(equals + 1));
    at += length;
  }
  return found;
}

import { bytesOf } from "@ringzero/vfs";
import type { RootFsEntry } from "./root-fs.ts";

const BLOCK = 512, NAME_MAXIMUM = 100, ID_MAXIMUM = 0o7777777;
const FLAGS: { readonly [type in RootFsEntry["type"]]: string } = { file: "0", link: "1", symlink: "2", "character-device": "3", "block-device": "4", directory: "5", fifo: "6" };

/**
 * An archive of entries in their order, in the pax format; the same entries give the same bytes. POSIX.1-2017, pax, "ustar Interchange Format", "pax Extended
 * Header". Owners are numbers, for names mean something else on each system.
 */
export function writeTar(entries: readonly RootFsEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  const add = (bytes: Uint8Array): void => {
    parts.push(bytes);
    size += bytes.length;
    const rest = -bytes.length & (BLOCK - 1);
    if (rest > 0) {
      parts.push(new Uint8Array(rest));
      size += rest;
    }
  };
  for (const entry of entries) {
    const pax = extendedRecords(entry);
    if (pax !== "") {
      const bytes = bytesOf(pax);
      add(header({ path: "././@PaxHeader", type: "file", mode: 0o644 }, bytes.length, "x"));
      add(bytes);
    }
    const bytes = entry.type === "file" ? (entry.bytes ?? new Uint8Array(0)) : undefined;
    add(header(entry, bytes?.length ?? 0, FLAGS[entry.type]));
    if (bytes) add(bytes);
  }
  add(new Uint8Array(2 * BLOCK));
  const archive = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    archive.set(part, at);
    at += part.length;
  }
  return archive;
}

function pathOf(entry: RootFsEntry): string { return entry.type === "directory" && !entry.path.endsWith("/") ? `${entry.path}/` : entry.path; }

/** What a ustar header has no room for. */
function extendedRecords(entry: RootFsEntry): string {
  const { uid = 0, gid = 0, target = "" } = entry, path = pathOf(entry);
  return (path.length > NAME_MAXIMUM ? record("path", path) : "") + (target.length > NAME_MAXIMUM ? record("linkpath", target) : "")
    + (uid > ID_MAXIMUM ? record("uid", String(uid)) : "") + (gid > ID_MAXIMUM ? record("gid", String(gid)) : "");
}
/** A record's length counts its own digits. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`.length;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function header(entry: RootFsEntry, size: number, flag: string): Uint8Array {
  const bytes = new Uint8Array(BLOCK);
  const text = (at: number, value: string, room: number): void => bytes.set(bytesOf(value.slice(0, room)), at);
  const octal = (at: number, value: number, room: number): void => text(at, `${value.toString(8).padStart(room - 1, "0")}\0`, room);
  text(0, pathOf(entry), NAME_MAXIMUM);
  octal(100, entry.mode & 0o7777, 8);
  octal(108, Math.min(entry.uid ?? 0, ID_MAXIMUM), 8);
  octal(116, Math.min(entry.gid ?? 0, ID_MAXIMUM), 8);
  octal(124, size, 12);
  octal(136, entry.modified ?? 0, 12);
  text(148, " ".repeat(8), 8);
  text(156, flag, 1);
  text(157, entry.target ?? "", NAME_MAXIMUM);
  text(257, "ustar\x0000", 8);
  if (entry.device) {
    octal(329, entry.device.major, 8);
    octal(337, entry.device.minor, 8);
  }
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  text(148, `${sum.toString(8).padStart(6, "0")}\0 `, 8);
  return bytes;
}

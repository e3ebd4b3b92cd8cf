import { createTarDecoder } from "modern-tar";
import { arMembers } from "./ar.ts";
import { decompressed } from "./decompress.ts";

/** One file of a package. */
export interface PackageFile {
  /** Absolute path. */
  readonly path: string;
  /** What it is. */
  readonly type: "file" | "directory" | "symlink" | "link";
  /** Permission bits. */
  readonly mode: number;
  /** Contents; empty for what has none. */
  readonly bytes: Uint8Array;
  /** Where a symbolic or hard link leads. */
  readonly target: string | undefined;
}

/** Most bytes that a package may unpack to. */
const LIMIT = 1 << 30;

/**
 * The files of a Debian package (deb(5), format 2.0), or those that `wanted` picks by absolute path. Throws an Error where the bytes are no package, damaged, or too large.
 */
export async function unpackDeb(bytes: Uint8Array, wanted: (path: string) => boolean = () => true): Promise<PackageFile[]> {
  const members = arMembers(bytes);
  const version = members[0];
  if (version?.name !== "debian-binary" || !String.fromCharCode(...version.bytes).startsWith("2.")) throw new Error("This is no Debian package of format 2.");
  const data = members.find((m) => m.name.startsWith("data.tar"));
  if (!data) throw new Error("The Debian package has no data member.");
  const files: PackageFile[] = [];
  const reader = decompressed(data.bytes, LIMIT).pipeThrough(createTarDecoder()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const { header, body } = value, { type } = header;
    const path = `/${header.name.replace(/^\.?\//, "").replace(/\/$/, "")}`;
    if (path.split("/").includes("..")) throw new Error(`The Debian package names a file outside its root: ${header.name}.`);
    const content = new Uint8Array(await new Response(body).arrayBuffer());
    if (!wanted(path) || (type !== "file" && type !== "directory" && type !== "symlink" && type !== "link")) continue;
    files.push({ path, type, mode: (header.mode ?? 0o644) & 0o7777, bytes: content, target: header.linkname });
  }
  return files;
}

/** The file at a path of a package, symbolic links within it followed. Throws an Error where there is none. */
export function packageFile(files: readonly PackageFile[], path: string): Uint8Array {
  for (let hops = 0, at = path; hops < 8; hops++) {
    const f = files.find((x) => x.path === at);
    if (!f) break;
    if (f.type === "file") return f.bytes;
    if (f.target === undefined) break;
    at = f.target.startsWith("/") ? f.target : `${at.slice(0, at.lastIndexOf("/"))}/${f.target}`;
  }
  throw new Error(`The package has no file ${path}.`);
}

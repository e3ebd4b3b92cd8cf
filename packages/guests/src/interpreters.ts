import { cpioNewc, directory, file, symlink, type CpioEntry } from "./cpio.ts";
import type { PackageFile } from "./deb.ts";

/** The packages of a guest with interpreters: them, and the libraries that they name. */
export const INTERPRETERS: readonly string[] = ["lua5.4", "python3.11-minimal", "libpython3.11-minimal", "libc6", "libreadline8", "libtinfo6", "libexpat1", "zlib1g"];

/** What of the packages is needed to run programs: the interpreters, their modules (Python knows its place by lib-dynload), the dynamic linker and the libraries that they name. */
const WANTED = /^\/usr\/bin\/(lua5\.4|python3\.11)$|^\/usr\/lib\/python3\.11\/(.*\.py|lib-dynload\/_hashlib\..*\.so)$|^\/lib64\/ld-linux-x86-64\.so\.2$|^\/lib\/ld-linux\.so\.2$|^(\/usr)?\/lib\/[a-z0-9_]+-linux-gnu\/(ld-linux.*|lib(c|m|dl|pthread|rt|util|readline|tinfo|expat|expatw|z)\.so(\.[0-9.]+)?)$/;

/**
 * A root directory of packages' files for lua5.4 and python3.11, as a cpio archive: entries sorted by path, each directory before what lies in it, and symbolic links relative,
 * so that it works as a root and below another directory alike. Throws an Error where a package lacks an interpreter.
 */
export function interpretersRoot(files: readonly PackageFile[]): Uint8Array {
  const entries = new Map<string, CpioEntry>();
  for (const f of files) {
    if (!WANTED.test(f.path)) continue;
    const path = f.path.slice(1), parts = path.split("/");
    for (let i = 1; i < parts.length; i++) entries.set(parts.slice(0, i).join("/"), directory(parts.slice(0, i).join("/")));
    if (f.type === "symlink") entries.set(path, symlink(path, relative(parts, f.target ?? "")));
    else if (f.type === "file") entries.set(path, file(path, f.bytes, f.mode));
  }
  for (const needed of ["usr/bin/lua5.4", "usr/bin/python3.11"]) if (!entries.has(needed)) throw new Error(`The packages have no file /${needed}.`);
  return cpioNewc([...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1)));
}
/** A link's target seen from the link. */
function relative(link: readonly string[], target: string): string { return target.startsWith("/") ? "../".repeat(link.length - 1) + target.slice(1) : target; }

import { HostError } from "./host-error.ts";

/**
 * The names of a relative path, none for the directory itself. Throws a HostError where it has a name that does not stay within, or one that no
 * file can have.
 */
export function pathNames(path: string): string[] {
  if (path === "") return [];
  const names = path.split("/");
  for (const name of names) {
    if (name === "" || name === "." || name === ".." || /[^\x01-\xff]/.test(name)) throw new HostError("denied", `"${path}" is no path within a directory: its names are separated by one "/" each, and are bytes other than ".", ".." and nothing.`);
  }
  return names;
}

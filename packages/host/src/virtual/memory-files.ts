import { pathNames } from "../file-path.ts";
import type { FileAccess, FileChanges, FileInstant, Files, FileStatus, FileType, HostDirectory, HostFile, OpenDirectoryOptions } from "../files.ts";
import { HostError, type HostErrorCode } from "../host-error.ts";
import type { WallClock } from "../wall-clock.ts";

interface Node {
  readonly type: FileType;
  readonly identity: string;
  mode: number;
  uid: number;
  gid: number;
  links: number;
  bytes: Uint8Array;
  readonly target: string;
  readonly entries: Map<string, Node>;
  accessed: FileInstant;
  modified: FileInstant;
  changed: FileInstant;
}

/** Files in a tree that is gone with the process. Its directory "/" is there. */
export class MemoryFiles implements Files {
  readonly user = 0;
  readonly #clock: WallClock;
  readonly #root: Node;
  #made = 0;

  /** Files get their times from `clock`. */
  constructor(clock: WallClock) {
    this.#clock = clock;
    this.#root = this.#node("directory", 0o755);
  }
  openDirectory(path: string, options: OpenDirectoryOptions = {}): HostDirectory {
    let at = this.#root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      let next = at.entries.get(name);
      if (!next && options.create) at.entries.set(name, (next = this.#node("directory", 0o755)));
      if (!next) throw new HostError("not-found", `There is no directory ${path}.`);
      if (next.type !== "directory") throw new HostError("not-a-directory", `${path} is no directory.`);
      at = next;
    }
    return new MemoryDirectory(at, (type, mode, target) => this.#node(type, mode, target), () => this.#now());
  }
  #now(): FileInstant {
    const milliseconds = this.#clock.unixMilliseconds(), seconds = Math.floor(milliseconds / 1000);
    return { seconds, nanoseconds: Math.floor((milliseconds - seconds * 1000) * 1e6) };
  }
  #node(type: FileType, mode: number, target: string = ""): Node {
    const now = this.#now();
    return { type, identity: String(++this.#made), mode: mode & 0o7777, uid: 0, gid: 0, links: 1, bytes: new Uint8Array(0), target, entries: new Map(), accessed: now, modified: now, changed: now };
  }
}

class MemoryDirectory implements HostDirectory {
  readonly #root: Node;
  readonly #make: (type: FileType, mode: number, target?: string) => Node;
  readonly #now: () => FileInstant;

  constructor(root: Node, make: (type: FileType, mode: number, target?: string) => Node, now: () => FileInstant) {
    this.#root = root;
    this.#make = make;
    this.#now = now;
  }
  status(path: string): FileStatus | undefined {
    const node = this.#find(path);
    return node && statusOf(node);
  }
  list(path: string): string[] {
    const node = this.#existing(path);
    if (node.type !== "directory") throw fail("not-a-directory", path, "is no directory");
    return [...node.entries.keys()];
  }
  readlink(path: string): string {
    const node = this.#existing(path);
    if (node.type !== "symbolic-link") throw fail("failed", path, "is no symbolic link");
    return node.target;
  }
  open(path: string, access: FileAccess, mode: number = 0o644): HostFile {
    const node = access === "create" ? this.#enter(path, () => this.#make("file", mode)) : this.#existing(path);
    if (node.type === "symbolic-link") throw fail("symbolic-link", path, "is a symbolic link");
    if (node.type !== "file") throw fail(node.type === "directory" ? "is-a-directory" : "failed", path, "is no regular file");
    return new MemoryFile(node, access !== "read", this.#now);
  }
  makeDirectory(path: string, mode: number = 0o755): void { this.#enter(path, () => this.#make("directory", mode)); }
  makeSymlink(path: string, target: string): void { this.#enter(path, () => this.#make("symbolic-link", 0o777, target)); }
  link(path: string, newPath: string): void {
    const node = this.#existing(path);
    if (node.type === "directory") throw fail("denied", path, "is a directory, which has one name");
    this.#enter(newPath, () => node).links++;
  }
  remove(path: string): void {
    const node = this.#existing(path), { parent, name } = this.#place(path);
    if (node.type === "directory") throw fail("is-a-directory", path, "is a directory");
    parent.entries.delete(name);
    node.links--;
    this.#touch(parent);
  }
  removeDirectory(path: string): void {
    const node = this.#existing(path), { parent, name } = this.#place(path);
    if (node.type !== "directory") throw fail("not-a-directory", path, "is no directory");
    if (node.entries.size > 0) throw fail("not-empty", path, "is not empty");
    parent.entries.delete(name);
    this.#touch(parent);
  }
  rename(path: string, to: string): void {
    const node = this.#existing(path), from = this.#place(path), place = this.#place(to), replaced = place.parent.entries.get(place.name);
    if (replaced === node) return;
    if (node.type === "directory" && `${to}/`.startsWith(`${path}/`)) throw fail("failed", path, "cannot be moved below itself");
    if (replaced) {
      if (replaced.type === "directory" && node.type !== "directory") throw fail("is-a-directory", to, "is a directory");
      if (replaced.type !== "directory" && node.type === "directory") throw fail("not-a-directory", to, "is no directory");
      if (replaced.entries.size > 0) throw fail("not-empty", to, "is not empty");
      replaced.links--;
    }
    from.parent.entries.delete(from.name);
    place.parent.entries.set(place.name, node);
    this.#touch(from.parent);
    this.#touch(place.parent);
  }
  change(path: string, to: FileChanges): void {
    const node = this.#existing(path);
    if (to.mode !== undefined && node.type !== "symbolic-link") node.mode = to.mode & 0o7777;
    node.uid = to.uid ?? node.uid;
    node.gid = to.gid ?? node.gid;
    node.accessed = to.accessed ?? node.accessed;
    node.modified = to.modified ?? node.modified;
    node.changed = this.#now();
  }
  close(): void {}

  #find(path: string): Node | undefined {
    let at: Node | undefined = this.#root;
    for (const name of pathNames(path)) {
      if (!at) return undefined;
      if (at.type !== "directory") throw fail("not-a-directory", path, "leads through what is no directory");
      at = at.entries.get(name);
    }
    return at;
  }
  #existing(path: string): Node {
    const node = this.#find(path);
    if (!node) throw fail("not-found", path, "is not there");
    return node;
  }
  #place(path: string): { readonly parent: Node; readonly name: string } {
    const names = pathNames(path), name = names.pop();
    if (name === undefined) throw fail("denied", path, "is the directory itself");
    if (name.length > 255) throw fail("name-too-long", path, "has a name of more than 255 bytes");
    const parent = this.#existing(names.join("/"));
    if (parent.type !== "directory") throw fail("not-a-directory", path, "leads through what is no directory");
    return { parent, name };
  }
  #enter(path: string, make: () => Node): Node {
    const { parent, name } = this.#place(path);
    if (parent.entries.has(name)) throw fail("exists", path, "is there already");
    const node = make();
    parent.entries.set(name, node);
    this.#touch(parent);
    return node;
  }
  #touch(node: Node): void { node.modified = node.changed = this.#now(); }
}

class MemoryFile implements HostFile {
  readonly #node: Node;
  readonly #writable: boolean;
  readonly #now: () => FileInstant;

  constructor(node: Node, writable: boolean, now: () => FileInstant) {
    this.#node = node;
    this.#writable = writable;
    this.#now = now;
  }
  read(position: number, into: Uint8Array): number {
    const from = this.#node.bytes.subarray(position, position + into.length);
    into.set(from);
    return from.length;
  }
  write(position: number, bytes: Uint8Array): void {
    if (position + bytes.length > this.#node.bytes.length && bytes.length > 0) this.truncate(position + bytes.length);
    this.#change().bytes.set(bytes, position);
  }
  truncate(size: number): void {
    const node = this.#change(), bytes = new Uint8Array(size);
    bytes.set(node.bytes.subarray(0, size));
    node.bytes = bytes;
  }
  status(): FileStatus { return statusOf(this.#node); }
  sync(): void {}
  close(): void {}
  #change(): Node {
    if (!this.#writable) throw new HostError("failed", "The file was opened for reading only.");
    this.#node.modified = this.#node.changed = this.#now();
    return this.#node;
  }
}

function statusOf(node: Node): FileStatus {
  const { type, mode, uid, gid, identity, accessed, modified, changed } = node, size = type === "symbolic-link" ? node.target.length : node.bytes.length;
  const directories = [...node.entries.values()].filter((n) => n.type === "directory").length;
  return { type, mode, uid, gid, size, blocks: Math.ceil(size / 512), links: type === "directory" ? 2 + directories : node.links, device: 0, identity, accessed, modified, changed };
}
function fail(code: HostErrorCode, path: string, what: string): HostError {
  return new HostError(code, `"${path}" ${what}.`);
}

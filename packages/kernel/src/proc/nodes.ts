import { S_IFDIR, S_IFLNK, S_IFREG } from "@ringzero/linux-abi";
import { bytesOf, Inode, type DirectoryEntry, type FileSystem, type IoBuffer, type Path } from "@ringzero/vfs";

/** A name in a directory whose files are made when they are looked at, and what makes its inode of a number. */
export type Entry = readonly [name: string, make: (number: number) => Inode];

/** A directory that is as it is at each look. */
export class ProcDirectory extends Inode {
  readonly #entries: () => readonly Entry[];
  readonly #base: number;

  constructor(fs: FileSystem, number: number, entries: () => readonly Entry[]) {
    super(fs, number, S_IFDIR | 0o555);
    this.links = 2;
    this.#entries = entries;
    this.#base = number * 64;
  }
  override get volatile(): boolean { return true; }
  override lookup(name: string): Inode | undefined {
    const entries = this.#entries(), at = entries.findIndex(([n]) => n === name);
    return at < 0 ? undefined : entries[at]![1](this.#number(name, at));
  }
  override *entries(from: number): Iterable<DirectoryEntry> {
    const entries = this.#entries();
    for (let i = from; i < entries.length; i++) {
      const [name, make] = entries[i]!, number = this.#number(name, i);
      yield { name, inode: number, type: make(number).type, next: i + 1 };
    }
  }
  #number(name: string, at: number): number { return /^\d+$/.test(name) ? this.#base + 1000 + Number(name) : this.#base + at + 1; }
}
/** A file whose text is made by each read. */
export class ProcFile extends Inode {
  readonly #text: () => string;

  constructor(fs: FileSystem, number: number, text: () => string) {
    super(fs, number, S_IFREG | 0o444);
    this.#text = text;
  }
  override read(position: number, buffer: IoBuffer): number {
    const bytes = bytesOf(this.#text()).subarray(position, position + buffer.length);
    buffer.put(0, bytes);
    return bytes.length;
  }
}
/** A link that leads to a place, whatever its text says. */
export class ProcLink extends Inode {
  readonly #target: () => string;
  readonly #jump: (() => Path | undefined) | undefined;

  constructor(fs: FileSystem, number: number, target: () => string, jump?: () => Path | undefined) {
    super(fs, number, S_IFLNK | 0o777);
    this.#target = target;
    this.#jump = jump;
  }
  override readlink(): string { return this.#target(); }
  override jump(): Path | undefined { return this.#jump?.(); }
}

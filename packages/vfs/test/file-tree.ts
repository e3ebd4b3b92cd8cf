import { virtualHost } from "@ringzero/host/virtual";
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY, S_IFDIR, type Errno } from "@ringzero/linux-abi";
import { FrameWriter, Machine, type OwnerId } from "@ringzero/machine";
import { BytesBuffer, FrameStore, makeNode, makeSymlink, MountNamespace, openFile, removeDirectory, rename, ROOT, Tmpfs, unlink, walk, type FileSystem, type WalkContext } from "../src/index.ts";

export const machine: Machine = await Machine.create(virtualHost(), { memory: 16 << 20, shared: false });
export const owner: OwnerId = machine.createOwner({ name: "files", kind: "kernel" }).id;
export const store: FrameStore = new FrameStore(machine, owner, new FrameWriter(machine, owner));
export const now = (): { seconds: number; nanoseconds: number } => ({ seconds: 1, nanoseconds: 0 });
export const tmpfs = (): Tmpfs => new Tmpfs({ store, device: 1, now });

/** Files by whole contents, as root. */
export class Files {
  readonly context: WalkContext;
  constructor(fs: FileSystem) {
    const root = MountNamespace.of(fs).rootPath;
    this.context = { root, cwd: root, credentials: ROOT };
  }
  get #root(): WalkContext["root"] { return this.context.root; }
  open(path: string, flags: number): ReturnType<typeof openFile> { return openFile(this.context, this.#root, path, flags, 0o644, () => { throw new Error("special"); }); }
  write(path: string, text: string, flags: number = O_CREAT | O_TRUNC): void {
    const file = this.open(path, O_WRONLY | flags).reference();
    file.write(new BytesBuffer(new TextEncoder().encode(text)));
    file.release();
  }
  read(path: string): string {
    const file = this.open(path, O_RDONLY).reference(), bytes = new Uint8Array(file.inode.size + 10), n = file.read(new BytesBuffer(bytes, machine.views)) as number;
    file.release();
    return new TextDecoder().decode(bytes.subarray(0, n));
  }
  list(path: string): string[] {
    const names: string[] = [];
    this.open(path, O_RDONLY).readDirectory(({ name }) => names.push(name) > 0);
    return names.filter((n) => n !== "." && n !== "..").sort();
  }
  mkdir(path: string): void { makeNode(this.context, this.#root, path, S_IFDIR | 0o755); }
  symlink(path: string, target: string): void { makeSymlink(this.context, this.#root, path, target); }
  unlink(path: string): void { unlink(this.context, this.#root, path); }
  rmdir(path: string): void { removeDirectory(this.context, this.#root, path); }
  rename(path: string, to: string): void { rename(this.context, this.#root, path, this.#root, to); }
  walk(path: string): ReturnType<typeof walk> { return walk(this.context, this.#root, path, true); }
}
export function errno(act: () => unknown): Errno | undefined {
  try {
    act();
  } catch (error) {
    return error as Errno;
  }
  return undefined;
}

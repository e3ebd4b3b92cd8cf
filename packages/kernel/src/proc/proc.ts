import { ENOENT, PROC_SUPER_MAGIC, S_IFDIR, S_IFLNK, S_IFREG } from "@ringzero/linux-abi";
import { bytesOf, Dentry, Inode, Mount, type FileDescription, type DirectoryEntry, type FileSystem, type IoBuffer, type Path, type Timestamp } from "@ringzero/vfs";
import type { Kernel } from "../kernel.ts";
import type { PidNamespace } from "../namespaces/pid-namespace.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";

/** proc(5), as far as programs need it to find themselves. Its files are made when they are looked at. */
export class Proc implements FileSystem {
  readonly type = "proc";
  readonly magic: number = PROC_SUPER_MAGIC;
  readonly readOnly = true;
  readonly device: number;
  /** The kernel that it shows. */
  readonly kernel: Kernel;
  readonly root: Inode;

  /** Whose tasks it shows, and by which numbers. */
  readonly pids: PidNamespace;
  /** What files without a name are seen through. */
  readonly nowhere: Mount;

  /** What tasks of a namespace see. */
  constructor(kernel: Kernel, pids: PidNamespace) {
    this.kernel = kernel;
    this.pids = pids;
    this.device = kernel.nextDevice();
    this.nowhere = new Mount(kernel.anonymous, new Dentry("", undefined, kernel.anonymous.root));
    this.root = new ProcDirectory(this, 1, () => [
      ["self", (n) => new ProcLink(this, n, () => String(pids.local(kernel.current?.group.pid ?? 0)))], ["mounts", (n) => new ProcLink(this, n, () => "self/mounts")],
      ...Object.entries(SYSTEM_FILES).map(([name, text]) => [name, (n: number) => new ProcFile(this, n, () => text(kernel))] as const),
      ...[...kernel.groups.values()].filter((group) => pids.local(group.pid) > 0).map((group) => [String(pids.local(group.pid)), (n: number) => processDirectory(this, group, n)] as const),
    ]);
  }
  now(): Timestamp { return this.kernel.now(); }
}
type Entry = readonly [name: string, make: (number: number) => Inode];

/** Files about the whole system. */
const SYSTEM_FILES: { readonly [name: string]: (kernel: Kernel) => string } = {
  uptime: (k) => `${(k.time.clock.time / 1e9).toFixed(2)} ${(k.time.clock.idle / 1e9).toFixed(2)}\n`,
  version: () => "Linux version 6.1.0 (ringzero) #1 SMP\n",
  filesystems: () => "nodev\ttmpfs\nnodev\tproc\n",
  loadavg: (k) => `0.00 0.00 0.00 ${[...k.tasks.values()].filter((t) => t.state === "runnable").length}/${k.tasks.size} ${Math.max(0, ...k.tasks.keys())}\n`,
  meminfo: (k) => {
    const { frames } = k.machine.ledger(), kib = (n: number): string => `${String(n * 4).padStart(8)} kB`;
    return `MemTotal:       ${kib(frames.capacity)}\nMemFree:        ${kib(frames.capacity - frames.inUse)}\nMemAvailable:   ${kib(frames.capacity - frames.inUse)}\nBuffers:        ${kib(0)}\nCached:         ${kib(0)}\n`;
  },
};

function processDirectory(fs: Proc, group: ThreadGroup, number: number): Inode {
  const leader = (): Task => {
    for (const task of group.tasks) return task;
    throw ENOENT;
  };
  const text = (make: (task: Task) => string) => (n: number): Inode => new ProcFile(fs, n, () => make(leader()));
  const link = (place: (task: Task) => Path | undefined) => (n: number): Inode => new ProcLink(fs, n, () => {
    const at = place(leader());
    if (!at) throw ENOENT;
    return fs.kernel.pathName(at, fs.kernel.current ?? leader());
  }, () => place(leader()));
  const entries: readonly Entry[] = [
    ["exe", link((t) => t.executable)], ["cwd", link((t) => t.fs.cwd)], ["root", link((t) => t.fs.root)], ["comm", text((t) => `${t.name}\n`)],
    ["cmdline", text((t) => argumentsOf(t))], ["maps", text(mapsOf)], ["stat", (n) => new ProcFile(fs, n, () => statOf(fs.pids, group))], ["mounts", text(mountsOf)],
    ["fd", (n) => new ProcDirectory(fs, n, () => [...leader().files.numbers()].map((fd) => [String(fd), (m: number) => new ProcLink(fs, m, () => {
      const file = leader().files.get(fd);
      return file.path ? fs.kernel.pathName(file.path, leader()) : `pipe:[${file.inode.number}]`;
    }, () => placeOf(fs, leader().files.get(fd)))] as const))],
  ];
  return new ProcDirectory(fs, number, () => entries);
}
/** The place of an open file: one without a name is in a tree of its own. */
function placeOf(fs: Proc, file: FileDescription): Path {
  return file.path ?? { mount: fs.nowhere, dentry: new Dentry("", undefined, file.inode) };
}
function argumentsOf(task: Task): string {
  const { argumentsStart, argumentsEnd } = task.space;
  return String.fromCharCode(...task.memory.bytes(argumentsStart, argumentsEnd - argumentsStart));
}
function mapsOf(task: Task): string {
  const hex = (n: number): string => n.toString(16).padStart(8, "0");
  return task.space.vmas.map((v) => {
    const rights = `${v.protection & 1 ? "r" : "-"}${v.protection & 2 ? "w" : "-"}${v.protection & 4 ? "x" : "-"}${v.shared ? "s" : "p"}`;
    return `${hex(v.start)}-${hex(v.end)} ${rights} ${hex(v.offset)} 00:${(v.file?.inode.fileSystem.device ?? 0).toString(16).padStart(2, "0")} ${v.file?.inode.number ?? 0} ${v.file?.path ? task.kernel.pathName(v.file.path, task) : v.name}\n`;
  }).join("");
}
function mountsOf(task: Task): string {
  const lines: string[] = [];
  const visit = (mount: Path["mount"]): void => {
    lines.push(`${mount.fileSystem.type} ${task.kernel.pathName({ mount, dentry: mount.root }, task)} ${mount.fileSystem.type} ${mount.flags & 1 ? "ro" : "rw"} 0 0\n`);
    for (const child of mount.children.values()) visit(child);
  };
  visit(task.fs.namespace.root);
  return lines.join("");
}
/** The fields of /proc/pid/stat that are kept; others are 0. proc(5). */
function statOf(pids: PidNamespace, group: ThreadGroup): string {
  const [task] = group.tasks;
  const state = group.isZombie ? "Z" : group.stopped ? "T" : task && task.state === "blocked" ? "S" : "R";
  const number = (global: number): number => pids.local(global);
  const fields = [number(group.pid), `(${task?.name ?? ""})`, state, number(group.parent?.pid ?? 0), number(group.groupId), number(group.sessionId), group.terminal ? 1281 : 0, group.terminal ? number(group.terminal.foreground) : -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, group.tasks.size, 0, 0];
  const bytes = task?.space.vmas.reduce((sum, v) => sum + v.end - v.start, 0) ?? 0, resident = task?.space.residentFrames() ?? 0;
  return `${[...fields, bytes, resident, ...Array.from({ length: 28 }, () => 0)].join(" ")}\n`;
}

class ProcDirectory extends Inode {
  readonly #entries: () => readonly Entry[];
  readonly #base: number;

  constructor(fs: Proc, number: number, entries: () => readonly Entry[]) {
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
class ProcFile extends Inode {
  readonly #text: () => string;

  constructor(fs: Proc, number: number, text: () => string) {
    super(fs, number, S_IFREG | 0o444);
    this.#text = text;
  }
  override read(position: number, buffer: IoBuffer): number {
    const bytes = bytesOf(this.#text()).subarray(position, position + buffer.length);
    buffer.put(0, bytes);
    return bytes.length;
  }
}
class ProcLink extends Inode {
  readonly #target: () => string;
  readonly #jump: (() => Path | undefined) | undefined;

  constructor(fs: Proc, number: number, target: () => string, jump?: () => Path | undefined) {
    super(fs, number, S_IFLNK | 0o777);
    this.#target = target;
    this.#jump = jump;
  }
  override readlink(): string { return this.#target(); }
  override jump(): Path | undefined { return this.#jump?.(); }
}

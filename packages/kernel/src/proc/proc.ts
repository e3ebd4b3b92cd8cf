import { ENOENT, Errno, MS_RDONLY, PROC_SUPER_MAGIC } from "@ringzero/linux-abi";
import { Dentry, Mount, type FileDescription, type FileSystem, type Inode, type Path, type Timestamp } from "@ringzero/vfs";
import type { Kernel } from "../kernel.ts";
import type { PidNamespace, UtsNamespace } from "../namespaces/pid-namespace.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { ProcDirectory, ProcFile, ProcLink, type Entry } from "./nodes.ts";
import { limitsText, statText, statmText, statusText, ticks } from "./process-text.ts";

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
      ["sys", (n) => new ProcDirectory(this, n, () => [["kernel", (m) => new ProcDirectory(this, m, () => Object.entries(KERNEL_FILES).map(([name, text]) => [name, (k: number) => new ProcFile(this, k, () => `${text(kernel.current?.uts ?? kernel.uts)}\n`)] as const))]])],
      ...[...kernel.groups.values()].filter((group) => pids.local(group.pid) > 0).map((group) => [String(pids.local(group.pid)), (n: number) => processDirectory(this, group, n)] as const),
    ]);
  }
  now(): Timestamp { return this.kernel.now(); }
}
/** Files of /proc/sys/kernel, to be read only. proc_sys_kernel(5). */
const KERNEL_FILES: { readonly [name: string]: (uts: UtsNamespace) => string } = { ostype: () => "Linux", hostname: (uts) => uts.hostName, domainname: (uts) => uts.domainName };
/** Files about the whole system. */
const SYSTEM_FILES: { readonly [name: string]: (kernel: Kernel) => string } = {
  uptime: (k) => `${(k.time.clock.time / 1e9).toFixed(2)} ${(k.time.clock.idle / 1e9).toFixed(2)}\n`,
  version: () => "Linux version 6.1.0 (ringzero) #1 SMP\n",
  filesystems: () => ["tmpfs", "ramfs", "proc", "sysfs", "devpts", "overlay"].map((type) => `nodev\t${type}\n`).join(""),
  stat: (k) => {
    const { time, idle } = k.time.clock, cpu = `${ticks(time - idle)} 0 0 ${ticks(idle)} 0 0 0 0 0 0`, running = [...k.tasks.values()].filter((t) => t.state === "runnable").length;
    return `cpu  ${cpu}\ncpu0 ${cpu}\nintr 0\nctxt ${k.counts.contextSwitches}\nbtime ${k.bootTime}\nprocesses ${k.forks}\nprocs_running ${running}\nprocs_blocked 0\n`;
  },
  cpuinfo: () => "processor\t: 0\nvendor_id\t: RingZero\nmodel name\t: Ring Zero x86-64\ncpu MHz\t\t: 100.000\n\n",
  cmdline: () => "\n", devices: () => "Character devices:\n  1 mem\n  5 tty\n136 pts\n", partitions: () => "major minor  #blocks  name\n\n", swaps: () => "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n", modules: () => "",
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
    ["cmdline", text((t) => argumentsOf(t))], ["maps", text(mapsOf)], ["stat", (n) => new ProcFile(fs, n, () => statText(fs.pids, group))], ["statm", text(statmText)], ["status", (n) => new ProcFile(fs, n, () => statusText(fs.pids, group))],
    ["limits", (n) => new ProcFile(fs, n, () => limitsText(group))], ["cgroup", () => new ProcFile(fs, number * 64 + 60, () => "0::/\n")], ["mounts", text(mountsOf)], ["mountinfo", text(mountInfoOf)], ["environ", text((t) => memoryText(t, t.space.argumentsEnd, t.space.environmentEnd))],
    ["oom_score_adj", (n) => new ProcFile(fs, n, () => "0\n")],
    ["task", (n) => new ProcDirectory(fs, n, () => [...group.tasks].map((t) => [String(fs.pids.local(t.tid)), (m: number) => new ProcDirectory(fs, m, () => [["comm", (k) => new ProcFile(fs, k, () => `${t.name}\n`)], ["stat", (k) => new ProcFile(fs, k, () => statText(fs.pids, group))]])] as const))],
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
  return memoryText(task, task.space.argumentsStart, task.space.argumentsEnd);
}
/** Memory of a program as text, at most 128 KiB of it; nothing where the program has taken it away. */
function memoryText(task: Task, start: number, end: number): string {
  try {
    return stringFrom(task.memory.bytes(start, Math.max(0, Math.min(end - start, 128 << 10))));
  } catch (error) {
    if (error instanceof Errno) return "";
    throw error;
  }
}
function stringFrom(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
function mapsOf(task: Task): string {
  const hex = (n: number): string => n.toString(16).padStart(8, "0");
  return task.space.vmas.map((v) => {
    const rights = `${v.protection & 1 ? "r" : "-"}${v.protection & 2 ? "w" : "-"}${v.protection & 4 ? "x" : "-"}${v.shared ? "s" : "p"}`;
    return `${hex(v.start)}-${hex(v.end)} ${rights} ${hex(v.offset)} 00:${(v.file?.inode.fileSystem.device ?? 0).toString(16).padStart(2, "0")} ${v.file?.inode.number ?? 0} ${v.file?.path ? task.kernel.pathName(v.file.path, task) : v.name}\n`;
  }).join("");
}
function* mountsBelow(mount: Path["mount"]): Generator<Path["mount"]> {
  yield mount;
  for (const child of mount.children.values()) yield* mountsBelow(child);
}
/** What would end a word or a line, as an octal number. Linux, fs/proc_namespace.c:mangle(). */
function mangled(word: string): string {
  return word.replace(/[ \t\n\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
function mountsOf(task: Task): string {
  return [...mountsBelow(task.fs.namespace.root)].map((mount) => `${mangled(mount.source)} ${task.kernel.pathName({ mount, dentry: mount.root }, task)} ${mount.fileSystem.type} ${mount.flags & MS_RDONLY ? "ro" : "rw"} 0 0\n`).join("");
}
/** proc(5), "/proc/[pid]/mountinfo". */
function mountInfoOf(task: Task): string {
  const mounts = [...mountsBelow(task.fs.namespace.root)];
  return mounts.map((mount, i) => {
    const { type, device } = mount.fileSystem, rights = mount.flags & MS_RDONLY ? "ro" : "rw", parent = mount.parent ? mounts.indexOf(mount.parent) + 1 : 0;
    return `${i + 1} ${parent} 0:${device} / ${task.kernel.pathName({ mount, dentry: mount.root }, task)} ${rights} - ${type} ${mangled(mount.source)} ${rights}\n`;
  }).join("");
}

import { deviceNumber, DEVPTS_SUPER_MAGIC, EIO, ENOSPC, O_CLOEXEC, FD_CLOEXEC, POLLHUP, POLLIN, POLLOUT, S_IFCHR, S_IFDIR, TIOCGPTN, TIOCGPTPEER, TIOCSPTLCK } from "@ringzero/linux-abi";
import { Dentry, FileDescription, Inode, Mount, WaitQueue, WOULD_BLOCK, type DirectoryEntry, type FileSystem, type IoBuffer, type Path, type Timestamp, type WouldBlock } from "@ringzero/vfs";
import type { Kernel } from "../kernel.ts";
import type { Task } from "../task/task.ts";
import { Tty, TtyFile } from "./tty.ts";

/** Terminals at most in one instance. Linux, fs/devpts/inode.c: the sysctl kernel.pty.max. */
const MOST = 4096;
/** Bytes that wait for the master to be read at most: beyond that writers of the terminal wait. */
const SHOWN_MOST = 1 << 16;

/** Pseudoterminals of one container: pts(4), and Linux, Documentation/filesystems/devpts.rst, "each mount is a new instance". */
export class Devpts implements FileSystem {
  /** As mount(2) names it. */
  readonly type = "devpts";
  /** For statfs(2). */
  readonly magic: number = DEVPTS_SUPER_MAGIC;
  /** Its st_dev. */
  readonly device: number;
  /** Nothing is made here but by opening ptmx. */
  readonly readOnly = false;
  /** The directory with ptmx and a number for each terminal. */
  readonly root: Inode;
  /** The kernel of its terminals. */
  readonly kernel: Kernel;
  /** Terminals by number. */
  readonly terminals: Map<number, Tty> = new Map();
  /** The node that makes a terminal when it is opened. */
  readonly ptmx: Inode;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.device = kernel.nextDevice();
    this.ptmx = new DevptsNode(this, 2, S_IFCHR | 0o666);
    this.ptmx.device = deviceNumber(5, 2);
    kernel.reopen.set(this.ptmx, (path, flags) => this.openMaster(path, flags));
    this.root = new DevptsRoot(this);
  }
  /** The kernel's time. */
  now(): Timestamp { return this.kernel.now(); }
  /** A new terminal at the lowest free number. Throws ENOSPC. `name` is for its port in the input log, where it has one. */
  make(name: string): Tty {
    let number = 0;
    while (this.terminals.has(number)) number++;
    if (number >= MOST) throw ENOSPC;
    const inode = new DevptsNode(this, number + 3, S_IFCHR | 0o620), terminal = new Tty(this.kernel, name, inode, deviceNumber(136, number));
    inode.gid = 5;
    this.terminals.set(number, terminal);
    this.kernel.reopen.set(inode, (path, flags) => {
      if (terminal.hungUp) throw EIO;
      return new TtyFile(terminal, path, flags);
    });
    return terminal;
  }
  /** A terminal's number; -1 where it is none of this instance. */
  numberOf(terminal: Tty): number {
    for (const [number, other] of this.terminals) if (other === terminal) return number;
    return -1;
  }
  /** A terminal is gone: its number is free. */
  remove(terminal: Tty): void {
    this.terminals.delete(this.numberOf(terminal));
  }
  /** Opens a new master. */
  openMaster(path: Path | undefined, flags: number): PtyMaster {
    const terminal = this.make("pty");
    return new PtyMaster(this, this.numberOf(terminal), terminal, path, flags);
  }
}

class DevptsNode extends Inode {}
class DevptsRoot extends Inode {
  readonly #fs: Devpts;

  constructor(fs: Devpts) {
    super(fs, 1, S_IFDIR | 0o755);
    this.links = 2;
    this.#fs = fs;
  }
  override get volatile(): boolean { return true; }
  override lookup(name: string): Inode | undefined {
    return name === "ptmx" ? this.#fs.ptmx : /^(?:0|[1-9]\d{0,4})$/.test(name) ? this.#fs.terminals.get(Number(name))?.inode : undefined;
  }
  override *entries(from: number): Iterable<DirectoryEntry> {
    const names = ["ptmx", ...[...this.#fs.terminals.keys()].toSorted((a, b) => a - b).map(String)];
    for (let i = from; i < names.length; i++) yield { name: names[i]!, inode: this.lookup(names[i]!)!.number, type: S_IFCHR, next: i + 1 };
  }
}

/** The far end of a terminal, in the hands of a program: what it writes is typed, what it reads is shown. */
export class PtyMaster extends FileDescription {
  readonly #fs: Devpts;
  readonly #number: number;
  readonly #terminal: Tty;
  readonly #shown: Uint8Array[] = [];
  #size = 0;
  readonly #changed = new WaitQueue();

  constructor(fs: Devpts, number: number, terminal: Tty, path: Path | undefined, flags: number) {
    super(fs.ptmx, path, flags);
    this.#fs = fs;
    this.#number = number;
    this.#terminal = terminal;
    terminal.onOutput = (bytes) => {
      this.#shown.push(bytes);
      this.#size += bytes.length;
      if (this.#size > SHOWN_MOST) terminal.setFull(true);
      this.#changed.wake();
    };
    terminal.onUnused = () => this.#changed.wake();
  }
  read(buffer: IoBuffer): number | WouldBlock {
    const [first] = this.#shown;
    if (!first) {
      // Once nobody has the terminal open any more. Linux, drivers/tty/n_tty.c:n_tty_read(), TTY_OTHER_CLOSED.
      if (this.#terminal.unused) throw EIO;
      return WOULD_BLOCK;
    }
    const n = Math.min(buffer.length, first.length);
    buffer.put(0, first.subarray(0, n));
    this.#size -= n;
    if (this.#terminal.full && this.#size < SHOWN_MOST / 2) this.#terminal.setFull(false);
    if (n === first.length) this.#shown.shift();
    else this.#shown[0] = first.subarray(n);
    return n;
  }
  write(buffer: IoBuffer): number {
    const bytes = new Uint8Array(Math.min(buffer.length, 4096));
    buffer.take(0, bytes);
    this.#terminal.input(bytes);
    return bytes.length;
  }
  override poll(): number { return (this.#shown.length > 0 ? POLLIN : 0) | POLLOUT | (this.#terminal.unused ? POLLHUP : 0); }
  override get changed(): WaitQueue { return this.#changed; }
  override ioctl(request: number, argument: number, context: unknown): number {
    const task = context as Task;
    switch (request) {
      case TIOCGPTN:
        task.memory.setU32(argument, this.#number);
        return 0;
      case TIOCSPTLCK: return 0;
      case TIOCGPTPEER: return task.files.add(this.#peer(argument), argument & O_CLOEXEC ? FD_CLOEXEC : 0);
      default: return this.#peer(this.flags).ioctl(request, argument, context);
    }
  }
  #peer(flags: number): TtyFile {
    const { inode } = this.#terminal, path = this.path && { mount: this.path.mount, dentry: new Dentry(String(this.#number), this.path.dentry.parent, inode) };
    return new TtyFile(this.#terminal, path, flags & ~O_CLOEXEC);
  }
  protected override closed(): void {
    this.#terminal.hangUp();
    this.#fs.remove(this.#terminal);
  }
}

/** Mounts an instance, with the place where it shows: for whoever starts a program on a terminal. */
export function mountDevpts(kernel: Kernel, at: Path): Devpts {
  const fs = new Devpts(kernel);
  new Mount(fs, new Dentry("", undefined, fs.root)).attach(at);
  return fs;
}

import { deviceNumber, EINVAL, ENXIO, ENOSPC, O_ACCMODE, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY, S_IFCHR, S_IFDIR, S_IFIFO } from "@ringzero/linux-abi";
import { FileDescription, type Inode, type IoBuffer, type Path } from "@ringzero/vfs";
import type { Kernel } from "../kernel.ts";
import { Pipe, PipeReader, PipeWriter } from "./pipe.ts";
import { TtyFile } from "./tty.ts";

/** Character devices by number. Linux, Documentation/admin-guide/devices.txt. */
const NULL = deviceNumber(1, 3), ZERO = deviceNumber(1, 5), FULL = deviceNumber(1, 7), RANDOM = deviceNumber(1, 8), URANDOM = deviceNumber(1, 9), TTY = deviceNumber(5, 0), CONSOLE = deviceNumber(5, 1);

/** Opens a device or a FIFO. */
export function openSpecial(kernel: Kernel, inode: Inode, path: Path, flags: number): FileDescription {
  const again = kernel.reopen.get(inode);
  if (again) return again(path, flags);
  if (inode.type === S_IFIFO) return openFifo(kernel, inode, path, flags);
  if (inode.type !== S_IFCHR) throw ENXIO;
  switch (inode.device) {
    case NULL: return new MemoryDevice(inode, path, flags, () => 0);
    case ZERO: case FULL: return new MemoryDevice(inode, path, flags, (buffer) => {
      buffer.putZeros(0, buffer.length);
      return buffer.length;
    });
    case RANDOM: case URANDOM: return new MemoryDevice(inode, path, flags, (buffer) => {
      for (let done = 0; done < buffer.length; ) {
        const bytes = kernel.random(Math.min(buffer.length - done, 1 << 16));
        buffer.put(done, bytes);
        done += bytes.length;
      }
      return buffer.length;
    });
    case TTY: {
      const terminal = kernel.current?.group.terminal;
      if (!terminal) throw ENXIO;
      return new TtyFile(terminal, path, flags);
    }
    case CONSOLE: return new TtyFile(kernel.current?.group.terminal ?? kernel.console, path, flags);
    default: throw ENXIO;
  }
}

/** null, zero, full and random: mem(4), random(4). */
class MemoryDevice extends FileDescription {
  readonly #fill: (buffer: IoBuffer) => number;

  constructor(inode: Inode, path: Path, flags: number, fill: (buffer: IoBuffer) => number) {
    super(inode, path, flags);
    this.#fill = fill;
  }
  read(buffer: IoBuffer): number { return this.#fill(buffer); }
  write(buffer: IoBuffer): number {
    if (this.inode.device === FULL) throw ENOSPC;
    return buffer.length;
  }
  override readAt(buffer: IoBuffer): number { return this.read(buffer); }
  override writeAt(buffer: IoBuffer): number { return this.write(buffer); }
  override seek(): number { return 0; }
}

/** fifo(7). That a blocking open waits for the other end is openat(2)'s affair. */
function openFifo(kernel: Kernel, inode: Inode, path: Path, flags: number): FileDescription {
  let pipe = kernel.fifos.get(inode);
  if (!pipe) kernel.fifos.set(inode, (pipe = new Pipe(inode)));
  const access = flags & O_ACCMODE;
  if (access === O_RDWR) throw EINVAL;
  if (access === O_WRONLY && pipe.readers === 0 && flags & O_NONBLOCK) throw ENXIO;
  return access === O_RDONLY ? new PipeReader(pipe, path, flags) : new PipeWriter(pipe, path, flags);
}

/** The nodes of /dev that every program expects, in a file system's root directory: name and number, or target. */
export const DEVICE_NODES: readonly (readonly [name: string, mode: number, device: number])[] = [
  ["null", S_IFCHR | 0o666, NULL], ["zero", S_IFCHR | 0o666, ZERO], ["full", S_IFCHR | 0o666, FULL], ["random", S_IFCHR | 0o666, RANDOM], ["urandom", S_IFCHR | 0o666, URANDOM], ["tty", S_IFCHR | 0o666, TTY],
  ["console", S_IFCHR | 0o600, CONSOLE], ["shm", S_IFDIR | 0o1777, 0], ["pts", S_IFDIR | 0o755, 0],
];
/** Names in /dev that lead to a task's own descriptors: name and target. */
export const DEVICE_LINKS: readonly (readonly [name: string, target: string])[] = [["fd", "/proc/self/fd"], ["stdin", "/proc/self/fd/0"], ["stdout", "/proc/self/fd/1"], ["stderr", "/proc/self/fd/2"], ["ptmx", "pts/ptmx"]];

import { EBADF, EPIPE, FIONREAD, O_RDONLY, O_WRONLY, POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "@ringzero/linux-abi";
import { FileDescription, WaitQueue, WOULD_BLOCK, type Inode, type IoBuffer, type Path, type WouldBlock } from "@ringzero/vfs";
import type { Task } from "../task/task.ts";

/** Bytes that a pipe holds, and that a write up to that length is not torn. Linux, Documentation: pipe(7). */
export const PIPE_BYTES = 65536, PIPE_BUF = 4096;

/** What lies between the ends of a pipe. Linux, fs/pipe.c. */
export class Pipe {
  /** What fstat(2) of either end shows. */
  readonly inode: Inode;
  /** Woken when bytes, room or an end come or go. */
  readonly changed: WaitQueue = new WaitQueue();
  readonly #ring = new Uint8Array(PIPE_BYTES);
  #start = 0;
  /** Bytes in it. */
  length = 0;
  /** Ends for reading that are open. */
  readers = 0;
  /** Ends for writing that are open. */
  writers = 0;
  /** Readers opened so far: whoever waits for the other end may find it closed again. */
  readersSeen = 0;
  /** The same for writers. */
  writersSeen = 0;

  /** It is a FIFO. */
  readonly named: boolean;

  constructor(inode: Inode) {
    this.inode = inode;
    this.named = inode.fileSystem.type !== "pipefs";
  }
  /** Both ends, open: reader and writer. */
  open(flags: number = 0): readonly [PipeReader, PipeWriter] {
    return [new PipeReader(this, undefined, O_RDONLY | flags), new PipeWriter(this, undefined, O_WRONLY | flags)];
  }
  /** Moves bytes out, as many as there are room and bytes. Returns how many. */
  take(buffer: IoBuffer): number {
    const n = Math.min(buffer.length, this.length);
    for (let done = 0; done < n; ) {
      const size = Math.min(n - done, PIPE_BYTES - this.#start);
      buffer.put(done, this.#ring, this.#start, size);
      this.#start = (this.#start + size) % PIPE_BYTES;
      this.length -= size;
      done += size;
    }
    if (n > 0) this.changed.wake();
    return n;
  }
  /** Takes bytes `from` on of a buffer, as many as fit. */
  put(buffer: IoBuffer, from: number): number {
    const n = Math.min(buffer.length - from, PIPE_BYTES - this.length);
    for (let done = 0; done < n; ) {
      const end = (this.#start + this.length) % PIPE_BYTES, size = Math.min(n - done, PIPE_BYTES - end);
      buffer.take(from + done, this.#ring, end, size);
      this.length += size;
      done += size;
    }
    if (n > 0) this.changed.wake();
    return n;
  }
}

/** What both ends have in common. */
export abstract class PipeEnd extends FileDescription {
  /** What lies between the ends. */
  readonly pipe: Pipe;

  constructor(pipe: Pipe, path: Path | undefined, flags: number) {
    super(pipe.inode, path, flags);
    this.pipe = pipe;
  }
  override get changed(): WaitQueue { return this.pipe.changed; }
  /** Whether the other end is open, or was since this one is: what the open of a FIFO waits for. A pipe without a name waits for nobody. Linux, fs/pipe.c:fifo_open(). */
  abstract get partnerCame(): boolean;
  override ioctl(request: number, argument: number, context: unknown): number {
    if (request !== FIONREAD) return super.ioctl(request, argument, context);
    (context as Task).memory.setU32(argument, this.pipe.length);
    return 0;
  }
}

/** The end for reading. Reads give 0 when all writers are gone. */
export class PipeReader extends PipeEnd {
  readonly #before: number;

  constructor(pipe: Pipe, path: Path | undefined, flags: number) {
    super(pipe, path, flags);
    this.#before = pipe.writersSeen;
    pipe.readers++;
    pipe.readersSeen++;
    pipe.changed.wake();
  }
  override get partnerCame(): boolean { return !this.pipe.named || this.pipe.writers > 0 || this.pipe.writersSeen > this.#before; }
  read(buffer: IoBuffer): number | WouldBlock {
    if (this.pipe.length === 0 && buffer.length > 0) return this.pipe.writers > 0 ? WOULD_BLOCK : 0;
    return this.pipe.take(buffer);
  }
  write(): never { throw EBADF; }
  override poll(): number { return (this.pipe.length > 0 ? POLLIN | POLLRDNORM : 0) | (this.pipe.writers === 0 ? POLLHUP : 0); }
  protected override closed(): void {
    this.pipe.readers--;
    this.pipe.changed.wake();
  }
}

/** The end for writing. Writes throw EPIPE when all readers are gone. */
export class PipeWriter extends PipeEnd {
  readonly #before: number;

  constructor(pipe: Pipe, path: Path | undefined, flags: number) {
    super(pipe, path, flags);
    this.#before = pipe.readersSeen;
    pipe.writers++;
    pipe.writersSeen++;
    pipe.changed.wake();
  }
  override get partnerCame(): boolean { return !this.pipe.named || this.pipe.readers > 0 || this.pipe.readersSeen > this.#before; }
  read(): never { throw EBADF; }
  /** Short where not all fits; up to PIPE_BUF bytes go as a whole. */
  write(buffer: IoBuffer): number | WouldBlock {
    if (this.pipe.readers === 0) throw EPIPE;
    const free = PIPE_BYTES - this.pipe.length;
    if (buffer.length > 0 && (free === 0 || (buffer.length <= PIPE_BUF && free < buffer.length))) return WOULD_BLOCK;
    return this.pipe.put(buffer, 0);
  }
  override poll(): number { return (PIPE_BYTES - this.pipe.length >= PIPE_BUF ? POLLOUT | POLLWRNORM : 0) | (this.pipe.readers === 0 ? POLLERR : 0); }
  protected override closed(): void {
    this.pipe.writers--;
    this.pipe.changed.wake();
  }
}

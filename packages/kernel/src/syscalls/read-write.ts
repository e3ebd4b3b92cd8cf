import { EAGAIN, EBADF, EINVAL, EPIPE, iovec, SIGPIPE, SI_USER } from "@ringzero/linux-abi";
import { BytesBuffer, WOULD_BLOCK, type FileDescription } from "@ringzero/vfs";
import { UserBuffer, type UserRange } from "../memory/user-memory.ts";
import { sendToTask } from "../signals/send.ts";
import { userSignal } from "../signals/signal-state.ts";
import { address, fd, int, long, size, syscall, uint, type Result, type SystemCall } from "../syscall.ts";
import type { Task } from "../task/task.ts";

/** Most bytes of one transfer. Linux, include/linux/fs.h: MAX_RW_COUNT. */
const MOST = 0x7fff_f000;

/** The ranges of readv(2) and writev(2). Throws EINVAL. */
function ranges(task: Task, vector: number, count: number): UserBuffer {
  if (!(count >= 0 && count <= 1024)) throw EINVAL;
  const layout = iovec.for(task.space.abi), list: UserRange[] = [];
  for (let i = 0, left = MOST; i < count; i++) {
    const v = layout.get(task.memory.bytes(vector + i * layout.size, layout.size)), length = Math.min(Number(v.iov_len), left);
    list.push({ address: Number(v.iov_base), length });
    left -= length;
  }
  return UserBuffer.ranges(task.memory, list);
}

function readInto(task: Task, file: FileDescription, buffer: UserBuffer): Result {
  if (!file.readable) throw EBADF;
  const n = file.read(buffer);
  if (n !== WOULD_BLOCK) return n;
  if (file.nonBlocking) throw EAGAIN;
  return task.wait(file.changed);
}
/** A write that had to wait goes on where it stopped; `progress` counts what is done. */
function writeFrom(task: Task, file: FileDescription, buffer: UserBuffer): Result {
  if (!file.writable) throw EBADF;
  const call = task.call!, total = buffer.length;
  for (;;) {
    let n;
    try {
      n = file.write(buffer.from(call.progress));
    } catch (error) {
      if (error === EPIPE) sendToTask(task, userSignal(SIGPIPE, task.group.pid, task.credentials.uid, SI_USER));
      if (call.progress > 0) return call.progress;
      throw error;
    }
    if (n === WOULD_BLOCK) {
      if (!file.nonBlocking) return task.wait(file.changed);
      if (call.progress > 0) return call.progress;
      throw EAGAIN;
    }
    call.progress += n;
    if (call.progress >= total || n === 0) return call.progress;
  }
}
const one = (task: Task, at: number, count: number): UserBuffer => UserBuffer.of(task.memory, at, Math.min(count, MOST));
const join = (low: number, high: number): number => low + high * 2 ** 32;

function readAt(task: Task, number: number, buffer: UserBuffer, position: number): number {
  const file = task.files.get(number);
  if (!file.readable) throw EBADF;
  if (position < 0) throw EINVAL;
  return file.readAt(buffer, position);
}
function writeAt(task: Task, number: number, buffer: UserBuffer, position: number): number {
  const file = task.files.get(number);
  if (!file.writable) throw EBADF;
  if (position < 0) throw EINVAL;
  return file.writeAt(buffer, position);
}

/** sendfile(2): from a file with pages to anything. */
function sendfile(task: Task, out: number, from: number, offset: number, count: number, offsetBytes: 4 | 8): Result {
  const source = task.files.get(from), target = task.files.get(out);
  if (!source.readable || !target.writable) throw EBADF;
  // Linux refuses a pipe or terminal as the source here.
  if (!source.inode.isRegular) throw EINVAL;
  let position = offset === 0 ? source.position : offsetBytes === 4 ? task.memory.u32(offset) : task.memory.u64(offset);
  const start = position, piece = new Uint8Array(Math.min(count, 65536));
  const done = (): number => {
    if (offset === 0) source.position = position;
    else if (offsetBytes === 4) task.memory.setU32(offset, position);
    else task.memory.setU64(offset, position);
    return position - start;
  };
  while (position - start < count) {
    const n = source.readAt(new BytesBuffer(piece.subarray(0, Math.min(piece.length, count - (position - start))), task.kernel.machine.views), position);
    if (n === 0) break;
    const written = target.write(new BytesBuffer(piece.subarray(0, n)));
    if (written === WOULD_BLOCK) {
      if (position > start) return done();
      if (target.nonBlocking) throw EAGAIN;
      return task.wait(target.changed);
    }
    position += written;
  }
  return done();
}

/** lseek(2). */
function seek(task: Task, number: number, offset: number, whence: number): number { return task.files.get(number).seek(offset, whence); }

/** read(2), write(2) and their kind. */
export const READ_WRITE: readonly SystemCall[] = [
  syscall("read", [fd, address, size], (task, number, at, count) => readInto(task, task.files.get(number), one(task, at, count))),
  syscall("write", [fd, address, size], (task, number, at, count) => writeFrom(task, task.files.get(number), one(task, at, count))),
  syscall("readv", [fd, address, int], (task, number, vector, count) => readInto(task, task.files.get(number), ranges(task, vector, count))),
  syscall("writev", [fd, address, int], (task, number, vector, count) => writeFrom(task, task.files.get(number), ranges(task, vector, count))),
  // On i386 a 64-bit offset takes two registers.
  syscall("pread64", [fd, address, size, long, uint], (task, number, at, count, low, high) => readAt(task, number, one(task, at, count), task.abi === "i386" ? join(low >>> 0, high) : low)),
  syscall("pwrite64", [fd, address, size, long, uint], (task, number, at, count, low, high) => writeAt(task, number, one(task, at, count), task.abi === "i386" ? join(low >>> 0, high) : low)),
  syscall("lseek", [fd, long, int], seek),
  syscall("_llseek", [fd, uint, uint, address, int], (task, number, high, low, result, whence) => {
    task.memory.setU64(result, seek(task, number, join(low, high | 0), whence));
    return 0;
  }),
  syscall("sendfile", [fd, fd, address, size], (task, out, from, offset, count) => sendfile(task, out, from, offset, count, task.abi === "i386" ? 4 : 8)),
  syscall("sendfile64", [fd, fd, address, size], (task, out, from, offset, count) => sendfile(task, out, from, offset, count, 8)),
  syscall("fsync", [fd], (task, number) => { task.files.get(number).inode.sync(); return 0; }),
  syscall("fdatasync", [fd], (task, number) => { task.files.get(number).inode.sync(); return 0; }),
  syscall("sync", [], () => 0),
  syscall("fadvise64", [fd], (task, number) => { task.files.get(number); return 0; }, "stub: advice is ignored"),
];

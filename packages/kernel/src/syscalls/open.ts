import { AT_FDCWD, EINVAL, F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_GETFL, F_GETLK, F_GETLK64, F_SETFD, F_SETFL, F_SETLK, F_SETLK64, F_SETLKW, F_SETLKW64, FD_CLOEXEC, FIONBIO, O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECT, O_LARGEFILE, O_NOATIME, O_NONBLOCK, O_TMPFILE, O_TRUNC, O_WRONLY } from "@ringzero/linux-abi";
import { openFile } from "@ringzero/vfs";
import { Pipe, PipeEnd } from "../files/pipe.ts";
import { address, fd, int, path, syscall, uint, ulong, type Result, type SystemCall } from "../syscall.ts";
import type { Task } from "../task/task.ts";
import { startOf } from "./place.ts";

/** `progress`: the descriptor of a FIFO whose other end is not open yet, plus one. */
function openAt(task: Task, directory: number, at: number, flags: number, mode: number): Result {
  const call = task.call!;
  if (call.progress > 0) {
    const end = task.files.get(call.progress - 1) as PipeEnd;
    return end.partnerCame ? call.progress - 1 : task.wait(end.changed);
  }
  if ((flags & O_TMPFILE) === O_TMPFILE) throw EINVAL;
  const name = task.memory.string(at);
  const file = openFile(task.walk, startOf(task, directory, name), name, flags & ~O_CLOEXEC, mode & 0o7777 & ~task.fs.umask, task.kernel.openSpecial);
  const number = task.files.add(file, flags & O_CLOEXEC ? FD_CLOEXEC : 0);
  if (!(file instanceof PipeEnd) || flags & O_NONBLOCK || file.partnerCame) return number;
  call.progress = number + 1;
  return task.wait(file.changed);
}
/** A signal has ended the wait for a FIFO's other end. */
function abandonOpen(task: Task): void {
  if (task.call!.progress > 0) task.files.close(task.call!.progress - 1);
}

/** Status flags that F_SETFL changes. Linux, fs/fcntl.c: SETFL_MASK. */
const SETTABLE = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME;

function fcntl(task: Task, number: number, command: number, argument: number): Result {
  const { files } = task, file = files.get(number);
  switch (command) {
    case F_DUPFD: return files.add(file, 0, argument);
    case F_DUPFD_CLOEXEC: return files.add(file, FD_CLOEXEC, argument);
    case F_GETFD: return files.flags(number);
    case F_SETFD:
      files.setFlags(number, argument);
      return 0;
    case F_GETFL: return file.flags | (task.abi === "x86_64" ? O_LARGEFILE : 0);
    case F_SETFL:
      file.flags = (file.flags & ~SETTABLE) | (argument & SETTABLE);
      return 0;
    // One kernel, no network: nobody else holds locks of another kind. Record locks are granted.
    case F_SETLK: case F_SETLKW: case F_SETLK64: case F_SETLKW64: return 0;
    case F_GETLK: case F_GETLK64: throw EINVAL;
    default: throw EINVAL;
  }
}
function dup(task: Task, from: number, to: number, flags: number): number {
  const file = task.files.get(from);
  task.files.put(to, file, flags & O_CLOEXEC ? FD_CLOEXEC : 0);
  return to;
}
function pipe(task: Task, at: number, flags: number): number {
  if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) throw EINVAL;
  const made = new Pipe(task.kernel.anonymous.inode());
  task.kernel.fifos.set(made.inode, made);
  const [reader, writer] = made.open(flags & O_NONBLOCK), close = flags & O_CLOEXEC ? FD_CLOEXEC : 0;
  const a = task.files.add(reader, close), b = task.files.add(writer, close);
  try {
    task.memory.setU32(at, a);
    task.memory.setU32(at + 4, b);
  } catch (error) {
    task.files.close(a);
    task.files.close(b);
    throw error;
  }
  return 0;
}
function closeRange(task: Task, first: number, last: number, flags: number): number {
  for (const number of [...task.files.numbers()]) {
    if (number < first || number > last) continue;
    if (flags & 4) task.files.setFlags(number, FD_CLOEXEC);
    else task.files.close(number);
  }
  return 0;
}

/** open(2), and what is done to descriptors. */
export const OPEN: readonly SystemCall[] = [
  syscall("open", [path, int, uint], (task, at, flags, mode) => openAt(task, AT_FDCWD, at, flags, mode), "full", abandonOpen),
  syscall("openat", [fd, path, int, uint], openAt, "full", abandonOpen),
  syscall("creat", [path, uint], (task, at, mode) => openAt(task, AT_FDCWD, at, O_CREAT | O_WRONLY | O_TRUNC, mode), "full", abandonOpen),
  syscall("close", [fd], (task, number) => { task.files.close(number); return 0; }),
  syscall("close_range", [uint, uint, uint], closeRange),
  syscall("dup", [fd], (task, number) => task.files.add(task.files.get(number))),
  syscall("dup2", [fd, fd], (task, from, to) => (from === to ? (task.files.get(from), to) : dup(task, from, to, 0))),
  syscall("dup3", [fd, fd, int], (task, from, to, flags) => { if (from === to) throw EINVAL; return dup(task, from, to, flags); }),
  syscall("pipe", [address], (task, at) => pipe(task, at, 0)),
  syscall("pipe2", [address, int], pipe),
  syscall("fcntl", [fd, int, ulong], fcntl, "partial: record locks are always granted, leases and signals are missing"),
  syscall("fcntl64", [fd, int, ulong], fcntl, "partial: record locks are always granted, leases and signals are missing"),
  syscall("ioctl", [fd, uint, address], (task, number, request, argument) => {
    const file = task.files.get(number);
    if (request !== FIONBIO) return file.ioctl(request, argument, task);
    file.flags = task.memory.u32(argument) !== 0 ? file.flags | O_NONBLOCK : file.flags & ~O_NONBLOCK;
    return 0;
  }, "partial: terminals, FIONREAD, FIONBIO"),
  syscall("flock", [fd, int], (task, number) => { task.files.get(number); return 0; }, "stub: always granted"),
  syscall("umask", [uint], (task, mask) => {
    const old = task.fs.umask;
    task.fs.umask = mask & 0o777;
    return old;
  }),
];

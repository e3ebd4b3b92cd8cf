import { EACCES, EEXIST, EINVAL, ENODEV, ENOMEM, MADV_DONTNEED, MAP_ANONYMOUS, MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_PRIVATE, MAP_SHARED, MAP_SHARED_VALIDATE, MAP_TYPE, MREMAP_MAYMOVE, O_ACCMODE, O_RDWR, PROT_READ, PROT_WRITE } from "@ringzero/linux-abi";
import { address, fd, int, size, syscall, ulong, type SystemCall } from "../syscall.ts";
import type { Task } from "../task/task.ts";
import { Tmpfs, RegularFile } from "@ringzero/vfs";

const PAGE = 4096;
const up = (n: number): number => Math.ceil(n / PAGE) * PAGE;

/** brk(2): the heap's new end, or the old one where it cannot be. */
function brk(task: Task, end: number): number {
  const { space } = task;
  if (end < space.heapStart || end > space.layout.limit) return space.heapEnd;
  const from = up(space.heapEnd), to = up(end);
  if (to > from) {
    if (!space.isFree(from, to)) return space.heapEnd;
    space.map({ start: from, end: to, protection: PROT_READ | PROT_WRITE, shared: false, file: undefined, offset: 0, name: "[heap]" });
  } else if (to < from) space.unmap(to, from);
  space.heapEnd = end;
  return end;
}

function mmap(task: Task, hint: number, length: number, protection: number, flags: number, number: number, offset: number): number {
  const { space } = task, bytes = up(length), type = flags & MAP_TYPE;
  if (length === 0 || offset % PAGE !== 0) throw EINVAL;
  if (bytes > space.layout.limit) throw ENOMEM;
  const shared = type === MAP_SHARED || type === MAP_SHARED_VALIDATE;
  if (!shared && type !== MAP_PRIVATE) throw EINVAL;
  let file = flags & MAP_ANONYMOUS ? undefined : task.files.get(number);
  if (file) {
    if (!file.inode.isRegular) throw ENODEV;
    if (!file.readable) throw EACCES;
    if (shared && protection & PROT_WRITE && (file.flags & O_ACCMODE) !== O_RDWR) throw EACCES;
    // As of 9p without a cache: Linux, mm/filemap.c:generic_file_readonly_mmap().
    if (shared && file.writable && !file.inode.mapsShared) throw EINVAL;
  } else if (shared) file = sharedMemory(task, bytes);
  let start;
  if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
    if (hint % PAGE !== 0) throw EINVAL;
    start = hint;
    if (start + bytes > space.layout.limit) throw ENOMEM;
    if (flags & MAP_FIXED_NOREPLACE && !space.isFree(start, start + bytes)) throw EEXIST;
    space.unmap(start, start + bytes);
  } else {
    const wished = hint - (hint % PAGE);
    start = wished !== 0 && wished + bytes <= space.layout.limit && space.isFree(wished, wished + bytes) ? wished : space.findFree(bytes);
  }
  space.map({ start, end: start + bytes, protection: protection & 7, shared, file, offset: flags & MAP_ANONYMOUS ? 0 : offset, name: "" });
  return start;
}
/** Memory that children share is a file without a name. Linux, mm/shmem.c:shmem_zero_setup(). */
function sharedMemory(task: Task, bytes: number): RegularFile {
  const fs = new Tmpfs({ store: task.kernel.store, device: 0, now: () => task.kernel.now() });
  const inode = fs.root.create("dev/zero", { mode: 0o100600, credentials: task.credentials });
  inode.links = 0;
  inode.truncate(bytes);
  return new RegularFile(inode, undefined, O_RDWR);
}
function munmap(task: Task, start: number, length: number): number {
  if (start % PAGE !== 0 || length === 0 || start + length > task.space.layout.limit) throw EINVAL;
  task.space.unmap(start, start + up(length));
  return 0;
}
function mremap(task: Task, old: number, oldLength: number, newLength: number, flags: number): number {
  const { space } = task, from = up(oldLength), to = up(newLength), vma = space.find(old);
  if (old % PAGE !== 0 || to === 0 || flags & ~MREMAP_MAYMOVE) throw EINVAL;
  if (!vma || vma.end < old + from) throw EINVAL;
  if (to <= from) {
    if (to < from) space.unmap(old + to, old + from);
    return old;
  }
  const grown = { ...vma, start: old + from, end: old + to, offset: vma.offset + (old + from - vma.start) };
  if (vma.end === old + from && old + to <= space.layout.limit && space.isFree(old + from, old + to)) {
    space.map(grown);
    return old;
  }
  if (!(flags & MREMAP_MAYMOVE)) throw ENOMEM;
  const start = space.findFree(to);
  space.move({ ...vma, start, end: start + to, offset: vma.offset + (old - vma.start) }, old, from);
  return start;
}
function madvise(task: Task, start: number, length: number, advice: number): number {
  if (start % PAGE !== 0) throw EINVAL;
  if (advice === MADV_DONTNEED) task.space.discard(start, start + up(length));
  return 0;
}

/** mmap(2), brk(2) and their kind. */
export const MEMORY: readonly SystemCall[] = [
  syscall("brk", [address], brk),
  // On i386 mmap has one argument, the address of six; libraries use mmap2, whose offset counts pages.
  syscall("mmap", [address, size, int, int, fd, ulong], (task, a, b, c, d, e, f) => {
    if (task.abi === "x86_64") return mmap(task, a, b, c, d, e, f);
    const [hint, length, protection, flags, number, offset] = [0, 4, 8, 12, 16, 20].map((n) => task.memory.u32(a + n)) as [number, number, number, number, number, number];
    return mmap(task, hint, length, protection, flags, number | 0, offset);
  }),
  syscall("mmap2", [address, size, int, int, fd, ulong], (task, hint, length, protection, flags, number, page) => mmap(task, hint, length, protection, flags, number, page * PAGE)),
  syscall("munmap", [address, size], munmap),
  syscall("mprotect", [address, size, int], (task, start, length, protection) => {
    if (start % PAGE !== 0 || protection & ~7) throw EINVAL;
    if (length > 0) task.space.protect(start, start + up(length), protection);
    return 0;
  }),
  syscall("mremap", [address, size, size, int], mremap, "partial: not MREMAP_FIXED"),
  syscall("madvise", [address, size, int], madvise, "partial: MADV_DONTNEED; other advice is ignored"),
  syscall("msync", [address, size, int], () => 0),
  syscall("mlock", [address, size], () => 0, "stub: nothing is ever swapped"),
  syscall("munlock", [address, size], () => 0, "stub: nothing is ever swapped"),
];

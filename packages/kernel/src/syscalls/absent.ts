import { EAFNOSUPPORT, EINVAL, ENOTSOCK, EOPNOTSUPP, ESRCH } from "@ringzero/linux-abi";
import { address, fd, int, path, size, syscall, uint, type SystemCall } from "../syscall.ts";

/*
 * Calls whose subject is not there yet, with the error that Linux gives where a system is built without it: programs know what to do then.
 */
const noAttributes = (): never => { throw EOPNOTSUPP; };

/** The one domain that personality(2) has here: Linux, with 32-bit names of the machine or without. */
const PER_LINUX32 = 8, PER_QUERY = 0xffff_ffff;

/** Calls whose subject is not there. */
export const ABSENT: readonly SystemCall[] = [
  syscall("socketcall", [int, address], () => { throw EAFNOSUPPORT; }, "stub: no address family"),
  syscall("syslog", [int, address, int], (_task, action) => {
    if (!(action >= 0 && action <= 10)) throw EINVAL;
    return 0;
  }, "stub: the kernel's log is empty"),
  syscall("fallocate", [fd, int, size, size], (task, number) => {
    task.files.get(number);
    throw EOPNOTSUPP;
  }, "stub: no file system allocates ahead"),
  syscall("personality", [uint], (_task, persona) => {
    if (persona !== PER_QUERY && persona !== 0 && persona !== PER_LINUX32) throw EINVAL;
    return 0;
  }, "stub: accepted, without effect"),
  syscall("sched_setaffinity", [int, uint, address], (task, pid, length, at) => {
    if (pid !== 0 && !task.kernel.tasks.has(task.pids.global(pid))) throw ESRCH;
    if (length < 1 || (task.memory.bytes(at, 1)[0]! & 1) === 0) throw EINVAL;
    return 0;
  }, "full"),
  ...["getxattr", "lgetxattr"].map((name) => syscall(name, [path, path, address, size], noAttributes, "stub: no file system has extended attributes")),
  syscall("fgetxattr", [fd, path, address, size], noAttributes, "stub: no file system has extended attributes"),
  ...["listxattr", "llistxattr"].map((name) => syscall(name, [path, address, size], noAttributes, "stub: no file system has extended attributes")),
  syscall("flistxattr", [fd, address, size], noAttributes, "stub: no file system has extended attributes"),
  ...["setxattr", "lsetxattr"].map((name) => syscall(name, [path, path, address, size, int], noAttributes, "stub: no file system has extended attributes")),
  syscall("socket", [int, int, int], () => { throw EAFNOSUPPORT; }, "stub: no address family"),
  syscall("getpeername", [fd, address, address], (task, number) => {
    task.files.get(number);
    throw ENOTSOCK;
  }, "stub: no descriptor is a socket"),
  syscall("getsockname", [fd, address, address], (task, number) => {
    task.files.get(number);
    throw ENOTSOCK;
  }, "stub: no descriptor is a socket"),
];

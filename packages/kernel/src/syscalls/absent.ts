import { EAFNOSUPPORT, ENOTSOCK, EOPNOTSUPP } from "@ringzero/linux-abi";
import { address, fd, int, path, size, syscall, type SystemCall } from "../syscall.ts";

/*
 * Calls whose subject is not there yet, with the error that Linux gives where a system is built without it: programs know what to do then.
 */
const noAttributes = (): never => { throw EOPNOTSUPP; };

/** Calls whose subject is not there. */
export const ABSENT: readonly SystemCall[] = [
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

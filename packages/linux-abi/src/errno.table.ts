/**
 * An error number as a kernel throws it: made once, without a stack, and turned into `-number` in one place. Would-block is not one of them
 * while a call can still wait.
 */
export class Errno {
  /** As errno(3) spells it. */
  readonly name: string;
  /** Positive. */
  readonly number: number;

  constructor(name: string, number: number) {
    this.name = name;
    this.number = number;
  }
  /** Its name. */
  toString(): string { return this.name; }
}

/** The caller lacks the right, whatever the file's mode says: not the owner, not privileged, or the object is of a kind that never allows it. */
export const EPERM: Errno = new Errno("EPERM", 1);
/** A component of the path does not exist, or the path is empty. */
export const ENOENT: Errno = new Errno("ENOENT", 2);
/** No task, process group or session has that number, as seen from the caller's pid namespace. */
export const ESRCH: Errno = new Errno("ESRCH", 3);
/** A signal's handler ran before the call had done anything. With SA_RESTART most calls begin again instead; signal(7) lists which. */
export const EINTR: Errno = new Errno("EINTR", 4);
/** The device or the file system behind a file failed; also a background process reading from a terminal whose group is orphaned. */
export const EIO: Errno = new Errno("EIO", 5);
/** There is no such device, or nobody reads the FIFO that is opened for writing without waiting. */
export const ENXIO: Errno = new Errno("ENXIO", 6);
/** Arguments and environment of execve(2) do not fit. */
export const E2BIG: Errno = new Errno("E2BIG", 7);
/** The file is of no format that execve(2) knows, or of another architecture. */
export const ENOEXEC: Errno = new Errno("ENOEXEC", 8);
/** The number is no open descriptor, or it was not opened for reading or for writing. */
export const EBADF: Errno = new Errno("EBADF", 9);
/** There is no child to wait for, or none that matches. */
export const ECHILD: Errno = new Errno("ECHILD", 10);
/** The call would have to wait and may not, or a limit (processes, locked memory) is reached for now. */
export const EAGAIN: Errno = new Errno("EAGAIN", 11);
/** No memory: no frame, or no room in the address space. */
export const ENOMEM: Errno = new Errno("ENOMEM", 12);
/** The mode of a file, or search permission on the way to it, forbids it. */
export const EACCES: Errno = new Errno("EACCES", 13);
/** An address that the program handed in is not mapped, or not so that the access is allowed. */
export const EFAULT: Errno = new Errno("EFAULT", 14);
/** A block device was needed. */
export const ENOTBLK: Errno = new Errno("ENOTBLK", 15);
/** In use: a mount point, a file system with something mounted in it, a working directory. */
export const EBUSY: Errno = new Errno("EBUSY", 16);
/** The name is taken, and the call was asked to make it new. */
export const EEXIST: Errno = new Errno("EEXIST", 17);
/** The two places lie in different mounts: link(2) and rename(2) never copy. */
export const EXDEV: Errno = new Errno("EXDEV", 18);
/** No driver is behind that device number, or the file cannot do this (mmap of something without pages). */
export const ENODEV: Errno = new Errno("ENODEV", 19);
/** A component that is used as a directory is none. */
export const ENOTDIR: Errno = new Errno("ENOTDIR", 20);
/** A directory, where a file of another kind is needed: writing, unlink(2). */
export const EISDIR: Errno = new Errno("EISDIR", 21);
/** An argument makes no sense: unknown flags, a misaligned address, a number out of range. */
export const EINVAL: Errno = new Errno("EINVAL", 22);
/** The whole system has no open file to give. */
export const ENFILE: Errno = new Errno("ENFILE", 23);
/** The process has as many descriptors as RLIMIT_NOFILE allows. */
export const EMFILE: Errno = new Errno("EMFILE", 24);
/** The file does not know this request of ioctl(2); for requests of terminals: it is no terminal. */
export const ENOTTY: Errno = new Errno("ENOTTY", 25);
/** The file is being executed and cannot be written, or is being written and cannot be executed. */
export const ETXTBSY: Errno = new Errno("ETXTBSY", 26);
/** The file would grow beyond RLIMIT_FSIZE or beyond what its file system can hold. */
export const EFBIG: Errno = new Errno("EFBIG", 27);
/** The file system is full, in blocks or in inodes. */
export const ENOSPC: Errno = new Errno("ENOSPC", 28);
/** The file has no position: a pipe, a socket, a terminal. */
export const ESPIPE: Errno = new Errno("ESPIPE", 29);
/** The file system, or this mount of it, is read-only. */
export const EROFS: Errno = new Errno("EROFS", 30);
/** The file has as many names as its file system allows. */
export const EMLINK: Errno = new Errno("EMLINK", 31);
/** Nobody reads the pipe any more. SIGPIPE is sent as well. */
export const EPIPE: Errno = new Errno("EPIPE", 32);
/** Outside the domain of a mathematical function; a C library's, never a kernel's. */
export const EDOM: Errno = new Errno("EDOM", 33);
/** The result does not fit in the buffer that the caller gave: getcwd(2), getxattr(2). */
export const ERANGE: Errno = new Errno("ERANGE", 34);
/** The lock would be waited for by the one who holds it. */
export const EDEADLK: Errno = new Errno("EDEADLK", 35);
/** A component is longer than NAME_MAX or the path longer than PATH_MAX. */
export const ENAMETOOLONG: Errno = new Errno("ENAMETOOLONG", 36);
/** No record locks are left, or the file system has none. */
export const ENOLCK: Errno = new Errno("ENOLCK", 37);
/** This kernel does not have the call. The C library often tries an older one then. */
export const ENOSYS: Errno = new Errno("ENOSYS", 38);
/** The directory has entries besides "." and "..". */
export const ENOTEMPTY: Errno = new Errno("ENOTEMPTY", 39);
/** More than MAXSYMLINKS symbolic links on the way, or one where O_NOFOLLOW allows none. */
export const ELOOP: Errno = new Errno("ELOOP", 40);
/** No message of the wanted type is in the queue. */
export const ENOMSG: Errno = new Errno("ENOMSG", 42);
/** The System V object was removed while the caller waited for it. */
export const EIDRM: Errno = new Errno("EIDRM", 43);
/** A channel number out of range. */
export const ECHRNG: Errno = new Errno("ECHRNG", 44);
/** Level 2 of an IS-IS or STREAMS driver is not in step. */
export const EL2NSYNC: Errno = new Errno("EL2NSYNC", 45);
/** Level 3 has stopped. */
export const EL3HLT: Errno = new Errno("EL3HLT", 46);
/** Level 3 was reset. */
export const EL3RST: Errno = new Errno("EL3RST", 47);
/** A link number out of range. */
export const ELNRNG: Errno = new Errno("ELNRNG", 48);
/** The protocol's driver is not attached. */
export const EUNATCH: Errno = new Errno("EUNATCH", 49);
/** No CSI structure is to be had. */
export const ENOCSI: Errno = new Errno("ENOCSI", 50);
/** Level 2 has stopped. */
export const EL2HLT: Errno = new Errno("EL2HLT", 51);
/** The exchange is not valid. */
export const EBADE: Errno = new Errno("EBADE", 52);
/** The request descriptor is not valid. */
export const EBADR: Errno = new Errno("EBADR", 53);
/** The exchange is full. */
export const EXFULL: Errno = new Errno("EXFULL", 54);
/** No anode is left. */
export const ENOANO: Errno = new Errno("ENOANO", 55);
/** The request code is not valid. */
export const EBADRQC: Errno = new Errno("EBADRQC", 56);
/** The slot is not valid. */
export const EBADSLT: Errno = new Errno("EBADSLT", 57);
/** The font file has a bad format. */
export const EBFONT: Errno = new Errno("EBFONT", 59);
/** The device is no STREAMS device. */
export const ENOSTR: Errno = new Errno("ENOSTR", 60);
/** The extended attribute does not exist, or there are no data to read. */
export const ENODATA: Errno = new Errno("ENODATA", 61);
/** A timer ran out before the device answered. */
export const ETIME: Errno = new Errno("ETIME", 62);
/** STREAMS resources are exhausted. */
export const ENOSR: Errno = new Errno("ENOSR", 63);
/** The machine is on no network. */
export const ENONET: Errno = new Errno("ENONET", 64);
/** A package is not installed. */
export const ENOPKG: Errno = new Errno("ENOPKG", 65);
/** The object lies on another machine. */
export const EREMOTE: Errno = new Errno("EREMOTE", 66);
/** The link to another machine is severed. */
export const ENOLINK: Errno = new Errno("ENOLINK", 67);
/** Advertise error of remote file sharing. */
export const EADV: Errno = new Errno("EADV", 68);
/** Mount error of remote file sharing. */
export const ESRMNT: Errno = new Errno("ESRMNT", 69);
/** Communication error while sending. */
export const ECOMM: Errno = new Errno("ECOMM", 70);
/** A device or a peer broke its protocol. */
export const EPROTO: Errno = new Errno("EPROTO", 71);
/** A path would need more than one hop between machines. */
export const EMULTIHOP: Errno = new Errno("EMULTIHOP", 72);
/** An error specific to remote file sharing. */
export const EDOTDOT: Errno = new Errno("EDOTDOT", 73);
/** The message is damaged, or no data message. */
export const EBADMSG: Errno = new Errno("EBADMSG", 74);
/** A value does not fit the type that returns it: a large file's size in a 32-bit `stat`. */
export const EOVERFLOW: Errno = new Errno("EOVERFLOW", 75);
/** The name is not unique on the network. */
export const ENOTUNIQ: Errno = new Errno("ENOTUNIQ", 76);
/** The descriptor is in a state that does not allow this. */
export const EBADFD: Errno = new Errno("EBADFD", 77);
/** The remote address changed. */
export const EREMCHG: Errno = new Errno("EREMCHG", 78);
/** A needed shared library cannot be opened. */
export const ELIBACC: Errno = new Errno("ELIBACC", 79);
/** A needed shared library is damaged. */
export const ELIBBAD: Errno = new Errno("ELIBBAD", 80);
/** The .lib section is damaged. */
export const ELIBSCN: Errno = new Errno("ELIBSCN", 81);
/** Too many shared libraries. */
export const ELIBMAX: Errno = new Errno("ELIBMAX", 82);
/** A shared library cannot be executed by itself. */
export const ELIBEXEC: Errno = new Errno("ELIBEXEC", 83);
/** A byte sequence that is no character of the encoding. */
export const EILSEQ: Errno = new Errno("EILSEQ", 84);
/** The call should be started again; inside a kernel only. */
export const ERESTART: Errno = new Errno("ERESTART", 85);
/** A STREAMS pipe error. */
export const ESTRPIPE: Errno = new Errno("ESTRPIPE", 86);
/** Too many users. */
export const EUSERS: Errno = new Errno("EUSERS", 87);
/** The descriptor is no socket. */
export const ENOTSOCK: Errno = new Errno("ENOTSOCK", 88);
/** The socket is not connected and no address was given. */
export const EDESTADDRREQ: Errno = new Errno("EDESTADDRREQ", 89);
/** The message is longer than the transport can carry at once. */
export const EMSGSIZE: Errno = new Errno("EMSGSIZE", 90);
/** The protocol does not have this type of socket. */
export const EPROTOTYPE: Errno = new Errno("EPROTOTYPE", 91);
/** The protocol does not have this option. */
export const ENOPROTOOPT: Errno = new Errno("ENOPROTOOPT", 92);
/** The family does not have this protocol. */
export const EPROTONOSUPPORT: Errno = new Errno("EPROTONOSUPPORT", 93);
/** The family does not have this type of socket. */
export const ESOCKTNOSUPPORT: Errno = new Errno("ESOCKTNOSUPPORT", 94);
/** The object cannot do this at all: a file system without the operation, a socket type without it. Also ENOTSUP. */
export const EOPNOTSUPP: Errno = new Errno("EOPNOTSUPP", 95);
/** The protocol family is not supported. */
export const EPFNOSUPPORT: Errno = new Errno("EPFNOSUPPORT", 96);
/** The address family is not supported. */
export const EAFNOSUPPORT: Errno = new Errno("EAFNOSUPPORT", 97);
/** Another socket is bound to this address. */
export const EADDRINUSE: Errno = new Errno("EADDRINUSE", 98);
/** The address belongs to no interface of this machine. */
export const EADDRNOTAVAIL: Errno = new Errno("EADDRNOTAVAIL", 99);
/** The network interface is down. */
export const ENETDOWN: Errno = new Errno("ENETDOWN", 100);
/** There is no route to the network. */
export const ENETUNREACH: Errno = new Errno("ENETUNREACH", 101);
/** The connection was dropped by the network. */
export const ENETRESET: Errno = new Errno("ENETRESET", 102);
/** The connection was ended before it was accepted. */
export const ECONNABORTED: Errno = new Errno("ECONNABORTED", 103);
/** The peer reset the connection. */
export const ECONNRESET: Errno = new Errno("ECONNRESET", 104);
/** No memory for a network buffer. */
export const ENOBUFS: Errno = new Errno("ENOBUFS", 105);
/** The socket is connected already. */
export const EISCONN: Errno = new Errno("EISCONN", 106);
/** The socket is not connected. */
export const ENOTCONN: Errno = new Errno("ENOTCONN", 107);
/** This direction of the socket was shut down. */
export const ESHUTDOWN: Errno = new Errno("ESHUTDOWN", 108);
/** Too many descriptors are in flight over sockets. */
export const ETOOMANYREFS: Errno = new Errno("ETOOMANYREFS", 109);
/** The peer did not answer, or the deadline of a futex(2) passed. */
export const ETIMEDOUT: Errno = new Errno("ETIMEDOUT", 110);
/** Nobody listens at the address. */
export const ECONNREFUSED: Errno = new Errno("ECONNREFUSED", 111);
/** The machine is known to be down. */
export const EHOSTDOWN: Errno = new Errno("EHOSTDOWN", 112);
/** There is no route to the machine. */
export const EHOSTUNREACH: Errno = new Errno("EHOSTUNREACH", 113);
/** An earlier request of this kind is still going on. */
export const EALREADY: Errno = new Errno("EALREADY", 114);
/** The connection is being made; poll(2) says when. */
export const EINPROGRESS: Errno = new Errno("EINPROGRESS", 115);
/** The file handle names a file that is no more. */
export const ESTALE: Errno = new Errno("ESTALE", 116);
/** The file system must be repaired first. */
export const EUCLEAN: Errno = new Errno("EUCLEAN", 117);
/** The file is no named type of XENIX. */
export const ENOTNAM: Errno = new Errno("ENOTNAM", 118);
/** No XENIX semaphores are to be had. */
export const ENAVAIL: Errno = new Errno("ENAVAIL", 119);
/** The file is a named type. */
export const EISNAM: Errno = new Errno("EISNAM", 120);
/** The device on the other side of a bus failed. */
export const EREMOTEIO: Errno = new Errno("EREMOTEIO", 121);
/** The user's disk quota is used up. */
export const EDQUOT: Errno = new Errno("EDQUOT", 122);
/** The drive is empty. */
export const ENOMEDIUM: Errno = new Errno("ENOMEDIUM", 123);
/** The drive holds a medium of the wrong type. */
export const EMEDIUMTYPE: Errno = new Errno("EMEDIUMTYPE", 124);
/** The asynchronous operation was cancelled. */
export const ECANCELED: Errno = new Errno("ECANCELED", 125);
/** The key does not exist. */
export const ENOKEY: Errno = new Errno("ENOKEY", 126);
/** The key has expired. */
export const EKEYEXPIRED: Errno = new Errno("EKEYEXPIRED", 127);
/** The key was revoked. */
export const EKEYREVOKED: Errno = new Errno("EKEYREVOKED", 128);
/** The service did not accept the key. */
export const EKEYREJECTED: Errno = new Errno("EKEYREJECTED", 129);
/** The owner of a robust mutex died while it held it. */
export const EOWNERDEAD: Errno = new Errno("EOWNERDEAD", 130);
/** The state that a robust mutex guards was not repaired. */
export const ENOTRECOVERABLE: Errno = new Errno("ENOTRECOVERABLE", 131);
/** The radio is switched off. */
export const ERFKILL: Errno = new Errno("ERFKILL", 132);
/** The frame has a hardware memory error. */
export const EHWPOISON: Errno = new Errno("EHWPOISON", 133);
/** The name that BSD sockets give EAGAIN: on Linux the same number. */
export const EWOULDBLOCK: Errno = EAGAIN;

/** Flags of open(2). Linux, include/uapi/asm-generic/fcntl.h: the same numbers on both ABIs. */
export const O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_ACCMODE = 3;
/** How open(2) makes a file and how it is written, in octal as the header has them. O_NONBLOCK and O_APPEND can be changed later by F_SETFL. */
export const O_CREAT = 0o100, O_EXCL = 0o200, O_NOCTTY = 0o400, O_TRUNC = 0o1000, O_APPEND = 0o2000, O_NONBLOCK = 0o4000, O_DSYNC = 0o10000;
/** More of open(2). O_LARGEFILE means something to i386 only: without it, files beyond 2 GiB are refused there. */
export const O_DIRECT = 0o40000, O_LARGEFILE = 0o100000, O_DIRECTORY = 0o200000, O_NOFOLLOW = 0o400000, O_NOATIME = 0o1000000, O_CLOEXEC = 0o2000000;
/** A descriptor that only names a place (O_PATH), and a file that has no name yet (O_TMPFILE, which contains O_DIRECTORY). */
export const O_PATH = 0o10000000, O_TMPFILE = 0o20200000;

/** File types and permissions. Linux, include/uapi/linux/stat.h. */
export const S_IFMT = 0o170000, S_IFSOCK = 0o140000, S_IFLNK = 0o120000, S_IFREG = 0o100000, S_IFBLK = 0o60000, S_IFDIR = 0o40000, S_IFCHR = 0o20000, S_IFIFO = 0o10000;
/** Bits above the permissions: run as the owner, run as (or inherit in a directory) the group, only owners delete in this directory. */
export const S_ISUID = 0o4000, S_ISGID = 0o2000, S_ISVTX = 0o1000;

/** Types in directory entries. Linux, include/linux/fs_types.h: (mode & S_IFMT) >> 12. */
export const DT_UNKNOWN = 0, DT_FIFO = 1, DT_CHR = 2, DT_DIR = 4, DT_BLK = 6, DT_REG = 8, DT_LNK = 10, DT_SOCK = 12;

/** The `…at` calls. Linux, include/uapi/linux/fcntl.h. */
export const AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EACCESS = 0x200, AT_REMOVEDIR = 0x200, AT_SYMLINK_FOLLOW = 0x400, AT_NO_AUTOMOUNT = 0x800, AT_EMPTY_PATH = 0x1000;

/** What an offset of lseek(2) counts from; the last two find data and holes of sparse files. */
export const SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2, SEEK_DATA = 3, SEEK_HOLE = 4;

/** Modes of access(2). */
export const F_OK = 0, X_OK = 1, W_OK = 2, R_OK = 4;

/** Commands of fcntl(2). */
export const F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_GETLK = 5, F_SETLK = 6, F_SETLKW = 7, F_SETOWN = 8, F_GETOWN = 9, F_GETLK64 = 12, F_SETLK64 = 13, F_SETLKW64 = 14, F_DUPFD_CLOEXEC = 1030;
/** The one flag of a descriptor, not of its description: closed by execve(2). F_SETFD. */
export const FD_CLOEXEC = 1;

/** Events of poll(2). */
export const POLLIN = 1, POLLPRI = 2, POLLOUT = 4, POLLERR = 8, POLLHUP = 0x10, POLLNVAL = 0x20, POLLRDNORM = 0x40, POLLRDBAND = 0x80, POLLWRNORM = 0x100;

/** Masks of statx(2). Linux, include/uapi/linux/stat.h. */
export const STATX_BASIC_STATS = 0x7ff, STATX_BTIME = 0x800;

/** Flags of renameat2(2): refuse where the new name exists; exchange the two. */
export const RENAME_NOREPLACE = 1, RENAME_EXCHANGE = 2;

/** Longest path with its zero, longest name, symbolic links followed in one walk. Linux, include/uapi/linux/limits.h, include/linux/namei.h. */
export const PATH_MAX = 4096, NAME_MAX = 255, MAXSYMLINKS = 40;

/** File system types in statfs(2). Linux, include/uapi/linux/magic.h. */
export const TMPFS_MAGIC = 0x0102_1994, PROC_SUPER_MAGIC = 0x9fa0, OVERLAYFS_SUPER_MAGIC = 0x794c_7630, DEVPTS_SUPER_MAGIC = 0x1cd1, SYSFS_MAGIC = 0x6265_6572;

/** Mount flags of mount(2). Linux, include/uapi/linux/mount.h. */
export const MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_REMOUNT = 32, MS_BIND = 4096, MS_MOVE = 8192, MS_REC = 16384, MS_PRIVATE = 1 << 18;

/** A device's number as the kernel hands it out. Linux, include/linux/kdev_t.h:new_encode_dev(). */
export function deviceNumber(major: number, minor: number): number {
  return ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
}

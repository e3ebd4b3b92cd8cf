import { array, bytes, i32, i64, long, pointer, struct, u16, u32, u64, u8, ulong } from "@ringzero/bits";

/*
 * Structures at the border of the kernel, as its headers have them (include/uapi, arch/x86/include/uapi and arch/x86/include/asm/ia32.h). Where a
 * structure of the i386 ABI differs by more than the sizes of long and pointer it has a declaration of its own.
 */

/** timespec of both ABIs; what calls named …time64 take is the one of x86-64. */
export const timespec = struct("timespec", { tv_sec: long, tv_nsec: long }, { size: { i386: 8, x86_64: 16 } });
/** Seconds and microseconds: gettimeofday(2), setitimer(2). */
export const timeval = struct("timeval", { tv_sec: long, tv_usec: long }, { size: { i386: 8, x86_64: 16 } });

/** stat(2) on x86-64. */
export const stat = struct("stat", {
  st_dev: u64, st_ino: u64, st_nlink: u64, st_mode: u32, st_uid: u32, st_gid: u32, __pad0: u32, st_rdev: u64, st_size: i64, st_blksize: i64, st_blocks: i64,
  st_atime: u64, st_atime_nsec: u64, st_mtime: u64, st_mtime_nsec: u64, st_ctime: u64, st_ctime_nsec: u64, __unused: array(i64, 3),
}, { size: { x86_64: 144 } });
/** stat64(2) on i386. The 64-bit numbers are aligned to 4. */
export const stat64 = struct("stat64", {
  st_dev: u64, __pad0: u32, __st_ino: u32, st_mode: u32, st_nlink: u32, st_uid: u32, st_gid: u32, st_rdev: u64, __pad3: u32, st_size: i64, st_blksize: u32, st_blocks: u64,
  st_atime: u32, st_atime_nsec: u32, st_mtime: u32, st_mtime_nsec: u32, st_ctime: u32, st_ctime_nsec: u32, st_ino: u64,
}, { size: { i386: 96 } });

/** A time in statx: 64-bit seconds on both ABIs. */
export const statx_timestamp = struct("statx_timestamp", { tv_sec: i64, tv_nsec: u32, __reserved: i32 }, { size: { x86_64: 16 } });
/** statx(2); its fields lie at the same places on both ABIs. */
export const statx = struct("statx", {
  stx_mask: u32, stx_blksize: u32, stx_attributes: u64, stx_nlink: u32, stx_uid: u32, stx_gid: u32, stx_mode: u16, __spare0: u16, stx_ino: u64, stx_size: u64, stx_blocks: u64, stx_attributes_mask: u64,
  stx_atime: statx_timestamp, stx_btime: statx_timestamp, stx_ctime: statx_timestamp, stx_mtime: statx_timestamp, stx_rdev_major: u32, stx_rdev_minor: u32, stx_dev_major: u32, stx_dev_minor: u32,
  stx_mnt_id: u64, stx_dio_mem_align: u32, stx_dio_offset_align: u32, __spare3: array(u64, 12),
}, { size: { x86_64: 256 } });
/** statfs64(2) of i386. */
export const statfs64 = struct("statfs64", {
  f_type: u32, f_bsize: u32, f_blocks: u64, f_bfree: u64, f_bavail: u64, f_files: u64, f_ffree: u64, f_fsid: array(u32, 2), f_namelen: u32, f_frsize: u32, f_flags: u32, f_spare: array(u32, 4),
});
/** statfs(2): sizes are counted in blocks of f_bsize bytes; f_type is one of the magic numbers. i386 programs mostly call statfs64. */
export const statfs = struct("statfs", {
  f_type: long, f_bsize: long, f_blocks: ulong, f_bfree: ulong, f_bavail: ulong, f_files: ulong, f_ffree: ulong, f_fsid: array(i32, 2), f_namelen: long, f_frsize: long, f_flags: long, f_spare: array(long, 4),
}, { size: { i386: 64, x86_64: 120 } });

/** The fixed part of a directory entry of getdents64(2); the name and its zero follow. */
export const linux_dirent64 = struct("linux_dirent64", { d_ino: u64, d_off: i64, d_reclen: u16, d_type: u8 });
/** Where d_name begins. */
export const DIRENT64_NAME = 19;

/** uname(2): six texts of 65 bytes with their zero, 390 bytes. nodename is the host name of the UTS namespace. */
export const utsname = struct("utsname", { sysname: bytes(65), nodename: bytes(65), release: bytes(65), version: bytes(65), machine: bytes(65), domainname: bytes(65) }, { size: 390 });
/** One piece of a readv(2) or writev(2): address and length. */
export const iovec = struct("iovec", { iov_base: pointer, iov_len: ulong }, { size: { i386: 8, x86_64: 16 } });
/** One descriptor of poll(2): what is asked for (events) and what holds (revents); a negative fd is passed over. */
export const pollfd = struct("pollfd", { fd: i32, events: u16, revents: u16 }, { size: 8 });
/** A soft and a hard limit, for getrlimit(2); all ones is no limit. prlimit64(2) has 64 bits each on both ABIs. */
export const rlimit = struct("rlimit", { rlim_cur: ulong, rlim_max: ulong }, { size: { i386: 8, x86_64: 16 } });
/** On i386 eight bytes of reserve follow. */
export const sysinfo = struct("sysinfo", {
  uptime: long, loads: array(ulong, 3), totalram: ulong, freeram: ulong, sharedram: ulong, bufferram: ulong, totalswap: ulong, freeswap: ulong, procs: u16, pad: u16, totalhigh: ulong, freehigh: ulong, mem_unit: u32,
});
/** getrusage(2): times, then counts since the start; ru_maxrss in KiB. */
export const rusage = struct("rusage", {
  ru_utime: timeval, ru_stime: timeval, ru_maxrss: long, ru_ixrss: long, ru_idrss: long, ru_isrss: long, ru_minflt: long, ru_majflt: long, ru_nswap: long, ru_inblock: long, ru_oublock: long, ru_msgsnd: long, ru_msgrcv: long,
  ru_nsignals: long, ru_nvcsw: long, ru_nivcsw: long,
}, { size: { i386: 72, x86_64: 144 } });
/** times(2): processor time of the process and of its waited-for children, in ticks of AT_CLKTCK a second. */
export const tms = struct("tms", { tms_utime: long, tms_stime: long, tms_cutime: long, tms_cstime: long });

/** The argument of rt_sigaction(2): sa_mask has 64 bits on both. */
export const kernel_sigaction = struct("sigaction", { sa_handler: pointer, sa_flags: ulong, sa_restorer: pointer, sa_mask: array(u32, 2) }, { size: { i386: 20, x86_64: 32 } });
/** The alternate signal stack of sigaltstack(2): lowest address, SS_ flags, bytes. */
export const stack_t = struct("stack_t", { ss_sp: pointer, ss_flags: i32, ss_size: ulong }, { size: { i386: 12, x86_64: 24 } });
/** Size of a terminal in characters, and in pixels where known. TIOCGWINSZ. */
export const winsize = struct("winsize", { ws_row: u16, ws_col: u16, ws_xpixel: u16, ws_ypixel: u16 }, { size: 8 });
/** Modes of a terminal as the kernel has them: 36 bytes with 19 control characters (NCCS); the C library's has 32. TCGETS. */
export const termios = struct("termios", { c_iflag: u32, c_oflag: u32, c_cflag: u32, c_lflag: u32, c_line: u8, c_cc: bytes(19) }, { size: 36 });
/** set_thread_area(2) on i386; the third word holds the bits. Linux, arch/x86/include/uapi/asm/ldt.h. */
export const user_desc = struct("user_desc", { entry_number: u32, base_addr: u32, limit: u32, bits: u32 }, { size: 16 });
/** Fields of siginfo_t that its kinds share; 128 bytes in all. The union begins at 12 on i386 and at 16 on x86-64. */
export const SIGINFO_BYTES = 128;
/** Signal number, errno (0) and SI_, SEGV_, CLD_… code, at the beginning of siginfo_t. */
export const siginfo_header = struct("siginfo", { si_signo: i32, si_errno: i32, si_code: i32 }, { size: 12 });

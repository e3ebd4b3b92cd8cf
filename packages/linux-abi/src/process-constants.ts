/** Flags of clone(2). Linux, include/uapi/linux/sched.h. */
export const CSIGNAL = 0xff;
/** What parent and child share: memory, working directory and umask, descriptors, signal actions; and who waits for whom (CLONE_VFORK: the parent, until exec or exit). */
export const CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800, CLONE_PIDFD = 0x1000, CLONE_PTRACE = 0x2000, CLONE_VFORK = 0x4000, CLONE_PARENT = 0x8000;
/** Threads of one group, mount namespace, thread-local storage and where thread ids are written. CLONE_THREAD needs CLONE_SIGHAND, which needs CLONE_VM. */
export const CLONE_THREAD = 0x1_0000, CLONE_NEWNS = 0x2_0000, CLONE_SYSVSEM = 0x4_0000, CLONE_SETTLS = 0x8_0000, CLONE_PARENT_SETTID = 0x10_0000, CLONE_CHILD_CLEARTID = 0x20_0000, CLONE_DETACHED = 0x40_0000;
/** Namespaces that the child gets anew: control groups, host name, System V IPC, users, process numbers, network. */
export const CLONE_CHILD_SETTID = 0x100_0000, CLONE_NEWCGROUP = 0x200_0000, CLONE_NEWUTS = 0x400_0000, CLONE_NEWIPC = 0x800_0000, CLONE_NEWUSER = 0x1000_0000, CLONE_NEWPID = 0x2000_0000, CLONE_NEWNET = 0x4000_0000;

/** Options of wait4(2). */
export const WNOHANG = 1, WUNTRACED = 2, WCONTINUED = 8, __WALL = 0x4000_0000, __WCLONE = 0x8000_0000;
/** Kinds of waitid(2). */
export const P_ALL = 0, P_PID = 1, P_PGID = 2;

/** arch_prctl(2). Linux, arch/x86/include/uapi/asm/prctl.h. */
export const ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004;
/** Operations of prctl(2). Linux, include/uapi/linux/prctl.h. */
export const PR_SET_PDEATHSIG = 1, PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4, PR_SET_NAME = 15, PR_GET_NAME = 16, PR_CAPBSET_READ = 23, PR_SET_NO_NEW_PRIVS = 38, PR_GET_NO_NEW_PRIVS = 39;

/** futex(2). Linux, include/uapi/linux/futex.h. */
export const FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10, FUTEX_PRIVATE_FLAG = 128, FUTEX_CLOCK_REALTIME = 256;

/** Clocks of clock_gettime(2). Linux, include/uapi/linux/time.h. MONOTONIC and BOOTTIME begin at the start of the kernel; COARSE ones move once a tick. */
export const CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, CLOCK_PROCESS_CPUTIME_ID = 2, CLOCK_THREAD_CPUTIME_ID = 3, CLOCK_MONOTONIC_RAW = 4, CLOCK_REALTIME_COARSE = 5, CLOCK_MONOTONIC_COARSE = 6, CLOCK_BOOTTIME = 7;
/** The time is a point on the clock, not an interval: clock_nanosleep(2), timer_settime(2). */
export const TIMER_ABSTIME = 1;

/** Resources of getrlimit(2). Linux, include/uapi/asm-generic/resource.h. */
export const RLIMIT_CPU = 0, RLIMIT_FSIZE = 1, RLIMIT_DATA = 2, RLIMIT_STACK = 3, RLIMIT_CORE = 4, RLIMIT_RSS = 5, RLIMIT_NPROC = 6, RLIMIT_NOFILE = 7, RLIMIT_MEMLOCK = 8, RLIMIT_AS = 9, RLIM_NLIMITS = 16;

/** The auxiliary vector. Linux, include/uapi/linux/auxvec.h, arch/x86/include/uapi/asm/auxvec.h. */
export const AT_NULL = 0, AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6, AT_BASE = 7, AT_FLAGS = 8, AT_ENTRY = 9, AT_UID = 11, AT_EUID = 12, AT_GID = 13, AT_EGID = 14, AT_PLATFORM = 15, AT_HWCAP = 16;
/** More of it: ticks a second for times(2), whether the program got privileges by exec, sixteen random bytes, the path that was executed, where the vDSO lies. */
export const AT_CLKTCK = 17, AT_SECURE = 23, AT_RANDOM = 25, AT_HWCAP2 = 26, AT_EXECFN = 31, AT_SYSINFO = 32, AT_SYSINFO_EHDR = 33, AT_MINSIGSTKSZ = 51;

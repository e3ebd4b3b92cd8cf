/** Signals by number. Linux, arch/x86/include/uapi/asm/signal.h. */
export const SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7, SIGFPE = 8, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12, SIGPIPE = 13, SIGALRM = 14, SIGTERM = 15;
/** The rest of the standard signals. signal(7) says what each does where nothing is set. */
export const SIGSTKFLT = 16, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGTSTP = 20, SIGTTIN = 21, SIGTTOU = 22, SIGURG = 23, SIGXCPU = 24, SIGXFSZ = 25, SIGVTALRM = 26, SIGPROF = 27, SIGWINCH = 28, SIGIO = 29, SIGPWR = 30, SIGSYS = 31;
/** The first real-time signal, which queues where a standard one merges, and how many signals there are. */
export const SIGRTMIN = 32, SIGNALS = 64;

/** Actions that are no address of a handler: do the default, do nothing. */
export const SIG_DFL = 0, SIG_IGN = 1;
/** How sigprocmask(2) changes the mask: add, take away, replace. */
export const SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2;
/** Flags of sigaction(2). SA_RESTORER says that sa_restorer is the address a handler returns to: every handler on x86-64 has one. */
export const SA_NOCLDSTOP = 1, SA_NOCLDWAIT = 2, SA_SIGINFO = 4, SA_RESTORER = 0x0400_0000, SA_ONSTACK = 0x0800_0000, SA_RESTART = 0x1000_0000, SA_NODEFER = 0x4000_0000, SA_RESETHAND = 0x8000_0000;
/** State of the alternate stack. sigaltstack(2). */
export const SS_ONSTACK = 1, SS_DISABLE = 2;

/** si_code. Linux, include/uapi/asm-generic/siginfo.h. */
export const SI_USER = 0, SI_KERNEL = 0x80, SI_TIMER = -2, SI_TKILL = -6, SEGV_MAPERR = 1, SEGV_ACCERR = 2, FPE_INTDIV = 1, FPE_FLTINV = 7, ILL_ILLOPN = 2, TRAP_BRKPT = 1, TRAP_TRACE = 2, BUS_ADRERR = 2;
/** si_code of SIGCHLD and of waitid(2): how the child changed. */
export const CLD_EXITED = 1, CLD_KILLED = 2, CLD_DUMPED = 3, CLD_STOPPED = 5, CLD_CONTINUED = 6;

/** Terminals: requests of ioctl(2). Linux, include/uapi/asm-generic/ioctls.h. */
export const TCGETS = 0x5401, TCSETS = 0x5402, TCSETSW = 0x5403, TCSETSF = 0x5404, TIOCSCTTY = 0x540e, TIOCGPGRP = 0x540f, TIOCSPGRP = 0x5410, TIOCGWINSZ = 0x5413, TIOCSWINSZ = 0x5414, FIONREAD = 0x541b, FIONBIO = 0x5421, TIOCNOTTY = 0x5422, TIOCGSID = 0x5429;
/** Requests of a pseudoterminal's master: ioctl_tty(2), pts(4). */
export const TIOCGPTN = 0x8004_5430, TIOCSPTLCK = 0x4004_5431, TIOCGPTPEER = 0x5441;

/** Modes of termios(3). Linux, include/uapi/asm-generic/termbits.h. */
export const INLCR = 0o100, IGNCR = 0o200, ICRNL = 0o400, IXON = 0o2000, IUTF8 = 0o40000, OPOST = 1, ONLCR = 4, B38400 = 0o17, CS8 = 0o60, CREAD = 0o200, HUPCL = 0o2000;
/** Local modes, `c_lflag`: signals from characters, lines edited before they are read (ICANON), what is echoed and how, SIGTTOU for writers in the background (TOSTOP). */
export const ISIG = 1, ICANON = 2, ECHO = 0o10, ECHOE = 0o20, ECHOK = 0o40, ECHONL = 0o100, NOFLSH = 0o200, TOSTOP = 0o400, ECHOCTL = 0o1000, ECHOKE = 0o4000, IEXTEN = 0o100000;
/** Indices of control characters. */
export const VINTR = 0, VQUIT = 1, VERASE = 2, VKILL = 3, VEOF = 4, VTIME = 5, VMIN = 6, VSTART = 8, VSTOP = 9, VSUSP = 10, VEOL = 11, VREPRINT = 12, VDISCARD = 13, VWERASE = 14, VLNEXT = 15, VEOL2 = 16;
/** Control characters in a termios of the kernel. */
export const NCCS = 19;

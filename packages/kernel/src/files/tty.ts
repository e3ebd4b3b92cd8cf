import {
  B38400, CREAD, CS8, deviceNumber, ECHO, ECHOCTL, ECHOE, ECHOK, ECHOKE, EINVAL, ENOTTY, FIONREAD, HUPCL, ICANON, ICRNL, IEXTEN, IGNCR, INLCR, ISIG, IXON, O_RDWR, ONLCR, OPOST, POLLHUP, POLLIN, POLLOUT, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGWINCH,
  SI_KERNEL, TCGETS, TCSETS, TCSETSF, TCSETSW, termios, TIOCGPGRP, TIOCGSID, TIOCGWINSZ, TIOCNOTTY, TIOCSCTTY, TIOCSPGRP, TIOCSWINSZ, VEOF, VERASE, VINTR, VKILL, VMIN, VQUIT, VSUSP, VWERASE, winsize,
} from "@ringzero/linux-abi";
import { FileDescription, WaitQueue, WOULD_BLOCK, type Inode, type IoBuffer, type Path, type WouldBlock } from "@ringzero/vfs";
import type { Kernel } from "../kernel.ts";
import { sendToProcessGroup } from "../signals/send.ts";
import { userSignal } from "../signals/signal-state.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";

/** Modes of a terminal, as termios(3) has them. */
export interface TerminalModes {
  /** `c_iflag`: what is done to typed characters. */
  readonly input: number;
  /** `c_oflag`: what is done to what is shown. */
  readonly output: number;
  /** `c_cflag`: the wire; remembered only. */
  readonly control: number;
  /** `c_lflag`: editing, echo, signals. */
  readonly local: number;
  /** Control characters by index; NCCS of them. */
  readonly characters: Uint8Array;
}
/** Linux, drivers/tty/tty_io.c:tty_std_termios. */
function standardModes(): TerminalModes {
  const characters = new Uint8Array(19);
  characters.set([3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22]);
  return { input: ICRNL | IXON, output: OPOST | ONLCR, control: B38400 | CS8 | CREAD | HUPCL, local: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN, characters };
}

const CR = 13, LF = 10, TAB = 9;
/** Bytes of a line, and of all that waits to be read: more is lost. Linux, include/linux/tty.h:N_TTY_BUF_SIZE. */
const LINE_MOST = 4095, WAITING_MOST = 1 << 16;
/** Bytes that one write takes; the rest follows. */
const WRITE_MOST = 1 << 16;

/** A terminal with its line discipline. Linux, drivers/tty/n_tty.c. */
export class Tty {
  /** The kernel whose tasks it signals. */
  readonly kernel: Kernel;
  /** Its input port in the tenant's log. */
  readonly name: string;
  /** What fstat(2) of a descriptor shows. */
  readonly inode: Inode;
  /** Woken when something can be read. */
  readonly changed: WaitQueue = new WaitQueue();
  /** What programs have set by tcsetattr(3); at first a shell's usual ones. */
  modes: TerminalModes = standardModes();
  /** Height in characters. `resize` changes it and tells the foreground. */
  rows = 24;
  /** Width in characters. */
  columns = 80;
  /** The process group that input signals go to; 0 = none. */
  foreground = 0;
  /** The session whose controlling terminal it is; 0 = none. */
  session = 0;
  /** Gets what is to be shown. */
  onOutput: ((bytes: Uint8Array) => void) | undefined;
  /** Told when a program looks for input and finds none: it is at its prompt. */
  onAwaited: (() => void) | undefined;
  /** Whether the far end takes nothing more for now: writers wait. */
  get full(): boolean { return this.#full; }
  /** Makes writers wait, or lets them go on. */
  setFull(full: boolean): void {
    this.#full = full;
    if (!full) this.changed.wake();
  }
  #full = false;
  /** Whether the far end is gone: reads give the end of file. */
  hungUp = false;
  /** The line being edited. */
  #line: number[] = [];
  /** What can be read: in canonical mode whole lines, an empty one is the end of file. */
  readonly #ready: Uint8Array[] = [];

  /** The place where programs find it; undefined where it has no name. */
  path: Path | undefined;
  /** Descriptions that are open, and whether any has been. */
  #opened = 0;
  #used = false;
  /** Told when the last description is closed. */
  onUnused: (() => void) | undefined;

  constructor(kernel: Kernel, name: string, inode: Inode, device: number = deviceNumber(5, 1)) {
    this.kernel = kernel;
    this.name = name;
    this.inode = inode;
    inode.device = device;
  }
  /** An open file description of it. `flags` as for open(2). */
  open(flags: number = O_RDWR): TtyFile { return new TtyFile(this, this.path, flags); }
  /** Whether programs had it open and have it no more. */
  get unused(): boolean { return this.#used && this.#opened === 0; }
  /** A description came or (negative) went. */
  countOpen(change: 1 | -1): void {
    this.#opened += change;
    this.#used = true;
    if (this.#opened === 0) this.onUnused?.();
  }
  /** Becomes a group's controlling terminal. */
  takeSession(group: ThreadGroup): void {
    this.session = group.sessionId;
    this.foreground = group.groupId;
    group.terminal = this;
  }
  /** Is nobody's controlling terminal any more. */
  leaveSession(): void { this.session = this.foreground = 0; }
  /** The far end is gone: readers find the end of file, and the session's leader and foreground are told. Linux, drivers/tty/tty_io.c:__tty_hangup(). */
  hangUp(): void {
    if (this.hungUp) return;
    this.hungUp = true;
    this.#full = false;
    this.onOutput = this.onAwaited = undefined;
    for (const group of new Set([this.session, this.foreground])) if (group !== 0) sendToProcessGroup(this.kernel, group, userSignal(SIGHUP, 0, 0, SI_KERNEL));
    this.changed.wake();
  }
  /** A new size; tells the foreground. */
  resize(rows: number, columns: number): void {
    this.rows = rows;
    this.columns = columns;
    if (this.foreground !== 0) sendToProcessGroup(this.kernel, this.foreground, userSignal(SIGWINCH, 0, 0, SI_KERNEL));
  }

  /** Types: the bytes are an input of the tenant, which enters at the next slice end and is logged. */
  type(bytes: Uint8Array): void { this.kernel.time.offer(this.name, bytes); }
  /** Bytes from the keyboard as they enter. */
  input(bytes: Uint8Array): void {
    for (const byte of bytes) this.#receive(byte);
  }
  /** Bytes that can be read now: what FIONREAD says. */
  get available(): number { return this.#ready.reduce((sum, chunk) => sum + chunk.length, 0); }
  /** Whether a read would find something, the end of file included. */
  get readable(): boolean { return this.#ready.length > 0; }
  /** Reads what is there: a line at most in canonical mode. Tells `onAwaited` where there is nothing. */
  read(buffer: IoBuffer): number | WouldBlock {
    const first = this.#ready[0];
    if (!first) {
      if (this.hungUp) return 0;
      this.onAwaited?.();
      return (this.modes.local & ICANON) === 0 && this.modes.characters[VMIN] === 0 ? 0 : WOULD_BLOCK;
    }
    const n = Math.min(buffer.length, first.length);
    buffer.put(0, first.subarray(0, n));
    if (n === first.length) this.#ready.shift();
    else this.#ready[0] = first.subarray(n);
    return n;
  }
  /** Shows bytes, with a CR before each LF where the modes say so. */
  write(bytes: Uint8Array): void {
    if (!(this.modes.output & OPOST) || !(this.modes.output & ONLCR) || !bytes.includes(LF)) {
      this.onOutput?.(bytes);
      return;
    }
    const out: number[] = [];
    for (const byte of bytes) {
      if (byte === LF) out.push(CR);
      out.push(byte);
    }
    this.onOutput?.(Uint8Array.from(out));
  }
  /** Discards input that nobody has read. */
  flushInput(): void {
    this.#line = [];
    this.#ready.length = 0;
  }

  #receive(byte: number): void {
    const { input, local, characters } = this.modes;
    if (byte === CR) {
      if (input & IGNCR) return;
      if (input & ICRNL) byte = LF;
    } else if (byte === LF && input & INLCR) byte = CR;
    if (local & ISIG) {
      const signal = byte === 0 ? 0 : byte === characters[VINTR] ? SIGINT : byte === characters[VQUIT] ? SIGQUIT : byte === characters[VSUSP] ? SIGTSTP : 0;
      if (signal !== 0) {
        this.#echo(byte);
        this.flushInput();
        if (this.foreground !== 0) sendToProcessGroup(this.kernel, this.foreground, userSignal(signal, 0, 0, SI_KERNEL));
        return;
      }
    }
    if (local & ICANON) this.#edit(byte);
    else {
      this.#echo(byte);
      this.#deliver([byte]);
    }
  }
  #edit(byte: number): void {
    const { characters } = this.modes;
    if (byte === characters[VERASE]) this.#erase(1);
    else if (byte === characters[VKILL]) this.#erase(this.#line.length);
    else if (byte === characters[VWERASE]) {
      const text = String.fromCharCode(...this.#line);
      this.#erase(text.length - text.replace(/[^ ]* *$/, "").length);
    } else if (byte === characters[VEOF]) this.#deliver(this.#line.splice(0));
    else {
      if (this.#line.length >= LINE_MOST && byte !== LF) return;
      this.#line.push(byte);
      this.#echo(byte);
      if (byte === LF) this.#deliver(this.#line.splice(0));
    }
  }
  #erase(count: number): void {
    for (; count > 0 && this.#line.length > 0; count--) {
      // A character of several bytes goes as a whole, for it takes one column.
      let byte = this.#line.pop()!;
      while ((byte & 0xc0) === 0x80 && this.#line.length > 0) byte = this.#line.pop()!;
      if (this.modes.local & ECHO) this.onOutput?.(Uint8Array.of(8, 32, 8));
    }
  }
  #echo(byte: number): void {
    const { local } = this.modes;
    if (!(local & ECHO)) return;
    if (byte < 32 && byte !== LF && byte !== TAB && local & ECHOCTL) this.write(Uint8Array.of(94, byte + 64));
    else this.write(Uint8Array.of(byte));
  }
  #deliver(bytes: number[]): void {
    if (this.available + bytes.length > WAITING_MOST) return;
    const last = this.#ready.at(-1);
    if (last && !(this.modes.local & ICANON)) this.#ready[this.#ready.length - 1] = Uint8Array.from([...last, ...bytes]);
    else this.#ready.push(Uint8Array.from(bytes));
    this.changed.wake();
  }
}

const MODES = termios.for("i386"), SIZE = winsize.for("i386");

/** A terminal that is open. */
export class TtyFile extends FileDescription {
  /** The terminal behind it. */
  readonly tty: Tty;
  #counted = false;

  constructor(tty: Tty, path: Path | undefined, flags: number) {
    super(tty.inode, path, flags);
    this.tty = tty;
  }
  override reference(): this {
    if (!this.#counted) this.tty.countOpen(1);
    this.#counted = true;
    return super.reference();
  }
  protected override closed(): void { this.tty.countOpen(-1); }
  read(buffer: IoBuffer): number | WouldBlock { return this.tty.read(buffer); }
  write(buffer: IoBuffer): number | WouldBlock {
    if (this.tty.full) return WOULD_BLOCK;
    const bytes = new Uint8Array(Math.min(buffer.length, WRITE_MOST));
    buffer.take(0, bytes);
    this.tty.write(bytes);
    return bytes.length;
  }
  override poll(): number {
    if (this.tty.hungUp) return POLLIN | POLLOUT | POLLHUP;
    if (!this.tty.readable) this.tty.onAwaited?.();
    return (this.tty.readable ? POLLIN : 0) | (this.tty.full ? 0 : POLLOUT);
  }
  override get changed(): WaitQueue { return this.tty.changed; }
  /** ioctl_tty(2). The structures lie in the same way on both ABIs. */
  override ioctl(request: number, argument: number, context: unknown): number {
    const task = context as Task, { memory } = task, { tty } = this;
    switch (request) {
      case TCGETS: {
        const { input, output, control, local, characters } = tty.modes;
        memory.write(argument, MODES.bytes({ c_iflag: input, c_oflag: output, c_cflag: control, c_lflag: local, c_cc: characters }));
        return 0;
      }
      case TCSETS: case TCSETSW: case TCSETSF: {
        const m = MODES.get(memory.bytes(argument, MODES.size));
        tty.modes = { input: m.c_iflag, output: m.c_oflag, control: m.c_cflag, local: m.c_lflag, characters: m.c_cc };
        if (request === TCSETSF) tty.flushInput();
        return 0;
      }
      case TIOCGWINSZ:
        memory.write(argument, SIZE.bytes({ ws_row: tty.rows, ws_col: tty.columns }));
        return 0;
      case TIOCSWINSZ: {
        const s = SIZE.get(memory.bytes(argument, SIZE.size));
        tty.resize(s.ws_row, s.ws_col);
        return 0;
      }
      case TIOCGPGRP: case TIOCGSID:
        if (task.group.terminal !== tty) throw ENOTTY;
        memory.setU32(argument, task.seen(request === TIOCGPGRP ? tty.foreground : tty.session));
        return 0;
      case TIOCSPGRP: {
        if (task.group.terminal !== tty) throw ENOTTY;
        const group = task.pids.global(memory.u32(argument));
        if (![...task.kernel.groups.values()].some((g) => g.groupId === group && g.sessionId === task.group.sessionId)) throw EINVAL;
        tty.foreground = group;
        return 0;
      }
      case TIOCSCTTY:
        if (task.group.sessionId !== task.group.pid) throw EINVAL;
        tty.takeSession(task.group);
        return 0;
      case TIOCNOTTY:
        task.group.terminal = undefined;
        return 0;
      case FIONREAD:
        memory.setU32(argument, tty.available);
        return 0;
      default: return super.ioctl(request, argument, context);
    }
  }
}

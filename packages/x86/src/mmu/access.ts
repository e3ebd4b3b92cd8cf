import type { Builder } from "../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../ir/routine.ts";
import type { Value } from "../ir/value.ts";
import { AC, GP, SSF } from "../isa/instruction-builder.ts";
import { MODE } from "../decode/mode.ts";
import { EVENT, STATE } from "../state/state.ts";
import { DEVICE } from "./frame-address.ts";
import { ACCESS, CONTEXT, entryAddress, PRIVILEGE } from "./tlb.ts";
import { walk } from "./walk.ts";

/**
 * The slow arm of every memory access: what the inline TLB test did not match. Page walks, accesses that cross a page, device
 * memory, frames that hold decoded code, non-canonical addresses. The engines ask for a host address, access there, and after a
 * write call `commitWrite`.
 */

/** Fields of `info`: size in bytes, and the segment that decides between #GP and #SS for a non-canonical address. */
export const INFO = { size: 0x3ff, stack: 0x400, supervisor: 0x800, gather: 0x1000 } as const;

/** Values of STATE.slowCommit. */
export const COMMIT = { none: 0, split: 1, device: 2, code: 3 } as const;

/** One of PRIVILEGE. */
const userOf = (m: Builder, info: Value): Value => m.choose(info.and(INFO.supervisor), PRIVILEGE.implicit, m.state(STATE.cpl).eq(3));

/** Host address of one byte's page through TLB or walk; 0 = event set, DEVICE = device memory. */
export const translate: Routine = routine("translate", { params: [I64, I32, I32], results: [I32], mayFault: true }, (m, la, access, user) => {
  const entry = entryAddress(m, la!, access!, user!.eq(PRIVILEGE.user)), context = m.state(STATE.context);
  const trusted = user!.ne(PRIVILEGE.implicit).or(context.and(CONTEXT.accessible).eqz());
  m.if(m.hostLoad("i64.load", entry).eq(la!.and(~0xfffn).or(context)).and(trusted), () => {
    m.return(la!.trunc(32).add(m.hostLoad("i32.load", entry, 8)));
  });
  m.return(m.call1(walk, la!, access!, user!));
});

/** Sets the event: #GP(0), or #SS(0) for the stack segment. */
function raiseSegment(m: Builder, info: Value): void {
  m.setState(STATE.eventVector, m.choose(info.and(INFO.stack), SSF, GP));
  m.setState(STATE.eventCode, 0);
  m.setState(STATE.eventFlags, 1);
  m.setState(STATE.event, EVENT.exception);
}
/** 1 where `next`, the page after an access's first, is past the end of a flat segment. */
function pastFlatEnd(m: Builder, next: Value): Value {
  return next.eqz().and(m.state(STATE.linearMask).ne(-1n)).and(m.state(STATE.mode).and(MODE.flat).nez());
}

/** Raises #GP(0), or #SS(0) for the stack segment, where a 64-bit address is not canonical (48 bits). */
function checkCanonical(m: Builder, la: Value, info: Value): void {
  m.if(la.shl(16).shrS(16).ne(la).and(m.state(STATE.linearMask).eq(-1n)), () => {
    raiseSegment(m, info);
    m.return(m.stateBase().add(STATE.slowBuffer.offset));
  });
}

const buffer = (m: Builder): Value => m.stateBase().add(STATE.slowBuffer.offset);
const faulted = (m: Builder, host: Value): void => m.if(host.eqz(), () => m.return(buffer(m)));

/** A flat segment ends at 4 GiB: an access across that end exceeds the limit, #GP(0) or #SS(0). SDM vol. 3A, "Limit Checking". */
function checkEnd(m: Builder, next: Value, info: Value): void {
  m.if(pastFlatEnd(m, next), () => {
    raiseSegment(m, info);
    m.return(buffer(m));
  });
}

/**
 * Alignment check: a user's access that is not aligned to its size (8 bytes where that is no power of two) raises #AC(0), unless its page faults first. SDM vol. 3A,
 * "Interrupt 17—Alignment Check Exception (#AC)". `leave` returns from the routine.
 */
function checkAlignment(m: Builder, la: Value, size: Value, user: Value, access: Value, leave: () => void): void {
  m.if(m.state(STATE.context).and(CONTEXT.checked).nez().and(user.eq(PRIVILEGE.user)), () => {
    const mask = m.choose(size.and(size.sub(1)), 7, size.sub(1));
    m.if(la.trunc(32).and(mask), () => {
      const first = m.call1(translate, la, access, user);
      m.if(first.eqz(), leave);
      m.if(la.trunc(32).and(0xfff).add(size).gtU(0x1000), () => {
        const second = m.call1(translate, la.and(~0xfffn).add(0x1000n).and(m.state(STATE.linearMask)), access, user);
        m.if(second.eqz(), leave);
      });
      m.setState(STATE.eventVector, AC);
      m.setState(STATE.eventCode, 0);
      m.setState(STATE.eventFlags, 1);
      m.setState(STATE.event, EVENT.exception);
      leave();
    });
  });
}

/** Copies `n` bytes (1 to 64) between host addresses. */
function copy(m: Builder, to: Value, from: Value, n: Value): void {
  const i = m.local(m.i32(0));
  m.loop(() => {
    m.breakIf(i.get().geU(n));
    m.hostStore("i32.store8", to.add(i.get()), m.hostLoad("i32.load8_u", from.add(i.get())).trunc(8));
    i.set(i.get().add(1));
  });
}

/** Reads device memory of `n` bytes at STATE.slowPhysical into `to`. */
function deviceRead(m: Builder, to: Value, n: Value): void {
  m.callOut("deviceRead", "i32", to, n);
}

/** Where to read: a host address with the bytes, the frame itself or a gathered copy. On a fault the event is set and the address is a dummy. */
export const accessRead: Routine = routine("accessRead", { params: [I64, I32], results: [I32], mayFault: true }, (m, la0, info) => {
  const la = la0!.and(m.state(STATE.linearMask));
  checkCanonical(m, la, info!);
  const size = info!.and(INFO.size), user = userOf(m, info!);
  checkAlignment(m, la, size, user, m.i32(ACCESS.read), () => m.return(buffer(m)));
  m.if(m.state(STATE.dataBreakpoints), () => { m.callOut("dataAccess", "i32", la, size, m.i32(0)); });
  const room = m.i32(0x1000).sub(la.trunc(32).and(0xfff));
  const next = la.and(~0xfffn).add(0x1000n).and(m.state(STATE.linearMask));
  m.if(size.gtU(room), () => checkEnd(m, next, info!));
  const first = m.call1(translate, la, m.i32(ACCESS.read), user);
  faulted(m, first);
  m.if(size.leU(room), () => {
    m.if(first.ne(DEVICE), () => m.return(first));
    deviceRead(m, buffer(m), size);
    m.return(buffer(m));
  });
  // Crosses into the next page: both must be there before a byte of either counts.
  const physical = m.state(STATE.slowPhysical);
  const second = m.call1(translate, next, m.i32(ACCESS.read), user);
  faulted(m, second);
  const rest = size.sub(room);
  m.if(second.eq(DEVICE), () => deviceRead(m, buffer(m).add(room), rest), () => copy(m, buffer(m).add(room), second, rest));
  m.if(first.eq(DEVICE), () => {
    m.setState(STATE.slowPhysical, physical);
    deviceRead(m, buffer(m), room);
  }, () => copy(m, buffer(m), first, room));
  m.return(buffer(m));
});

/** Where to write: the frame itself, or a buffer that `commitWrite` empties. With INFO.gather a buffer holds the present bytes. */
export const accessWrite: Routine = routine("accessWrite", { params: [I64, I32], results: [I32], mayFault: true }, (m, la0, info) => {
  const la = la0!.and(m.state(STATE.linearMask));
  m.setState(STATE.slowCommit, COMMIT.none);
  checkCanonical(m, la, info!);
  const size = info!.and(INFO.size), user = userOf(m, info!), gather = info!.and(INFO.gather);
  checkAlignment(m, la, size, user, m.i32(ACCESS.write), () => m.return(buffer(m)));
  m.if(m.state(STATE.dataBreakpoints), () => { m.callOut("dataAccess", "i32", la, size, m.i32(1)); });
  const room = m.i32(0x1000).sub(la.trunc(32).and(0xfff));
  const next = la.and(~0xfffn).add(0x1000n).and(m.state(STATE.linearMask));
  m.if(size.gtU(room), () => checkEnd(m, next, info!));
  const first = m.call1(translate, la, m.i32(ACCESS.write), user);
  faulted(m, first);
  m.setState(STATE.slowSize, size);
  m.setState(STATE.slowFirst, first);
  m.if(size.leU(room), () => {
    m.if(first.ne(DEVICE), () => {
      const flags = m.hostLoad("i32.load8_u", m.state(STATE.frameFlags).add(first.shrU(12)));
      m.if(flags.nez(), () => m.setState(STATE.slowCommit, COMMIT.code));
      m.return(first);
    });
    m.setState(STATE.slowCommit, COMMIT.device);
    m.if(gather, () => deviceRead(m, buffer(m), size));
    m.return(buffer(m));
  });
  const physical = m.state(STATE.slowPhysical);
  const second = m.call1(translate, next, m.i32(ACCESS.write), user);
  faulted(m, second);
  const rest = size.sub(room);
  m.setState(STATE.slowSecond, second);
  m.setState(STATE.slowSplit, room);
  m.if(gather, () => {
    m.if(second.eq(DEVICE), () => deviceRead(m, buffer(m).add(room), rest), () => copy(m, buffer(m).add(room), second, rest));
    m.if(first.eq(DEVICE), () => {
      m.setState(STATE.slowPhysical, physical);
      deviceRead(m, buffer(m), room);
    }, () => copy(m, buffer(m), first, room));
  });
  m.if(first.eq(DEVICE), () => m.setState(STATE.slowPhysical, physical));
  m.setState(STATE.slowCommit, COMMIT.split);
  m.return(buffer(m));
});

/** Finishes a slow write: empties the buffer, tells about code and logs. */
export const commitWrite: Routine = routine("commitWrite", { params: [] }, (m) => {
  const kind = m.state(STATE.slowCommit), size = m.state(STATE.slowSize), first = m.state(STATE.slowFirst);
  m.if(kind.eqz(), () => m.return());
  m.if(kind.eq(COMMIT.code), () => {
    m.callOut("frameWritten", "i32", first, size);
    m.return();
  });
  m.if(kind.eq(COMMIT.device), () => {
    m.callOut("deviceWrite", "i32", buffer(m), size);
    m.return();
  });
  const room = m.state(STATE.slowSplit), second = m.state(STATE.slowSecond), rest = size.sub(room);
  const part = (host: Value, from: Value, n: Value): void => {
    m.if(host.eq(DEVICE), () => { m.callOut("deviceWrite", "i32", from, n); }, () => {
      copy(m, host, from, n);
      const flags = m.hostLoad("i32.load8_u", m.state(STATE.frameFlags).add(host.shrU(12)));
      m.if(flags.nez(), () => { m.callOut("frameWritten", "i32", host, n); });
    });
  };
  part(first, buffer(m), room);
  part(second, buffer(m).add(room), rest);
  m.return();
});

/** Raises what an access to [la, la + size) would raise: `info` as above with `write` 0 or 1. Sizes to 4096 bytes. */
export const probe: Routine = routine("probe", { params: [I64, I32, I32, I32], mayFault: true }, (m, la0, size, info, write) => {
  const la = la0!.and(m.state(STATE.linearMask));
  m.if(la.shl(16).shrS(16).ne(la).and(m.state(STATE.linearMask).eq(-1n)), () => {
    raiseSegment(m, info!);
    m.return();
  });
  const user = userOf(m, info!);
  const room = m.i32(0x1000).sub(la.trunc(32).and(0xfff)), next = la.and(~0xfffn).add(0x1000n).and(m.state(STATE.linearMask));
  // Save areas are accessed piece by piece (the silicon's answer): what is not there faults before the end is reached.
  m.if(size!.gtU(room).and(size!.leU(16)).and(pastFlatEnd(m, next)), () => {
    raiseSegment(m, info!);
    m.return();
  });
  const first = m.call1(translate, la, write!, user);
  m.if(first.eqz(), () => m.return());
  m.if(size!.gtU(room), () => { m.call(translate, next, write!, user); });
  m.return();
});

/**
 * For compiled regions: the host address of an access within one page of plain memory. 0 = the interpreter must do it: the event
 * is set, or the access crosses a page, reaches device memory or writes where code lies.
 */
export const resolve: Routine = routine("resolve", { params: [I64, I32, I32], results: [I32] }, (m, la0, info, write) => {
  const la = la0!.and(m.state(STATE.linearMask));
  m.if(la.shl(16).shrS(16).ne(la).and(m.state(STATE.linearMask).eq(-1n)), () => m.return(m.i32(0)));
  const size = info!.and(INFO.size);
  m.if(la.trunc(32).and(0xfff).add(size).gtU(0x1000).or(m.state(STATE.dataBreakpoints)).or(m.state(STATE.context).and(CONTEXT.checked).nez()), () => m.return(m.i32(0)));
  const host = m.call1(translate, la, write!, userOf(m, info!));
  m.if(host.leU(DEVICE), () => m.return(m.i32(0)));
  m.if(write!, () => {
    const flags = m.hostLoad("i32.load8_u", m.state(STATE.frameFlags).add(host.shrU(12)));
    m.if(flags.nez(), () => m.return(m.i32(0)));
  });
  m.return(host);
});

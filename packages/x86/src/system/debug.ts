import type { StateField } from "../ir/builder.ts";
import { STATE } from "../state/state.ts";
import type { Processor } from "./processor.ts";
import { CR4, CS, DR6 } from "./registers.ts";

/** What a breakpoint condition in DR7 watches. SDM vol. 3B, "Debug Control Register (DR7)". */
const KIND = { execute: 0, write: 1, io: 2, access: 3 } as const;
/** Bytes by LEN. */
const LENGTHS = [1, 2, 8, 4] as const;

const register = (n: number): StateField => ({ ...STATE.dr, offset: STATE.dr.offset + n * 8 });
const enabled = (dr7: number, n: number): boolean => ((dr7 >>> (n * 2)) & 3) !== 0;
const kind = (dr7: number, n: number): number => (dr7 >>> (16 + n * 4)) & 3;
const length = (dr7: number, n: number): number => LENGTHS[(dr7 >>> (18 + n * 4)) & 3]!;

/** Takes DR7 into account: which kinds of breakpoints are armed. Data breakpoints take every access off the TLBs. */
export function armBreakpoints(p: Processor): void {
  const dr7 = p.get(register(7));
  let code = false, data = false, io = false;
  for (let n = 0; n < 4; n++) {
    if (!enabled(dr7, n)) continue;
    const k = kind(dr7, n);
    if (k === KIND.execute) code = true;
    else if (k === KIND.io) io = (p.get(STATE.cr4) & CR4.DE) !== 0;
    else data = true;
  }
  p.codeBreakpoints = code;
  // Instructions are looked at one by one from the next on.
  if (code && p.slice !== 0) p.reload();
  p.ioBreakpoints = io;
  if (data !== (p.get(STATE.dataBreakpoints) !== 0)) {
    p.set(STATE.dataBreakpoints, data ? 1 : 0);
    p.flushAll();
  }
}

/** DR6 bits B0-B3 of the enabled breakpoints whose range [address, address + length) an access touches: the others' stay 0. APM vol. 2, "Debug-Status Register (DR6)". */
function matches(p: Processor, address: bigint, size: number, wants: (kind: number) => boolean): number {
  const dr7 = p.get(register(7));
  let hit = 0;
  for (let n = 0; n < 4; n++) {
    if (!enabled(dr7, n) || !wants(kind(dr7, n))) continue;
    const bytes = BigInt(length(dr7, n));
    const start = p.getBig(register(n)) & ~(bytes - 1n);
    if (start < address + BigInt(size) && address < start + bytes) hit |= 1 << n;
  }
  return hit;
}

/** Notes data breakpoints that an access to linear memory hits: #DB follows the instruction. SDM vol. 3B, "Data Memory and I/O Breakpoint Exception Conditions". */
export function noteDataAccess(p: Processor, address: bigint, size: number, write: boolean): void {
  const hit = matches(p, BigInt.asUintN(64, address), size, (k) => k === KIND.access || (write && k === KIND.write));
  if (hit === 0) return;
  p.debugTraps |= hit;
  p.core.stop();
}

/** Notes I/O breakpoints that an access to ports hits. */
export function notePortAccess(p: Processor, port: number, size: number): void {
  if (!p.ioBreakpoints) return;
  const hit = matches(p, BigInt(port), size, (k) => k === KIND.io);
  if (hit === 0) return;
  p.debugTraps |= hit;
  p.core.stop();
}

/** DR6 bits of instruction breakpoints at rIP, 0 where there is none or RF is set. */
export function codeBreakpoint(p: Processor): number {
  if (!p.codeBreakpoints || p.resumeAt === p.retired) return 0;
  const mask = p.getBig(STATE.linearMask);
  const address = p.code64 ? p.rip : (p.rip + p.base(CS)) & mask;
  const dr7 = p.get(register(7));
  let hit = 0;
  for (let n = 0; n < 4; n++) if (kind(dr7, n) === KIND.execute && enabled(dr7, n) && p.getBig(register(n)) === address) hit |= 1 << n;
  return hit;
}

/** Enters the cause of a debug exception in DR6: the breakpoint bits are those of this one, others stay until software clears them. SDM vol. 3B, "Debug Status Register (DR6)". */
export function recordDebugCause(p: Processor, bits: number): void {
  p.set(register(6), ((p.get(register(6)) & ~15) | bits | DR6.fixed) >>> 0);
}

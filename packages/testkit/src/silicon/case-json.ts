import type { CaseState, SiliconCase } from "./case.ts";
import { CASE_STATE, RECORD, type CaseRecord } from "./record.ts";

/** A record as JSON has it. */
export function recordToCase(r: CaseRecord): SiliconCase {
  const pieces = (which: 0 | 1): [number, string][] => r.pieces(which).map(([offset, bytes]) => [offset, toHex(bytes)]);
  const pre = pieces(0), { trap } = r;
  return {
    mode: r.mode, code: toHex(r.code), fill: r.fill, ...(pre.length > 0 ? { pre } : {}), in: stateOf(r, r.before), trap,
    ...(trap >= 0 ? { err: r.error } : {}), ...(trap === 14 ? { cr2: r.cr2.toString(16) } : {}), out: stateOf(r, r.after), mem: pieces(1),
  };
}

function toHex(bytes: Uint8Array): string { return Buffer.from(bytes).toString("hex"); }

function stateOf(r: CaseRecord, at: number): CaseState {
  const v = r.view, registers = r.mode === 64 ? 16 : 8;
  const run = (offset: number, stride: number, bytes: number, count: number): string[] =>
    Array.from({ length: count }, (_, i) => toHex(r.bytes.subarray(at + offset + i * stride, at + offset + i * stride + bytes)));
  const state: CaseState = {
    r: Array.from({ length: registers }, (_, i) => v.getBigUint64(at + CASE_STATE.gpr + i * 8, true).toString(16)),
    ip: v.getBigUint64(at + CASE_STATE.rip, true).toString(16), fl: (v.getUint32(at + CASE_STATE.flags, true) & 0xcd5).toString(16),
  };
  if (!r.floats) return state;
  return {
    ...state, fcw: v.getUint16(at + CASE_STATE.fcw, true), fsw: v.getUint16(at + CASE_STATE.fsw, true), ftw: r.bytes[at + CASE_STATE.ftw]!,
    mxcsr: v.getUint32(at + CASE_STATE.mxcsr, true), st: run(CASE_STATE.st, 16, 10, 8), xmm: run(CASE_STATE.xmm, 16, 16, registers),
  };
}

/** Writes a case as a record at the buffer's start. The buffer must have room for it: 32 KiB always suffice. */
export function caseToRecord(c: SiliconCase, r: CaseRecord): void {
  const code = Buffer.from(c.code, "hex"), v = r.view;
  r.at = 0;
  r.bytes.fill(0, 0, RECORD.states + 2 * CASE_STATE.bytes);
  r.bytes[RECORD.mode] = c.mode;
  r.bytes[RECORD.length] = code.length;
  r.bytes[RECORD.floats] = c.in.st ? 1 : 0;
  r.bytes[RECORD.trap] = c.trap & 0xff;
  v.setUint32(RECORD.fill, c.fill, true);
  v.setUint32(RECORD.error, c.err ?? 0, true);
  v.setBigUint64(RECORD.cr2, BigInt(`0x${c.cr2 ?? "0"}`), true);
  v.setUint16(RECORD.patches, c.pre?.length ?? 0, true);
  v.setUint16(RECORD.writes, c.mem.length, true);
  v.setUint32(RECORD.steps, /^(?:66|67|40)*f[23](?:66|67|f[0-3])*(?:4[0-9a-f])?a[4-7a-f]/.test(c.code) ? 64 : 1, true);
  r.bytes.set(code, RECORD.code);
  writeState(r, r.before, c.in);
  writeState(r, r.after, c.out);
  let at = r.after + r.stateBytes;
  for (const [offset, hex] of [...(c.pre ?? []), ...c.mem]) {
    const bytes = Buffer.from(hex, "hex");
    v.setUint16(at, offset, true);
    v.setUint16(at + 2, bytes.length, true);
    r.bytes.set(bytes, at + 4);
    at += 4 + ((bytes.length + 3) & ~3);
  }
  v.setUint32(RECORD.bytes, (at + 7) & ~7, true);
}

function writeState(r: CaseRecord, at: number, s: CaseState): void {
  const v = r.view;
  s.r.forEach((hex, i) => v.setBigUint64(at + CASE_STATE.gpr + i * 8, BigInt(`0x${hex}`), true));
  v.setBigUint64(at + CASE_STATE.rip, BigInt(`0x${s.ip}`), true);
  v.setUint32(at + CASE_STATE.flags, Number.parseInt(s.fl, 16), true);
  if (!s.st) return;
  v.setUint16(at + CASE_STATE.fcw, s.fcw!, true);
  v.setUint16(at + CASE_STATE.fsw, s.fsw!, true);
  r.bytes[at + CASE_STATE.ftw] = s.ftw!;
  v.setUint32(at + CASE_STATE.mxcsr, s.mxcsr!, true);
  s.st.forEach((hex, i) => r.bytes.set(Buffer.from(hex, "hex"), at + CASE_STATE.st + i * 16));
  s.xmm!.forEach((hex, i) => r.bytes.set(Buffer.from(hex, "hex"), at + CASE_STATE.xmm + i * 16));
}

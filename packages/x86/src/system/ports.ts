import { INTERCEPT } from "../intercepts.ts";
import { encodeIoInfo } from "../exit.ts";
import { ATTRIBUTE, STATE } from "../state/state.ts";
import { ADDRESS, OPERATION } from "../decode/operation.ts";
import { notePortAccess } from "./debug.ts";
import { FLAG } from "./flags.ts";
import { interceptExit } from "./intercept.ts";
import type { OperationFamily } from "./operations.ts";
import { CURRENT, SUPERVISOR, type Processor } from "./processor.ts";
import { CR0, DS, ES, RAX, RCX, RDI, RDX, RSI, TR, VECTOR } from "./registers.ts";

type PortSize = 1 | 2 | 4;

/** Address size of the operation under way, in bits. */
const addressBits = (p: Processor): number => 16 << ((p.view.getUint8(p.get(STATE.operation) + OPERATION.m) >> ADDRESS.sizeShift) & ADDRESS.size);

/**
 * Whether `size` ports from `port` may be accessed: CPL <= IOPL, or their bits in the TSS's map are clear. #GP(0) is pending where not. SDM vol. 1, "I/O Permission
 * Bit Map": the map is read by pairs of bytes, both within the TSS's limit.
 */
function permitted(p: Processor, port: number, size: PortSize): boolean {
  const flags = p.systemFlags;
  if (!(p.get(STATE.cr0) & CR0.PE) || (!(flags & FLAG.VM) && p.cpl <= (flags & FLAG.IOPL) >> 12)) return true;
  const base = p.base(TR), limit = p.limit(TR), type = p.attributes(TR) & (ATTRIBUTE.type | ATTRIBUTE.P);
  if ((type & 0x8d) !== 0x89 || limit < 103) return p.raise(VECTOR.GP, 0);
  const map = p.read(base + 102n, 2, SUPERVISOR);
  if (map < 0) return false;
  const at = map + (port >> 3);
  if (at + 1 > limit) return p.raise(VECTOR.GP, 0);
  const bits = p.read(base + BigInt(at), 2, SUPERVISOR);
  if (bits < 0) return false;
  return ((bits >> (port & 7)) & ((1 << size) - 1)) === 0 || p.raise(VECTOR.GP, 0);
}
/** Permission, then the intercept, then breakpoints. False = do not access. */
function allowed(p: Processor, port: number, size: PortSize, input: boolean, string?: { repeat: boolean; segment: number }): boolean {
  if (!permitted(p, port, size)) return false;
  if (p.intercepts.port(port, size)) {
    return interceptExit(p, INTERCEPT.IOIO_PROT, encodeIoInfo({
      port, in: input, string: string !== undefined, repeat: string?.repeat ?? false, size, addressBits: addressBits(p), segment: string?.segment ?? DS,
    }), p.getBig(STATE.nextRip));
  }
  return true;
}

function input(p: Processor, port: number, size: PortSize): void {
  if (!allowed(p, port, size, true)) return;
  const value = p.io.pio.read(port, size);
  if (size === 4) p.setGpr32(RAX, value);
  else {
    const at = p.state + STATE.gpr.offset + RAX * 8;
    if (size === 2) p.view.setUint16(at, value, true);
    else p.view.setUint8(at, value);
  }
  notePortAccess(p, port, size);
}
function output(p: Processor, port: number, size: PortSize): void {
  if (!allowed(p, port, size, false)) return;
  const value = p.gpr32(RAX);
  p.io.pio.write(port, size, size === 4 ? value : value & (size === 2 ? 0xffff : 0xff));
  notePortAccess(p, port, size);
}

/** An address register at an address size, and how it is written back: 32-bit results clear the upper half. */
function register(p: Processor, number: number, bits: number): bigint { return BigInt.asUintN(bits, p.gpr(number)); }
function setRegister(p: Processor, number: number, bits: number, value: bigint): void {
  if (bits === 16) p.view.setUint16(p.state + STATE.gpr.offset + number * 8, Number(BigInt.asUintN(16, value)), true);
  else p.setGpr(number, BigInt.asUintN(bits, value));
}
const read = (p: Processor, at: number, size: PortSize): number => (size === 4 ? p.view.getUint32(at, true) : size === 2 ? p.view.getUint16(at, true) : p.view.getUint8(at));
function write(p: Processor, at: number, size: PortSize, value: number): void {
  if (size === 4) p.view.setUint32(at, value, true);
  else if (size === 2) p.view.setUint16(at, value, true);
  else p.view.setUint8(at, value);
}

/** One element of INS: memory is known to be writable before the port is read. False = a fault is pending. */
function insElement(p: Processor, port: number, size: PortSize, bits: number): boolean {
  const address = p.linear(ES, register(p, RDI, bits), size, true);
  if (p.faulted) return false;
  if (!p.probe(address, size, CURRENT, true)) return false;
  const value = p.io.pio.read(port, size);
  const at = p.accessWrite(address, size, CURRENT);
  if (at === 0) return false;
  write(p, at, size, value);
  p.commitWrite();
  return true;
}
function outsElement(p: Processor, port: number, size: PortSize, bits: number, segment: number): boolean {
  const address = p.linear(segment, register(p, RSI, bits), size, false);
  if (p.faulted) return false;
  const at = p.accessRead(address, size, CURRENT);
  if (at === 0) return false;
  p.io.pio.write(port, size, read(p, at, size));
  return true;
}

/**
 * INS and OUTS. Every element of a repeated one retires as an instruction of its own, so that the clock goes on between the accesses and an interrupt that
 * one of them raises is delivered before the next. SDM vol. 2A, "INS/INSB/INSW/INSD—Input from Port to String".
 */
function stringTransfer(p: Processor, size: PortSize, repeat: number, input: boolean): void {
  const v = p.view, bits = addressBits(p), repeated = repeat !== 0;
  const port = p.gpr32(RDX) & 0xffff;
  // Permission comes before the count: with none left the instruction still faults.
  if (repeated && register(p, RCX, bits) === 0n) { permitted(p, port, size); return; }
  const segment = input ? ES : (v.getUint8(p.get(STATE.operation) + OPERATION.m) >> ADDRESS.segmentShift) & ADDRESS.segment;
  if (!allowed(p, port, size, input, { repeat: repeated, segment })) return;
  const index = input ? RDI : RSI, step = BigInt(p.systemFlags & FLAG.DF ? -size : size);
  const self = p.core.operationAddress(), budget = p.state + STATE.budget.offset;
  for (;;) {
    if (!(input ? insElement(p, port, size, bits) : outsElement(p, port, size, bits, segment))) return;
    setRegister(p, index, bits, register(p, index, bits) + step);
    notePortAccess(p, port, size);
    if (!repeated) return;
    const left = register(p, RCX, bits) - 1n;
    setRegister(p, RCX, bits, left);
    if (BigInt.asUintN(bits, left) === 0n) return;
    // The engine counts the last element; it comes back for the rest where somebody wants something in between.
    if (p.view.getInt32(budget, true) <= 1 || p.get(STATE.event) !== 0 || p.get(STATE.attention) !== 0) {
      p.rip = self;
      return;
    }
    p.view.setInt32(budget, p.view.getInt32(budget, true) - 1, true);
  }
}
const ins = (p: Processor, size: PortSize, repeat: number): void => stringTransfer(p, size, repeat, true);
const outs = (p: Processor, size: PortSize, repeat: number): void => stringTransfer(p, size, repeat, false);

/** Port accesses. */
export const PORT_OPERATIONS: OperationFamily = { input, output, ins, outs };

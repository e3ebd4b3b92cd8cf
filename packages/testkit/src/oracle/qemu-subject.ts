import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchitecturalState, type DescriptorRegister, packAttributes, type RegisterName } from './architectural-state.ts';
import { GdbRemote, type TargetRegister } from './gdb-remote.ts';
import type { LockstepSubject } from './lockstep-subject.ts';
import type { OracleImage, RunOptions } from './oracle-image.ts';
import { findProgram } from './programs.ts';
import { qemuDeviation } from './qemu-deviations.ts';
import { QEMU, qemuParameters } from './run-qemu.ts';
import { ScratchDirectory } from './scratch-directory.ts';

/** gdb's names of registers where they are not the manuals'. */
const GDB_NAMES: Readonly<Record<string, RegisterName>> = {
  eflags: 'rflags',
  fs_base: 'fs.base',
  gs_base: 'gs.base',
  k_gs_base: 'kernelGsBase',
  fctrl: 'fcw',
  fstat: 'fsw',
};

/** What gdb describes but QEMU 7.2 does not fill (its `ftag` is always 0), or what is read from the monitor instead. */
const NOT_FROM_GDB = /^(ftag|fi(seg|off)|fo(seg|off|p)|st\d|fs_base|gs_base)$/;

/**
 * QEMU, stepped through its gdb port. Steps are with interrupts and timers held (QEMU's `sstep` default), so that a program that waits
 * for a timer never ends. QEMU checks no segment limits in its translated code.
 */
export class QemuSubject implements LockstepSubject {
  readonly name = 'qemu';
  ended: string | undefined;
  /** The `g` packet at the current stop, once it has been read. */
  #packet: Uint8Array | undefined;
  readonly #process: ChildProcess;
  readonly #remote: GdbRemote;
  readonly #layout: readonly TargetRegister[];
  readonly #scratch: ScratchDirectory;

  private constructor(process: ChildProcess, remote: GdbRemote, layout: readonly TargetRegister[], scratch: ScratchDirectory) {
    this.#process = process;
    this.#remote = remote;
    this.#layout = layout;
    this.#scratch = scratch;
  }

  /**
   * Starts QEMU on an image and runs it up to an instruction.
   *
   * @param from linear address of the first instruction to step, 0x7C00 for a boot sector
   */
  static async start(image: OracleImage, from: bigint, options: RunOptions = {}): Promise<QemuSubject> {
    const program = findProgram(QEMU);
    if ('absent' in program) throw new Error(program.absent);
    const scratch = new ScratchDirectory('qemu');
    const file = join(scratch.path, 'image');
    const port = join(scratch.path, 'gdb');
    writeFileSync(file, image.bytes);
    const child = spawn(
      program.path,
      [...qemuParameters(image, file, options), '-no-shutdown', '-S', '-gdb', `unix:${port},server=on,wait=off`, '-debugcon', 'null'],
      { cwd: scratch.path, stdio: 'ignore' },
    );
    try {
      const remote = await GdbRemote.connect(port);
      const subject = new QemuSubject(child, remote, await remote.targetRegisters(), scratch);
      await subject.runTo(from);
      return subject;
    } catch (cause) {
      child.kill('SIGKILL');
      scratch.remove();
      throw new Error('QEMU did not reach the first instruction.', { cause });
    }
  }

  /** Runs up to the instruction at a linear address. */
  async runTo(address: bigint): Promise<void> {
    await this.#remote.setBreakpoint(address);
    this.#packet = undefined;
    this.#note(await this.#remote.continue());
    await this.#remote.clearBreakpoint(address);
  }

  async step(): Promise<void> {
    if (this.ended !== undefined) return;
    const before = await this.#registerPacket();
    await this.#stepOnce();
    // Now and then a step of QEMU's ends before its instruction began. To repeat it is safe: an instruction that leaves every register as
    // it was, the instruction pointer included, is a jump to itself.
    if (this.ended === undefined && Buffer.compare(before, await this.#registerPacket()) === 0) await this.#stepOnce();
  }

  async registers(): Promise<ArchitecturalState> {
    const state: ArchitecturalState = {};
    const packet = await this.#registerPacket();
    const physical: bigint[] = [];
    let offset = 0;
    for (const { name, bytes } of this.#layout) {
      const value = littleEndian(packet.subarray(offset, offset + bytes));
      offset += bytes;
      if (/^st\d$/.test(name)) physical.push(value);
      else if (!NOT_FROM_GDB.test(name)) state[GDB_NAMES[name] ?? (name as RegisterName)] = value;
    }
    // QEMU numbers the stack's registers physically in the packet; ST0 is the one that TOP names.
    const top = Number(((state.fsw ?? 0n) >> 11n) & 7n);
    for (let i = 0; i < physical.length; i++) state[`st${i}` as RegisterName] = physical[(top + i) & 7] ?? 0n;
    addMonitorState(state, await this.#remote.monitor('info registers'));
    return state;
  }

  readMemory(address: bigint, length: number): Promise<Uint8Array> {
    return this.#remote.readMemory(address, length);
  }

  async disassembly(): Promise<string> {
    const line = (await this.#remote.monitor('x /1i $pc')).trim();
    return line.replace(/^\S+:\s+(?:[0-9a-f]{2} )+\s*/, '').replace(/\s+/g, ' ');
  }

  explains(register: RegisterName, expected: bigint, own: bigint): string | undefined {
    return qemuDeviation(register, expected, own);
  }

  close(): void {
    this.#remote.close();
    this.#process.kill('SIGKILL');
    this.#scratch.remove();
  }

  async #registerPacket(): Promise<Uint8Array> {
    this.#packet ??= await this.#remote.readRegisters();
    return this.#packet;
  }

  async #stepOnce(): Promise<void> {
    this.#packet = undefined;
    this.#note(await this.#remote.step());
  }

  #note(reply: string): void {
    // T05 is a step or a breakpoint; anything else, such as SIGQUIT for a shutdown, ends the run.
    if (!reply.startsWith('T05')) this.ended = reply.startsWith('T03') ? 'shutdown' : `stop reply ${reply}`;
  }
}

/** Reads what only `info registers` shows: hidden parts of segments, table registers, debug registers and the x87 tags. */
function addMonitorState(state: ArchitecturalState, text: string): void {
  const number = (digits: string | undefined): bigint => BigInt(`0x${digits ?? '0'}`);
  for (const [, name = '', selector, base, limit, upper] of text.matchAll(
    /^(ES|CS|SS|DS|FS|GS|LDT|TR) *=([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)/gm,
  )) {
    const register = (name === 'LDT' ? 'ldtr' : name.toLowerCase()) as DescriptorRegister;
    state[register] = number(selector);
    state[`${register}.base`] = number(base);
    state[`${register}.limit`] = number(limit);
    state[`${register}.attributes`] = packAttributes(Number(number(upper)));
  }
  for (const [, name = '', base, limit] of text.matchAll(/^(GDT|IDT)= *([0-9a-f]+) ([0-9a-f]+)/gm)) {
    const register = name === 'GDT' ? 'gdtr' : 'idtr';
    state[`${register}.base`] = number(base);
    state[`${register}.limit`] = number(limit);
  }
  for (const [, name = '', value] of text.matchAll(/\b(DR[0-367])=([0-9a-f]+)/g)) state[name.toLowerCase() as RegisterName] = number(value);
  state.ftw = number(/\bFTW=([0-9a-f]+)/.exec(text)?.[1]);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

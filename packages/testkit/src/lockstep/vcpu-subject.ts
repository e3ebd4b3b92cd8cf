import { CpuModel, type EngineName, type Exit, PlainMemory, Vcpu, type VcpuState } from '@ringzero/x86';
import { STATE } from '@ringzero/x86/internals';
import type { ArchitecturalState } from '../oracle/architectural-state.ts';
import { DEBUG_PORT } from '../oracle/boot-floppy.ts';
import type { LockstepSubject } from '../oracle/lockstep-subject.ts';
import { type LockstepImage, startImage } from './lockstep-image.ts';
import { adoptState, architecturalState } from './vcpu-state.ts';

const PAGE = 4096;
const STATUS_FLAGS = 0x8d5;

/** Where the state block holds architectural registers other than rFLAGS, as byte ranges. */
const REGISTER_BYTES: readonly (readonly [number, number])[] = [
  [STATE.gpr.offset, STATE.gpr.offset + 16 * 8], [STATE.rip.offset, STATE.rip.offset + 8], [STATE.segments.offset, STATE.vector.offset + 16 * 32],
];

/** A vCPU's state and memory at one moment. */
export interface Checkpoint {
  readonly state: VcpuState;
  readonly memory: Uint8Array;
  readonly ended: string | undefined;
}

/** Size and model of the machine that one of our engines runs an image on. */
export interface SubjectOptions {
  /** In MiB; default 32. */
  readonly memory?: number;
  /** Default: everything that the processor executes. */
  readonly model?: CpuModel;
}

/** One of our engines, with nothing around it: port E9 collects text, other ports and device memory read as all ones. */
export class VcpuSubject implements LockstepSubject {
  readonly name: string;
  readonly vcpu: Vcpu;
  readonly memory: PlainMemory;
  ended: string | undefined;
  /** What the guest wrote to port E9. */
  text = '';

  constructor(engine: EngineName, image: LockstepImage, options: SubjectOptions = {}) {
    this.name = engine;
    this.memory = new PlainMemory(options.memory ?? 32);
    const write = (address: number, _size: number, value: number): void => {
      if (address === DEBUG_PORT) this.text += String.fromCharCode(value & 0xff);
    };
    const read = (_address: number, size: number): number => 2 ** (8 * size) - 1;
    this.vcpu = new Vcpu({ engine, model: options.model ?? CpuModel.max, memory: this.memory, io: { pio: { read, write } } });
    // Decoded code follows what the checkpoints put back.
    this.memory.onWrite((host, size) => this.vcpu.processor.core.code.written(host, size));
    startImage(image, this.vcpu, this.memory);
  }

  step(): void { this.#note(this.vcpu.step()); }
  /** Executes so many instructions, fewer where the processor halts or shuts down. */
  run(instructions: number): void { this.#note(this.execute(instructions)); }
  /** How `run` executes. */
  protected execute(instructions: number): Exit { return this.vcpu.run({ instructions }); }
  #note(exit: Exit | undefined): void {
    if (exit && exit.kind !== 'budget') this.ended = exit.kind;
  }
  /** Instructions retired. */
  get retired(): number { return this.vcpu.retired; }

  registers(): ArchitecturalState { return architecturalState(this.vcpu.save()); }
  /** Takes over the registers that an oracle shows. */
  adopt(state: ArchitecturalState): void { this.vcpu.restore(adoptState(this.vcpu.save(), state)); }
  /** Takes over status flags, for those that an instruction left undefined. */
  adoptFlags(flags: bigint, mask: bigint): void {
    const { processor } = this.vcpu, taken = Number(mask) & STATUS_FLAGS;
    processor.flags = (processor.flags & ~taken) | (Number(flags) & taken);
  }

  /** Linear address of the next instruction. */
  codeAddress(): bigint {
    const { processor } = this.vcpu;
    return BigInt.asUintN(64, processor.base(1) + processor.rip);
  }
  /** Bits of STATE.mode: code size and real mode. */
  get mode(): number { return this.vcpu.processor.get(STATE.mode); }

  /** Bytes at a linear address; fewer where a page is not there. A walk may set accessed bits, as a fetch would. */
  readMemory(address: bigint, length: number): Uint8Array {
    const { processor: p } = this.vcpu, cr2 = p.getBig(STATE.cr2), bytes: number[] = [];
    while (bytes.length < length) {
      const at = address + BigInt(bytes.length), room = Math.min(length - bytes.length, PAGE - Number(at & 0xfffn));
      const host = p.core.exports.translate(p.state, BigInt.asIntN(64, at), 0, 0) >>> 0;
      if (host <= 1) break;
      bytes.push(...new Uint8Array(this.memory.memory.buffer, host, room));
    }
    p.clearEvent();
    p.setBig(STATE.cr2, cr2);
    return Uint8Array.from(bytes);
  }

  /** Everything that later execution depends on. */
  checkpoint(): Checkpoint { return { state: this.vcpu.save(), memory: this.memory.read(0, this.memory.size), ended: this.ended }; }
  /** Goes back. Pages that have not changed are left alone, and what was decoded or compiled from them stays. */
  rewind({ state, memory, ended }: Checkpoint): void {
    for (let at = 0; at < memory.length; at += PAGE) {
      const then = memory.subarray(at, at + PAGE);
      if (Buffer.compare(then, this.memory.view(at, PAGE)) !== 0) this.memory.write(at, then);
    }
    this.vcpu.restore(state);
    this.ended = ended;
  }
  /** Whether all architectural registers are alike: much faster than to compare `registers()`. */
  hasRegistersOf(other: VcpuSubject): boolean {
    const ours = this.vcpu.processor, theirs = other.vcpu.processor;
    if (ours.flags !== theirs.flags) return false;
    return REGISTER_BYTES.every(([from, to]) => Buffer.compare(new Uint8Array(ours.view.buffer, ours.state + from, to - from), new Uint8Array(theirs.view.buffer, theirs.state + from, to - from)) === 0);
  }
  /** First guest-physical address at which two memories differ, or undefined. */
  memoryDifference(other: VcpuSubject): number | undefined {
    const ours = this.memory.view(0, this.memory.size), theirs = other.memory.view(0, other.memory.size);
    if (Buffer.compare(ours, theirs) === 0) return undefined;
    return ours.findIndex((byte, i) => byte !== theirs[i]);
  }

  close(): void {}
}

/** Bytes of low memory in which firmware leaves its interrupt table and data; as many as the oracles give at a time. */
const FIRMWARE_DATA = 4096, AT_A_TIME = 1024;

/** Gives one of our engines the registers that an oracle shows before its first step, and what its firmware has left in low memory. */
export async function adoptStart(ours: VcpuSubject, oracle: LockstepSubject): Promise<void> {
  for (let at = 0; at < FIRMWARE_DATA; at += AT_A_TIME) ours.memory.write(at, await oracle.readMemory(BigInt(at), AT_A_TIME));
  ours.adopt(await oracle.registers());
}

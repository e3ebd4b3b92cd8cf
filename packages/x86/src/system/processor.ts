import { Core } from "../engine/core.ts";
import type { CallOut, EngineName } from "../engine/engine.ts";
import type { InstructionSet } from "../engine/instruction-set.ts";
import { SystemCallExits, type Exit, type SystemCallExit } from "../exit.ts";
import type { StateField } from "../ir/builder.ts";
import { Intercepts } from "../intercepts.ts";
import { INFO } from "../mmu/access.ts";
import type { CpuModel } from "../model/cpu-model.ts";
import { EVENT, SEGMENT, SEGMENT_STRIDE, STATE } from "../state/state.ts";
import type { VcpuMemory } from "../vcpu-memory.ts";
import { readBus, writeBus, type Io, type TaskPriority } from "./bus.ts";
import { armBreakpoints, noteDataAccess } from "./debug.ts";
import { Descriptor } from "./descriptor.ts";
import { deriveContext, deriveMode } from "./derive-mode.ts";
import { EventCounts } from "./event-counts.ts";
import { ALL_FLAGS, auxOf, FLAG, flagsOf, STATUS_FLAGS } from "./flags.ts";
import type { Notice } from "./notice.ts";
import { CR0, EFER } from "./registers.ts";

export { CURRENT, STACK, SUPERVISOR } from "./rights.ts";

/** What a processor is made of. */
export interface ProcessorOptions {
  readonly isa: InstructionSet;
  /** What generated code calls, bound to the processor: the system operations. */
  readonly bind: (p: Processor) => { readonly [name: string]: CallOut };
  readonly engine: EngineName;
  readonly model: CpuModel;
  readonly memory: VcpuMemory;
  readonly io: Io;
  /** 64 random bits. */
  readonly entropy: () => bigint;
  /** The time stamp counter after so many retired instructions. */
  readonly timeStamp: (retired: number) => bigint;
  /** How much it goes up with each instruction while `run` is under way, where it goes so. */
  readonly timeStampStep?: bigint | undefined;
  readonly notice: ((notice: Notice) => void) | undefined;
  readonly taskPriority?: TaskPriority | undefined;
  /** IA32_APIC_BASE was written. */
  readonly apicBase?: ((value: bigint) => void) | undefined;
  readonly apicId: number;
  readonly processors: number;
  /** Carries a system call out within `run`: see VcpuOptions. */
  readonly systemCall?: ((call: SystemCallExit) => boolean) | undefined;
  /** For tools: counts calls of TypeScript. */
  readonly calls?: Map<string, number> | undefined;
}

/** Bits of STATE.pending. */
const PENDING = { interrupt: 1, nmi: 2, blocked: 4 } as const;

/**
 * The system side of one vCPU: the state of its core by name, memory by linear address, events. The operations in this directory are functions
 * over it. None of them throws for what a guest does: a fault becomes the pending event, and the function says that it failed.
 */
export class Processor {
  readonly core: Core;
  readonly model: CpuModel;
  readonly memory: VcpuMemory;
  readonly io: Io;
  readonly entropy: () => bigint;
  readonly timeStamp: (retired: number) => bigint;
  readonly timeStampStep: bigint | undefined;
  /** Address of the state block. */
  readonly state: number;
  /** Descriptors under examination: the code, stack and data segment of a transfer, a gate, a TSS. */
  readonly codeDescriptor: Descriptor = new Descriptor();
  readonly stackDescriptor: Descriptor = new Descriptor();
  readonly dataDescriptor: Descriptor = new Descriptor();
  readonly gate: Descriptor = new Descriptor();
  readonly taskDescriptor: Descriptor = new Descriptor();
  /** Stack pointer of the level that a transfer goes to. */
  innerStackPointer = 0;
  /** Words to be pushed together: see stack-frame.ts. */
  readonly frame: DataView = new DataView(new ArrayBuffer(256));
  /** The TSS that a task switch loads. */
  readonly task: DataView = new DataView(new ArrayBuffer(104));
  /** A fault that belongs to the state after the instruction or delivery under way (a new task's segments). */
  lateFault: { readonly vector: number; readonly code: number | undefined } | undefined = undefined;
  /** Instructions retired before the slice under way, and its length. */
  retiredBefore = 0;
  slice = 0;
  /** What `run` returns for EVENT.exit. */
  exitWith: Exit | undefined;
  /** Retired count up to which interrupts are held off by STI, MOV SS or POP SS; whether debug exceptions are, too. */
  shadowUntil = -1;
  debugShadow = false;
  #resumeAt = -1;
  /** HLT has retired and nothing has woken the processor yet. */
  halted = false;
  /** MSRs that only remember, by number, as far as they were written. */
  readonly msrs: Map<number, bigint> = new Map();
  /** Hears of what the owner may want to know. */
  readonly notice: ((notice: Notice) => void) | undefined;
  /** What CR8 reads and writes where there is a local APIC. */
  readonly taskPriority: TaskPriority | undefined;
  /** Hears of IA32_APIC_BASE's new value. */
  readonly apicBase: ((value: bigint) => void) | undefined;
  /** What is counted. */
  readonly counts: EventCounts = new EventCounts(() => Number(this.core.view.getBigUint64(this.state + STATE.ringCrossings.offset, true)));
  /** This processor's APIC identifier, and processors in the package. */
  readonly apicId: number;
  readonly processors: number;
  /** CR3 refers to a process table, and the address space's number in the TLB. */
  processTable = false;
  space = 0;
  /** What is intercepted; change it with `setIntercepts`. */
  intercepts: Intercepts = Intercepts.none;
  /** Exceptions that `run` returns instead of delivering: bit n is vector n. */
  exceptionIntercepts = 0;
  readonly systemCalls: SystemCallExits = new SystemCallExits();
  readonly #systemCall: ((call: SystemCallExit) => boolean) | undefined;
  #callsExit = false;
  /** DR6 bits of debug traps found by the instruction under way (data and I/O breakpoints, T bit of a TSS). */
  debugTraps = 0;
  /** Breakpoints of these kinds are armed in DR7. */
  codeBreakpoints = false;
  ioBreakpoints = false;
  /** TF as of the start of the instruction decides on the single-step trap; SYSCALL and SYSRET decide by TF at their end. */
  stepOverride: boolean | undefined = undefined;

  constructor(options: ProcessorOptions) {
    this.model = options.model;
    this.memory = options.memory;
    this.io = options.io;
    this.entropy = options.entropy;
    this.timeStamp = options.timeStamp;
    this.timeStampStep = options.timeStampStep;
    this.notice = options.notice;
    this.taskPriority = options.taskPriority;
    this.apicBase = options.apicBase;
    this.apicId = options.apicId;
    this.processors = options.processors;
    this.#systemCall = options.systemCall;
    this.core = new Core(options.memory, options.isa, options.model.features, options.memory.mapping, {
      out: options.bind(this), calls: options.calls,
      frameFault: (physical, write) => Number(options.memory.frameFault(Number(physical), write)),
      deviceRead: (at, size) => {
        this.refresh();
        readBus(this.io.mmio, this.#devicePhysical(), this.view, at, size);
      },
      deviceWrite: (at, size) => {
        this.refresh();
        writeBus(this.io.mmio, this.#devicePhysical(), this.view, at, size);
      },
      dataAccess: (address, size, write) => {
        this.refresh();
        noteDataAccess(this, address, size, write);
      },
      ...(options.memory.frameWritten ? { frameWritten: (host: number, size: number) => options.memory.frameWritten!(host, size) } : {}),
    }, options.engine);
    const { code, tlb } = this.core;
    options.memory.attach?.({
      written: (host, size) => code.written(host, size),
      frameGone: (frame) => { if (code.holds(frame * 4096)) code.dropFrame(frame * 4096); },
      holdsCode: (frame) => code.holds(frame * 4096),
      dropTranslations: (frame) => tlb.flushFrame(frame * 4096),
      dropWriteTranslations: (frame) => tlb.flushFrameWrites(frame * 4096),
    });
    this.state = this.core.state;
    this.refresh();
    this.setBig(STATE.tscStep, options.timeStampStep ?? 0n);
    this.setBig(STATE.reservedPhysical, options.model.reservedPhysical);
    this.set(STATE.flagsAbsent, options.model.flagsAbsent);
    this.set(STATE.reservedLarge, options.model.reservedLarge);
    this.set(STATE.reservedGiant, options.model.has("page1gb") ? 0 : 1);
  }
  #devicePhysical(): number { return Number(this.getBig(STATE.slowPhysical)); }
  /** To be called after DR7 or CR4.DE changed. */
  debugRegistersChanged(): void { armBreakpoints(this); }

  /**
   * Linear memory as a view. It is renewed where the memory may have grown: when generated code calls or has ended, and after every access to guest memory.
   */
  view!: DataView;
  /** Renews the view. */
  refresh(): void { this.view = this.core.view; }

  // ---- state by field ----
  /** An unsigned field of at most 32 bits, or the low half of a wider one. */
  get(field: StateField): number {
    const at = this.state + field.offset;
    return field.bits === 8 ? this.view.getUint8(at) : field.bits === 16 ? this.view.getUint16(at, true) : this.view.getUint32(at, true);
  }
  /** A 64-bit field. */
  getBig(field: StateField): bigint { return this.view.getBigUint64(this.state + field.offset, true); }
  /** Sets a field from a number; 64-bit fields get it zero-extended from 53 bits. */
  set(field: StateField, value: number): void {
    const at = this.state + field.offset, v = this.view;
    if (field.bits === 8) v.setUint8(at, value);
    else if (field.bits === 16) v.setUint16(at, value, true);
    else {
      v.setUint32(at, value, true);
      if (field.bits === 64) v.setUint32(at + 4, value < 0 ? 0xffff_ffff : Math.floor(value / 0x1_0000_0000), true);
    }
  }
  setBig(field: StateField, value: bigint): void { this.view.setBigUint64(this.state + field.offset, value, true); }

  // ---- registers ----
  gpr(number: number): bigint { return this.view.getBigUint64(this.state + STATE.gpr.offset + number * 8, true); }
  /** The low 32 bits of a general register. */
  gpr32(number: number): number { return this.view.getUint32(this.state + STATE.gpr.offset + number * 8, true); }
  setGpr(number: number, value: bigint): void { this.view.setBigUint64(this.state + STATE.gpr.offset + number * 8, value, true); }
  /** Writes 32 bits, clearing the upper half. */
  setGpr32(number: number, value: number): void {
    const at = this.state + STATE.gpr.offset + number * 8, v = this.view;
    v.setUint32(at, value, true);
    v.setUint32(at + 4, 0, true);
  }
  get rip(): bigint { return this.getBig(STATE.rip); }
  set rip(value: bigint) { this.setBig(STATE.rip, value); }
  get cpl(): number { return this.get(STATE.cpl); }
  set cpl(value: number) {
    const before = this.get(STATE.cpl);
    // Every gate, return and fast system call comes through here.
    if (value !== before && (value === 3 || before === 3)) this.counts.systemCrossings++;
    this.set(STATE.cpl, value);
  }

  selector(segment: number): number { return this.view.getUint32(this.#segment(segment) + SEGMENT.selector, true); }
  base(segment: number): bigint { return this.view.getBigUint64(this.#segment(segment), true); }
  limit(segment: number): number { return this.view.getUint32(this.#segment(segment) + SEGMENT.limit, true); }
  attributes(segment: number): number { return this.view.getUint32(this.#segment(segment) + SEGMENT.attributes, true); }
  /** Loads a segment register's hidden and visible parts; `updateMode` must follow where it is CS, SS, DS or ES. */
  setSegment(segment: number, selector: number, base: bigint, limit: number, attributes: number): void {
    const at = this.#segment(segment), v = this.view;
    v.setBigUint64(at, base, true);
    v.setUint32(at + SEGMENT.limit, limit, true);
    v.setUint32(at + SEGMENT.attributes, attributes, true);
    v.setUint32(at + SEGMENT.selector, selector, true);
  }
  #segment(segment: number): number { return this.state + STATE.segments.offset + segment * SEGMENT_STRIDE; }

  /** rFLAGS, all bits materialized. */
  get flags(): number {
    return flagsOf(this.view, this.state) | (this.resumeAt === this.retired ? FLAG.RF : 0);
  }
  /** Sets every flag. Callers see to it that VM, TF, IF and AC take effect (`updateMode`, `flagsChanged`). */
  set flags(value: number) {
    const v = this.view, s = this.state;
    v.setBigUint64(s + STATE.flagResult.offset, value & FLAG.ZF ? 0n : 1n, true);
    v.setInt32(s + STATE.flagAux.offset, auxOf(value), true);
    v.setUint32(s + STATE.eflags.offset, (value & ALL_FLAGS & ~(STATUS_FLAGS | FLAG.RF | this.model.flagsAbsent)) | FLAG.fixed, true);
  }
  /** The flags but the status ones. */
  get systemFlags(): number { return this.get(STATE.eflags); }

  /** Real-address mode: CR0.PE clear. */
  get realMode(): boolean { return (this.get(STATE.cr0) & CR0.PE) === 0; }
  get virtual8086(): boolean { return (this.systemFlags & FLAG.VM) !== 0; }
  /** Long mode is active (64-bit or compatibility mode). */
  get longMode(): boolean { return (this.get(STATE.efer) & EFER.LMA) !== 0; }
  /** 64-bit mode. */
  get code64(): boolean { return (this.get(STATE.mode) & 3) === 2; }

  // ---- retired instructions ----
  /** Instructions retired so far; exact in operations and call-outs. The instruction under way is not counted. */
  get retired(): number { return this.slice === 0 ? this.retiredBefore : this.retiredBefore + this.slice - this.view.getInt32(this.state + STATE.budget.offset, true); }

  /** `retired` at the next instruction boundary: one more within an instruction that completes. */
  get boundary(): number { return this.slice === 0 ? this.retiredBefore : this.retired + 1; }

  /** Retired count at which EFLAGS.RF is set: it lasts for one instruction. */
  get resumeAt(): number { return this.slice !== 0 && this.get(STATE.resumeLeft) === this.get(STATE.budget) ? this.retired : this.#resumeAt; }
  set resumeAt(retired: number) {
    this.#resumeAt = retired;
    this.set(STATE.resumeLeft, 0xffff_ffff);
  }

  // ---- mode and translations ----
  /** Derives everything that depends on CR0, CR4, EFER, the segment registers, CPL, VM, AC and A20. Call it after any of them changed. */
  updateMode(): void { deriveMode(this); }
  /** As `updateMode` where only EFLAGS.AC changed. */
  updateContext(): void { deriveContext(this); }
  /** Opens or closes the A20 gate. Translations made under the other setting are dropped. */
  setA20(open: boolean): void {
    this.setBig(STATE.addressMask, open ? -1n : ~(1n << 20n));
    this.flushAll();
  }
  flushAll(): void { this.core.tlb.flushAll(); }
  flushNonGlobal(): void { this.core.tlb.flushNonGlobal(); }
  flushPage(address: bigint): void { this.core.tlb.flushPage(address); }

  // ---- memory by linear address ----
  /**
   * Address in linear memory where `size` bytes (1 to 64) of the guest may be read now; 0 = a fault is pending. `rights` is CURRENT or SUPERVISOR.
   * The bytes stay valid until the next access.
   */
  accessRead(address: bigint, size: number, rights: number): number {
    const host = this.core.exports.accessRead(this.state, address, size | rights) >>> 0;
    this.refresh();
    return this.faulted ? 0 : host;
  }
  /** Address in linear memory where `size` bytes may be written now, `commitWrite` after it; 0 = a fault is pending. */
  accessWrite(address: bigint, size: number, rights: number): number {
    const host = this.core.exports.accessWrite(this.state, address, size | rights) >>> 0;
    this.refresh();
    return this.faulted ? 0 : host;
  }
  /** As `accessWrite`, and the bytes there are the present ones. */
  accessModify(address: bigint, size: number, rights: number): number {
    const host = this.core.exports.accessWrite(this.state, address, size | rights | INFO.gather) >>> 0;
    this.refresh();
    return this.faulted ? 0 : host;
  }
  /** Completes the last accessWrite or accessModify. */
  commitWrite(): void { this.core.exports.commitWrite(this.state); }
  /** Whether an access of up to 4096 bytes would succeed; a fault is pending where not. */
  probe(address: bigint, size: number, rights: number, write: boolean): boolean {
    this.core.exports.probe(this.state, address, size, rights, write ? 1 : 0);
    this.refresh();
    return !this.faulted;
  }
  /** Reads an unsigned number of 1, 2 or 4 bytes; -1 = a fault is pending. */
  read(address: bigint, size: 1 | 2 | 4, rights: number): number {
    const host = this.accessRead(address, size, rights);
    if (host === 0) return -1;
    return size === 1 ? this.view.getUint8(host) : size === 2 ? this.view.getUint16(host, true) : this.view.getUint32(host, true);
  }
  /** Reads 8 bytes; -1n = a fault is pending. */
  readBig(address: bigint, rights: number): bigint {
    const host = this.accessRead(address, 8, rights);
    return host === 0 ? -1n : this.view.getBigUint64(host, true);
  }
  /** Writes 1, 2 or 4 bytes; false = a fault is pending. */
  write(address: bigint, size: 1 | 2 | 4, value: number, rights: number): boolean {
    const host = this.accessWrite(address, size, rights);
    if (host === 0) return false;
    if (size === 1) this.view.setUint8(host, value);
    else if (size === 2) this.view.setUint16(host, value, true);
    else this.view.setUint32(host, value, true);
    this.commitWrite();
    return true;
  }
  /** Writes 8 bytes; false = a fault is pending. */
  writeBig(address: bigint, value: bigint, rights: number): boolean {
    const host = this.accessWrite(address, 8, rights);
    if (host === 0) return false;
    this.view.setBigUint64(host, value, true);
    this.commitWrite();
    return true;
  }
  /** Linear address of segment:offset for an access of `size` bytes, checked as the processor checks operands; -1n = a fault is pending. */
  linear(segment: number, offset: bigint, size: number, write: boolean): bigint {
    const address = this.core.exports.segmentLinear(this.state, segment, offset, size | (write ? 1 << 16 : 0));
    return this.faulted ? -1n : BigInt.asUintN(64, address);
  }

  // ---- events ----
  /** An exception is pending. */
  get faulted(): boolean { return this.view.getUint32(this.state + STATE.event.offset, true) === EVENT.exception; }
  /** Makes an exception pending: the instruction under way does not complete. Always false, for `return p.raise(…)`. */
  raise(vector: number, code?: number): false {
    this.core.raise(vector, code);
    return false;
  }
  /** Turns the pending exception into one of the state after the instruction under way: it is delivered at the next boundary. */
  deferFault(): void {
    this.lateFault = { vector: this.get(STATE.eventVector), code: this.get(STATE.eventFlags) & 1 ? this.get(STATE.eventCode) : undefined };
    this.set(STATE.event, this.slice === 0 ? EVENT.none : EVENT.reload);
  }
  /** Forgets a pending event. */
  clearEvent(): void { this.set(STATE.event, EVENT.none); }
  /** Ends `run` with an exit after this instruction, which retires. */
  exit(exit: Exit): void {
    this.exitWith = exit;
    this.set(STATE.event, EVENT.exit);
  }
  /** A system call in process mode: execution goes on behind it where it can be carried out at once, else `run` ends. A single-step trap comes before the call. */
  systemCall(call: SystemCallExit): void {
    if (this.#systemCall === undefined || (this.systemFlags & FLAG.TF) !== 0) this.exit(call);
    else {
      const done = this.#systemCall(call);
      this.refresh();
      if (!done) this.exit(call);
    }
  }
  /** Leaves the engine after this instruction, so that traps, interrupts and single steps are looked at. */
  reload(): void {
    if (this.get(STATE.event) === EVENT.none) this.set(STATE.event, EVENT.reload);
  }
  /** To be called when IF or TF may have become set. */
  flagsChanged(): void {
    const f = this.systemFlags;
    if (f & FLAG.TF || (f & FLAG.IF && this.interruptPending)) this.reload();
  }
  /** The interrupt controller asks for service. */
  get interruptPending(): boolean { return (this.get(STATE.pending) & PENDING.interrupt) !== 0; }
  set interruptPending(pending: boolean) { this.#setPending(PENDING.interrupt, pending); }
  /** An NMI has come and was not taken yet. */
  /** NMIs are blocked until IRET. */
  get nmiBlocked(): boolean { return (this.get(STATE.pending) & PENDING.blocked) !== 0; }
  set nmiBlocked(blocked: boolean) { this.#setPending(PENDING.blocked, blocked); }
  get nmiPending(): boolean { return (this.get(STATE.pending) & PENDING.nmi) !== 0; }
  set nmiPending(pending: boolean) { this.#setPending(PENDING.nmi, pending); }
  #setPending(bit: number, pending: boolean): void {
    this.refresh();
    this.set(STATE.pending, (this.get(STATE.pending) & ~bit) | (pending ? bit : 0));
  }
  /** SYSCALL, SYSENTER and INT n end `run`: process mode. STATE.callsExit tells generated code the same. */
  get systemCallExits(): boolean { return this.#callsExit; }
  set systemCallExits(exits: boolean) {
    this.#callsExit = exits;
    this.set(STATE.callsExit, exits ? 1 : 0);
  }
  /** A slice of so many instructions begins. */
  beginSlice(instructions: number): void {
    this.slice = instructions;
    this.set(STATE.slice, instructions);
    this.set(STATE.shadowLeft, 0xffff_ffff);
    this.set(STATE.resumeLeft, 0xffff_ffff);
  }
  /** The slice is over: so many have retired. */
  endSlice(retired: number): void {
    const isShadowed = this.get(STATE.shadowLeft) === this.get(STATE.budget), { resumeAt } = this;
    this.retiredBefore += retired;
    this.slice = 0;
    this.#resumeAt = resumeAt;
    if (this.get(STATE.tscKnown) && this.timeStampStep !== undefined) this.setBig(STATE.tscStart, this.getBig(STATE.tscStart) + BigInt(retired) * this.timeStampStep);
    if (isShadowed) this.shadow(false);
  }
  /** Interrupts are held off before the next instruction. Between instructions only. */
  get shadowed(): boolean { return this.shadowUntil === this.retired; }
  /** Holds interrupts off for the next instruction (STI), and with `debug` debug exceptions too (MOV SS, POP SS). To be called by the instruction under way. */
  shadow(debug: boolean): void {
    this.shadowUntil = this.boundary;
    this.debugShadow = debug;
  }
}

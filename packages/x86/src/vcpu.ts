import type { EngineName } from "./engine/engine.ts";
import type { InstructionSet } from "./engine/instruction-set.ts";
import type { Exit, SystemCallExit } from "./exit.ts";
import { defaultInstructionSet } from "./default-instruction-set.ts";
import { INTERCEPT, Intercepts } from "./intercepts.ts";
import type { ProcessTable } from "./mmu/process-table.ts";
import { CONTEXT } from "./mmu/tlb.ts";
import type { CpuModel } from "./model/cpu-model.ts";
import { EVENT, STATE } from "./state/state.ts";
import { openBus, type Io, type TaskPriority } from "./system/bus.ts";
import { codeBreakpoint, recordDebugCause } from "./system/debug.ts";
import type { EventCounts } from "./system/event-counts.ts";
import { deliverException, deliverInterrupt } from "./system/deliver.ts";
import { FLAG } from "./system/flags.ts";
import { setIntercepts, unlessIntercepted } from "./system/intercept.ts";
import type { Notice } from "./system/notice.ts";
import { callOutsOf } from "./system/operations.ts";
import { Processor } from "./system/processor.ts";
import { CONTEXT_BYTES, copyContext, Registers } from "./system/register-context.ts";
import { DR6, VECTOR } from "./system/registers.ts";
import { resetState } from "./system/reset.ts";
import { restoreState, saveState, type VcpuState } from "./system/snapshot.ts";
import { SystemRegisters } from "./system/system-registers.ts";
import type { VcpuMemory } from "./vcpu-memory.ts";

/** What a vCPU is made of. */
export interface VcpuOptions {
  /** Which processor it is. */
  readonly model: CpuModel;
  /** What it runs on. */
  readonly memory: VcpuMemory;
  /** Where accesses to ports and device memory go; default: a bus that nobody answers on. */
  readonly io?: Partial<Io>;
  /** The interrupt controller's answer to an acknowledge cycle: the vector. Default: a spurious vector, FF. */
  readonly acknowledge?: () => number;
  /** 64 random bits for RDRAND and RDSEED; default: zeros, so that a run repeats. */
  readonly entropy?: () => bigint;
  /** The time stamp counter after so many retired instructions; default: that number. */
  readonly timeStamp?: (retired: number) => bigint;
  /** How much it goes up with each instruction while `run` is under way, where it goes so: RDTSC asks `timeStamp` rarely then. Default: 1 where there is no `timeStamp`. */
  readonly timeStampStep?: bigint;
  /** The local APIC's task priority, which CR8 shows; default: a register of its own that nothing follows from. */
  readonly taskPriority?: TaskPriority;
  /** Called with IA32_APIC_BASE's new value when it is written: where the local APIC lies, and whether it is on. */
  readonly apicBase?: (value: bigint) => void;
  /** This processor's APIC identifier; default 0. */
  readonly apicId?: number;
  /** Processors in its package; default 1. */
  readonly processors?: number;
  /** Called with what the owner may want to know; nothing that the guest sees depends on it. */
  readonly notice?: (notice: Notice) => void;
  /** What ends `run` instead of happening; default: nothing. */
  readonly intercepts?: Intercepts;
  /**
   * Where system calls end `run`: called for each within the run, with rIP behind the instruction, which counts as not retired yet. True = it is carried out, and execution goes on at
   * rIP; false = `run` ends with this exit. It may change registers, the process table and mappings as between runs. Not called while EFLAGS.TF is set. Default: always false.
   */
  readonly systemCall?: (call: SystemCallExit) => boolean;
  /** What executes the instructions; default: the interpreter. */
  readonly engine?: EngineName;
  /** Counts what generated code calls in TypeScript, by name: for tools. @internal */
  readonly calls?: Map<string, number>;
  /** Instructions other than the built-in ones, for tests. @internal */
  readonly isa?: InstructionSet;
}

/** Limits of one `run`. */
export interface RunLimits {
  /** Instructions to retire at most: at least 1. One per iteration of a repeated string instruction, none for one that faults. */
  readonly instructions: number;
}

/** A saved context by words. */
function wordsOf(context: Uint8Array | Uint32Array): Uint32Array {
  if (context.byteLength !== CONTEXT_BYTES) throw new Error(`A register context has ${CONTEXT_BYTES} bytes, not ${context.byteLength}.`);
  return context instanceof Uint32Array ? context : new Uint32Array(context.buffer, context.byteOffset, CONTEXT_BYTES / 4);
}

const BUDGET: Exit = { kind: "budget" }, HALTED: Exit = { kind: "halted" }, ATTENTION: Exit = { kind: "attention" }, SHUTDOWN: Exit = { kind: "shutdown" };
/** Deliveries in a row without an instruction retired after which `run` returns: a guest whose handlers fault forever must not hold the host. */
const FRUITLESS = 10_000;

/**
 * One logical processor: architectural state, engine and TLBs. It executes until a cause named by `Exit` ends the run; accesses to ports and device
 * memory are calls on the buses it was given.
 */
export class Vcpu {
  /** The system side, for tools and the operations. @internal */
  readonly processor: Processor;
  readonly #acknowledge: () => number;
  #registers: Registers | undefined;
  #system: SystemRegisters | undefined;
  #words: Uint32Array = new Uint32Array(0);
  /** The view of linear memory that `#words` belongs to. */
  #viewOfWords: DataView | undefined;
  #attention = false;
  #running = false;
  /** `step` is under way; an exception or interrupt was delivered before the instruction. */
  #stepping = false;
  #delivered = false;

  /** A processor in the state that RESET leaves. */
  constructor(options: VcpuOptions) {
    this.#acknowledge = options.acknowledge ?? (() => 0xff);
    this.processor = new Processor({
      bind: callOutsOf,
      isa: options.isa ?? defaultInstructionSet(), engine: options.engine ?? "interpreter", model: options.model, memory: options.memory,
      io: { pio: options.io?.pio ?? openBus, mmio: options.io?.mmio ?? openBus },
      entropy: options.entropy ?? (() => 0n), timeStamp: options.timeStamp ?? BigInt, timeStampStep: options.timeStamp ? options.timeStampStep : 1n,
      notice: options.notice, taskPriority: options.taskPriority, apicBase: options.apicBase, apicId: options.apicId ?? 0, processors: options.processors ?? 1,
      systemCall: options.systemCall, calls: options.calls,
    });
    setIntercepts(this.processor, options.intercepts ?? Intercepts.none);
    this.reset();
  }

  /** Instructions retired since creation; exact in calls on the buses, too. */
  get retired(): number { return this.processor.retired; }
  /** What it did that a hypervisor counts. */
  get counts(): EventCounts { return this.processor.counts; }
  /** HLT waits for an interrupt. */
  get halted(): boolean { return this.processor.halted; }
  /** EFLAGS.IF: a halted processor without it waits for an NMI alone. */
  get interruptsEnabled(): boolean { return (this.processor.systemFlags & FLAG.IF) !== 0; }

  /** What ends `run` instead of happening. To be changed between runs. */
  get intercepts(): Intercepts { return this.processor.intercepts; }
  /** Replaces what ends `run`. */
  set intercepts(set: Intercepts) {
    this.processor.refresh();
    setIntercepts(this.processor, set);
  }

  /**
   * Process mode: linear addresses go through a process table instead of page tables of the architecture. `space`, 0 to 255, keys the TLB entries: those of other
   * spaces stay and serve again when the vCPU comes back to them, so whoever changes a table or gives a number to another one flushes.
   */
  useProcessTable(table: ProcessTable, space: number = 0): void {
    this.processor.refresh();
    this.#setTable(table, space);
    this.processor.updateMode();
  }
  #setTable(table: ProcessTable, space: number): void {
    const p = this.processor;
    if (!(space >= 0 && space < CONTEXT.spaces)) throw new RangeError(`Address space ${space}: there are ${CONTEXT.spaces}.`);
    p.processTable = true;
    p.space = space;
    p.set(STATE.cr3, table.cr3);
  }
  /** Drops what is cached of one page's translation, in every address space. */
  flushPage(address: bigint): void {
    this.processor.refresh();
    this.processor.flushPage(address);
  }
  /** Drops what is cached of all translations. */
  flushTranslations(): void {
    this.processor.refresh();
    this.processor.flushAll();
  }

  /** Puts the processor into the state after RESET. */
  reset(): void {
    this.processor.refresh();
    resetState(this.processor);
  }
  /** The architectural state between two instructions, as plain data. */
  save(): VcpuState {
    this.processor.refresh();
    return saveState(this.processor);
  }
  /** Takes on a saved state. Throws an Error where its version is another. */
  restore(state: VcpuState): void {
    this.processor.refresh();
    restoreState(this.processor, state);
  }
  /** The registers of the program that the vCPU executes, in place: between runs. Call `registersChanged` after changing a segment or flags. */
  get registers(): Registers { return (this.#registers ??= Registers.live(this.processor.core, this.processor.state)); }
  /** The system registers in place: between runs. */
  get system(): SystemRegisters {
    this.processor.refresh();
    return (this.#system ??= new SystemRegisters(this.processor));
  }
  /** Copies a program's registers out, to CONTEXT_BYTES bytes: a kernel's switch from one program to another. System registers stay out of it. */
  saveRegisters(into: Uint8Array | Uint32Array): void { copyContext(this.#stateWords(), this.processor.state >>> 2, wordsOf(into), 0); }
  /** Takes on a program's registers. */
  loadRegisters(from: Uint8Array | Uint32Array): void {
    copyContext(wordsOf(from), 0, this.#stateWords(), this.processor.state >>> 2);
    this.registersChanged();
  }
  /** `loadRegisters` and `useProcessTable` at once: another program in another address space. */
  switchProgram(from: Uint32Array, table: ProcessTable, space: number): void {
    copyContext(wordsOf(from), 0, this.#stateWords(), this.processor.state >>> 2);
    this.#setTable(table, space);
    this.registersChanged();
  }
  /** Linear memory by words. */
  #stateWords(): Uint32Array {
    const { view } = this.processor.core;
    if (view !== this.#viewOfWords) {
      this.#viewOfWords = view;
      this.#words = new Uint32Array(view.buffer);
    }
    return this.#words;
  }
  /** Derives what follows from segments and flags; what belonged to the instruction before (a shadow, RF, a debug trap) is forgotten. */
  registersChanged(): void {
    const p = this.processor;
    p.refresh();
    p.clearEvent();
    p.lateFault = undefined;
    p.shadowUntil = p.resumeAt = -1;
    p.debugTraps = 0;
    p.updateMode();
  }
  /** Drops TLBs and decoded code: changes nothing but speed. */
  dropCaches(): void {
    this.processor.refresh();
    this.processor.flushAll();
    this.processor.core.code.dropAll();
  }

  /** Ends the run at the next instruction (called from a bus or hook) or block end. */
  attention(): void {
    this.#attention = true;
    this.processor.core.stop();
  }
  /** The interrupt controller's request line: while it is asserted and IF set, interrupts are acknowledged. */
  setInterruptRequest(asserted: boolean): void {
    const p = this.processor;
    p.refresh();
    p.interruptPending = asserted;
    if (asserted && this.#running && p.systemFlags & FLAG.IF) p.core.stop();
  }
  /** Opens or closes the A20 gate: closed, bit 20 of every physical address is zero. Between instructions, or in a call on a bus. */
  setA20(open: boolean): void {
    this.processor.refresh();
    this.processor.setA20(open);
  }
  /** A non-maskable interrupt: edge, one remembered. */
  requestNmi(): void {
    this.processor.nmiPending = true;
    if (this.#running) this.processor.core.stop();
  }

  /** Executes until something named by `Exit` happens. */
  run(limits: RunLimits): Exit {
    const p = this.processor, end = p.retiredBefore + limits.instructions;
    this.#running = true;
    p.refresh();
    // The owner's clock may have moved.
    p.set(STATE.tscKnown, 0);
    let retired = p.retiredBefore, fruitless = 0;
    try {
      for (;;) {
        const exit = this.#turn(end);
        if (exit) return exit;
        if (p.retiredBefore !== retired) {
          retired = p.retiredBefore;
          fruitless = 0;
        } else if (++fruitless === FRUITLESS) return BUDGET;
      }
    } finally {
      this.#running = false;
    }
  }

  /**
   * Executes one instruction, or one iteration of a repeated one, or delivers one exception or interrupt and nothing else: for debuggers and lockstep.
   * Undefined = there is nothing to report.
   */
  step(): Exit | undefined {
    this.#stepping = this.#running = true;
    this.#delivered = false;
    this.processor.refresh();
    this.processor.set(STATE.tscKnown, 0);
    try {
      return this.#turn(this.processor.retiredBefore + 1) ?? (this.#deliverLate() ? undefined : this.#shutDown());
    } finally {
      this.#stepping = this.#running = false;
    }
  }

  /** One stretch of execution up to whatever needs attention, and what that is about. Undefined = go on. */
  #turn(end: number): Exit | undefined {
    const p = this.processor;
    p.refresh();
    if (this.#attention) {
      this.#attention = false;
      return ATTENTION;
    }
    if (p.halted && !this.wakes) return HALTED;
    const left = end - p.retiredBefore;
    if (left <= 0) return BUDGET;
    const single = this.#before();
    if (single === undefined) return this.#shutDown();
    if (p.exitWith) return this.#takeExit();
    if (this.#stepping && this.#delivered) return undefined;
    const stepping = (p.systemFlags & FLAG.TF) !== 0;
    p.set(STATE.attention, 0);
    p.stepOverride = undefined;
    p.beginSlice(single || stepping ? 1 : Math.min(left, p.core.longestSlice));
    const n = p.core.execute(p.slice);
    p.refresh();
    p.endSlice(n);
    if (n > 0 && (p.stepOverride ?? stepping) && !(p.shadowed && p.debugShadow)) p.debugTraps |= DR6.BS;
    return this.#after();
  }

  /** An NMI, an interrupt that is let through, or a debug trap is there that ends the wait of HLT. */
  get wakes(): boolean {
    const p = this.processor;
    return (p.nmiPending && !p.nmiBlocked) || (p.interruptPending && (p.systemFlags & FLAG.IF) !== 0) || p.debugTraps !== 0;
  }

  /**
   * What comes before an instruction, by priority: debug traps of the previous one, NMI, interrupts, instruction breakpoints. SDM vol. 3A, "Priority
   * Among Concurrent Events". True = execute one instruction only; undefined = shutdown.
   */
  #before(): boolean | undefined {
    const p = this.processor;
    if (!this.#deliverLate()) return undefined;
    const shadowed = p.shadowed;
    if (p.debugTraps !== 0 && !(shadowed && p.debugShadow)) {
      // A breakpoint on the next instruction is reported along.
      recordDebugCause(p, p.debugTraps | codeBreakpoint(p));
      p.debugTraps = 0;
      p.halted = false;
      this.#delivered = true;
      if (!deliverException(p, VECTOR.DB, undefined, "trap")) return undefined;
    }
    if (p.nmiPending && !p.nmiBlocked && !shadowed) {
      if (this.#intercepted(INTERCEPT.NMI)) return false;
      p.nmiPending = false;
      p.nmiBlocked = true;
      p.halted = false;
      this.#delivered = true;
      if (!deliverInterrupt(p, VECTOR.NMI)) return undefined;
    } else if (p.interruptPending && (p.systemFlags & FLAG.IF) !== 0 && !shadowed) {
      if (this.#intercepted(INTERCEPT.INTR)) return false;
      p.halted = false;
      this.#delivered = true;
      if (!deliverInterrupt(p, this.#acknowledge())) return undefined;
    }
    if (p.codeBreakpoints && !(shadowed && p.debugShadow)) {
      const bits = codeBreakpoint(p);
      if (bits) {
        recordDebugCause(p, bits);
        this.#delivered = true;
        if (!deliverException(p, VECTOR.DB, undefined, "breakpoint")) return undefined;
      }
    }
    return p.codeBreakpoints || (shadowed && (p.interruptPending || p.nmiPending || p.debugTraps !== 0));
  }

  /** Delivers a fault that belongs to the state after its instruction (a task switch's); false = shutdown. */
  #deliverLate(): boolean {
    const p = this.processor;
    if (!p.lateFault) return true;
    const { vector, code } = p.lateFault;
    p.lateFault = undefined;
    return deliverException(p, vector, code, "fault");
  }

  #after(): Exit | undefined {
    const p = this.processor, event = p.get(STATE.event);
    switch (event) {
      case EVENT.none: return undefined;
      case EVENT.exception: {
        const vector = p.get(STATE.eventVector), code = p.get(STATE.eventFlags) & 1 ? p.get(STATE.eventCode) : undefined;
        p.clearEvent();
        if (!deliverException(p, vector, code, "fault")) return this.#shutDown();
        return p.exitWith ? this.#takeExit() : undefined;
      }
      case EVENT.halt:
        p.clearEvent();
        p.halted = true;
        return undefined;
      case EVENT.exit:
      case EVENT.intercept:
        return this.#takeExit();
      default:
        p.clearEvent();
        return undefined;
    }
  }
  /** Whether an event between two instructions is intercepted: nothing of it has happened then. */
  #intercepted(code: number): boolean {
    const p = this.processor;
    p.setBig(STATE.nextRip, p.rip);
    return !unlessIntercepted(p, code);
  }
  #takeExit(): Exit {
    this.processor.clearEvent();
    const exit = this.processor.exitWith!;
    this.processor.exitWith = undefined;
    return exit;
  }
  #shutDown(): Exit {
    this.processor.clearEvent();
    return SHUTDOWN;
  }
}

import type { FrameWriter, Machine, OwnerId } from "@ringzero/machine";
import { addressOf, NO_FRAME } from "@ringzero/machine";
import { CONTEXT_BYTES, CpuModel, GPR, Intercepts, Registers, SREG, Vcpu, type EngineName, type Exit, type ProcessTable } from "@ringzero/x86";
import { GDT_PAGE, type Abi } from "./abi.ts";
import { ATTRIBUTES, descriptorTable, GDT_LIMIT, SELECTOR, TLS_FIRST } from "./descriptors.ts";

/** What a task has of the processor while another runs: plain data. */
export interface CpuContext {
  /** Its registers. */
  readonly registers: Uint8Array;
  /** The same by words. */
  readonly words: Uint32Array;
  /** The same by name. */
  readonly named: Registers;
  /** Its three thread-local descriptors, two words each. */
  readonly descriptors: Uint32Array;
}
/** Registers of a task that has never run: all zero. */
export function newContext(): CpuContext {
  const words = new Uint32Array(CONTEXT_BYTES / 4);
  const registers = new Uint8Array(words.buffer);
  return { registers, words, named: Registers.of(registers), descriptors: new Uint32Array(6) };
}

/** Why a program stopped. */
export type Trap =
  | { readonly kind: "budget" }
  /** A system call that is carried out already ended the run. */
  | { readonly kind: "called" }
  | { readonly kind: "systemCall"; readonly abi: Abi }
  | { readonly kind: "pageFault"; readonly address: number; readonly access: "read" | "write" | "execute"; readonly errorCode: number }
  | { readonly kind: "exception"; readonly vector: number; readonly errorCode: number };

const BUDGET: Trap = { kind: "budget" }, CALLED: Trap = { kind: "called" }, CALL_32: Trap = { kind: "systemCall", abi: "i386" }, CALL_64: Trap = { kind: "systemCall", abi: "x86_64" };

/** INT n of a system call. */
const LINUX_VECTOR = 0x80;
/** Control registers as Linux sets them for programs: paging, write protection, alignment check by EFLAGS.AC, SSE, XSAVE. */
const CR0 = 0x8005_0033n, CR4 = 0x5_06a0n, EFER = 0xd01n;

/** What the processor asks of its kernel. */
export interface ProcessHooks {
  /** 64 random bits. */
  readonly entropy: () => bigint;
  /** Carries out a system call within the run: `retired` is `ProcessCpu.retired` behind it. False = the run is to end. Must not throw. */
  readonly systemCall: (abi: Abi, retired: number) => boolean;
}

/** The one processor of a kernel: a vCPU in process mode, whose registers are exchanged when another task runs. */
export class ProcessCpu {
  /** Pages of linear memory that every address space maps: descriptors, and code that ends signal handlers of 32-bit programs. */
  readonly gdtFrame: number;
  /** Linear address of the frame with `__kernel_sigreturn`, for i386 programs. */
  readonly signalReturnFrame: number;
  /** Registers of the task that it executes. */
  readonly live: Registers;
  readonly #vcpu: Vcpu;
  readonly #machine: Machine;
  #current: CpuContext | undefined;
  /** What the vCPU's addresses go through. */
  #table: ProcessTable | undefined;
  #space = 0;
  /** The system call that ends the run is carried out. */
  #called = false;

  constructor(machine: Machine, owner: OwnerId, writer: FrameWriter, engine: EngineName, hooks: ProcessHooks) {
    this.#machine = machine;
    const memory = machine.engineMemory(owner);
    this.gdtFrame = frame(machine, owner);
    this.signalReturnFrame = frame(machine, owner);
    machine.views.u32.set(descriptorTable(), this.gdtFrame >>> 2);
    writer.write(this.signalReturnFrame, SIGNAL_RETURN_CODE);
    this.#vcpu = new Vcpu({
      model: CpuModel.max, engine, entropy: hooks.entropy, intercepts: Intercepts.processMode,
      systemCall: ({ instruction, vector }) => {
        if (instruction !== "syscall" && vector !== LINUX_VECTOR) return false;
        if (hooks.systemCall(instruction === "syscall" ? "x86_64" : "i386", this.#vcpu.retired + 1)) return true;
        this.#called = true;
        return false;
      },
      memory: {
        memory: machine.memory,
        views: machine.views,
        allocate: (bytes) => memory.allocate(bytes),
        // No frame has a guest-physical address: programs reach memory through their tables alone.
        mapping: { frameMap: this.gdtFrame, frameCount: 0, frameFlags: machine.frameFlags },
        frameFault: () => false,
        frameWritten: (address, size) => writer.written(address, size),
        codeGone: (gone) => writer.code.unmark(gone),
        codeMarked: (marked) => writer.code.mark(marked),
        attach: (caches) => { writer.code.observe(caches); },
      },
    });
    this.live = this.#vcpu.registers;
    this.#enterUserMode();
  }
  /** The vCPU itself, for tools. @internal */
  get vcpu(): Vcpu { return this.#vcpu; }
  /** Instructions retired by all tasks. */
  get retired(): number { return this.#vcpu.retired; }

  /** Makes a task's registers and address space the current ones. */
  switchTo(context: CpuContext, table: ProcessTable, space: number): void {
    if (this.#current !== context) {
      if (this.#current) this.#vcpu.saveRegisters(this.#current.words);
      this.#current = context;
      this.#vcpu.switchProgram(context.words, table, space);
      this.#setDescriptors(context);
    } else if (table === this.#table && space === this.#space) return;
    else this.#vcpu.useProcessTable(table, space);
    this.#table = table;
    this.#space = space;
  }
  /** The registers of a task, wherever they are. Changes of segments and flags need `changed`. */
  registersOf(context: CpuContext): Registers {
    return context === this.#current ? this.live : context.named;
  }
  /** Copies the current task's registers to another context: fork. */
  copyTo(from: CpuContext, to: CpuContext): void {
    if (from === this.#current) this.#vcpu.saveRegisters(to.words);
    else to.words.set(from.words);
    to.descriptors.set(from.descriptors);
  }
  /** Segments, flags or descriptors of a context changed. */
  changed(context: CpuContext): void {
    if (context !== this.#current) return;
    this.#vcpu.registersChanged();
    this.#setDescriptors(context);
  }
  #setDescriptors({ descriptors }: CpuContext): void {
    const { u32 } = this.#machine.views, at = (this.gdtFrame >>> 2) + TLS_FIRST * 2;
    for (let i = 0; i < descriptors.length; i++) u32[at + i] = descriptors[i]!;
  }
  /** Forgets a task that has ended. */
  forget(context: CpuContext): void {
    if (this.#current === context) this.#current = undefined;
  }
  /** The translation of a page of the current space is not right any more. */
  flushPage(address: number): void { this.#vcpu.flushPage(BigInt(address)); }
  /** No translation of any space may be used any more. */
  flushAll(): void { this.#vcpu.flushTranslations(); }

  /** Executes the current task for at most so many instructions. */
  run(instructions: number): Trap {
    const exit = this.#vcpu.run({ instructions });
    if (!this.#called) return trapOf(exit);
    this.#called = false;
    return CALLED;
  }

  #enterUserMode(): void {
    const state = this.#vcpu.save(), data = { selector: SELECTOR.data, base: 0n, limit: 0xffff_ffff, attributes: ATTRIBUTES.data };
    const code = { ...data, selector: SELECTOR.code64, attributes: ATTRIBUTES.code64 };
    this.#vcpu.restore({
      ...state, cpl: 3, flags: 0x202,
      registers: { ...state.registers, cr0: CR0, cr4: CR4, efer: EFER, xcr0: 3n, gdtrBase: BigInt(GDT_PAGE), gdtrLimit: BigInt(GDT_LIMIT), idtrLimit: 0n },
      segments: [data, code, data, data, data, data, ...state.segments.slice(6).map((s) => ({ ...s, selector: 0, attributes: ATTRIBUTES.unusable }))],
    });
  }
}

/** Puts a new program's registers into a context: everything zero but for these. Linux, arch/x86/kernel/process_64.c:start_thread_common(). */
export function startProgram(registers: Registers, abi: "i386" | "x86_64", entry: number, stack: number): void {
  for (let n = 0; n < 16; n++) registers.set(n, 0);
  registers.set(GPR.rsp, stack);
  registers.rip = entry;
  registers.flags = 0x202;
  const wide = abi === "x86_64";
  registers.setSegment(SREG.cs, wide ? SELECTOR.code64 : SELECTOR.code32, 0, 0xffff_ffff, wide ? ATTRIBUTES.code64 : ATTRIBUTES.code32);
  registers.setSegment(SREG.ss, SELECTOR.data, 0, 0xffff_ffff, ATTRIBUTES.data);
  for (const s of [SREG.ds, SREG.es]) {
    if (wide) registers.setSegment(s, 0, 0, 0, ATTRIBUTES.unusable);
    else registers.setSegment(s, SELECTOR.data, 0, 0xffff_ffff, ATTRIBUTES.data);
  }
  for (const s of [SREG.fs, SREG.gs]) registers.setSegment(s, 0, 0, 0, ATTRIBUTES.unusable);
  registers.initializeFloat();
}

const PF = { present: 1, write: 2, fetch: 16 } as const, PAGE_FAULT = 14, GENERAL_PROTECTION = 13;

function trapOf(exit: Exit): Trap {
  switch (exit.kind) {
    case "budget": case "attention": return BUDGET;
    case "syscall":
      if (exit.instruction === "syscall") return CALL_64;
      // Any other vector has a gate that programs may not use.
      return exit.vector === LINUX_VECTOR ? CALL_32 : { kind: "exception", vector: GENERAL_PROTECTION, errorCode: exit.vector * 8 + 2 };
    case "exception": {
      const errorCode = exit.errorCode ?? 0;
      if (exit.vector !== PAGE_FAULT) return { kind: "exception", vector: exit.vector, errorCode };
      return { kind: "pageFault", address: Number(exit.address), access: errorCode & PF.fetch ? "execute" : errorCode & PF.write ? "write" : "read", errorCode };
    }
    default: throw new Error(`The processor of a process ended with "${exit.kind}", which a program at privilege 3 cannot cause. This is a bug of the processor or of its intercepts.`);
  }
}

/** `__kernel_sigreturn` and `__kernel_rt_sigreturn`, 16 bytes apart: debuggers know these bytes. Linux, arch/x86/entry/vdso/vdso32/sigreturn.S. */
const SIGNAL_RETURN_CODE = new Uint8Array([0x58, 0xb8, 119, 0, 0, 0, 0xcd, 0x80, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0xb8, 173, 0, 0, 0, 0xcd, 0x80]);
/** Offset of `__kernel_rt_sigreturn`. */
export const RT_SIGNAL_RETURN = 16;

function frame(machine: Machine, owner: OwnerId): number {
  const made = machine.pool.allocate(owner);
  if (made === NO_FRAME) throw new Error("No frame is left for the kernel's own pages. Give the machine more memory.");
  return addressOf(made);
}

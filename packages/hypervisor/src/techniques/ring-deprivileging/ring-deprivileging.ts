import type { GuestMemory } from "@ringzero/machine";
import { Intercepts, type Disassembled, type Exit, type ExceptionExit, type Vcpu } from "@ringzero/x86";
import type { Technique } from "../technique.ts";
import { changes, guestView, portAccess, type GuestView } from "./guest-view.ts";
import { GuestWalk } from "./guest-walk.ts";
import { InstructionReader } from "./instruction-reader.ts";
import { HIDDEN, MONITOR } from "./layout.ts";
import { PrivilegeSwitch } from "./privilege-switch.ts";
import { ShadowDescriptors } from "./shadow-descriptors.ts";
import { ShadowTables } from "./shadow-tables.ts";
import type { TrapCounters, TrappedInstruction } from "./trapped-instruction.ts";

const DB = 1, BP = 3, OF = 4, GP = 13, PF = 14, WRITE = 2;
/** #GP that comes with a single step: no gate for vector 1, not by an instruction. */
const NO_GATE_FOR_TRAP = DB * 8 + 3;
const FRAME_BITS = 12, TF = 1 << 8, CR0_PG = 0x8000_0000, CR4_PAE = 1 << 5, BREAKPOINTS = 0xff;
const BUDGET: Exit = { kind: "budget" }, HALTED: Exit = { kind: "halted" };
/** Traps in a row without an instruction retired after which `run` returns: the guest's handlers fault for ever. */
const FRUITLESS = 1000;
/** Everything that faults comes here; INT3, INTO and INT1 do by their missing gates. Interrupts are the guest's matter: its flag decides. */
const DEPRIVILEGED: Intercepts = Intercepts.none.with({ exceptions: Array.from({ length: 32 }, (_, n) => n).filter((n) => n !== DB && n !== BP && n !== OF), names: ["INTR", "NMI"] });

/** What a trap is reported with; the virtual machine adds whose and when. */
export type Trap = Pick<TrappedInstruction, "address" | "text" | "ring" | "vector" | "errorCode" | "kind" | "done"> & { readonly mnemonic: string };

/** What is told of traps. */
export interface TrapListener {
  /** Whether anybody listens: else no text is made. */
  readonly heard: boolean;
  trapped(trap: Trap): void;
}

/**
 * Trap and emulate: the guest's ring 0 executes at CPL 3 with the monitor's descriptor and page tables, so that its privileged instructions fault. Then the vCPU
 * is put into the state that the guest believes in, executes that one instruction as the processor's description says, or delivers the exception through the
 * guest's own tables, and goes back to CPL 3. So whatever a guest does to its tables is between it and its processor. Between two runs the vCPU is in the guest's
 * state: a snapshot knows nothing of the technique.
 *
 * It cannot be perfect here. G. J. Popek and R. P. Goldberg, "Formal Requirements for Virtualizable Third Generation Architectures", CACM 1974: trap and emulate
 * works where every sensitive instruction is privileged, and PUSHF, POPF, SGDT, SIDT, SMSW, MOV from CS and others show or change what belongs to ring 0 and do not
 * trap. J. S. Robin and C. E. Irvine, "Analysis of the Intel Pentium's Ability to Support a Secure Virtual Machine Monitor", USENIX Security 2000, lists all seventeen.
 */
export class RingDeprivileging implements Technique {
  /** Which one it is. */
  readonly name = "ring-deprivileging";
  /** Frames that it needs behind the guest's memory. */
  static readonly frames: number = MONITOR.frames;
  readonly #vcpu: Vcpu;
  readonly #walk: GuestWalk;
  readonly #tables: ShadowTables;
  readonly #descriptors: ShadowDescriptors;
  readonly #reader: InstructionReader;
  readonly #switch: PrivilegeSwitch;
  readonly #listener: TrapListener;
  /** Bytes of the guest's memory, and where the monitor's end. */
  readonly #guestBytes: number;
  readonly #allBytes: number;
  #requested = false;
  readonly #byMnemonic = new Map<string, number>();
  #emulated = 0;
  #reflected = 0;
  #fills = 0;
  #interpreted = 0;
  /** Instructions have been executed in the guest's state that may have changed its translations. */
  #stale = true;

  /** On a vCPU whose memory has so many frames of the guest's and `RingDeprivileging.frames` behind them. */
  constructor(vcpu: Vcpu, memory: GuestMemory, guestFrames: number, listener: TrapListener) {
    const base = guestFrames * 2 ** FRAME_BITS;
    this.#vcpu = vcpu;
    this.#guestBytes = base;
    this.#allBytes = base + MONITOR.frames * 2 ** FRAME_BITS;
    this.#walk = new GuestWalk(vcpu, memory, base);
    this.#tables = new ShadowTables(memory, base);
    this.#descriptors = new ShadowDescriptors(memory, this.#walk, base);
    this.#reader = new InstructionReader(vcpu, this.#walk);
    this.#switch = new PrivilegeSwitch(vcpu, guestFrames, guestFrames + MONITOR.frames);
    this.#listener = listener;
  }

  /** What has trapped so far. */
  get counters(): TrapCounters {
    return { instructions: new Map(this.#byMnemonic), emulated: this.#emulated, reflected: this.#reflected, shadowFills: this.#fills, interpreted: this.#interpreted };
  }
  /** Instructions that have trapped so far. */
  get trapped(): number { return this.#emulated + this.#reflected; }
  /** The guest's state has been replaced: nothing made of the one before counts. */
  reset(): void {
    this.#switch.reset();
    this.#tables.reset();
    this.#descriptors.reset();
    this.#vcpu.flushTranslations();
  }
  /** The interrupt controller's request: in the deprivileged state the real flag is always set, so the guest's decides. */
  request(asserted: boolean): void {
    this.#requested = asserted;
    this.#vcpu.setInterruptRequest(asserted && (!this.#switch.inside || this.#switch.interruptsEnabled));
  }

  /** Executes at most so many instructions. */
  run(instructions: number): Exit {
    const vcpu = this.#vcpu, end = vcpu.retired + instructions;
    let { retired } = vcpu, fruitless = 0;
    while (vcpu.retired < end) {
      if (vcpu.halted && !vcpu.wakes) return HALTED;
      const exit = this.#turn(end - vcpu.retired);
      if (exit) return exit;
      if (vcpu.retired !== retired) {
        ({ retired } = vcpu);
        fruitless = 0;
      } else if (++fruitless === FRUITLESS) break;
    }
    return BUDGET;
  }
  /** One stretch at CPL 3 and the trap that ends it, or one step in the guest's state. Undefined = go on. */
  #turn(left: number): Exit | undefined {
    const vcpu = this.#vcpu, s = vcpu.system, waits = vcpu.wakes && !s.shadowed;
    if (waits || s.eventPending || !this.#direct()) {
      if (!waits && !s.eventPending) this.#interpreted++;
      this.#stale = true;
      return vcpu.step();
    }
    if (this.#stale) this.#forget();
    const ring = s.get("cpl") === 0 ? 0 : 3;
    this.#descriptors.update(ring, s.get("gdtrBase"), s.get("gdtrLimit"));
    const exit = this.#deprivileged(ring, s.shadowed && vcpu.wakes ? 1 : left);
    switch (exit.kind) {
      case "exception": return this.#exception(exit, ring);
      // An interrupt that the guest's flag lets through is delivered in the guest's state.
      case "intercept": case "budget": return undefined;
      default: return exit;
    }
  }
  #deprivileged(ring: 0 | 3, instructions: number): Exit {
    const vcpu = this.#vcpu;
    try {
      this.#switch.enter(ring, this.#tables.directory(ring));
      vcpu.intercepts = DEPRIVILEGED;
      vcpu.setInterruptRequest(this.#requested && this.#switch.interruptsEnabled);
      return vcpu.run({ instructions });
    } finally {
      vcpu.intercepts = Intercepts.none;
      this.#switch.leave((selector) => this.#descriptors.raised(selector));
      vcpu.setInterruptRequest(this.#requested);
    }
  }
  /** Whether the guest is where it can run deprivileged: 32-bit protected mode, 32-bit paging or none, ring 0 or 3, no single steps and no breakpoints. */
  #direct(): boolean {
    const s = this.#vcpu.system, cpl = s.get("cpl");
    return s.legacyProtected && (cpl === 0 || cpl === 3) && s.a20 && !(s.get("cr0") & CR0_PG && s.get("cr4") & CR4_PAE) && (s.get("eflags") & TF) === 0 && (s.get("dr7") & BREAKPOINTS) === 0;
  }

  #exception(exit: ExceptionExit, ring: 0 | 3): Exit | undefined {
    if (exit.vector === PF && this.#fill(Number(exit.address), (exit.errorCode! & WRITE) !== 0, ring)) {
      this.#fills++;
      return undefined;
    }
    if (exit.vector === GP && exit.errorCode === NO_GATE_FOR_TRAP) {
      this.#vcpu.system.pendSingleStep();
      return undefined;
    }
    return this.#emulate(exit, ring);
  }
  /** A page fault of the shadow tables alone: enters what the guest's tables say. False = the guest may not do this, or it has been entered already. */
  #fill(linear: number, write: boolean, ring: 0 | 3): boolean {
    if (linear >= HIDDEN.start && linear < HIDDEN.start + HIDDEN.bytes) return false;
    const physical = this.#walk.translate(linear, write, ring === 3);
    if (physical < 0 || (physical >= this.#guestBytes && physical < this.#allBytes)) return false;
    return this.#tables.enter(ring, linear, physical, this.#walk.writable);
  }
  #forget(): void {
    this.#stale = false;
    this.#tables.reset();
    this.#vcpu.flushTranslations();
  }

  /** Does the instruction at rIP in the guest's state, or delivers what it raises there. */
  #emulate(exit: ExceptionExit, ring: 0 | 3): Exit | undefined {
    const vcpu = this.#vcpu, instruction = this.#reader.read(), address = (vcpu.system.base(1) + vcpu.registers.rip) >>> 0;
    const heard = this.#listener.heard, before = guestView(vcpu), { retired } = vcpu;
    const result = vcpu.step();
    // What devices asked for comes first: nothing has been executed.
    if (result?.kind === "attention") return result;
    const after = guestView(vcpu), name = instruction?.mnemonic ?? `#${exit.vector}`;
    this.#keepTranslations(instruction, before, after);
    const faulted = vcpu.retired === retired, reflected = faulted || /^int/.test(name);
    if (reflected) this.#reflected++;
    else this.#emulated++;
    this.#byMnemonic.set(name, (this.#byMnemonic.get(name) ?? 0) + 1);
    if (heard) {
      const { vector, errorCode } = exit, text = instruction?.text ?? "?";
      this.#listener.trapped({
        address, mnemonic: name, text, ring, vector, errorCode, kind: reflected ? "reflected" : "emulated", done: result?.kind === "shutdown" ? "triple fault" : sentence(instruction, faulted, before, after),
      });
    }
    return result;
  }
  /** Drops what the instruction takes away from the guest's translations. */
  #keepTranslations(instruction: Disassembled | undefined, before: GuestView, after: GuestView): void {
    const first = instruction?.operands[0];
    const paging = ["CR0", "CR3", "CR4", "EFER"].some((name) => before.registers[name] !== after.registers[name]);
    // A page of 4 MiB has many entries, of which the instruction itself drops one; where it lies depends on registers that are past.
    if (!instruction || paging || (instruction.mnemonic === "mov" && /^cr[034]$/.test(first?.text ?? "")) || /^(invlpg|lmsw|invpcid|wbinvd|invd)$/.test(instruction.mnemonic)) this.#forget();
  }
}

/** What became of a trapped instruction, for people. */
function sentence(instruction: Disassembled | undefined, faulted: boolean, before: GuestView, after: GuestView): string {
  const port = instruction ? portAccess(instruction.mnemonic, instruction.operands, before, after) : "";
  const said = [port, changes(port === "" && !faulted, before, after)].filter(Boolean).join(", ");
  if (faulted) return `the guest's handler has it: ${said || `goes on at ${after.eip.toString(16).padStart(8, "0")}h`}`;
  if (said) return said;
  return instruction?.mnemonic === "cli" || instruction?.mnemonic === "sti" ? `virtual IF is ${after.interrupts ? 1 : 0} already` : "nothing changes";
}

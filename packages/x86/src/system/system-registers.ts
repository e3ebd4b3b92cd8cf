import type { StateField } from "../ir/builder.ts";
import { ATTRIBUTE, SEGMENT, SEGMENT_STRIDE, STATE } from "../state/state.ts";
import type { Processor } from "./processor.ts";
import { CS, DR6 } from "./registers.ts";

const debugRegister = (n: number): StateField => ({ ...STATE.dr, offset: STATE.dr.offset + n * 8 });
const FIELDS: { readonly [N in SystemRegister]: StateField } = {
  cr0: STATE.cr0, cr2: STATE.cr2, cr3: STATE.cr3, cr4: STATE.cr4, efer: STATE.efer, gdtrBase: STATE.gdtrBase, gdtrLimit: STATE.gdtrLimit, idtrBase: STATE.idtrBase, idtrLimit: STATE.idtrLimit,
  sysenterCs: STATE.sysenterCs, eflags: STATE.eflags, cpl: STATE.cpl, dr7: debugRegister(7), frameCount: STATE.frameCount,
};

/** A register of `SystemRegisters`: `eflags` are the flags but the status ones, `frameCount` the guest frames that the walkers know of. */
export type SystemRegister = "cr0" | "cr2" | "cr3" | "cr4" | "efer" | "gdtrBase" | "gdtrLimit" | "idtrBase" | "idtrLimit" | "sysenterCs" | "eflags" | "cpl" | "dr7" | "frameCount";

/**
 * A vCPU's system registers in place, between runs: for a hypervisor that lets a guest see others than those that count (ring deprivileging). Values are
 * unsigned and exact up to 2^53. What follows from them is derived by `commit`; nothing is checked and no translation dropped.
 */
export class SystemRegisters {
  readonly #processor: Processor;

  /** Those of a processor. @internal */
  constructor(processor: Processor) { this.#processor = processor; }

  /** Linear memory may have grown since the last access. */
  get #p(): Processor {
    this.#processor.refresh();
    return this.#processor;
  }
  /** Reads one. */
  get(name: SystemRegister): number {
    const p = this.#p, field = FIELDS[name], low = p.get(field);
    return field.bits === 64 ? low + p.view.getUint32(p.state + field.offset + 4, true) * 2 ** 32 : low;
  }
  /** Replaces one. */
  set(name: SystemRegister, value: number): void { this.#p.set(FIELDS[name], value); }

  /** Visible part of a segment register, 0-7 as ES CS SS DS FS GS LDTR TR. */
  selector(segment: number): number { return this.#p.selector(segment); }
  /** Attributes of its hidden part, in VMCB form: APM vol. 2, "VMCB State Save Area"; bit 16 = unusable. */
  attributes(segment: number): number { return this.#p.attributes(segment); }
  /** Limit in bytes. */
  limit(segment: number): number { return this.#p.limit(segment); }
  /** Base address. */
  base(segment: number): number { return Number(this.#p.base(segment)); }
  /** Replaces selector and attributes, base and limit stay. */
  setRights(segment: number, selector: number, attributes: number): void {
    const p = this.#p, at = p.state + STATE.segments.offset + segment * SEGMENT_STRIDE, v = p.view;
    v.setUint32(at + SEGMENT.attributes, attributes, true);
    v.setUint32(at + SEGMENT.selector, selector, true);
  }
  /** Replaces the limit. */
  setLimit(segment: number, limit: number): void {
    const p = this.#p;
    p.view.setUint32(p.state + STATE.segments.offset + segment * SEGMENT_STRIDE + SEGMENT.limit, limit, true);
  }

  /** Number of the address space, 0 to 255: translations of others stay and do not match. */
  get space(): number { return this.#p.space; }
  /** Takes another. */
  set space(space: number) { this.#p.space = space; }
  /** Code runs in 16- or 32-bit protected mode. */
  get legacyProtected(): boolean {
    const p = this.#p;
    return !p.realMode && !p.virtual8086 && !p.longMode;
  }
  /** Bits of the code segment's default operand size: 16, 32 or 64. */
  get codeSize(): 16 | 32 | 64 {
    const p = this.#p;
    return p.code64 ? 64 : p.attributes(CS) & ATTRIBUTE.DB ? 32 : 16;
  }
  /** The A20 gate is open. */
  get a20(): boolean { return this.#p.getBig(STATE.addressMask) === 0xffff_ffff_ffff_ffffn; }
  /** Interrupts are held off before the next instruction (STI, MOV SS). */
  get shadowed(): boolean { return this.#p.shadowed; }
  /** A debug trap, or a fault that a task switch left behind, comes before the next instruction. */
  get eventPending(): boolean { return this.#p.debugTraps !== 0 || this.#p.lateFault !== undefined; }
  /** Makes the trap of a single step pending. */
  pendSingleStep(): void { this.#p.debugTraps |= DR6.BS; }
  /** Derives what follows from the registers. */
  commit(): void { this.#p.updateMode(); }
}

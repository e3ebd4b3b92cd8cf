import type { SystemRegister, Vcpu } from "@ringzero/x86";
import { HIDDEN } from "./layout.ts";

/** Flags that the guest's ring 0 has for itself: what POPF changes at CPL 0 alone. */
const IF = 1 << 9, GUARDED = IF | (3 << 12) | (3 << 19);
const CR0_PE = 1, CR0_ET = 1 << 4, CR0_WP = 1 << 16, CR0_PG = 0x8000_0000;
/** CR0: MP, EM, TS, NE and AM; CR4: TSD, DE, MCE, PCE, OSFXSR, OSXMMEXCPT, UMIP, OSXSAVE. They mean for CPL 3 what they mean for the guest. */
const CR0_KEPT = 0x4_002e, CR4_KEPT = 0x4_0f4c, CR4_TSD = 4;
const CS = 1, SS = 2, LDTR = 6, TR = 7, DPL = 0x60, CONFORMING_CODE = 0x1c, UNUSABLE = 0x1_0000;
/** A task state that is there but too short for a map of ports: IN and OUT fault. */
const TASK_STATE = 0x8b, NO_PORT_MAP = 0x60;
const REGISTERS: readonly SystemRegister[] = ["cr0", "cr3", "cr4", "efer", "gdtrBase", "gdtrLimit", "idtrBase", "idtrLimit", "sysenterCs", "eflags", "frameCount"];

/** Puts a vCPU from the state that the guest believes in into the one that it runs in, at CPL 3, and back. */
export class PrivilegeSwitch {
  readonly #vcpu: Vcpu;
  /** Frames of the guest, and those with the monitor's behind them. */
  readonly #guestFrames: number;
  readonly #allFrames: number;
  readonly #registers: number[] = REGISTERS.map(() => 0);
  readonly #attributes: number[] = [];
  readonly #selectors: number[] = [];
  #taskLimit = 0;
  #ring: 0 | 3 = 0;
  /** The vCPU runs deprivileged. */
  inside = false;

  /** A vCPU whose memory has the guest's frames and the monitor's behind them. */
  constructor(vcpu: Vcpu, guestFrames: number, allFrames: number) {
    this.#vcpu = vcpu;
    this.#guestFrames = guestFrames;
    this.#allFrames = allFrames;
  }
  /** The guest's state counts, and only its frames are there. */
  reset(): void {
    this.inside = false;
    this.#vcpu.system.set("frameCount", this.#guestFrames);
  }

  /** The guest's interrupt flag, while the vCPU runs deprivileged. */
  get interruptsEnabled(): boolean { return (this.#registers[REGISTERS.indexOf("eflags")]! & IF) !== 0; }

  /** Into the state in which the guest runs; `directory` is the page directory that counts there. */
  enter(ring: 0 | 3, directory: number): void {
    const s = this.#vcpu.system;
    this.#ring = ring;
    REGISTERS.forEach((name, i) => { this.#registers[i] = s.get(name); });
    for (let n = 0; n < 8; n++) {
      this.#selectors[n] = s.selector(n);
      this.#attributes[n] = s.attributes(n);
    }
    this.#taskLimit = s.limit(TR);
    const cr4 = s.get("cr4") & CR4_KEPT;
    s.set("cr0", (CR0_PE | CR0_ET | CR0_WP | CR0_PG | (s.get("cr0") & CR0_KEPT)) >>> 0);
    s.set("cr3", directory);
    // RDTSC is restricted for the guest's ring 3 only.
    s.set("cr4", ring === 3 ? cr4 : cr4 & ~CR4_TSD);
    s.set("efer", 0);
    s.set("gdtrBase", HIDDEN.start);
    s.set("idtrBase", 0);
    // No gate is there: INT faults, as an exception does that is not intercepted.
    s.set("idtrLimit", 0);
    s.set("sysenterCs", 0);
    s.set("eflags", (s.get("eflags") & ~GUARDED) | IF);
    s.set("frameCount", this.#allFrames);
    s.setRights(CS, this.#selectors[CS]! | 3, conforming(this.#attributes[CS]!) ? this.#attributes[CS]! : this.#attributes[CS]! | DPL);
    s.setRights(SS, this.#selectors[SS]! | 3, this.#attributes[SS]! | DPL);
    s.setRights(LDTR, this.#selectors[LDTR]!, this.#attributes[LDTR]! | UNUSABLE);
    s.setRights(TR, this.#selectors[TR]!, TASK_STATE);
    s.setLimit(TR, NO_PORT_MAP);
    s.set("cpl", 3);
    s.space = ring === 0 ? 1 : 2;
    s.commit();
    this.inside = true;
  }
  /** Back to the guest's state. `raised` tells selectors of ring 0 that the guest has loaded at CPL 3. */
  leave(raised: (selector: number) => boolean): void {
    if (!this.inside) return;
    this.inside = false;
    const s = this.#vcpu.system, ring = this.#ring, flags = s.get("eflags");
    REGISTERS.forEach((name, i) => { s.set(name, this.#registers[i]!); });
    s.set("eflags", (flags & ~GUARDED) | (s.get("eflags") & GUARDED));
    for (const n of [CS, SS]) {
      const attributes = s.attributes(n);
      s.setRights(n, (s.selector(n) & ~3) | ring, n === CS && conforming(attributes) ? attributes : (attributes & ~DPL) | (ring << 5));
    }
    for (const n of [0, 3, 4, 5]) {
      const selector = s.selector(n), attributes = s.attributes(n);
      if ((selector !== this.#selectors[n] || attributes !== this.#attributes[n]) && ring === 0 && raised(selector)) s.setRights(n, selector, attributes & ~DPL);
    }
    for (const n of [LDTR, TR]) s.setRights(n, this.#selectors[n]!, this.#attributes[n]!);
    s.setLimit(TR, this.#taskLimit);
    s.set("cpl", ring);
    s.space = 0;
    s.commit();
  }
}
const conforming = (attributes: number): boolean => (attributes & CONFORMING_CODE) === CONFORMING_CODE;

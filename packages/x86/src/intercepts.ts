const NUMBERS = {
  CR0_READ: 0, CR0_WRITE: 0x10,
  INTR: 0x60, NMI: 0x61, CR0_SEL_WRITE: 0x65,
  IDTR_READ: 0x66, GDTR_READ: 0x67, LDTR_READ: 0x68, TR_READ: 0x69, IDTR_WRITE: 0x6a, GDTR_WRITE: 0x6b, LDTR_WRITE: 0x6c, TR_WRITE: 0x6d,
  RDTSC: 0x6e, RDPMC: 0x6f, PUSHF: 0x70, POPF: 0x71, CPUID: 0x72, RSM: 0x73, IRET: 0x74, INTn: 0x75, INVD: 0x76, PAUSE: 0x77, HLT: 0x78, INVLPG: 0x79,
  IOIO_PROT: 0x7b, MSR_PROT: 0x7c, TASK_SWITCH: 0x7d,
  VMMCALL: 0x81, RDTSCP: 0x87, ICEBP: 0x88, WBINVD: 0x89, MONITOR: 0x8a, MWAIT: 0x8b, XSETBV: 0x8d, INVPCID: 0xa2,
  SYSCALL: 0xc0, SYSRET: 0xc1, SYSENTER: 0xc2, SYSEXIT: 0xc3, SWAPGS: 0xc4, CLI: 0xc5, STI: 0xc6, LAR: 0xc7, LSL: 0xc8, VERR: 0xc9, VERW: 0xca,
  XGETBV: 0xcb, RDPID: 0xcc, RDRAND: 0xcd, RDSEED: 0xce, FSGSBASE: 0xcf,
} as const;

/** Name of an intercept that is no register and no exception. */
export type InterceptName = keyof typeof NUMBERS;

/**
 * What can be taken away from a guest: numbers as SVM's VMEXIT codes, which are also the bit numbers of the VMCB's intercept vectors counted from offset 000h.
 * APM vol. 2, "VMCB Layout, Control Area" and "SVM Intercept Exit Codes". Control registers, debug registers and exceptions have functions below. From C0h on
 * are instructions that SVM cannot intercept and that ring deprivileging or a kernel needs. SHUTDOWN is missing: a triple fault always ends `run`.
 */
export const INTERCEPT: { readonly [N in InterceptName]: (typeof NUMBERS)[N] } = NUMBERS;

/** The intercept of reads of a control register, 0-15. */
export const interceptControlRead = (register: number): number => register;
/** The intercept of writes of a control register, 0-15. */
export const interceptControlWrite = (register: number): number => 0x10 + register;
/** The intercept of reads of a debug register, 0-15. */
export const interceptDebugRead = (register: number): number => 0x20 + register;
/** The intercept of writes of a debug register, 0-15. */
export const interceptDebugWrite = (register: number): number => 0x30 + register;
/** The intercept of an exception, vector 0-31. */
export const interceptException = (vector: number): number => 0x40 + vector;

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(INTERCEPT).map(([name, code]) => [code, name]));
/** An intercept's name, as APM spells it after "VMEXIT_". */
export function interceptName(code: number): string {
  if (code < 0x40) return `${code < 0x20 ? "CR" : "DR"}${code & 15}_${code & 0x10 ? "WRITE" : "READ"}`;
  return code < 0x60 ? `EXCP${code - 0x40}` : NAMES.get(code) ?? `intercept ${code}`;
}

/** A range of MSRs in the permission map: 2000h of them from `first`, two bits each. APM vol. 2, "MSR Intercepts". */
const MSR_RANGES = [0, 0xc000_0000, 0xc001_0000] as const;
const MSRS = 0x2000;

/** What to add to a set. Registers and vectors by number, ports and MSRs by number or [first, last]. */
export interface InterceptChoice {
  /** Instructions and events by name. */
  readonly names?: readonly InterceptName[];
  /** Vectors, 0 to 31. */
  readonly exceptions?: readonly number[];
  /** Control registers whose reads are intercepted. */
  readonly controlReads?: readonly number[];
  /** Control registers whose writes are intercepted. */
  readonly controlWrites?: readonly number[];
  /** Debug registers whose reads are intercepted. */
  readonly debugReads?: readonly number[];
  /** Debug registers whose writes are intercepted. */
  readonly debugWrites?: readonly number[];
  /** Ports, or ranges of them. */
  readonly ports?: readonly (number | readonly [number, number])[];
  /** MSRs whose reads are intercepted, or ranges of them. */
  readonly msrReads?: readonly (number | readonly [number, number])[];
  /** MSRs whose writes are intercepted, or ranges of them. */
  readonly msrWrites?: readonly (number | readonly [number, number])[];
}

/** A set of intercepts: immutable. The empty one costs nothing but a test of one bit in the instructions concerned. */
export class Intercepts {
  /** The intercept vectors: bit n of word w is intercept 32 w + n. */
  readonly words: Uint32Array;
  /** One bit per port, and three beyond the last for accesses that wrap. */
  readonly ports: Uint8Array;
  /** Two bits per MSR, read then write. */
  readonly msrs: Uint8Array;
  /** SYSCALL, SYSENTER and INT n end `run` as completed system calls instead of as instructions that have not happened. */
  readonly systemCalls: boolean;

  private constructor(words: Uint32Array, ports: Uint8Array, msrs: Uint8Array, systemCalls: boolean) {
    this.words = words;
    this.ports = ports;
    this.msrs = msrs;
    this.systemCalls = systemCalls;
  }
  /** Nothing is intercepted. */
  static readonly none: Intercepts = new Intercepts(new Uint32Array(8), new Uint8Array(8193), new Uint8Array((MSR_RANGES.length * MSRS) / 4), false);
  /** All exceptions and all system calls: a kernel in TypeScript runs programs at CPL 3. */
  static readonly processMode: Intercepts = new Intercepts(
    Intercepts.none.with({ exceptions: Array.from({ length: 32 }, (_, vector) => vector) }).words, Intercepts.none.ports, Intercepts.none.msrs, true,
  );

  /** This set and more. Ports and MSRs bring IOIO_PROT and MSR_PROT with them; MSRs outside the map are intercepted whenever MSR_PROT is. */
  with(choice: InterceptChoice): Intercepts {
    const words = this.words.slice(), ports = this.ports.slice(), msrs = this.msrs.slice();
    const add = (code: number): void => { words[code >> 5]! |= 1 << (code & 31); };
    for (const name of choice.names ?? []) add(INTERCEPT[name]);
    for (const n of choice.exceptions ?? []) add(interceptException(n));
    for (const n of choice.controlReads ?? []) add(interceptControlRead(n));
    for (const n of choice.controlWrites ?? []) add(interceptControlWrite(n));
    for (const n of choice.debugReads ?? []) add(interceptDebugRead(n));
    for (const n of choice.debugWrites ?? []) add(interceptDebugWrite(n));
    each(choice.ports, (port) => {
      add(INTERCEPT.IOIO_PROT);
      ports[port >> 3]! |= 1 << (port & 7);
    });
    const msr = (number: number, write: number): void => {
      add(INTERCEPT.MSR_PROT);
      const bit = msrBit(number);
      if (bit >= 0) msrs[bit >> 3]! |= 1 << ((bit & 7) + write);
    };
    each(choice.msrReads, (n) => msr(n, 0));
    each(choice.msrWrites, (n) => msr(n, 1));
    return new Intercepts(words, ports, msrs, this.systemCalls);
  }

  /** Whether an intercept is in the set, by number. */
  has(code: number): boolean { return ((this.words[code >> 5]! >>> (code & 31)) & 1) !== 0; }
  /** Whether an access to `size` ports from `port` is intercepted. */
  port(port: number, size: number): boolean {
    if (!this.has(INTERCEPT.IOIO_PROT)) return false;
    for (let n = port; n < port + size; n++) if ((this.ports[n >> 3]! >>> (n & 7)) & 1) return true;
    return false;
  }
  /** Whether RDMSR (`write` 0) or WRMSR (1) of an MSR is intercepted. */
  msr(number: number, write: 0 | 1): boolean {
    if (!this.has(INTERCEPT.MSR_PROT)) return false;
    const bit = msrBit(number);
    return bit < 0 || ((this.msrs[bit >> 3]! >>> ((bit & 7) + write)) & 1) !== 0;
  }
}

function each(list: readonly (number | readonly [number, number])[] | undefined, visit: (n: number) => void): void {
  for (const item of list ?? []) {
    if (typeof item === "number") visit(item);
    else for (let n = item[0]; n <= item[1]; n++) visit(n);
  }
}
/** Place of an MSR's read bit in the permission map; -1 where the map does not reach. */
function msrBit(number: number): number {
  const range = MSR_RANGES.findIndex((first) => number >= first && number < first + MSRS);
  return range < 0 ? -1 : (range * MSRS + number - MSR_RANGES[range]!) * 2;
}

/** General registers in their encoding's order. */
export const GENERAL_REGISTERS = [
  ...['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'],
  ...['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'],
] as readonly RegisterName[];

/** Segment registers in their encoding's order. */
export const SEGMENT_REGISTERS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;

/** Registers that hold a descriptor. */
export type DescriptorRegister = (typeof SEGMENT_REGISTERS)[number] | 'ldtr' | 'tr';

/**
 * Names of the parts of a processor's state, as the manuals spell them. `cs` is the selector; base, limit (in bytes) and attributes
 * are those of the hidden part, the attributes as AMD's VMCB packs them (APM vol. 2, "VMCB Layout, State Save Area": descriptor bits
 * 55:52 and 47:40). `st0` is the top of the x87 stack (80 bits); `ftw` the abridged tag word of FXSAVE, by physical register.
 */
export type RegisterName =
  | `r${'ax' | 'cx' | 'dx' | 'bx' | 'sp' | 'bp' | 'si' | 'di' | '8' | '9' | '10' | '11' | '12' | '13' | '14' | '15'}`
  | 'rip'
  | 'rflags'
  | DescriptorRegister
  | `${DescriptorRegister}.${'base' | 'limit' | 'attributes'}`
  | `${'gdtr' | 'idtr'}.${'base' | 'limit'}`
  | `cr${0 | 2 | 3 | 4 | 8}`
  | `dr${0 | 1 | 2 | 3 | 6 | 7}`
  | 'efer'
  | 'kernelGsBase'
  | `st${Digit8}`
  | 'fcw'
  | 'fsw'
  | 'ftw'
  | `xmm${Digit8 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15}`
  | 'mxcsr';

type Digit8 = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A processor's state as unsigned numbers. A part that its source cannot show is absent and is not compared. */
export type ArchitecturalState = { [name in RegisterName]?: bigint };

/** One part in which two states differ. */
export interface StateDifference {
  readonly register: RegisterName;
  readonly values: readonly [bigint, bigint];
}

/** Bits of a register that are not compared, as a mask; all bits where it is -1. */
export type IgnoredBits = { readonly [name in RegisterName]?: bigint };

/** The parts that both states show and in which they differ. */
export function compareStates(a: ArchitecturalState, b: ArchitecturalState, ignored: IgnoredBits = {}): StateDifference[] {
  const differences: StateDifference[] = [];
  for (const [key, x] of Object.entries(a)) {
    const register = key as RegisterName;
    const y = b[register];
    if (y === undefined || x === undefined) continue;
    if (((x ^ y) & ~(ignored[register] ?? 0n)) !== 0n) differences.push({ register, values: [x, y] });
  }
  return differences;
}

/** A descriptor's upper doubleword as the attributes of `RegisterName`. */
export function packAttributes(upper: number): bigint {
  return BigInt(((upper >>> 8) & 0xff) | ((upper >>> 12) & 0xf00));
}

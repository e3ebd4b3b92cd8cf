import type { VcpuState } from '@ringzero/x86';
import { type ArchitecturalState, type DescriptorRegister, GENERAL_REGISTERS, type RegisterName, SEGMENT_REGISTERS } from '../oracle/architectural-state.ts';

/** Registers that hold a descriptor, in the order of `VcpuState.segments`. */
const DESCRIPTORS: readonly DescriptorRegister[] = [...SEGMENT_REGISTERS, 'ldtr', 'tr'];
/** Our names of registers that both sides hold as plain numbers. */
const PLAIN: readonly (readonly [string, RegisterName])[] = [
  ['gdtrBase', 'gdtr.base'], ['gdtrLimit', 'gdtr.limit'], ['idtrBase', 'idtr.base'], ['idtrLimit', 'idtr.limit'],
  ...['cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'efer', 'kernelGsBase', 'fcw', 'ftw', 'mxcsr'].map((name) => [name, name as RegisterName] as const),
];
const DEBUG = [0, 1, 2, 3, 6, 7] as const;
/** Attributes of a register that a null selector has made unusable. */
const UNUSABLE = 1 << 16;
const X87_BYTES = 10, VECTOR_BYTES = 32;

/** Condition code 1 of the x87 status word, which our state keeps apart from the rest. */
const C1 = 0x200n;
const statusWord = ({ registers }: VcpuState): bigint => registers['fsw']! | (registers['fc1']! << 9n);
const topOf = (fsw: bigint): number => Number((fsw >> 11n) & 7n);

const littleEndian = (bytes: Uint8Array): bigint => bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** Our attributes (AVL, L, D/B and G at bits 12 to 15) as VMCB packs them, and back. */
const pack = (attributes: number): bigint => BigInt((attributes & 0xff) | ((attributes >> 4) & 0xf00));
const unpack = (packed: bigint): number => (Number(packed) & 0xff) | ((Number(packed) & 0xf00) << 4);

/** A vCPU's state in the oracles' terms. Base, limit and attributes of an unusable segment mean nothing and are left out. */
export function architecturalState(v: VcpuState): ArchitecturalState {
  const state: ArchitecturalState = { rip: v.rip, rflags: BigInt(v.flags) };
  GENERAL_REGISTERS.forEach((name, i) => (state[name] = v.gpr[i]!));
  v.segments.forEach(({ selector, base, limit, attributes }, i) => {
    const name = DESCRIPTORS[i]!;
    state[name] = BigInt(selector);
    if (attributes & UNUSABLE) return;
    state[`${name}.base`] = base;
    state[`${name}.limit`] = BigInt(limit);
    state[`${name}.attributes`] = pack(attributes);
  });
  for (const [ours, name] of PLAIN) state[name] = v.registers[ours]!;
  for (const n of DEBUG) state[`dr${n}`] = v.dr[n]!;
  const fsw = statusWord(v), top = topOf(fsw);
  state.fsw = fsw;
  for (let i = 0; i < 8; i++) {
    const physical = (top + i) & 7;
    state[`st${i}` as RegisterName] = littleEndian(v.fpr.subarray(physical * X87_BYTES, (physical + 1) * X87_BYTES));
  }
  for (let i = 0; i < 16; i++) state[`xmm${i}` as RegisterName] = littleEndian(v.vector.subarray(i * VECTOR_BYTES, i * VECTOR_BYTES + 16));
  return state;
}

/** A vCPU's state with everything that an oracle shows taken from it: both then start alike. */
export function adoptState(v: VcpuState, from: ArchitecturalState): VcpuState {
  const taken = (name: RegisterName, own: bigint): bigint => from[name] ?? own;
  const fsw = taken('fsw', statusWord(v)), top = topOf(fsw);
  const fpr = v.fpr.slice(), vector = v.vector.slice();
  const put = (into: Uint8Array, at: number, bytes: number, value: bigint | undefined): void => {
    if (value !== undefined) for (let i = 0; i < bytes; i++) into[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  };
  for (let i = 0; i < 8; i++) put(fpr, ((top + i) & 7) * X87_BYTES, X87_BYTES, from[`st${i}` as RegisterName]);
  for (let i = 0; i < 16; i++) put(vector, i * VECTOR_BYTES, 16, from[`xmm${i}` as RegisterName]);
  const segments = v.segments.map((own, i) => {
    const name = DESCRIPTORS[i]!, attributes = from[`${name}.attributes`];
    return {
      selector: Number(taken(name, BigInt(own.selector))), base: taken(`${name}.base`, own.base), limit: Number(taken(`${name}.limit`, BigInt(own.limit))),
      // A descriptor that is not present was never loaded: the selector is null.
      attributes: attributes === undefined ? own.attributes : unpack(attributes) | (attributes & 0x80n ? 0 : UNUSABLE),
    };
  });
  const protectedMode = (taken('cr0', v.registers['cr0']!) & 1n) === 1n;
  return {
    ...v, fpr, vector, segments,
    registers: {
      ...v.registers, ...Object.fromEntries(PLAIN.map(([ours, name]) => [ours, taken(name, v.registers[ours]!)])),
      fsw: fsw & ~C1, fc1: (fsw & C1) >> 9n,
    },
    gpr: GENERAL_REGISTERS.map((name, i) => taken(name, v.gpr[i]!)),
    rip: taken('rip', v.rip),
    flags: Number(taken('rflags', BigInt(v.flags))),
    dr: v.dr.map((own, n) => ((DEBUG as readonly number[]).includes(n) ? taken(`dr${n}` as RegisterName, own) : own)),
    // SDM vol. 3A, "Privilege Levels": the current one is SS's descriptor's.
    cpl: protectedMode ? (segments[2]!.attributes >> 5) & 3 : 0,
  };
}

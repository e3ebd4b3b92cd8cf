import type { StateField } from "../ir/builder.ts";
import type { Type } from "../ir/value.ts";

/**
 * The state block of one vCPU in linear memory: registers, system registers, run-loop variables, then the TLBs.
 * Every engine, the walkers and the system operations work on this one block; offsets are derived here and nowhere else.
 */

let at = 0;
function align(n: number): void { at = Math.ceil(at / n) * n; }
function field(type: Type, bits: number, count: number = 1, stride: number = type === "v128" ? 16 : type === "i64" || type === "f64" ? 8 : bits / 8): StateField {
  align(Math.min(stride & -stride, 32));
  const f: StateField = { offset: at, type, bits: type === "v128" ? 0 : bits };
  at += stride * count;
  return f;
}
const u8 = (): StateField => field("i32", 8);
const u16 = (): StateField => field("i32", 16);
const u32 = (count = 1): StateField => field("i32", 32, count);
const u64 = (count = 1): StateField => field("i64", 64, count);

/** Slots beyond the sixteen general registers in `gpr`: a constant zero (no base, no index) and rIP of the current code page's start. */
export const GPR_ZERO = 16;
export const GPR_PAGE = 17;
/** Segment order in `segments`: ES CS SS DS FS GS LDTR TR. */
export const SEGMENT_STRIDE = 32;
/** One x87/MMX register: significand in 8 bytes, sign and exponent in 2. */
export const FPR_STRIDE = 16;
/** One vector register: 256 bits, AVX's width. */
export const VECTOR_STRIDE = 32;

export const STATE = {
  /** rAX rCX rDX rBX rSP rBP rSI rDI r8-r15, then GPR_ZERO, GPR_PAGE, two spare. */
  gpr: u64(20),
  /** Instruction pointer: architectural whenever TypeScript runs. */
  rip: u64(),
  /** rIP after the instruction that called a system operation. */
  nextRip: u64(),
  /** Lazy status flags: last result, sign-extended to 64 bits (Z, S, P) … */
  flagResult: u64(),
  /** … and carries: bit 31 CF, bit 30 CF xor OF, bit 3 AF, bit 0 inverts SF, bits 15-8 xor into the byte whose parity is PF. */
  flagAux: u32(),
  /** The other bits of rFLAGS (TF IF DF IOPL NT RF VM AC VIF VIP ID and bit 1); status bits here are meaningless. */
  eflags: u32(),

  /** Segment registers, SEGMENT_STRIDE bytes each: base u64, limit u32 (bytes, expanded), attributes u32, selector u32. */
  segments: field("i64", 64, 8, SEGMENT_STRIDE),
  gdtrBase: u64(), idtrBase: u64(), gdtrLimit: u32(), idtrLimit: u32(),
  cr0: u64(), cr2: u64(), cr3: u64(), cr4: u64(), cr8: u64(), efer: u64(), xcr0: u64(),
  dr: u64(8),
  star: u64(), lstar: u64(), cstar: u64(), sfmask: u64(), kernelGsBase: u64(),
  sysenterCs: u64(), sysenterEsp: u64(), sysenterEip: u64(), tscOffset: u64(), apicBase: u64(), pat: u64(), tscAux: u64(),

  mxcsr: u32(),
  /**
   * Status and tag word take 32 bits each: what an instruction stores there the next loads, and the processor under us forwards 32 and 64 bits at
   * once, 8 and 16 bits eight cycles later.
   */
  fsw: u32(), ftw: u32(), fcw: u16(), fop: u16(), fc1: u8(),
  /**
   * The x87 status word is `fsw` with TOP in bits 13-11, but for C1: bit 9 of `fsw` is always 0 and C1 is `fc1` (0 or 1), so that finding ST(i)
   * does not wait for the previous result's rounding.
   */
  fip: u64(), fdp: u64(), fcs: u16(), fds: u16(),
  /** x87 registers by physical number (not by distance from TOP), FPR_STRIDE apart. `ftw` bit n = register n is not empty. */
  fpr: field("i64", 64, 8, FPR_STRIDE),
  vector: field("v128", 128, 16, VECTOR_STRIDE),

  // ---- run loop ----
  /** Current privilege level, 0-3. */
  cpl: u32(),
  /** Instructions that may still retire in this slice. */
  budget: u32(),
  /** Not zero: leave the engine (an `Event` number). Set with the details below by whatever raises. */
  event: u32(),
  eventVector: u32(), eventCode: u32(), eventFlags: u32(),
  /** Linear address of a page fault that is pending: CR2 has it once the fault is delivered. */
  eventAddress: u64(),
  /** Set by others to make the vCPU leave at the next block end. */
  attention: u32(),
  /** The decoded operation being executed when the engine calls out. */
  operation: u32(),
  /** Decode mode of code: see `decode/mode.ts`. */
  mode: u32(),
  /** 1 where CS limit checks are needed; 1 where stack accesses need segment checks. */
  slowCode: u32(), slowStack: u32(),
  /** Mask of the stack pointer: 0xffff, 0xffffffff or all ones. */
  stackMask: u64(),
  /** Mask of a linear address outside 64-bit mode: 0xffffffff; in 64-bit mode all ones. */
  linearMask: u64(),
  /** Low bits of every TLB tag of the current context: see `mmu/tlb.ts`. */
  context: u64(),
  /** Byte offset, from the state block, of the data TLBs for the current privilege (read; write follows at TLB_BYTES). */
  tlb: u32(), tlbCode: u32(),
  /** 0 none, 1 32-bit, 2 PAE, 3 four-level, 4 process table: see `mmu/walk.ts`. */
  paging: u32(),
  /** Reserved bits that depend on the processor model: of physical addresses in 8-byte entries, of a large page's 4-byte entry, and PS in a PDPTE. */
  reservedPhysical: u64(), reservedLarge: u32(), reservedGiant: u32(),
  /** The four page-directory-pointer table entries of PAE paging, loaded with CR3. */
  pdpte: u64(4),
  /** Bits of rFLAGS that the model does not have. */
  flagsAbsent: u32(),
  /** What keeps x87, MMX and SSE instructions from executing; 0 = nothing. See `isa/unit-checks.ts`. */
  unitsOff: u32(),
  /** A20 gate as a mask on physical addresses. */
  addressMask: u64(),
  /** Linear memory address of the frame map (u32 per guest frame) and number of guest frames in it. */
  frameMap: u32(), frameCount: u32(),
  /** Linear memory address of the frame flag bytes. */
  frameFlags: u32(),
  /** Code page descriptor in use; linear memory address of the table of those used last (CODE_PAGES in decode/operation.ts). */
  codePage: u32(), codePages: u32(),
  /** Linear memory address of the counters of engine/interpreter/chain.ts. */
  hotness: u32(),
  /** What flags depend on that a compiled region has not written down yet: values of up to 16 bytes each (engine/jit/deferred-flags.ts). */
  deferredFlags: field("i64", 64, 16),
  /** Retired instructions since creation. */
  retired: u64(),
  /** Number of entries in the list of filled, non-global TLB slots, and whether it overflowed. */
  tlbFilled: u32(), tlbOverflow: u32(),
  /** Where entries were made from large pages since the TLBs were emptied: bit n of 256 for 4 MiB regions with that number modulo 256, bit n of 64 for 1 GiB ones. */
  largeSeen: u32(8), giantSeen: u32(2),
  /** Intercepted privileged and sensitive instructions: bit sets, see `intercepts.ts`. */
  intercepts: u32(8),
  /** A slow access under way (mmu/access.ts): physical address of device memory, host addresses of the two parts and the first part's length. */
  slowPhysical: u64(), slowFirst: u32(), slowSecond: u32(), slowSplit: u32(), slowSize: u32(),
  /** What `commitWrite` has to do: 0 nothing, 1 two parts, 2 device memory, 3 tell that code was written. */
  slowCommit: u32(),
  /** Bytes of a slow access in flight. */
  slowBuffer: u64(8),
  /** 1 where data breakpoints are armed: no data TLB entries are made for their pages. */
  dataBreakpoints: u32(),
  /** Linear memory address of the constant tables (isa/tables.ts). */
  tables: u32(),
  /** Times TypeScript decoded code: cached jump targets are only stored where it stood still. */
  decodes: u32(),
  /** Exception flags (MXCSR bits 5-0) that soft-float routines raised since it was cleared; the rounding and precision they work with. */
  floatFlags: u32(), floatControl: u32(),
  /** Scratch for routines: 16-byte values in flight. */
  scratch: field("v128", 128, 8),
  /** Two operations of decode/operation.ts: the one that is stepped, and the link behind it. */
  stepOperations: field("v128", 128, 2),
  /** What waits for interrupts to be let through: bit 0 an interrupt, bit 1 an NMI; bit 2 NMIs are blocked until IRET. */
  pending: u32(),
  /** What was left of the slice when STI retired: interrupts are held off where nothing retired since. */
  shadowLeft: u32(),
  /** Length of the slice. */
  slice: u32(),
  /** 1 where system calls end `run`: process mode. */
  callsExit: u32(),
  /** Changes between CPL 3 and an inner ring that generated code made. */
  ringCrossings: u64(),
  /** 1 while `tscStart` is what the time stamp counter read at the slice's start, within one `run`; `tscStep` is added with each instruction, 0 = it does not go so. */
  tscKnown: u32(), tscStart: u64(), tscStep: u64(),
  /** What was left of the slice when an IRET retired that set RF: it is set where nothing retired since. */
  resumeLeft: u32(),
  spare: u64(7),
} as const satisfies { readonly [name: string]: StateField };

align(64);
/** Entries of one TLB array, bytes of an entry and of an array. */
export const TLB_ENTRIES = 1024;
export const TLB_ENTRY = 16;
export const TLB_BYTES: number = TLB_ENTRIES * TLB_ENTRY;
/** TLB arrays follow the registers: supervisor read, write, fetch, then user read, write, fetch. */
export const TLB_SUPERVISOR: number = at;
export const TLB_USER: number = at + 3 * TLB_BYTES;
/** Addresses (u32) of filled non-global entries, for a fast flush. */
export const TLB_FILL_LIST: number = at + 6 * TLB_BYTES;
export const TLB_FILL_LIMIT = 2048;
/** Bytes of the whole block. */
export const STATE_BYTES: number = TLB_FILL_LIST + TLB_FILL_LIMIT * 4;

/** Byte offsets within a segment register. */
export const SEGMENT = { base: 0, limit: 8, attributes: 12, selector: 16 } as const;
/** Segment attribute bits: as in a descriptor's second word bits 8-15 and 20-23, moved to bits 0-7 and 12-15 (SVM's VMCB form), bit 16 = unusable (null). */
export const ATTRIBUTE = {
  type: 0xf, S: 1 << 4, DPL_SHIFT: 5, P: 1 << 7, AVL: 1 << 12, L: 1 << 13, DB: 1 << 14, G: 1 << 15, unusable: 1 << 16,
} as const;

/** Why an engine left its loop (`event`). */
export const EVENT = {
  none: 0,
  /** An exception: eventVector, eventCode (eventFlags bit 0: has a code). */
  exception: 1,
  /** HLT retired. */
  halt: 2,
  /** A system operation asked for an exit (details in TypeScript). */
  exit: 3,
  /** The instruction at rIP is intercepted; nothing has happened (eventCode = intercept number). */
  intercept: 4,
  /** Re-read everything that depends on mode, privilege and context, then go on. */
  reload: 5,
} as const;

/** A segment register's field as a state field. */
export function segmentField(segment: number, part: keyof typeof SEGMENT): StateField {
  return part === "base" ? { offset: STATE.segments.offset + segment * SEGMENT_STRIDE, type: "i64", bits: 64 }
    : { offset: STATE.segments.offset + segment * SEGMENT_STRIDE + SEGMENT[part], type: "i32", bits: 32 };
}

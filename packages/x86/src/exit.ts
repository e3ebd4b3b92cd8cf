/** Why `Vcpu.run` returned: a closed union, named as KVM and SVM name exits. */
export type Exit =
  /** The instructions asked for have retired; or exceptions have been delivered ten thousand times in a row without one retiring. */
  | { readonly kind: "budget" }
  /** HLT retired; an interrupt may wake the processor. */
  | { readonly kind: "halted" }
  /** `attention()` was called. */
  | { readonly kind: "attention" }
  | ExceptionExit
  | InterceptExit
  | SystemCallExit
  /** A triple fault. */
  | { readonly kind: "shutdown" };

/** An intercepted exception, before delivery: rIP is the faulting instruction's (the next one's for traps). */
export interface ExceptionExit {
  /** Tells exits apart. */
  readonly kind: "exception";
  /** 0 to 31. */
  readonly vector: number;
  /** What would be pushed; undefined where the vector has none. */
  readonly errorCode: number | undefined;
  /** The linear address that a page fault would leave in CR2; 0 for other vectors. */
  readonly address: bigint;
}

/** SYSCALL, SYSENTER or INT n where intercepted for process mode: rIP is the next instruction's. */
export interface SystemCallExit {
  /** Tells exits apart. */
  readonly kind: "syscall";
  /** How the program called. */
  readonly instruction: "syscall" | "sysenter" | "int";
  /** n of INT n; 0 otherwise. */
  readonly vector: number;
}

/**
 * An intercepted instruction or event; nothing of it has happened, rIP is the instruction's. The fields are those of SVM's VMCB. APM vol. 2, "#VMEXIT" and the
 * sections on each intercept.
 */
export interface InterceptExit {
  /** Tells exits apart. */
  readonly kind: "intercept";
  /** EXITCODE. */
  readonly code: number;
  /** The code's name without "VMEXIT_". */
  readonly name: string;
  /**
   * EXITINFO1. Control and debug registers: the general register's number. IOIO_PROT: what `decodeIoInfo` takes apart. MSR_PROT: 0 RDMSR, 1 WRMSR.
   * INVLPG: the linear address. INTn: the vector. TASK_SWITCH: the selector.
   */
  readonly info1: bigint;
  /** EXITINFO2. TASK_SWITCH: why, and the error code; 0 otherwise. */
  readonly info2: bigint;
  /** rIP of the next instruction; that of this one where the exit is no instruction's. */
  readonly nextRip: bigint;
}

/** EXITINFO1 of IOIO_PROT. APM vol. 2, "IN/OUT: Intercept Information". */
export interface IoInfo {
  /** 0 to FFFF. */
  readonly port: number;
  /** IN or INS, not OUT or OUTS. */
  readonly in: boolean;
  /** INS or OUTS. */
  readonly string: boolean;
  /** With a repeat prefix. */
  readonly repeat: boolean;
  /** Bytes of one access: 1, 2 or 4. */
  readonly size: number;
  /** Address size in bits: 16, 32 or 64. */
  readonly addressBits: number;
  /** Segment of OUTS: 0-5 as ES CS SS DS FS GS. */
  readonly segment: number;
}
/** Packs EXITINFO1 of IOIO_PROT. */
export function encodeIoInfo(io: IoInfo): bigint {
  const word = (io.in ? 1 : 0) | (io.string ? 4 : 0) | (io.repeat ? 8 : 0) | (io.size << 4) | ((io.addressBits >> 4) << 7) | (io.segment << 10);
  return BigInt(word) | (BigInt(io.port) << 16n);
}
/** Unpacks EXITINFO1 of IOIO_PROT. */
export function decodeIoInfo(info1: bigint): IoInfo {
  const word = Number(info1 & 0xffff_ffffn);
  return {
    port: word >>> 16, in: (word & 1) !== 0, string: (word & 4) !== 0, repeat: (word & 8) !== 0, size: (word >> 4) & 7, addressBits: ((word >> 7) & 7) << 4, segment: (word >> 10) & 7,
  };
}

/** Exits of system calls, made once: process mode returns one for each call of its program. */
export class SystemCallExits {
  readonly syscall: SystemCallExit = { kind: "syscall", instruction: "syscall", vector: 0 };
  readonly sysenter: SystemCallExit = { kind: "syscall", instruction: "sysenter", vector: 0 };
  readonly #int: (SystemCallExit | undefined)[] = [];
  /** INT n. */
  int(vector: number): SystemCallExit { return (this.#int[vector] ??= { kind: "syscall", instruction: "int", vector }); }
}

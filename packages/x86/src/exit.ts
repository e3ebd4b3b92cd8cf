/** Why `Vcpu.run` returned: a closed union, named as KVM and SVM name exits. */
export type Exit =
  /** The instructions asked for have retired; or exceptions have been delivered ten thousand times in a row without one retiring. */
  | { readonly kind: "budget" }
  /** HLT retired; an interrupt may wake the processor. */
  | { readonly kind: "halted" }
  /** `attention()` was called. */
  | { readonly kind: "attention" }
  /** An intercepted exception, before delivery: rIP is the faulting instruction's (the next one's for traps). */
  | { readonly kind: "exception"; readonly vector: number; readonly errorCode: number | undefined; readonly address: bigint }
  | InterceptExit
  /** SYSCALL, SYSENTER or INT n where intercepted for process mode: rIP is the next instruction's. */
  | { readonly kind: "syscall"; readonly instruction: "syscall" | "sysenter" | "int"; readonly vector: number }
  /** A triple fault. */
  | { readonly kind: "shutdown" };

/**
 * An intercepted instruction or event; nothing of it has happened, rIP is the instruction's. The fields are those of SVM's VMCB. APM vol. 2, "#VMEXIT" and the
 * sections on each intercept.
 */
export interface InterceptExit {
  readonly kind: "intercept";
  /** EXITCODE, and its name without "VMEXIT_". */
  readonly code: number;
  readonly name: string;
  /**
   * EXITINFO1 and EXITINFO2. Control and debug registers: the general register's number. IOIO_PROT: what `decodeIoInfo` takes apart. MSR_PROT: 0 RDMSR, 1 WRMSR.
   * INVLPG: the linear address. INTn: the vector. TASK_SWITCH: the selector; why and error code.
   */
  readonly info1: bigint;
  readonly info2: bigint;
  /** rIP of the next instruction; that of this one where the exit is no instruction's. */
  readonly nextRip: bigint;
}

/** EXITINFO1 of IOIO_PROT. APM vol. 2, "IN/OUT: Intercept Information". */
export interface IoInfo {
  readonly port: number;
  readonly in: boolean;
  readonly string: boolean;
  readonly repeat: boolean;
  /** Bytes of one access: 1, 2 or 4; address size in bits. */
  readonly size: number;
  readonly addressBits: number;
  /** Segment of OUTS: 0-5 as ES CS SS DS FS GS. */
  readonly segment: number;
}
/** Packs and unpacks EXITINFO1 of IOIO_PROT. */
export function encodeIoInfo(io: IoInfo): bigint {
  const word = (io.in ? 1 : 0) | (io.string ? 4 : 0) | (io.repeat ? 8 : 0) | (io.size << 4) | ((io.addressBits >> 4) << 7) | (io.segment << 10);
  return BigInt(word) | (BigInt(io.port) << 16n);
}
export function decodeIoInfo(info1: bigint): IoInfo {
  const word = Number(info1 & 0xffff_ffffn);
  return {
    port: word >>> 16, in: (word & 1) !== 0, string: (word & 4) !== 0, repeat: (word & 8) !== 0, size: (word >> 4) & 7, addressBits: ((word >> 7) & 7) << 4, segment: (word >> 10) & 7,
  };
}

/** Exits of system calls, made once: process mode returns one for each call of its program. */
export class SystemCallExits {
  readonly syscall: Exit = { kind: "syscall", instruction: "syscall", vector: 0 };
  readonly sysenter: Exit = { kind: "syscall", instruction: "sysenter", vector: 0 };
  readonly #int: (Exit | undefined)[] = [];
  /** INT n. */
  int(vector: number): Exit { return (this.#int[vector] ??= { kind: "syscall", instruction: "int", vector }); }
}

/** Why `Vcpu.run` returned: a closed union, named as KVM and SVM name exits. */
export type Exit =
  /** The instructions asked for have retired. */
  | { readonly kind: "budget" }
  /** HLT retired; an interrupt may wake the processor. */
  | { readonly kind: "halted" }
  /** `attention()` was called. */
  | { readonly kind: "attention" }
  /** An intercepted exception, before delivery: rIP is the faulting instruction's (the next one's for traps). */
  | { readonly kind: "exception"; readonly vector: number; readonly errorCode: number | undefined; readonly address: bigint }
  /** An intercepted instruction; nothing of it has happened. */
  | { readonly kind: "intercept"; readonly name: string }
  /** SYSCALL, SYSENTER or INT n where intercepted for process mode: rIP is the next instruction's. */
  | { readonly kind: "syscall"; readonly instruction: "syscall" | "sysenter" | "int"; readonly vector: number }
  /** A triple fault. */
  | { readonly kind: "shutdown" };

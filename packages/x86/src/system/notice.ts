/** What a vCPU tells its owner besides exits: nothing that a guest can see depends on it. */
export type Notice =
  /** RDMSR (no value) or WRMSR of an MSR that does not exist: the guest got #GP(0). */
  | { readonly kind: "unknown-msr"; readonly msr: number; readonly value: bigint | undefined };

/** What a vCPU tells its owner besides exits: nothing that a guest can see depends on it. */
export type Notice =
  | UnknownMsrNotice;

/** RDMSR or WRMSR of an MSR that does not exist: the guest got #GP(0). */
export interface UnknownMsrNotice {
  /** Tells notices apart. */
  readonly kind: "unknown-msr";
  /** The MSR's number. */
  readonly msr: number;
  /** What was to be written; undefined for a read. */
  readonly value: bigint | undefined;
}

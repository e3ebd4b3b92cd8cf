import type { OwnerId } from "@ringzero/machine";

/** Where a container is in its life: OCI runtime specification, "Runtime and Lifecycle", "State". `creating` is never seen. */
export type ContainerStatus = "created" | "running" | "stopped";

/** A container as one can look at it: the fields of the OCI runtime specification's "State", and what `docker ps` shows beside them. */
export interface ContainerState {
  /** 64 hexadecimal digits, unique in a runtime; people use the first 12. */
  readonly id: string;
  /** Where it is in its life. */
  readonly status: ContainerStatus;
  /** Number of its first process as the kernel counts; 0 unless it runs. */
  readonly pid: number;
  /** As it was named. */
  readonly name: string;
  /** The image it was made from; undefined where it was a directory. */
  readonly image: string | undefined;
  /** Its first program. */
  readonly args: readonly string[];
  /** When it was made, in milliseconds since 1970 by the host's clock; likewise the next two. */
  readonly created: number;
  /** When its program started. */
  readonly startedAt: number | undefined;
  /** When its program ended. */
  readonly finishedAt: number | undefined;
  /** As a shell sees the end of its program: the status, or 128 and the signal's number. */
  readonly exitCode: number | undefined;
  /** memory.max ended one of its processes. */
  readonly outOfMemory: boolean;
  /** Owner of its frames in the machine's ledger and tallies. */
  readonly owner: OwnerId;
}

import type { TenantFigures } from "./messages.ts";

/** A virtual machine or a container, as the page's holder keeps it. */
export interface Tenant {
  /** The number that the page gave it. */
  readonly tenant: number;
  /** Owners of its memory. */
  readonly owners: readonly number[];
  /** Whether it is over. */
  readonly ended: boolean;
  /** What is typed into its terminal. */
  type(bytes: Uint8Array): void;
  /** The terminal has another size. */
  resize(columns: number, rows: number): void;
  pause(): Promise<void>;
  resume(): void;
  reset(): void;
  /** The power button of a virtual machine, SIGTERM for a container. */
  power(): void;
  kill(): Promise<void>;
  /** Breaks its kernel, where it has one of its own. */
  crash(): void;
  /** What it has used and crossed. */
  figures(): TenantFigures;
}

import type { MachineAttachment, OwnerId } from "@ringzero/machine";
import type { ImageContents, RuntimeOptions } from "../options.ts";
import type { ContainerSpec, ProcessSpec } from "../spec.ts";
import type { ContainerState } from "../state.ts";
import type { RuntimeEnd, RuntimeView } from "../view.ts";

/** What a worker is started with: the machine to join, and how its kernel runs. */
export interface WorkerData {
  readonly attachment: MachineAttachment;
  readonly options: RuntimeOptions;
}

/** What can be asked of a runtime, each with its answer. Containers are named by id, processes by a number that the worker gave. */
export interface Calls {
  addImage: { readonly ask: { readonly reference: string; readonly contents: ImageContents }; readonly answer: undefined };
  create: { readonly ask: { readonly spec: ContainerSpec }; readonly answer: { readonly state: ContainerState; readonly process: number } };
  start: { readonly ask: { readonly id: string }; readonly answer: undefined };
  exec: { readonly ask: { readonly id: string; readonly spec: ProcessSpec }; readonly answer: { readonly process: number; readonly pid: number } };
  kill: { readonly ask: { readonly id: string; readonly signal: string | number }; readonly answer: undefined };
  delete: { readonly ask: { readonly id: string; readonly force: boolean }; readonly answer: undefined };
  state: { readonly ask: { readonly id: string }; readonly answer: ContainerState };
  containers: { readonly ask: object; readonly answer: readonly ContainerState[] };
  look: { readonly ask: object; readonly answer: RuntimeView };
  pause: { readonly ask: object; readonly answer: undefined };
  resume: { readonly ask: object; readonly answer: undefined };
  quiet: { readonly ask: object; readonly answer: undefined };
  shutdown: { readonly ask: object; readonly answer: undefined };
}
/** The name of a call. */
export type CallName = keyof Calls;

/** Asked of a runtime's worker. What has no `request` has no answer. */
export type ToWorker =
  | { [K in CallName]: { readonly kind: "call"; readonly request: number; readonly call: K } & Calls[K]["ask"] }[CallName]
  | { readonly kind: "input"; readonly process: number; readonly bytes: Uint8Array }
  /** So many bytes of output have arrived. */
  | { readonly kind: "taken"; readonly process: number; readonly bytes: number }
  | { readonly kind: "endInput"; readonly process: number }
  | { readonly kind: "resize"; readonly process: number; readonly columns: number; readonly rows: number }
  | { readonly kind: "signal"; readonly process: number; readonly signal: string | number }
  | { readonly kind: "panic"; readonly reason: string };

/** Said by it. */
export type FromWorker =
  /** The kernel has booted; this is its owner. */
  | { readonly kind: "ready"; readonly owner: OwnerId }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "answer"; readonly request: number; readonly value: unknown }
  /** A call that cannot be carried out; with a status where a program could not be started. */
  | { readonly kind: "refused"; readonly request: number; readonly message: string; readonly exitCode: number | undefined }
  /** How far a call has come. */
  | { readonly kind: "progress"; readonly request: number; readonly step: string; readonly done: number; readonly of: number }
  | { readonly kind: "output"; readonly process: number; readonly stream: 1 | 2; readonly bytes: Uint8Array }
  /** So many bytes of its input have been read. */
  | { readonly kind: "read"; readonly process: number; readonly bytes: number }
  | { readonly kind: "exited"; readonly process: number; readonly code: number }
  /** A container's state is another one; undefined = it is gone. */
  | { readonly kind: "changed"; readonly id: string; readonly state: ContainerState | undefined }
  | { readonly kind: "ended"; readonly end: RuntimeEnd };

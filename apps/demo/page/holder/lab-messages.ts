import type { LabReport } from "@ringzero/contrast";

/** What a lab's worker is started with: the lab's number, the student's module as JavaScript, and the address of the module that its functions run on. */
export interface LabWork {
  readonly lab: string;
  readonly code: string;
  readonly module: string;
}

/** Said by it. */
export type FromLab =
  | { readonly kind: "progress"; readonly experiment: number; readonly of: number }
  | { readonly kind: "report"; readonly report: LabReport }
  | { readonly kind: "failed"; readonly message: string };

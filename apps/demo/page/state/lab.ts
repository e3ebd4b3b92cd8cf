import { signal, type Signal } from "@preact/signals";
import type { LabReport } from "@ringzero/contrast";
import type { WorkerHandle, Workers } from "@ringzero/host";
import { STRIP_PATH } from "../../src/shared/manifest.ts";
import type { FromLab, LabWork } from "../holder/lab-messages.ts";

/** Milliseconds after which an answer counts as one that never ends. */
const PATIENCE = 60_000;

/** What the grader is at. */
export type LabState = { readonly kind: "idle" } | { readonly kind: "working"; readonly text: string } | { readonly kind: "failed"; readonly message: string } | { readonly kind: "graded"; readonly report: LabReport };

/** A lab in the page: takes a student's module as text, has it graded on a worker of its own. */
export class LabClient {
  readonly state: Signal<LabState> = signal({ kind: "idle" });
  readonly #workers: Workers;
  readonly #module: URL;
  #worker: WorkerHandle | undefined;

  /** @param module of the worker that grades */
  constructor(workers: Workers, module: URL) {
    this.#workers = workers;
    this.#module = module;
  }
  /** Grades answers to a lab; an earlier grading that is still at work ends. */
  async grade(lab: string, text: string): Promise<void> {
    void this.#worker?.terminate();
    this.state.value = { kind: "working", text: "reading your answers" };
    let code: string;
    try {
      const response = await fetch(STRIP_PATH, { method: "POST", body: text });
      if (!response.ok) throw new Error(await response.text());
      code = await response.text();
    } catch (error) {
      this.state.value = { kind: "failed", message: error instanceof TypeError ? "The page's server does not answer. Start it again with npm start." : (error as Error).message };
      return;
    }
    const worker = (this.#worker = this.#workers.start(this.#module, { name: "lab", data: { lab, code } satisfies LabWork }));
    const end = (state: LabState): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      clearTimeout(timer);
      this.state.value = state;
      void worker.terminate();
    };
    const timer = setTimeout(() => end({ kind: "failed", message: "No answer after a minute: does one of your functions never return?" }), PATIENCE);
    worker.onMessage((message) => {
      const m = message as FromLab;
      if (m.kind === "report") end({ kind: "graded", report: m.report });
      else if (m.kind === "failed") end({ kind: "failed", message: m.message });
      else if (this.#worker === worker) this.state.value = { kind: "working", text: `experiment ${m.experiment} of ${m.of}: a virtual machine and a container, idle and busy` };
    });
    void worker.ended.then((error) => end({ kind: "failed", message: error?.message ?? "The grader's worker has ended." }));
  }
}

import { signal, type Signal } from "@preact/signals";
import type { LabReport } from "@ringzero/contrast";
import type { WorkerHandle, Workers } from "@ringzero/host";
import { STRIP_PATH } from "../../src/shared/manifest.ts";
import type { FromLab, LabWork } from "../holder/lab-messages.ts";

/** What the grader is at. */
export type LabState = { readonly kind: "idle" } | { readonly kind: "working"; readonly text: string } | { readonly kind: "failed"; readonly message: string } | { readonly kind: "graded"; readonly report: LabReport };

/** A lab in the page: takes a student's module as text, has it graded on a worker of its own. */
export class LabClient {
  readonly state: Signal<LabState> = signal({ kind: "idle" });
  readonly #workers: Workers;
  readonly #modules: { readonly lab: URL; readonly answers: URL };
  #worker: WorkerHandle | undefined;

  /** @param modules of the worker that grades, and of the one that the student's functions run on */
  constructor(workers: Workers, modules: { readonly lab: URL; readonly answers: URL }) {
    this.#workers = workers;
    this.#modules = modules;
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
    const worker = (this.#worker = this.#workers.start(this.#modules.lab, { name: "lab", data: { lab, code, module: this.#modules.answers.href } satisfies LabWork }));
    const end = (state: LabState): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.state.value = state;
      void worker.terminate();
    };
    worker.onMessage((message) => {
      const m = message as FromLab;
      if (m.kind === "report") end({ kind: "graded", report: m.report });
      else if (m.kind === "failed") end({ kind: "failed", message: m.message });
      else if (this.#worker === worker) this.state.value = { kind: "working", text: `experiment ${m.experiment} of ${m.of}: a virtual machine and a container, idle and busy` };
    });
    void worker.ended.then((error) => end({ kind: "failed", message: error?.message ?? "The grader's worker has ended." }));
  }
}

import type { Host, WorkerPort } from "@ringzero/host";
import { compare, type Comparison } from "./compare.ts";
import { CANCELLED, type RunOptions, type Side } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";

/** What a comparison's worker is started with. */
interface CompareData {
  readonly scenario: Scenario;
}
/** Said by it. */
type FromCompare =
  | { readonly kind: "progress"; readonly side: Side; readonly phase: string }
  | { readonly kind: "console"; readonly side: Side; readonly line: string }
  | { readonly kind: "done"; readonly comparison: Comparison }
  | { readonly kind: "failed"; readonly message: string };

/** Runs a scenario, both sides in turn, on one worker: whoever asks stays free for others. `module` calls {@link serveComparison}. Rejects with an Error where a side does not come to its end. */
export async function compareOnWorker(host: Host, module: URL, scenario: Scenario, { progress, console, signal }: RunOptions = {}): Promise<Comparison> {
  signal?.throwIfAborted();
  const worker = host.workers.start(module, { name: "comparison", data: { scenario } satisfies CompareData });
  try {
    return await new Promise<Comparison>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error(CANCELLED)), { once: true });
      void worker.ended.then((error) => reject(error ?? new Error("The comparison's worker has ended.")));
      worker.onMessage((message) => {
        const m = message as FromCompare;
        if (m.kind === "progress") progress?.(m.side, m.phase);
        else if (m.kind === "console") console?.(m.side, m.line);
        else if (m.kind === "done") resolve(m.comparison);
        else reject(new Error(m.message));
      });
    });
  } finally {
    await worker.terminate();
  }
}
/** A comparison's worker's whole work. */
export async function serveComparison(host: Host, port: WorkerPort): Promise<void> {
  const say = (message: FromCompare): void => port.post(message), { scenario } = port.data as CompareData;
  try {
    say({ kind: "done", comparison: await compare(host, scenario, { progress: (side, phase) => say({ kind: "progress", side, phase }), console: (side, line) => say({ kind: "console", side, line }) }) });
  } catch (error) {
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
}

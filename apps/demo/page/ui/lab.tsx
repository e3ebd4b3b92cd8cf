import { signal } from "@preact/signals";
import type { JSX } from "preact";
import starter from "../../../../docs/labs/01-ring-crossings/starter.ts?raw";
import type { LabClient } from "../state/lab.ts";

const KEY = "ringzero-lab-01", draft = signal(kept() ?? starter);

function kept(): string | undefined {
  try { return localStorage.getItem(KEY) ?? undefined; } catch { return undefined; }
}
function keep(text: string): void {
  draft.value = text;
  try { localStorage.setItem(KEY, text); } catch { /* Where nothing is kept the draft is for this visit. */ }
}

/** Lab 01: a place for the answers, and what the grader says of them. The files are those of `npm run lab`. */
export function Lab({ lab }: { readonly lab: LabClient }): JSX.Element {
  const state = lab.state.value, working = state.kind === "working";
  const load = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    if (file) keep((await file.text()).slice(0, 60_000));
    input.value = "";
  };
  return (
    <section class="lab" aria-labelledby="lab-title">
      <div class="section-head"><h2 id="lab-title">Lab 01: count the ring crossings of one write</h2><p>A program prints through a buffer, in a virtual machine and in a container. What did its writes alone cost? Fill in four functions of the counters; each grading runs new experiments. The task is in <code>docs/labs/01-ring-crossings</code>.</p></div>
      <div class="lab-body">
        <textarea aria-label="Your answers" spellcheck={false} rows={22} value={draft.value} onInput={(event) => keep(event.currentTarget.value)} />
        <div class="lab-side">
          <div class="lab-tools">
            <button class="primary" disabled={working} onClick={() => void lab.grade("01", draft.peek())}>Grade</button>
            <label class="button">Load a file…<input type="file" accept=".ts,.js,.mjs" onChange={(event) => void load(event.currentTarget)} /></label>
            <button onClick={() => keep(starter)}>Begin anew</button>
          </div>
          <div role="status" data-lab={state.kind}>
            {state.kind === "working" && <p><span class="dot busy" /> {state.text}…</p>}
            {state.kind === "failed" && <p class="lab-bad">{state.message}</p>}
            {state.kind === "graded" && (
              <>
                <p class={state.report.passed ? "lab-good" : ""}><b>{state.report.passed ? "All answered." : `${state.report.findings.filter((f) => f.passed).length} of ${state.report.findings.length} answered.`}</b></p>
                <ul>{state.report.findings.map((f) => <li key={f.question} class={f.passed ? "lab-good" : "lab-bad"}><b>{f.passed ? "✓" : "✗"} <code>{f.question}</code></b> <span>{f.sentence}</span></li>)}</ul>
              </>
            )}
            {state.kind === "idle" && <p class="lab-hint">Each function gets an <code>experiment</code>: <code>job</code> with <code>prints</code>, <code>characters</code>, <code>capacity</code>; <code>idle</code> and <code>busy</code>, each with <code>vm.ringCrossings</code>, <code>vm.interrupts</code>, <code>vm.exits.io</code>, <code>vm.exits.frame</code>, <code>container.systemCalls</code>, <code>container.pageFaults</code>.</p>}
          </div>
        </div>
      </div>
    </section>
  );
}

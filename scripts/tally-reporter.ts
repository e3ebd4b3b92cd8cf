import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Closes a run with the line that CI reads: "N passed, N failed[, N skipped]"; skipped tests are named before it. */
export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      // A file that does not load, or whose hooks fail, has errors of its own.
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state]++;
        if (state === "skipped" || state === "pending") skipped.push(test.fullName);
      }
    }
    const left = count.skipped + count.pending;
    const line = `${count.passed} passed, ${count.failed} failed${left ? `, ${left} skipped` : ""}`;
    // Vitest's own summary is written in the same hook; this comes after it.
    process.on("exit", () => {
      for (const name of skipped) console.log(`skipped: ${name}`);
      console.log(line);
    });
  }
}

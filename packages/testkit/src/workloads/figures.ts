import type { Workload } from "./workload.ts";
import type { Measured } from "./process-subjects.ts";

/** Best run of each subject, by workload. */
export type Figures = ReadonlyMap<string, ReadonlyMap<string, Measured>>;

/** The geometric mean of positive numbers; NaN of none. */
export function geometricMean(values: readonly number[]): number { return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length); }

/** Peer's seconds over ours, for the workloads that both ran; and over how many that is. */
export function ratioTo(figures: Figures, peer: string, workloads: readonly Workload[]): { readonly mean: number; readonly count: number } {
  const ratios = workloads.flatMap(({ name }) => {
    const ours = figures.get(name)?.get("ours")?.seconds, theirs = figures.get(name)?.get(peer)?.seconds;
    return ours !== undefined && theirs !== undefined ? [theirs / ours] : [];
  });
  return { mean: geometricMean(ratios), count: ratios.length };
}

/** The table of seconds, with what each is to the first subject, our instructions and speed, and the geometric means as its last lines. */
export function figuresTable(subjects: readonly string[], workloads: readonly Workload[], figures: Figures): string {
  const base = subjects[0]!;
  const cell = (workload: string, subject: string): string => {
    const seconds = figures.get(workload)?.get(subject)?.seconds, native = figures.get(workload)?.get(base)?.seconds;
    if (seconds === undefined) return "—";
    return subject === base || native === undefined ? seconds.toFixed(3) : `${seconds.toFixed(3)} (${(seconds / native).toFixed(1)}×)`;
  };
  const rows = workloads.map(({ name }) => {
    const ours = figures.get(name)?.get("ours");
    const millions = ours?.instructions === undefined ? "—" : (ours.instructions / 1e6).toFixed(0);
    return [name, ...subjects.map((s) => cell(name, s)), millions, ours?.instructions === undefined || ours.seconds === undefined ? "—" : (ours.instructions / ours.seconds / 1e6).toFixed(0)];
  });
  const all = [["workload", ...subjects, "M instr.", "MIPS"], ...rows], widths = all[0]!.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const lines = all.map((row) => row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join("  ").trimEnd());
  const means = subjects.filter((s) => s !== "ours").map((peer) => {
    const groups = [...new Set(workloads.map((w) => w.group))].map((group) => {
      const { mean, count } = ratioTo(figures, peer, workloads.filter((w) => w.group === group));
      return count > 0 ? `${group} ${mean.toFixed(2)}×` : "";
    });
    const { mean, count } = ratioTo(figures, peer, workloads);
    return `ours is ${mean.toFixed(3)}× the speed of ${peer} (geometric mean of ${count}: ${groups.filter((g) => g !== "").join(", ")})`;
  });
  return [...lines, "", ...means].join("\n");
}

/** The same as data: `{"workloads": {W: {"native": s, "ours": s, PEER: s}}, "geomean": {PEER: peer's seconds over ours}}`. */
export function figuresJson(subjects: readonly string[], workloads: readonly Workload[], figures: Figures): string {
  const rows = Object.fromEntries(workloads.map(({ name }) => [name, Object.fromEntries(subjects.flatMap((s) => {
    const seconds = figures.get(name)?.get(s)?.seconds;
    return seconds === undefined ? [] : [[s, seconds]];
  }))]));
  return JSON.stringify({ workloads: rows, geomean: Object.fromEntries(subjects.filter((s) => s !== "ours").map((s) => [s, ratioTo(figures, s, workloads).mean])) }, undefined, 1);
}

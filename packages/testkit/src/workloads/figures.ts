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

/** A sentence for each workload that printed something else on one subject than on another. */
export function differences(workloads: readonly Workload[], figures: Figures): string[] {
  return workloads.flatMap(({ name }) => {
    const [first, ...others] = [...(figures.get(name) ?? [])].filter(([, m]) => m.seconds !== undefined && m.printed !== undefined);
    return others.filter(([, m]) => first && m.printed !== first[1].printed).map(([subject, m]) => `${name} on ${subject} printed ${JSON.stringify(m.printed)}, on ${first![0]} ${JSON.stringify(first![1].printed)}.`);
  });
}

/** Second starts on the same kernel, one line for each workload that has one. */
export function againLines(workloads: readonly Workload[], figures: Figures): string[] {
  return workloads.flatMap(({ name }) => {
    const again = figures.get(name)?.get("ours")?.again, native = figures.get(name)?.get("native")?.seconds;
    return again === undefined ? [] : [`${name} once more on the same kernel: ${again.toFixed(3)} s${native === undefined ? "" : ` (${(again / native).toFixed(1)}× native)`}`];
  });
}

/** A table as data. A second start on the same kernel is `"ours again"` of its workload, in no mean. */
export interface FiguresData {
  /** Seconds by workload and subject. */
  readonly workloads: { readonly [workload: string]: { readonly [subject: string]: number } };
  /** By subject: its seconds over ours, geometric mean over the workloads that both ran. */
  readonly geomean: { readonly [peer: string]: number };
}
/** Where a table was measured. */
export interface FiguresTitle {
  readonly mode: "process" | "system";
  readonly abi: "i386" | "amd64";
}
/** The figures as data. */
export function figuresData(subjects: readonly string[], workloads: readonly Workload[], figures: Figures): FiguresData {
  const rows = workloads.map(({ name }): [string, { [subject: string]: number }] => {
    const row = figures.get(name), again = row?.get("ours")?.again;
    return [name, Object.fromEntries([...subjects.map((s) => [s, row?.get(s)?.seconds] as const), ["ours again", again] as const].flatMap(([s, seconds]) => (seconds === undefined ? [] : [[s, seconds]])))];
  });
  const means = subjects.filter((s) => s !== "ours").map((s) => [s, ratioTo(figures, s, workloads)] as const);
  return { workloads: Object.fromEntries(rows), geomean: Object.fromEntries(means.flatMap(([s, { mean, count }]) => (count > 0 ? [[s, mean]] : []))) };
}
/** One JSON document: of one table `{"workloads": …, "geomean": …}`; of several `{"tables": [{"mode", "abi", "workloads", "geomean"}, …]}`. */
export function figuresJson(tables: readonly (FiguresTitle & FiguresData)[]): string {
  const [only] = tables;
  return JSON.stringify(tables.length === 1 && only ? { workloads: only.workloads, geomean: only.geomean } : { tables }, undefined, 1);
}

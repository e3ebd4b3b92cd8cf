import type { MachineView, TenantFigures } from "../holder/messages.ts";

/** Seconds that the charts show. */
export const SPAN = 90;

/** One point of the charts: what each side did in a second, and held at its end. */
export interface Point {
  /** Seconds since the page began. */
  readonly at: number;
  readonly vmInstructions: number;
  readonly containerInstructions: number;
  readonly vmFrames: number;
  readonly containerFrames: number;
}

/** Totals of both sides over time. */
export class History {
  readonly points: Point[] = [];
  #last: { readonly at: number; readonly vm: number; readonly containers: number } | undefined;

  /** Takes a view in. Whether there is a new point: one a second. */
  add(view: MachineView, vmFrames: number, containerFrames: number): boolean {
    const sum = (figures: readonly TenantFigures[]): number => figures.reduce((total, f) => total + f.instructions, 0);
    const vm = sum(view.tenants.filter((t) => t.systemCalls === undefined)), containers = view.kernel?.instructions ?? 0, last = this.#last;
    if (last && view.at - last.at < 950) return false;
    this.#last = { at: view.at, vm, containers };
    if (!last) return false;
    const seconds = (view.at - last.at) / 1000;
    // A tenant that has ended takes its total along: a rate is never negative.
    this.points.push({ at: view.at / 1000, vmInstructions: Math.max(0, vm - last.vm) / seconds, containerInstructions: Math.max(0, containers - last.containers) / seconds, vmFrames, containerFrames });
    if (this.points.length > SPAN) this.points.shift();
    return true;
  }
}

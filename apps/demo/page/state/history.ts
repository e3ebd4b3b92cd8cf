import type { MachineView } from "../holder/messages.ts";

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
  #last: { readonly at: number; readonly vms: ReadonlyMap<number, number>; readonly containers: number } | undefined;

  /** Takes a view in. Whether there is a new point: one a second. */
  add(view: MachineView, vmFrames: number, containerFrames: number): boolean {
    const vms = new Map(view.tenants.filter((t) => t.systemCalls === undefined).map((t) => [t.tenant, t.instructions])), containers = view.kernel?.instructions ?? 0, last = this.#last;
    if (last && view.at - last.at < 950) return false;
    this.#last = { at: view.at, vms, containers };
    if (!last) return false;
    const seconds = (view.at - last.at) / 1000;
    // Of a virtual machine what it retires after the first view that has counted something: one that goes on from a snapshot brings its past along.
    const vm = [...vms].reduce((total, [tenant, instructions]) => total + Math.max(0, instructions - (last.vms.get(tenant) || instructions)), 0);
    this.points.push({ at: view.at / 1000, vmInstructions: vm / seconds, containerInstructions: Math.max(0, containers - last.containers) / seconds, vmFrames, containerFrames });
    if (this.points.length > SPAN) this.points.shift();
    return true;
  }
}

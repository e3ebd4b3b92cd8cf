import { FRAME_BYTES, type OwnerId } from "@ringzero/machine";
import { newCounts, type Counts } from "../counts.ts";

/** What a group may have; nothing given = no limit. */
export interface CgroupLimits {
  /** Tasks: pids.max. */
  readonly tasks?: number;
  /** Bytes of memory: memory.max. */
  readonly memory?: number;
}

/**
 * A control group: what its tasks have together, counted against limits here and above. Linux, Documentation/admin-guide/cgroup-v2.rst, "PID", "Memory".
 * Memory is frames that were made for its programs and their tables, and pages of files that were written in its own tmpfs; pages of image layers are their layer's. A frame that several of its programs share counts once.
 */
export class Cgroup {
  /** Absolute name, as /proc/PID/cgroup shows it. */
  readonly path: string;
  /** The group above, whose limits hold as well. */
  readonly parent: Cgroup | undefined;
  /** Whom frames are charged to in the ledger. */
  readonly owner: OwnerId;
  /** Can be changed at any time; what is used already stays. */
  limits: CgroupLimits;
  /** Tasks in it and below: pids.current. */
  tasks = 0;
  /** Frames charged to it and below: memory.current / 4096. */
  frames = 0;
  /** Most frames at once. */
  peakFrames = 0;
  /** Tasks that memory.max ended. */
  outOfMemory = 0;
  /** Forks that pids.max refused. */
  refusedForks = 0;
  /** What its own tasks have crossed, without those of groups below. */
  readonly counts: Counts = newCounts();

  constructor(path: string, parent: Cgroup | undefined, owner: OwnerId, limits: CgroupLimits = {}) {
    this.path = path;
    this.parent = parent;
    this.owner = owner;
    this.limits = limits;
  }
  /** The group whose limit forbids one more task. */
  refusesTask(): Cgroup | undefined {
    return this.tasks >= (this.limits.tasks ?? Number.POSITIVE_INFINITY) ? this : this.parent?.refusesTask();
  }
  /** Counts tasks that came or (negative) went. */
  countTask(change: 1 | -1): void {
    this.tasks += change;
    this.parent?.countTask(change);
  }
  /** Whether one more frame is allowed here and above. */
  admitsFrame(): boolean {
    return (this.frames + 1) * FRAME_BYTES <= (this.limits.memory ?? Number.POSITIVE_INFINITY) && (this.parent?.admitsFrame() ?? true);
  }
  /** Counts a frame that came or (negative) went. */
  countFrame(change: number): void {
    this.frames += change;
    if (this.frames > this.peakFrames) this.peakFrames = this.frames;
    this.parent?.countFrame(change);
  }
}

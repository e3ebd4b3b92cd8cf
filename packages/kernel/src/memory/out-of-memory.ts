import { SIGKILL, SI_KERNEL } from "@ringzero/linux-abi";
import type { Kernel } from "../kernel.ts";
import { forceSignal } from "../signals/send.ts";
import { endGroup } from "../task/exit.ts";
import type { Task } from "../task/task.ts";
import type { AddressSpace } from "./address-space.ts";

/**
 * Ends whoever has the most memory of a control group whose limit is reached, or of all where the machine has none left. Linux, mm/oom_kill.c:out_of_memory(),
 * oom_badness(). The task that runs now ends at its way back to the program, any other at once.
 *
 * @returns whether it is worth trying again: false where the task that runs is the one to end
 */
export function makeRoom(kernel: Kernel, { cgroup }: AddressSpace): boolean {
  const limited = !cgroup.admitsFrame(), { current } = kernel;
  let victim: Task | undefined, most = 0;
  for (const group of kernel.groups.values()) {
    const [task] = group.tasks;
    if (!task || group.ending !== undefined || (limited && task.cgroup !== cgroup)) continue;
    const frames = task.space.residentFrames();
    if (frames > most) [victim, most] = [task, frames];
  }
  if (!victim) return false;
  victim.cgroup.outOfMemory++;
  kernel.cgroupEvent(victim.cgroup, "memory", `out of memory: ${victim.name} is killed`);
  if (current && victim.group === current.group) {
    forceSignal(current, SIGKILL, SI_KERNEL, 0);
    return false;
  }
  endGroup(victim, SIGKILL);
  return current === undefined || current.state !== "dead";
}

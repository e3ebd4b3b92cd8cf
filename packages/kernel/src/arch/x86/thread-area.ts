import { ARCH_GET_FS, ARCH_GET_GS, ARCH_SET_FS, ARCH_SET_GS, EINVAL, EPERM, ESRCH, user_desc } from "@ringzero/linux-abi";
import { SREG } from "@ringzero/x86";
import type { Task } from "../../task/task.ts";
import type { Abi } from "./abi.ts";
import { ATTRIBUTES, descriptorWords, isEmptyDescription, TLS_COUNT, TLS_FIRST } from "./descriptors.ts";

const DESCRIPTION = user_desc.for("i386");
const UNCHOSEN = 0xffff_ffff;

/** set_thread_area(2): a thread-local descriptor of an i386 program. Linux, arch/x86/kernel/tls.c:do_set_thread_area(). */
export function setThreadArea(task: Task, address: number): number {
  const d = DESCRIPTION.get(task.memory.bytes(address, DESCRIPTION.size));
  let entry = d.entry_number;
  if (entry === UNCHOSEN) {
    const free = [0, 1, 2].find((n) => task.cpu.descriptors[n * 2] === 0 && task.cpu.descriptors[n * 2 + 1] === 0);
    if (free === undefined) throw ESRCH;
    entry = TLS_FIRST + free;
    task.memory.setU32(address + DESCRIPTION.offsets.entry_number, entry);
  }
  const index = entry - TLS_FIRST;
  if (!(index >= 0 && index < TLS_COUNT)) throw EINVAL;
  task.cpu.descriptors.set(isEmptyDescription(d.base_addr, d.limit, d.bits) ? [0, 0] : descriptorWords(d.base_addr, d.limit, d.bits), index * 2);
  task.kernel.cpu.changed(task.cpu);
  return 0;
}
/** The `tls` argument of clone(2): a user_desc on i386, the base of FS on x86-64. */
export function setThreadLocal(task: Task, abi: Abi, value: number): void {
  if (abi === "i386") {
    setThreadArea(task, value);
    return;
  }
  setBase(task, SREG.fs, value);
}
/** arch_prctl(2). */
export function archPrctl(task: Task, code: number, address: number): number {
  switch (code) {
    case ARCH_SET_FS: case ARCH_SET_GS:
      if (!(address < task.space.layout.limit)) throw EPERM;
      setBase(task, code === ARCH_SET_FS ? SREG.fs : SREG.gs, address);
      return 0;
    case ARCH_GET_FS: case ARCH_GET_GS:
      task.memory.setU64(address, task.registers.segmentBase(code === ARCH_GET_FS ? SREG.fs : SREG.gs));
      return 0;
    default: throw EINVAL;
  }
}
function setBase(task: Task, segment: number, base: number): void {
  // In 64-bit mode only the base of FS and GS counts.
  task.registers.setSegment(segment, 0, base, 0, ATTRIBUTES.unusable);
  task.kernel.cpu.changed(task.cpu);
}

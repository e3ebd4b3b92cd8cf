import { EACCES, ELOOP, ENOEXEC, O_RDONLY, PROT_READ, PROT_WRITE, RLIMIT_STACK } from "@ringzero/linux-abi";
import { BytesBuffer, MAY_EXEC, openFile, permits, stringOf, type FileDescription, type Path } from "@ringzero/vfs";
import { startProgram } from "../arch/x86/process-cpu.ts";
import { AddressSpace } from "../memory/address-space.ts";
import type { Task } from "../task/task.ts";
import { extent, mapElf, readElf, type ElfImage } from "./elf.ts";
import { buildStack, type ProgramArguments } from "./stack.ts";

/** CPUID 1 EDX of every x86-64: AT_HWCAP tells programs of i386 what they have. */
const CAPABILITIES = 0x078b_fbff;

/**
 * Replaces a task's program: Linux's fs/exec.c:do_execveat_common(). Throws before anything of the old program is gone, or not at all.
 *
 * @param from where a relative path begins
 */
export function exec(task: Task, from: Path, program: ProgramArguments): void {
  const { kernel } = task;
  let { path } = program, args = [...program.arguments], file = openExecutable(task, from, path);
  for (let depth = 0; ; depth++) {
    const interpreter = scriptInterpreter(task, file);
    if (!interpreter) break;
    if (depth === 4) throw ELOOP;
    // The interpreter gets the script's path in place of its name. Linux, fs/binfmt_script.c.
    args = [interpreter.path, ...(interpreter.argument === undefined ? [] : [interpreter.argument]), path, ...args.slice(1)];
    path = interpreter.path;
    file = openExecutable(task, from, path);
  }
  file.reference();
  try {
    const image = readElf(file, kernel.machine.views);
    const space = new AddressSpace(kernel.memoryContext, image.abi, task.space.cgroup);
    try {
      const start = load(task, space, image, file, { ...program, path, arguments: args });
      kernel.beginProgram(task, space, file.path!, program.path);
      startProgram(task.registers, image.abi, start.entry, start.pointer);
      task.cpu.descriptors.fill(0);
      kernel.cpu.changed(task.cpu);
    } catch (error) {
      if (task.space !== space) space.leave();
      throw error;
    }
  } finally {
    file.release();
  }
}

function load(task: Task, space: AddressSpace, image: ElfImage, file: FileDescription, program: ProgramArguments): { readonly entry: number; readonly pointer: number } {
  const { kernel } = task, memory = kernel.userMemory(space), { layout } = space;
  const base = image.movable ? layout.programBase : 0;
  const end = mapElf(space, memory, image, file, base);
  let entry = base + image.entry, linkerBase = 0;
  if (image.interpreter !== undefined) {
    const linkerFile = openExecutable(task, task.fs.cwd, image.interpreter).reference();
    try {
      const linker = readElf(linkerFile, kernel.machine.views);
      if (linker.abi !== image.abi) throw ENOEXEC;
      linkerBase = linker.movable ? space.findFree(extent(linker)) : 0;
      mapElf(space, memory, linker, linkerFile, linkerBase);
      entry = linkerBase + linker.entry;
    } finally {
      linkerFile.release();
    }
  }
  space.heapStart = space.heapEnd = end;
  const stackSize = Math.min(task.group.limits[RLIMIT_STACK]![0], 8 << 20);
  space.map({ start: layout.stackTop - stackSize, end: layout.stackTop, protection: PROT_READ | PROT_WRITE, shared: false, file: undefined, offset: 0, name: "[stack]" });
  const stack = buildStack(memory, layout.stackTop, program, { image, base, linkerBase, credentials: task.credentials, random: kernel.random(16), capabilities: CAPABILITIES });
  space.argumentsStart = stack.argumentsStart;
  space.argumentsEnd = stack.argumentsEnd;
  space.environmentEnd = stack.environmentEnd;
  return { entry, pointer: stack.pointer };
}

function openExecutable(task: Task, from: Path, path: string): FileDescription {
  const file = openFile(task.walk, from, path, O_RDONLY, 0, () => { throw EACCES; });
  if (!file.inode.isRegular || !permits(file.inode, task.credentials, MAY_EXEC)) throw EACCES;
  return file;
}
const HASH = 0x23, EXCLAMATION_MARK = 0x21;
/** The first line of a script that names its interpreter. */
function scriptInterpreter(task: Task, file: FileDescription): { readonly path: string; readonly argument: string | undefined } | undefined {
  const start = new Uint8Array(256), n = file.readAt(new BytesBuffer(start, task.kernel.machine.views), 0);
  if (n < 2 || start[0] !== HASH || start[1] !== EXCLAMATION_MARK) return undefined;
  const text = stringOf(start.subarray(0, n));
  const match = /^#![ \t]*([^ \t\n]+)(?:[ \t]+([^\n]*?))?[ \t]*(?:\n|$)/.exec(text);
  if (!match) throw ENOEXEC;
  return { path: match[1]!, argument: match[2] || undefined };
}

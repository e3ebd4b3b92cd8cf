import { virtualHost } from "@ringzero/host/virtual";
import { Kernel, populate, type FileContents } from "@ringzero/kernel";
import { O_RDONLY, O_WRONLY } from "@ringzero/linux-abi";
import { Machine } from "@ringzero/machine";

/** What a kernel holds between two rounds. */
export interface ChurnFigures {
  /** Programs started and ended so far. */
  readonly programs: number;
  /** Frames in use of the whole machine. */
  readonly frames: number;
  /** Bytes of decoded code. */
  readonly code: number;
  /** Bytes of JavaScript's heap, after a collection where one can be asked for (`--expose-gc`). */
  readonly heap: number;
  /** Tasks and processes that the kernel still knows. */
  readonly tasks: number;
}

/** In each turn of the loop four programs: two that do nothing, and two of a pipe. */
const PROGRAMS = 4;
const script = (turns: number): string => `i=0; while [ $i -lt ${turns} ]; do /bin/true; /bin/busybox true; echo $i | /bin/busybox cat > /dev/null; i=$((i+1)); done`;

/** Starts and ends programs on one kernel, by a busybox shell, and tells after each round of `round` programs (a multiple of four) what is held. */
export async function* churn(busybox: Uint8Array, engine: "interpreter" | "jit", programs: number, round: number): AsyncGenerator<ChurnFigures> {
  const machine = await Machine.create(virtualHost(), { memory: 256 << 20, shared: false }), kernel = new Kernel(machine, { engine });
  const files: { readonly [path: string]: FileContents } = { "/bin/busybox": busybox, "/bin/true": { link: "busybox" }, "/bin/sh": { link: "busybox" } };
  populate(kernel, files);
  for (let done = 0; done < programs;) {
    const stdin = kernel.stream(O_RDONLY), errors: string[] = [], out = () => kernel.stream(O_WRONLY, (bytes) => { errors.push(new TextDecoder().decode(bytes)); });
    stdin.end();
    const group = kernel.spawn({ path: "/bin/busybox", arguments: ["sh", "-c", script(round / PROGRAMS)], environment: ["PATH=/bin"], files: [stdin, out(), out()] }), { kind } = kernel.run();
    if (kind !== "finished" || group.exitStatus !== 0 || errors.length > 0) throw new Error(`The programs did not end well: ${kind}, status ${group.exitStatus ?? "none"}. ${errors.join("")}`);
    done += round;
    (globalThis as { gc?: () => void }).gc?.();
    yield { programs: done, frames: machine.ledger().frames.inUse, code: kernel.cpu.vcpu.processor.core.code.bytes, heap: process.memoryUsage().heapUsed, tasks: kernel.tasks.size + kernel.groups.size };
  }
}

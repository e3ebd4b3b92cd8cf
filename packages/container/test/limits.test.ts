import { nodeHost } from "@ringzero/host/node";
import { Machine } from "@ringzero/machine";
import { beforeEach, describe, expect, test } from "vitest";
import { Runtime, type Container } from "../src/index.ts";
import { busybox, busyboxLayer } from "./image.ts";
import { listen, run } from "./run.ts";

/** Work whose result shows that nobody has touched it. */
const CHECKSUM = "i=0; while [ $i -lt 12 ]; do i=$((i+1)); seq 1 2000 | md5sum; done | sort -u";

describe.each(["amd64", "i386"] as const)("containers of %s beside each other", (abi) => {
  const program = busybox(abi);
  let runtime: Runtime, machine: Machine;
  beforeEach(async () => {
    machine = await Machine.create(nodeHost(), { memory: 96 << 20, shared: false });
    runtime = await Runtime.create(machine, { seed: 1, date: 0 });
    if (program) runtime.addImage("busybox", { layers: [busyboxLayer(program)], config: { command: ["sh"] } });
  });
  /** Runs a worker that computes checksums beside a container that misbehaves. */
  async function beside(args: readonly string[], limits: { readonly memory?: number; readonly pids?: number }): Promise<{ readonly bad: Container; readonly text: string; readonly code: number }> {
    const worker = await runtime.create({ image: "busybox", args: ["sh", "-c", CHECKSUM] }), bad = await runtime.create({ image: "busybox", args, ...limits }), output = listen(worker.init), text = listen(bad.init);
    await runtime.pause();
    await Promise.all([bad.start(), worker.start()]);
    runtime.resume();
    expect([await worker.wait(), output()]).toEqual([0, "e84f1f2b1f3ac1b9f8fc8e2df9b2ce0b  -\n".replace(/^\w+/, reference)]);
    return { bad, code: bad.init.exitCode ?? -1, text: text() };
  }
  let reference = "";
  beforeEach(async () => {
    if (program && reference === "") reference = (await run(runtime, { args: ["sh", "-c", "seq 1 2000 | md5sum"] })).text.slice(0, 32);
  });

  test.skipIf(!program)("a fork bomb is held at pids.max, and everybody else goes on", async () => {
    const { bad } = await beside(["sh", "-c", "bomb() { bomb | bomb & }; bomb; sleep 1000"], { pids: 20 });
    const { tasks, refusedForks, state } = bad.view();
    expect([tasks <= 20, refusedForks > 0, state.status]).toEqual([true, true, "running"]);
    await bad.delete(true);
    expect(runtime.kernel.tasks.size).toBe(0);
  });
  test.skipIf(!program)("a program that takes all memory is ended at memory.max, and nobody else", async () => {
    const { bad } = await beside(["sh", "-c", "x=0123456789abcdef; while :; do x=$x$x; done"], { memory: 4 << 20 });
    expect([await bad.wait(), bad.state().outOfMemory, bad.view().peakFrames <= 1024]).toEqual([137, true, true]);
  });
  test.skipIf(!program)("memory that runs out in a system call ends the program, it gets no wrong error", async () => {
    const { code, text } = await run(runtime, { memory: 4 << 20, args: ["sh", "-c", "dd if=/dev/zero of=/dev/null bs=16M count=1 2>&1; echo $?"] });
    // dd has more memory than its shell, so it is the one to end.
    expect([code, text]).toEqual([0, "Killed\n137\n"]);
  });
  test.skipIf(!program)("files that a container writes count: whoever fills them up is ended, and removing them makes room", async () => {
    const { code, text } = await run(runtime, { memory: 4 << 20, args: ["sh", "-c", "cat /dev/zero > /big; echo $?; rm /big; dd if=/dev/zero of=/small bs=64k count=32 2>/dev/null; stat -c %s /small"] });
    expect([code, text]).toEqual([0, expect.stringMatching(/^(Killed\n137|cat: write error: No space left on device\n1)\n2097152\n$/)]);
  });
  test.skipIf(!program)("each sees its own processes, mounts and names", async () => {
    const other = await runtime.create({ image: "busybox", name: "other", hostname: "secret", args: ["sleep", "1000"] });
    await other.start();
    const { text } = await run(runtime, { hostname: "mine", args: ["sh", "-c", "hostname; ps -o pid,args; mkdir /m; mount -t tmpfs mine /m; mount | grep -c /m; ls /proc | grep -c '^[0-9]'; kill -9 2 3 4 5 2>/dev/null; hostname changed; hostname"] });
    expect(text.split("\n")).toEqual(["mine", "PID   COMMAND", expect.stringMatching(/^ +1 sh -c/), expect.stringMatching(/^ +\d+ {ps} sh -c/), "1", expect.stringMatching(/^[23]$/), "changed", ""]);
    expect(text).not.toContain("sleep");
    const look = await other.exec({ args: ["sh", "-c", "hostname; ls -d /m 2>&1; mount | grep -c /m"] }), seen = listen(look);
    await look.exited;
    expect([seen(), other.state().status]).toEqual(["secret\nls: /m: No such file or directory\n0\n", "running"]);
    await other.delete(true);
  });
});

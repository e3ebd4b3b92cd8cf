import { O_RDONLY, O_WRONLY, SIGKILL } from "@ringzero/linux-abi";
import { Overlayfs } from "@ringzero/vfs";
import { expect, test } from "vitest";
import { sendToGroup, userSignal, type Kernel, type Program } from "../src/index.ts";
import { boot, busybox } from "./run-program.ts";

const program = busybox("amd64");

/** Starts a shell script; `output` fills as it runs. */
function start(kernel: Kernel, script: string, more: Partial<Program> = {}): { group: ReturnType<Kernel["spawn"]>; output: () => string } {
  let text = "";
  const stdin = kernel.stream(O_RDONLY), out = kernel.stream(O_WRONLY, (bytes) => { text += Buffer.from(bytes).toString("latin1"); });
  stdin.end();
  const group = kernel.spawn({ path: "/bin/busybox", arguments: ["sh", "-c", script], environment: ["PATH=/bin"], files: [stdin, out, out], ...more });
  return { group, output: () => text };
}
/** A root directory over the kernel's own, with an upper layer to itself. */
function overlay(kernel: Kernel): Overlayfs {
  return new Overlayfs({ lower: [kernel.namespace.root.fileSystem.root], upper: kernel.newTmpfs().root, memory: kernel.machine.views, device: kernel.nextDevice(), now: () => kernel.now() });
}

test.skipIf(!program)("two containers over one layer see neither each other's files nor processes", async () => {
  const kernel = await boot(program!, { "/etc/motd": { bytes: Buffer.from("shared\n"), mode: 0o644 } });
  const script = (name: string): string => `hostname; echo $$; cat /etc/motd; echo ${name} > /etc/motd; cat /etc/motd; sleep 1; ls -d /proc/[0-9]* | wc -l; kill -0 2 2>/dev/null; echo $?`;
  const a = start(kernel, script("one"), { container: { root: overlay(kernel), hostName: "a" } }), b = start(kernel, script("two"), { container: { root: overlay(kernel), hostName: "b" } });
  expect(kernel.run(1e9)).toEqual({ kind: "finished" });
  // Three processes while it looks: the shell, ls and wc; no second one afterwards.
  expect(a.output().split("\n")).toEqual(["a", "1", "shared", "one", "3", "1", ""]);
  expect(b.output().split("\n")).toEqual(["b", "1", "shared", "two", "3", "1", ""]);
  const after = start(kernel, "cat /etc/motd; hostname");
  kernel.run(1e9);
  expect(after.output()).toBe("shared\nringzero\n");
});

test.skipIf(!program)("a program joins the namespaces of another; with the first process all end", async () => {
  const kernel = await boot(program!), first = start(kernel, "echo here > /tmp/f; while :; do :; done", { container: { root: overlay(kernel), hostName: "c" } });
  kernel.run(3e6);
  const [task] = first.group.tasks;
  const second = start(kernel, "hostname; cat /tmp/f; echo $$; kill -9 1; echo $?; while :; do :; done", { inside: task! });
  kernel.run(2e7);
  // Signals of its own namespace reach the first process only where it has a handler. pid_namespaces(7).
  expect(second.output()).toMatch(/^c\nhere\n2\n0\n/);
  expect([first.group.exitStatus, second.group.exitStatus]).toEqual([undefined, undefined]);
  sendToGroup(first.group, userSignal(SIGKILL, 0, 0));
  expect(kernel.run(1e8)).toEqual({ kind: "finished" });
  expect([first.group.exitStatus, second.group.exitStatus]).toEqual([SIGKILL, SIGKILL]);
});

test.skipIf(!program)("processes share the frames of one program's file", async () => {
  const kernel = await boot(program!), frames = (): number => kernel.machine.ledger().owners.find((o) => o.id === kernel.owner.id)!.private;
  const empty = frames(), one = start(kernel, "while :; do :; done");
  kernel.run(3e6);
  const with1 = frames() - empty;
  for (let i = 0; i < 4; i++) start(kernel, "while :; do :; done");
  kernel.run(2e7);
  const with5 = frames() - empty;
  expect(one.group.exitStatus).toBeUndefined();
  // The text of busybox is about 400 frames; each shell has a few dozen of its own.
  expect(with5).toBeLessThan(with1 + 4 * 60);
  kernel.kill();
  expect(kernel.tasks.size).toBe(0);
});

test.skipIf(!program)("limits of a container hold it and nobody else", async () => {
  const kernel = await boot(program!), files = kernel.cgroup.frames, limits = { tasks: 4, memory: 3 << 20 };
  const forks = start(kernel, "for i in 1 2 3 4 5 6; do sleep 1 & done; wait; echo done", { container: { root: overlay(kernel), name: "forks", limits } });
  const eats = start(kernel, "x=0123456789abcdef; while :; do x=$x$x; done", { container: { root: overlay(kernel), name: "eats", limits } });
  const free = start(kernel, "for i in 1 2 3 4 5 6; do sleep 1 & done; wait; echo done", { container: { root: overlay(kernel) } });
  const [task] = eats.group.tasks, { cgroup } = task!;
  expect(kernel.run(2e9)).toEqual({ kind: "finished" });
  expect(forks.output()).toMatch(/can't fork: Resource temporarily unavailable/);
  expect(free.output()).toBe("done\n");
  expect([eats.group.exitStatus, cgroup.outOfMemory, cgroup.frames, cgroup.tasks, kernel.cgroup.tasks, kernel.cgroup.frames]).toEqual([SIGKILL, 1, 0, 0, 0, files]);
  expect(cgroup.peakFrames * 4096).toBeLessThanOrEqual(limits.memory);
  expect(cgroup.peakFrames * 4096).toBeGreaterThan(limits.memory / 2);
});
test.skipIf(!program)("the ledger says what a container has for itself", async () => {
  const kernel = await boot(program!);
  start(kernel, "while :; do :; done", { container: { root: overlay(kernel), name: "web" } });
  kernel.run(3e6);
  const web = kernel.machine.ledger().owners.find((o) => o.name === "web")!, [task] = kernel.tasks.values();
  expect(web.kind).toBe("container");
  expect(web.private).toBe(task!.cgroup.frames);
  expect(web.shared).toBeGreaterThan(20);
  kernel.kill();
  expect(kernel.machine.ledger().owners.find((o) => o.name === "web")!.references).toBe(0);
  kernel.removeCgroup(task!.cgroup);
  expect(kernel.machine.ledger().owners.map((o) => o.name)).not.toContain("web");
});
test.skipIf(!program)("a container has a terminal of its own", async () => {
  const kernel = await boot(program!), terminal = kernel.newTerminal("pts 0");
  let shown = "", ended = -1;
  terminal.onOutput = (bytes) => { shown += Buffer.from(bytes).toString("latin1"); };
  const group = kernel.spawn({ path: "/bin/sh", arguments: ["sh"], environment: ["PATH=/bin", "PS1=# "], container: { root: overlay(kernel), hostName: "t" }, terminal });
  group.onEnd = (status) => { ended = status; };
  expect(kernel.run(1e8).kind).toBe("stalled");
  terminal.type(Buffer.from("hostname; echo to > /dev/tty; exit 3\r"));
  expect(kernel.run(1e8).kind).toBe("finished");
  expect(shown.replaceAll("\x1b[6n", "")).toMatch(/# hostname; echo to > \/dev\/tty; exit 3\r\nt\r\nto\r\n$/);
  expect(ended).toBe(3 << 8);
});

test.skipIf(!program)("where the first program has ended, the next one starts others", async () => {
  const kernel = await boot(program!), first = start(kernel, "echo one | cat");
  kernel.run(1e9);
  const second = start(kernel, "echo two | cat");
  expect(kernel.run(1e9)).toEqual({ kind: "finished" });
  expect([first.output(), second.output()]).toEqual(["one\n", "two\n"]);
});

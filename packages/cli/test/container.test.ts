import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { hasBusybox, Home } from "./home.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test("our own programs need no packages: streams and statuses pass through", async () => {
  await using home = new Home();
  expect(await home.run(["run", "--rm", "ringzero/own", "hello"])).toMatchObject({ status: 0, err: "" });
  expect((await home.run(["run", "--rm", "-i", "ringzero/own", "cat"], { input: "as it came\n" })).out).toBe("as it came\n");
  expect((await home.run(["run", "--rm", "-e", "A=1", "-e", "HERE", "-e", "NOT_HERE", "ringzero/own", "env"], { env: { HERE: "from the shell" } })).out.split("\n")).toEqual(expect.arrayContaining(["env A=1", "env HERE=from the shell"]));
  expect((await home.run(["run", "--rm", "ringzero/own", "nosuch"])).status).toBe(127);
  expect((await home.run(["ps", "-aq"])).out).toBe("");
});

describe.skipIf(!hasBusybox)("with busybox", () => {
  test("exit statuses are docker's", async () => {
    await using home = new Home();
    const status = async (...args: string[]): Promise<number | null> => (await home.run(["run", "--rm", ...args])).status;
    expect(await status("busybox", "true")).toBe(0);
    expect(await status("busybox", "sh", "-c", "exit 3")).toBe(3);
    expect(await status("busybox", "sh", "-c", "kill -9 $$; sleep 1; exit 5")).toBe(5);
    expect(await status("busybox", "nosuch")).toBe(127);
    expect(await status("busybox", "/etc")).toBe(126);
    expect(await status("nosuch", "true")).toBe(125);
    expect(await status("--memory", "much", "busybox", "true")).toBe(125);
  });
  test("standard streams apart, environment, directory, user, host name, platform", async () => {
    await using home = new Home();
    const both = await home.run(["run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2"]);
    expect([both.out, both.err]).toEqual(["out\n", "err\n"]);
    const all = await home.run(["run", "--rm", "-e", "A=b c", "-w", "/tmp", "-u", "1000:1000", "--hostname", "box", "--platform", "linux/386", "busybox", "sh", "-c", "echo $A; pwd; id -u; hostname"]);
    expect(all.out).toBe("b c\n/tmp\n1000\nbox\n");
    // EI_CLASS of elf(5): 1 = 32 bits, 2 = 64 bits.
    const elfClass = async (platform: string): Promise<string> => (await home.run(["run", "--rm", "--platform", platform, "busybox", "sh", "-c", "head -c 5 /proc/self/exe | tail -c 1 | od -An -tu1"])).out.trim();
    expect([await elfClass("linux/386"), await elfClass("linux/amd64")]).toEqual(["1", "2"]);
  });
  test("directories of this computer inside, and as the root", async () => {
    await using home = new Home();
    home.file("there", "from outside\n");
    const run = (...args: string[]): ReturnType<Home["run"]> => home.run(["run", "--rm", ...args]);
    expect((await run("-v", "./:/data", "busybox", "sh", "-c", "cat /data/there; echo from inside > /data/back")).out).toBe("from outside\n");
    expect(readFileSync(join(home.directory, "back"), "utf8")).toBe("from inside\n");
    expect(await run("-v", `${home.directory}:/data:ro`, "busybox", "touch", "/data/x")).toMatchObject({ status: 1, err: "touch: /data/x: Read-only file system\n" });
    expect((await run("--read-only", "busybox", "touch", "/x")).err).toBe("touch: /x: Read-only file system\n");
    mkdirSync(join(home.directory, "root"));
    home.file("root/hello", readFileSync(home.guest("hello-amd64")));
    chmodSync(join(home.directory, "root/hello"), 0o755);
    expect(await run("--rootfs", "root", "/hello")).toMatchObject({ status: 0, err: "" });
  });
  test("limits: a fork bomb and a memory hog end, and others do not notice", async () => {
    await using home = new Home();
    const other = home.start(["run", "--rm", "-i", "busybox", "sha256sum"]), bytes = randomBytes(2_000_000);
    other.child.stdin!.write(bytes.subarray(0, 1_000_000));
    const bomb = await home.run(["run", "--rm", "--pids-limit", "6", "busybox", "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait"]);
    expect([bomb.status, bomb.err]).toEqual([2, expect.stringContaining("can't fork")]);
    expect((await home.run(["run", "--rm", "-m", "3m", "busybox", "sh", "-c", "a=x; while :; do a=$a$a; done"])).status).toBe(137);
    other.child.stdin!.end(bytes.subarray(1_000_000));
    expect((await other.ended).out).toBe(`${sha256(bytes)}  -\n`);
  });
  test("ten million bytes through cat, in and out", async () => {
    await using home = new Home();
    const bytes = randomBytes(10_000_000), there = await home.run(["run", "--rm", "-i", "busybox", "sha256sum"], { input: bytes });
    expect(there.out).toBe(`${sha256(bytes)}  -\n`);
    const back = await home.run(["run", "--rm", "-i", "busybox", "cat"], { input: bytes });
    expect([back.status, sha256(back.bytes)]).toEqual([0, sha256(bytes)]);
  });
  test("two terminals, one kernel: what one starts the other sees", async () => {
    await using home = new Home();
    const first = home.start(["run", "--rm", "--name", "first", "-i", "busybox", "sh", "-c", "echo ready; cat"]), second = home.start(["run", "--rm", "--name", "second", "-i", "busybox", "sh", "-c", "echo ready; sleep 77; cat"]);
    await Promise.all([first.said("ready"), second.said("ready")]);
    const lines = (await home.run(["ps"])).out.split("\n");
    expect(lines[0]).toMatch(/^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +NAMES$/);
    expect(lines.slice(1).map((line) => line.split(/ {3,}/).at(-1)).filter(Boolean).sort()).toEqual(["first", "second"]);
    // Each sees only itself; the kernel is one.
    const inside = (await home.run(["exec", "first", "ps"])).out;
    expect(inside).toContain("cat");
    expect(inside).not.toContain("sleep 77");
    expect((JSON.parse((await home.run(["info", "--json"])).out) as { owners: { kind: string }[] }).owners.filter(({ kind }) => kind === "kernel").length).toBe(1);
    first.child.stdin!.end();
    expect((await first.ended).status).toBe(0);
    await home.run(["kill", "second"]);
    expect((await second.ended).status).toBe(137);
    expect((await home.run(["ps", "-aq"])).out).toBe("");
  });
  test("in the background: ps, logs, exec, attach, stop, wait, rm", async () => {
    await using home = new Home();
    const id = (await home.run(["run", "-d", "--name", "job", "busybox", "sh", "-c", "trap 'echo bye; exit 9' TERM; echo one; echo two >&2; while :; do sleep 1; done"])).out.trim();
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect((await home.run(["ps", "-q"])).out).toBe(`${id.slice(0, 12)}\n`);
    const logs = await home.run(["logs", "job"]);
    expect([logs.out, logs.err]).toEqual(["one\n", "two\n"]);
    expect((await home.run(["logs", "--tail", "1", "-t", id.slice(0, 5)])).err).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z two\n$/);
    expect((await home.run(["exec", "job", "sh", "-c", "echo in; exit 4"]))).toMatchObject({ status: 4, out: "in\n" });
    expect((await home.run(["exec", "job", "nosuch"])).status).toBe(127);
    const following = home.start(["logs", "-f", "job"]), waiting = home.start(["wait", "job"]);
    await following.said("one");
    expect((await home.run(["rm", "job"]))).toMatchObject({ status: 1, err: "ringzero: Container job is running: stop it first, or remove it with -f.\n" });
    expect((await home.run(["stop", "job"])).out).toBe("job\n");
    expect([(await following.ended).out, (await waiting.ended).out]).toEqual(["one\nbye\n", "9\n"]);
    expect((await home.run(["ps", "-a"])).out).toMatch(/job/);
    expect((await home.run(["ps", "-a"])).out).toMatch(/Exited \(9\) /);
    expect((await home.run(["rm", "job"])).out).toBe("job\n");
    expect((await home.run(["logs", "job"]))).toMatchObject({ status: 1, err: "ringzero: No such container: job.\n" });
  });
  test("a terminal: its size, job control, the detach keys, and back", async () => {
    await using home = new Home();
    const run = home.onTerminal(["run", "-it", "--name", "shell", "busybox"]);
    await run.said("# ");
    run.type("stty size; sleep 50\r");
    await run.said(/\d+ \d+\r/);
    run.type("\u0003");
    run.type("echo status $?\r");
    await run.said("status 130");
    run.type("\u0010\u0011");
    expect((await run.ended).status).toBe(0);
    expect((await home.run(["ps", "-q"])).out).toMatch(/^[0-9a-f]{12}\n$/);
    const back = home.onTerminal(["attach", "shell"]);
    await home.run(["exec", "shell", "true"]);
    back.type("echo $((6*7)); exit 6\r");
    expect((await back.ended)).toMatchObject({ status: 6, out: expect.stringContaining("42") as unknown });
  });
  test("signals go to the program; without a handler the first process of a container has none", async () => {
    await using home = new Home();
    const run = home.start(["run", "--rm", "busybox", "sh", "-c", "trap 'echo heard; exit 3' INT; echo ready; while :; do sleep 1; done"]);
    await run.said("ready");
    run.child.kill("SIGINT");
    expect(await run.ended).toMatchObject({ status: 3, out: "ready\nheard\n" });
  });
  test("a killed command leaves its container, as docker's does", async () => {
    await using home = new Home();
    const run = home.start(["run", "--rm", "--name", "left", "busybox", "sh", "-c", "echo ready; sleep 1000"]);
    await run.said("ready");
    run.child.kill("SIGKILL");
    await run.ended;
    expect((await home.run(["ps"])).out).toContain("left");
    expect((await home.run(["kill", "left"])).out).toBe("left\n");
    // --rm is the machine's work, not the command's.
    expect((await home.run(["ps", "-aq"])).out).toBe("");
  });
  test("a machine that is killed: a sentence and 125 in each client", async () => {
    await using home = new Home();
    const runs = [home.start(["run", "busybox", "sh", "-c", "echo ready; sleep 1000"]), home.start(["run", "-i", "busybox", "sh", "-c", "echo ready; cat"])];
    for (const run of runs) await run.said("ready");
    process.kill((await home.pid())!, "SIGKILL");
    for (const run of runs) expect(await run.ended).toMatchObject({ status: 125, err: "ringzero: The machine has ended unexpectedly, and all virtual machines and containers with it.\n" });
    expect((await home.run(["ps", "-aq"])).out).toBe("");
  });
  test("a program waits for a reader that does not read, and others do not", async () => {
    await using home = new Home();
    const run = home.start(["run", "--rm", "--name", "yes", "busybox", "yes"]), calls = async (): Promise<number> => (JSON.parse((await home.run(["stats", "--json"])).out) as { systemCalls: number }[])[0]!.systemCalls;
    await run.said("y\ny\n");
    run.child.stdout!.pause();
    let before = -1;
    await vi.waitUntil(async () => before === (before = await calls()), { timeout: 60_000 });
    expect((await home.run(["run", "--rm", "busybox", "echo", "here"])).out).toBe("here\n");
    expect(await calls()).toBe(before);
    run.child.stdout!.resume();
    await vi.waitUntil(async () => (await calls()) > before, { timeout: 60_000 });
    expect((await home.run(["rm", "-f", "yes"])).status).toBe(0);
  });
  test("a writer waits for a program that does not read", async () => {
    await using home = new Home();
    const run = home.start(["run", "--rm", "-i", "--name", "deaf", "busybox", "sh", "-c", "echo ready; sleep 1000"]);
    await run.said("ready");
    run.child.stdin!.write(new Uint8Array(20_000_000));
    for (let i = 0; i < 3; i++) expect((await home.run(["exec", "deaf", "true"])).status).toBe(0);
    expect(run.child.stdin!.writableLength).toBeGreaterThan(10_000_000);
    await home.run(["kill", "deaf"]);
    expect((await run.ended).status).toBe(137);
  });
  test("a reader that goes away", async () => {
    await using home = new Home();
    const run = home.start(["run", "--rm", "--name", "yes", "busybox", "yes"]);
    await run.said("y\ny\n");
    run.child.stdout!.destroy();
    await run.ended;
    expect((await home.run(["rm", "-f", "yes"])).status).toBe(0);
  });
});

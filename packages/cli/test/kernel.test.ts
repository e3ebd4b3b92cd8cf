import { expect, test, vi } from "vitest";
import { Home } from "./home.ts";

const LOST = "ringzero: The shared kernel has ended, and every container with it: Kernel panic - not syncing: a client asked for it.\n";

test("kernel panic: one sentence in each client of a container, no container afterwards, no virtual machine the worse for it; the next container boots a new kernel", async () => {
  await using home = new Home();
  const vm = (await home.run(["vm", "run", "-d", "--multiboot", home.guest("ring-tour")])).out.trim();
  const attached = home.start(["run", "ringzero/own", "clock"]);
  await attached.said(/\d/);
  const detached = (await home.run(["run", "-d", "--name", "second", "ringzero/own", "clock"])).out.trim();
  const clients = [attached, home.start(["logs", "-f", "second"]), home.start(["wait", detached]), home.start(["attach", "--no-stdin", "second"])];
  for (const client of [clients[1]!, clients[3]!]) await client.said(/\d/);
  // The one that waits says nothing before the end.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const panic = await home.run(["kernel", "panic", "--yes"]);
  expect([panic.status, panic.out, panic.err]).toEqual([0, "The shared kernel has panicked. All 2 containers died with it, and no virtual machine did.\n", ""]);
  for (const client of clients) {
    const ended = await client.ended;
    expect([ended.status === 0, ended.err]).toEqual([false, LOST]);
  }
  expect((await home.run(["ps", "-aq"])).out).toBe("");
  expect((await home.run(["vm", "ls", "-q"])).out).toBe(`${vm}\n`);
  expect((await home.run(["run", "--rm", "ringzero/own", "hello"])).out).toBe("Hello from amd64\n");
});
test("kernel panic wants to be confirmed, and a kernel", async () => {
  await using home = new Home();
  const panic = async (...args: string[]): Promise<readonly [number | null, string]> => {
    const { status, err } = await home.run(["kernel", "panic", ...args]);
    return [status, err];
  };
  expect(await panic("-y")).toEqual([1, "ringzero: There is no shared kernel to crash: no machine is running.\n"]);
  await home.run(["vm", "run", "-d", "--multiboot", home.guest("ring-tour")]);
  expect(await panic("-y")).toEqual([1, "ringzero: There is no shared kernel to crash: the first container boots one.\n"]);
  await home.run(["run", "-d", "--name", "kept", "ringzero/own", "clock"]);
  expect(await panic()).toEqual([125, "ringzero: This ends every container at once: confirm it with --yes.\n"]);
  for (const [answer, outcome] of [["n\r", "Nothing was done."], ["y\r", "The one container died with it"]] as const) {
    expect((await home.run(["ps"])).out).toContain("kept");
    const asked = home.onTerminal(["kernel", "panic"]);
    await asked.said("This ends the one running container at once, and no virtual machine. Crash the shared kernel? [y/N]");
    asked.type(answer);
    expect((await asked.ended).out).toContain(outcome);
  }
  await vi.waitUntil(async () => (await home.run(["ps", "-aq"])).out === "", { timeout: 20_000 });
});

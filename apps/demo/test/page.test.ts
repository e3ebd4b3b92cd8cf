import { expect, test } from "vitest";
import { PageDriver, ready } from "./page-driver.ts";

const can = await ready();

test.skipIf(!can)("both worlds in a page, as a person uses them: typing, crashes on either side, traps, counters", async () => {
  await using driver = await PageDriver.start(["--port", "0"]);
  for (const tile of ["linux", "busybox32", "busybox64"]) {
    await driver.state(tile, "running");
    await driver.shows(tile, /:~# $|:~#$/);
  }
  // Each answers in its own terminal.
  await driver.type("linux", "echo $((6*7)) $(uname -sm)");
  await driver.shows("linux", /^42 Linux i686$/m);
  await driver.type("busybox64", "echo $((6*7)) $(hostname) $(ps | grep -c sh)");
  await driver.shows("busybox64", /^42 busybox64 \d+$/m);
  await driver.type("busybox32", "uname -m; echo $$");
  await driver.shows("busybox32", /^1$/m);
  // The same counters on both sides.
  expect([await driver.counter("Kernels", "vm"), await driver.counter("Kernels", "container")]).toEqual(["1", "1"]);
  expect(await driver.counter("Time to prompt", "container")).toMatch(/\d (?:ms|s)$/);
  await expect.poll(() => driver.counter("Shared frames", "container")).toMatch(/[1-9].* (?:KiB|MiB)$/);
  await expect.poll(() => driver.counter("Exits · system calls", "container")).toMatch(/^[1-9]/);

  // A deprivileged kernel: what traps is listed.
  await driver.press("+ Deprivileged");
  await driver.shows("deprivileged", /tour over/);
  await expect.poll(() => driver.page.textContent(".traps")).toMatch(/lgdt/i);
  expect(await driver.text("deprivileged")).toContain("sensitive: MOV from CS reads 000b, ring 3");

  // One kernel of a virtual machine dies: that machine alone.
  await driver.press("Crash this kernel", "linux");
  await driver.state("linux", "crashed");
  await driver.type("busybox64", "echo still $((40+2))");
  await driver.shows("busybox64", /^still 42$/m);
  // The shared kernel dies: every container, and no virtual machine.
  await driver.press("Crash the shared kernel");
  await driver.state("busybox32", "crashed");
  await driver.state("busybox64", "crashed");
  expect(await driver.page.getAttribute('[data-tile="deprivileged"]', "data-state")).toBe("halted");
  // And both come back.
  await driver.press("Boot a new kernel");
  await driver.press("+ linux/386");
  await driver.shows("busybox32-2", /:~# ?$/);
  await driver.press("Start again", "linux");
  await driver.state("linux", "running");
  expect(driver.errors).toEqual([]);
}, 240_000);

// The page where things are not as they should be.
import { expect, test } from "vitest";
import { PageDriver, ready } from "./page-driver.ts";

const can = await ready(), PROMPT = /:~# ?$/;

/** Waits until tiles run and show a prompt. */
async function atPrompt(driver: PageDriver, ...tiles: readonly string[]): Promise<void> {
  for (const tile of tiles) {
    await driver.state(tile, "running");
    await driver.shows(tile, PROMPT);
  }
}
/** The sentences at the top of the page. */
async function notes(driver: PageDriver): Promise<string> { return (await driver.page.locator(".notes").allTextContents()).join("\n"); }
/** Throws where nobody catches, in a worker of the page whose module is called so. */
async function breakWorker(driver: PageDriver, module: string): Promise<void> {
  const worker = driver.page.workers().find((w) => w.url().includes(`/${module}`));
  if (!worker) throw new Error(`There is no worker ${module}: ${driver.page.workers().map((w) => w.url()).join(", ")}`);
  await worker.evaluate(() => { setTimeout(() => { throw new Error("broken by a test"); }); });
}

test.skipIf(!can)("without cross-origin isolation the whole machine runs on one worker, and the page says so", async () => {
  await using driver = await PageDriver.start(["--port", "0", "--not-isolated"]);
  expect(await driver.page.evaluate(() => globalThis.crossOriginIsolated)).toBe(false);
  await atPrompt(driver, "linux", "busybox32", "busybox64");
  expect(await notes(driver)).toMatch(/not cross-origin isolated.* the whole machine runs on one worker/);
  expect(driver.page.workers().length).toBe(1);
  await driver.type("linux", "echo $((6*7)) $(uname -m)");
  await driver.shows("linux", /^42 i686$/m);
  await driver.type("busybox64", "echo $((6*7)) $(hostname)");
  await driver.shows("busybox64", /^42 busybox64$/m);
  // Each side's kernel still dies alone.
  await driver.press("Crash the shared kernel");
  await driver.state("busybox32", "crashed");
  await driver.type("linux", "echo still $((40+2))");
  await driver.shows("linux", /^still 42$/m);
  expect(driver.errors).toEqual([]);
});

test.skipIf(!can)("a machine of a size that is refused is a smaller one, and the page says so", async () => {
  await using driver = await PageDriver.start(["--port", "0"], "?memory=9000");
  await atPrompt(driver, "linux");
  expect(await notes(driver)).toMatch(/A machine of 9000 MiB was refused: .*3584 MiB.* This one has 2250 MiB/);
  await driver.page.goto(`${driver.url}?memory=lots`);
  await driver.state("linux", "running");
  expect(await notes(driver)).toContain('"lots" is no size of a machine');
  await driver.page.goto(`${driver.url}?memory=128`);
  await atPrompt(driver, "busybox32");
  expect(driver.errors).toEqual([]);
});

test.skipIf(!can)("a virtual machine whose worker dies: its tile says so, its memory comes back, nobody else notices", async () => {
  await using driver = await PageDriver.start(["--port", "0"]);
  await atPrompt(driver, "linux", "busybox32", "busybox64");
  await expect.poll(() => driver.counter("Private frames", "vm")).toMatch(/[1-9].*MiB/);
  await breakWorker(driver, "vm-worker");
  await driver.state("linux", "crashed");
  expect(await driver.page.textContent('[data-tile="linux"] .tile-note')).toMatch(/broken by a test/);
  await expect.poll(() => driver.counter("Private frames", "vm"), { timeout: 10_000 }).toMatch(/^0(?:\D|$)/);
  await driver.type("busybox32", "echo still $((40+2))");
  await driver.shows("busybox32", /^still 42$/m);
  await driver.press("Start again", "linux");
  await atPrompt(driver, "linux");

  // The worker of the shared kernel: every container, and no virtual machine.
  await breakWorker(driver, "runtime-worker");
  await driver.state("busybox32", "crashed");
  await driver.state("busybox64", "crashed");
  await driver.type("linux", "echo still $((40+2))");
  await driver.shows("linux", /^still 42$/m);
  await driver.press("Boot a new kernel");
  await driver.press("+ linux/386");
  await atPrompt(driver, "busybox32-2");

  // The worker that holds the machine: the end, in a sentence.
  await breakWorker(driver, "holder-worker");
  await driver.state("linux", "crashed");
  expect(await notes(driver)).toMatch(/The machine's worker has ended: .*broken by a test.* Reload the page/);
  expect(driver.errors).toEqual([]);
});

test.skipIf(!can)("a page whose server was killed goes on, with what its browser has kept, and says what is wrong where it needs more", async () => {
  await using driver = await PageDriver.start(["--port", "0"]);
  await atPrompt(driver, "linux");
  const blobs = (): Promise<number> => driver.page.evaluate(async () => (await (await caches.open("ringzero-blobs")).keys()).length);
  await expect.poll(blobs, { timeout: 60_000 }).toBe(6);
  process.kill(driver.pid, "SIGKILL");
  await driver.type("linux", "echo still $((40+2))");
  await driver.shows("linux", /^still 42$/m);
  await driver.press("+ Linux");
  await atPrompt(driver, "linux-2");
  await driver.page.evaluate(async () => { for (const name of await caches.keys()) await caches.delete(name); });
  await driver.press("+ Linux");
  await driver.state("linux-3", "failed");
  expect(await driver.page.textContent('[data-tile="linux-3"] .tile-note')).toBe("The page's server does not answer. Start it again with npm start.");
});

test.skipIf(!can)("a browser whose storage is full", async () => {
  await using driver = await PageDriver.start(["--port", "0"]);
  const session = await driver.page.context().newCDPSession(driver.page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(driver.url).origin, quotaSize: 1 });
  await driver.page.reload();
  const kept = driver.page.evaluate(async () => {
    const out = await (await (await navigator.storage.getDirectory()).getFileHandle("probe", { create: true })).createWritable();
    await out.write(new Uint8Array(1 << 20));
    await out.close();
  });
  await expect(kept).rejects.toThrow(/quota/i);
  await atPrompt(driver, "linux", "busybox32", "busybox64");
  expect(driver.errors).toEqual([]);
});

// The page when its server is away: what the service worker has kept, and what it must not keep.
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { PageDriver, ready } from "./page-driver.ts";

const can = await ready(), PROMPT = /:~# ?$/;

/** Addresses in the browser's caches of this page: by cache, without the origin. */
async function kept(driver: PageDriver): Promise<{ readonly [cache: string]: readonly string[] }> {
  return await driver.page.evaluate(async () => Object.fromEntries(await Promise.all((await caches.keys()).map(async (name) => [name, (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)]))));
}
/** Waits until the whole build and all blobs are kept. */
async function copied(driver: PageDriver): Promise<void> {
  await expect.poll(async () => {
    const copy = await kept(driver), page = Object.keys(copy).find((name) => name.startsWith("ringzero-page-"));
    return [page !== undefined && copy[page]!.includes("/.complete"), copy["ringzero-blobs"]?.length];
  }, { timeout: 60_000 }).toEqual([true, 6]);
}
async function atPrompts(driver: PageDriver): Promise<void> {
  for (const tile of ["linux", "busybox32", "busybox64"]) {
    await driver.state(tile, "running");
    await driver.shows(tile, PROMPT);
  }
}
async function killServer(driver: PageDriver): Promise<void> {
  process.kill(driver.pid, "SIGKILL");
  await expect.poll(() => fetch(driver.url).then(() => "up", () => "down"), { timeout: 10_000 }).toBe("down");
}

test.skipIf(!can)("a reload without the server brings the kept copy, isolated and with Linux; with a server its answer, and another build replaces the copy", async () => {
  await using driver = await PageDriver.start(["--port", "0"]);
  await atPrompts(driver);
  await copied(driver);
  await killServer(driver);
  await driver.page.reload();
  expect(await driver.page.textContent(".notes")).toContain("The page's server is not running: this is the copy of it that your browser kept. Start it again with npm start, then reload.");
  expect(await driver.page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
  await atPrompts(driver);
  // The console that came with the snapshot ends in a prompt as well: the page says when Linux has answered.
  await expect.poll(() => driver.page.textContent(".boot-state"), { timeout: 60_000 }).toContain("restored from a snapshot");
  await driver.type("linux", "echo without $((40+2))");
  await driver.shows("linux", /^without 42$/m);

  // Whoever answers at the address now is believed: what is kept is for when nobody does.
  const manifest = { build: "another", files: ["/", "/index.html"], linux: undefined, images: [], missing: undefined };
  const other = createServer((request, response) => {
    response.setHeader("Content-Type", request.url === "/manifest.json" ? "application/json" : "text/html");
    response.end(request.url === "/manifest.json" ? JSON.stringify(manifest) : "<title>Another build</title>");
  });
  await new Promise<void>((resolve) => other.listen(Number(new URL(driver.url).port), "127.0.0.1", resolve));
  try {
    await driver.page.reload();
    expect(await driver.page.title()).toBe("Another build");
    await driver.page.evaluate(() => navigator.serviceWorker.controller!.postMessage("keep"));
    await expect.poll(() => kept(driver), { timeout: 10_000 }).toEqual({ "ringzero-page-another": ["/", "/index.html", "/manifest.json", "/.complete"], "ringzero-blobs": [] });
  } finally {
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  }
  await driver.page.reload();
  expect(await driver.page.title()).toBe("Another build");
  expect(driver.errors).toEqual([]);
}, 240_000);

test.skipIf(!can)("a reload without the server and without a copy says what to do", async () => {
  await using driver = await PageDriver.start(["--port", "0", "--own-guests"]);
  await driver.state("tour", "halted");
  await driver.page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated" && navigator.serviceWorker.controller !== null);
  await killServer(driver);
  await driver.page.evaluate(async () => { for (const name of await caches.keys()) await caches.delete(name); });
  await driver.page.reload();
  expect(await driver.page.textContent("[role=alert]")).toBe("The page's server is not running. Start it again with npm start in the checkout, then reload this page.");
}, 120_000);

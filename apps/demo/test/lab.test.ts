import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CHROMIUM, PageDriver } from "./page-driver.ts";

const lab = (name: string): string => fileURLToPath(new URL(`../../../docs/labs/01-ring-crossings/${name}`, import.meta.url));
if (CHROMIUM === undefined && process.env["REQUIRE_GUESTS"] === "1") throw new Error("There is no Chromium: install Debian's, or name one in CHROMIUM.");

test.skipIf(CHROMIUM === undefined)("the lab in the page: the starter is not yet an answer, a wrong one is told why, an endless one is ended, the solution passes; on guests of our own", async () => {
  await using driver = await PageDriver.start(["--port", "0", "--own-guests"]);
  const { page } = driver, result = page.locator(".lab [data-lab]"), grade = async (): Promise<string> => {
    await driver.press("Grade");
    await page.waitForSelector('.lab [data-lab="working"]');
    await page.waitForSelector('.lab [data-lab="graded"], .lab [data-lab="failed"]', { timeout: 110_000 });
    return (await result.textContent()) ?? "";
  };
  expect(await grade()).toMatch(/0 of 4 answered.*writes returns nothing yet/s);
  await page.fill(".lab textarea", "export default { writes(e: { busy: { container: { systemCalls: number } } }): number { return e.busy.container.systemCalls; } };");
  expect(await grade()).toMatch(/0 of 4 answered.*is not it. That includes the start and the end of the program.*There is no function vmCrossings/s);
  await page.fill(".lab textarea", "export default { writes() { for (;;); }, vmCrossings: () => 1 };");
  expect(await grade()).toMatch(/0 of 4 answered.*writes did not return within 10 s and was ended.*There is no function vmExits/s);
  await page.fill(".lab textarea", "export default {");
  await driver.press("Grade");
  await expect.poll(() => result.textContent(), { timeout: 30_000 }).toMatch(/^Your answers cannot be read/);
  await page.setInputFiles('.lab input[type="file"]', lab("solution.ts"));
  expect(await grade()).toMatch(/^All answered/);
  expect(driver.errors).toEqual([]);
}, 300_000);

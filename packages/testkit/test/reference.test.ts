import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { SYSTEM_CALLS } from "@ringzero/kernel";
import { expect, test } from "vitest";
import { REFERENCE_FOLDER, REFERENCE_PAGES } from "../src/docs/reference-pages.ts";
import { manPage } from "../src/docs/system-calls-page.ts";
import { undefinedFlagsPage } from "../src/docs/undefined-flags-page.ts";

test.each(REFERENCE_PAGES)("docs/reference/%s is what the descriptions say", async (file, make) => {
  const text = await make();
  if (process.env["RINGZERO_ACCEPT"] === "1") writeFileSync(new URL(file, REFERENCE_FOLDER), text);
  expect(readFileSync(new URL(file, REFERENCE_FOLDER), "utf8"), "run npm run accept -- packages/testkit/test/reference.test.ts").toBe(text);
});
test("undefined flags depend on the count where the manuals say so", () => {
  // SDM vol. 2B, "SAL/SAR/SHL/SHR—Shift": OF is defined for 1-bit shifts only, AF for none, CF not beyond the operand; a count of 0 changes no flag.
  const row = undefinedFlagsPage().split("\n").find((line) => /\bSHL\b.*\| 8 \|/.test(line));
  expect(row).toContain("| 0: none; 1: AF; 2–7: OF AF; 8–31: OF AF CF |");
});
const MANUAL = "/usr/share/man/man2";
test.skipIf(!existsSync(`${MANUAL}/futex.2.gz`))("each system call's man page exists", () => {
  const pages = SYSTEM_CALLS.map((call) => manPage(call.name)).filter((page) => page !== undefined);
  expect(pages.filter((page) => !existsSync(`${MANUAL}/${page}.2.gz`))).toEqual([]);
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { REFERENCE_FOLDER, REFERENCE_PAGES } from "../src/docs/reference-pages.ts";
import { undefinedFlagsPage } from "../src/docs/undefined-flags-page.ts";

test.each(REFERENCE_PAGES)("docs/reference/%s is what the descriptions say", (file, make) => {
  expect(readFileSync(new URL(file, REFERENCE_FOLDER), "utf8"), "run node packages/testkit/src/cli/reference.ts").toBe(make());
});
test("undefined flags depend on the count where the manuals say so", () => {
  // SDM vol. 2B, "SAL/SAR/SHL/SHR—Shift": OF is defined for 1-bit shifts only, AF for none, CF not beyond the operand; a count of 0 changes no flag.
  const row = undefinedFlagsPage().split("\n").find((line) => /\bSHL\b.*\| 8 \|/.test(line));
  expect(row).toContain("| 0: none; 1: AF; 2–7: OF AF; 8–31: OF AF CF |");
});

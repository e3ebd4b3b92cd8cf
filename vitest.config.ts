import { existsSync } from "node:fs";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { browserCommands } from "./scripts/browser-commands.ts";
import { TallyReporter } from "./scripts/tally-reporter.ts";

// `*.slow.test.ts` and `*.slow.browser.test.ts` run with `npm run test:slow` only; browser tests want a Chromium: Debian's, or the one that CHROMIUM names.
const slow = process.env["SLOW"] === "1";
const chromium = process.env["CHROMIUM"] ?? (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const browserFiles = "{packages,apps}/*/test/**/*.browser.test.ts";

export default defineConfig({
  test: {
    reporters: ["default", new TallyReporter()],
    projects: [
      {
        test: {
          name: "node",
          include: ["{packages,apps,scripts}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", browserFiles, ...(slow ? [] : ["**/*.slow.test.ts"])],
          testTimeout: slow ? 3_600_000 : 120_000,
          hookTimeout: 120_000,
        },
      },
      ...(chromium ? [{
        server: { headers: isolation },
        test: {
          name: "browser",
          include: [browserFiles],
          exclude: ["**/node_modules/**", "**/dist/**", ...(slow ? [] : ["**/*.slow.browser.test.ts"])],
          env: { REQUIRE_GUESTS: process.env["REQUIRE_GUESTS"] ?? "" },
          ...(slow ? { testTimeout: 3_600_000 } : {}),
          browser: {
            enabled: true, headless: true, screenshotFailures: false, commands: browserCommands,
            provider: playwright({ launchOptions: { executablePath: chromium, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] } }),
            instances: [{ browser: "chromium" as const }],
          },
        },
      }] : []),
    ],
  },
});

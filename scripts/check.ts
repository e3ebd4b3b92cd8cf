// What `npm test` and `npm run test:slow` do: lint, types, import rules, then every test; the last line is the tally.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const slow = process.argv.includes("--slow");
const steps: readonly (readonly [string, ...string[]])[] = [
  ["oxlint", "--quiet"],
  ["tsc", "-b", ...readdirSync("packages").filter((p) => existsSync(`packages/${p}/tsconfig.json`)).map((p) => `packages/${p}`), "apps/demo"],
  ["node", "scripts/check-imports.ts"],
  // Every public name is documented: typedoc's warnings are errors.
  ["pnpm", "--silent", "--dir", "docs", "exec", "typedoc", "--logLevel", "Warn"],
  ["vitest", "run"],
];
// Guests first: minutes at most, once. Without them (no apt, no network) the tests that need one are skipped by name, or fail where they are required.
console.log("> node scripts/guests.ts prepare");
const guests = spawnSync("node", ["scripts/guests.ts", "prepare"], { stdio: ["ignore", "inherit", "pipe"], encoding: "utf8", timeout: 240_000 });
if (guests.status !== 0) {
  const why = guests.stderr.split("\n").find((line) => /Error/.test(line)) ?? "not ready after four minutes";
  console.log(`No guests of Debian's packages (${why.trim()}): tests that need one are ${slow ? "failures" : "skipped"}.`);
}
for (const [command, ...args] of steps) {
  console.log(`> ${[command, ...args].join(" ")}`);
  const { status } = spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...(slow ? { SLOW: "1", REQUIRE_GUESTS: "1" } : {}) } });
  if (status !== 0) process.exit(status ?? 1);
}

// What `npm test` and `npm run test:slow` do: lint, types, import rules, then every test; the last line is the tally.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const slow = process.argv.includes("--slow");
const steps: readonly (readonly [string, ...string[]])[] = [
  ["oxlint", "--quiet"],
  ["tsc", "-b", ...readdirSync("packages").filter((p) => existsSync(`packages/${p}/tsconfig.json`)).map((p) => `packages/${p}`)],
  ["node", "scripts/check-imports.ts"],
  // Every public name is documented: typedoc's warnings are errors.
  ["pnpm", "--silent", "--dir", "docs", "exec", "typedoc", "--logLevel", "Warn"],
  ["vitest", "run"],
];
for (const [command, ...args] of steps) {
  console.log(`> ${[command, ...args].join(" ")}`);
  const { status } = spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...(slow ? { SLOW: "1", REQUIRE_GUESTS: "1" } : {}) } });
  if (status !== 0) process.exit(status ?? 1);
}

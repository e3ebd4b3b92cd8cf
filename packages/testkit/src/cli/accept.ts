// Writes anew what golden tests compare with: lowered regions, generated reference pages, and what the oracles print (those that are installed). Review the difference.
import { spawnSync } from "node:child_process";

const { status } = spawnSync("vitest", ["run", ...process.argv.slice(2)], { stdio: "inherit", env: { ...process.env, RINGZERO_ACCEPT: "1" } });
spawnSync("git", ["status", "--short", "--", "packages/*/test", "docs/reference"], { stdio: "inherit" });
process.exitCode = status ?? 1;

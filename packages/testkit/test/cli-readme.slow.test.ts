import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { missingLine, runShellBlock, shellBlocks } from "../src/docs/shell-block.ts";

const root = new URL("../../../", import.meta.url).pathname, store = join(root, ".cache/store");
const blocks = shellBlocks(readFileSync(join(root, "packages/cli/README.md"), "utf8"));
const guests = process.env["REQUIRE_GUESTS"] === "1" || (existsSync(store) && readdirSync(store).some((name) => name.startsWith("guests%2flinux-i386%2f") && name.endsWith("kernel")));

// A machine of its own, that ends with its last tenant.
const runtime = mkdtempSync(join(tmpdir(), "rz-"));
const environment = { ...process.env, XDG_RUNTIME_DIR: runtime, RINGZERO_GRACE: "0.1", PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}` };
afterAll(() => {
  spawnSync("ringzero", ["shutdown"], { cwd: root, env: environment });
  rmSync(runtime, { recursive: true, force: true });
});

describe("packages/cli/README.md", () => {
  for (const block of blocks) test.skipIf(!guests && /busybox|vm run/.test(block.commands))(`the commands at line ${block.line} do what the page shows`, { timeout: 910_000 }, async () => {
    // The page's machine has ended by its end.
    if (block.commands.includes("ringzero shutdown")) spawnSync("ringzero", ["shutdown"], { cwd: root, env: environment });
    const printed = await runShellBlock(block, { folder: root, environment, seconds: 900 });
    expect(missingLine(block.output!, printed), printed).toBeUndefined();
  });
});

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { missingLine, runShellBlock, shellBlocks } from "../src/docs/shell-block.ts";

const root = new URL("../../../", import.meta.url).pathname;
const blocks = shellBlocks(readFileSync(join(root, "docs/tutorial.md"), "utf8"));
const store = join(root, ".cache/store");
const guests = process.env["REQUIRE_GUESTS"] === "1" || (existsSync(store) && readdirSync(store).some((name) => name.startsWith("guests%2flinux-i386%2f") && name.endsWith("kernel")));

// A machine of its own, so that nobody's tenants are touched.
const runtime = mkdtempSync(join(tmpdir(), "rz-"));
const environment = { ...process.env, XDG_RUNTIME_DIR: runtime, PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}` };
afterAll(() => {
  spawnSync("ringzero", ["shutdown"], { cwd: root, env: environment });
  rmSync(runtime, { recursive: true, force: true });
});

describe.skipIf(!guests)("the tutorial", () => {
  test.each(blocks)("the commands at line $line do what the page shows", { timeout: 910_000 }, async (block) => {
    const printed = await runShellBlock(block, { folder: root, environment, seconds: 900 });
    if (block.output !== undefined) expect(missingLine(block.output, printed), printed).toBeUndefined();
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { boot, busybox, canChroot, LinuxRoot, run } from "./run-program.ts";

/*
 * Programs in C that show what system calls do, compiled once and run on Linux and here: whatever they print must be the same.
 */
const sources = fileURLToPath(new URL("programs", import.meta.url)), build = mkdtempSync(join(tmpdir(), "programs-")), linux = new LinuxRoot();
afterAll(() => {
  rmSync(build, { recursive: true });
  linux.remove();
});
const gcc = spawnSync("gcc", ["-static", "-pthread", "-xc", "-", "-o", join(build, "empty")], { input: "int main(void) { return 0; }" }).status === 0;

describe("compiled by GCC, amd64", () => {
  const program = busybox("amd64");
  test.skipIf(!program || !gcc || !canChroot).each(readdirSync(sources))("%s prints what it prints on Linux", async (source) => {
    const binary = join(build, source.replace(".c", ""));
    const { status, stderr } = spawnSync("gcc", ["-static", "-pthread", "-O1", "-w", join(sources, source), "-o", binary], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    const native = linux.run(program!, { "/bin/program": binary }, ["/bin/program"]);
    const kernel = await boot(program!, { "/bin/program": new Uint8Array(readFileSync(binary)) });
    const { stdout, stderr: errors, status: ended } = run(kernel, ["/bin/program"]);
    expect({ stdout: stdout.split("\n"), stderr: errors, status: ended }).toEqual({ ...native, stdout: native.stdout.split("\n") });
    expect(Object.fromEntries(kernel.unknownCalls)).toEqual({});
  });
});

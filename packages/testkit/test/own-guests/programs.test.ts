import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labGuests, ownGuests, type OwnGuestName, type OwnProgram } from "@ringzero/guests";
import { describe, expect, test } from "vitest";
import { findProgram } from "../../src/oracle/programs.ts";
import { ScratchDirectory } from "../../src/oracle/scratch-directory.ts";
import { onQemu, withoutQemu } from "./oracle.ts";

interface Ran { readonly status: number | null; readonly stdout: string }
/** Runs a program on the Linux of this machine. `shell` sets limits first. */
function natively(name: OwnGuestName, parameters: readonly string[], { input = "", shell = "" }: { input?: string; shell?: string } = {}): Ran {
  using scratch = new ScratchDirectory("own-guest");
  const file = join(scratch.path, name);
  writeFileSync(file, ownGuests[name].assemble());
  chmodSync(file, 0o755);
  writeFileSync(join(scratch.path, "one"), "first file\n");
  const { status, stdout } = spawnSync("sh", ["-c", `${shell} exec env -i HOME=/ X=y "$@"`, "sh", file, ...parameters], { cwd: scratch.path, encoding: "utf8", input, timeout: 20_000 });
  return { status, stdout };
}
const linux = process.platform === "linux" && process.arch === "x64";

describe.skipIf(!linux).each(["i386", "amd64"] as const)("programs on the Linux of this machine (needs Linux on x64): %s", (abi) => {
  const run = (name: OwnProgram, parameters: readonly string[] = [], options?: { input?: string; shell?: string }): Ran => natively(`${name}-${abi}`, parameters, options);

  test("hello", () => expect(run("hello")).toEqual({ status: 0, stdout: `Hello from ${abi}\n` }));
  test("cat copies standard input, files, and fails on a missing one", () => {
    const long = "0123456789abcde\n".repeat(5000);
    expect(run("cat", [], { input: long })).toEqual({ status: 0, stdout: long });
    expect(run("cat", ["one", "one"])).toEqual({ status: 0, stdout: "first file\nfirst file\n" });
    expect(run("cat", ["one", "two"])).toEqual({ status: 1, stdout: "first file\n" });
  });
  test("env", () => {
    const { status, stdout } = run("env", ["a", "b c"]);
    const lines = stdout.trimEnd().split("\n");
    expect(status).toBe(0);
    expect(lines.filter((l) => l.startsWith("arg")).slice(1)).toEqual(["arg a", "arg b c"]);
    expect(lines.filter((l) => l.startsWith("env"))).toEqual(["env HOME=/", "env X=y"]);
    // AT_PAGESZ, AT_PHNUM is there, and AT_NULL is the last. getauxval(3).
    expect(lines).toContain("aux 6 1000");
    expect(lines.at(-1)).toBe("aux 0 0");
    expect(lines.some((l) => l.startsWith("aux 5 "))).toBe(true);
  });
  test("fork-bomb of five generations", () => expect(run("fork-bomb", ["5"])).toEqual({ status: 0, stdout: ".".repeat(32) }));
  test("memory-hog to its number, and to a limit", () => {
    expect(run("memory-hog", ["3"])).toEqual({ status: 0, stdout: "1 MiB\n2 MiB\n3 MiB\n" });
    const limited = run("memory-hog", [], { shell: "ulimit -v 32768;" });
    expect(limited.status).toBe(1);
    const lines = limited.stdout.trimEnd().split("\n");
    expect(lines.at(-1)).toBe("memory refused, error 12");
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.length).toBeLessThan(33);
  });
  test("clock prints one tenth of a second after another", () => {
    const { status, stdout } = run("clock", ["3"]);
    const tenths = stdout.trimEnd().split("\n").map((l) => Number(l.replace(".", "")));
    expect(status).toBe(0);
    expect(tenths).toHaveLength(3);
    for (let i = 1; i < 3; i++) expect(tenths[i]!).toBeGreaterThan(tenths[i - 1]!);
  });
});

const job = { prints: 23, characters: 9, capacity: 40 }, text = ".".repeat(job.prints * job.characters), parameters = Object.values(job).map(String);
const strace = findProgram("strace");
test.skipIf(!linux || "absent" in strace)("the lab's program prints through its buffer, and calls Linux as often as that takes (needs Linux on x64, strace)", () => {
  using scratch = new ScratchDirectory("lab-guest");
  const file = join(scratch.path, "print-job"), log = join(scratch.path, "log");
  writeFileSync(file, labGuests["print-job"].assemble(), { mode: 0o755 });
  const { status, stdout } = spawnSync("strace", ["-o", log, file, ...parameters], { encoding: "utf8" });
  const lines = readFileSync(log, "utf8").split("\n");
  expect([status, stdout, lines.filter((l) => l.startsWith("write(")).length, lines.filter((l) => l.startsWith("exit(")).length]).toEqual([0, text, Math.ceil(text.length / job.capacity), 1]);
});
test.skipIf(withoutQemu)("the lab's kernel runs the same instructions in ring 3 on QEMU (needs qemu-system-i386)", async () => {
  const capture = await onQemu(labGuests["print-kernel"], (file) => ["-kernel", file, "-append", parameters.join(" ")]);
  expect([capture.output, capture.status]).toEqual([text, 1]);
});

test("the same text gives the same bytes, and nobody can change them", () => {
  for (const guest of Object.values(ownGuests)) {
    const bytes = guest.assemble();
    bytes.fill(0);
    expect(guest.assemble()).not.toEqual(bytes);
    expect(guest.assemble()).toEqual(guest.assemble());
  }
});

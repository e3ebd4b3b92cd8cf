import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeHost } from "@ringzero/host/node";
import fc from "fast-check";
import { busyboxApplets, busyboxInitramfs, characterDevice, cpioEntries, cpioNewc, directory, file, Guests, symlink, type PackageFile } from "../src/index.ts";
import { interpretersRoot } from "../src/interpreters.ts";

const ENTRIES = [directory("dev"), characterDevice("dev/console", 5, 1), file("init", new TextEncoder().encode("#!/bin/sh\n"), 0o755), symlink("bin", "usr/bin"), directory("tmp", 0o1777)];

test("headers are as the kernel's buffer format says", () => {
  const bytes = cpioNewc(ENTRIES), text = new TextDecoder("latin1").decode(bytes);
  expect(bytes.length % 4).toBe(0);
  // magic, inode, mode, uid, gid, links, time, size, device, rdev, name size, checksum
  expect(text.slice(0, 110)).toBe("07070100000001000041ed0000000000000000000000010000000000000000000000000000000000000000000000000000000400000000");
  expect(text.slice(110, 114)).toBe("dev\0");
  expect(text).toContain("TRAILER!!!\0");
  expect(cpioNewc(ENTRIES)).toEqual(bytes);
});

const guest = await new Guests(nodeHost({ storeDirectory: new URL("../../../.cache/store", import.meta.url).pathname })).get("busybox-amd64");
test.skipIf(!guest || process.arch !== "x64" || process.platform !== "linux")("busybox's own cpio lists an initial RAM file system (needs the guest busybox-amd64)", () => {
  const folder = mkdtempSync(join(tmpdir(), "cpio-"));
  try {
    const program = join(folder, "busybox");
    writeFileSync(program, guest!.busybox!);
    chmodSync(program, 0o755);
    const applets = busyboxApplets(guest!.busybox!);
    expect(applets).toEqual(spawnSync(program, ["--list"], { encoding: "utf8" }).stdout.trim().split("\n"));
    const listed = spawnSync(program, ["cpio", "-t"], { input: busyboxInitramfs(guest!.busybox!, applets), encoding: "utf8" }).stdout.trim().split("\n");
    expect(listed).toContain("dev/console");
    expect(listed).toContain("bin/ls");
    expect(listed.at(-1)).toBe("init");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an archive that is read again has the entries that it was made of", () => {
  const read = cpioEntries(cpioNewc(ENTRIES)), wanted = ENTRIES.filter((e) => !e.device);
  expect(read.map(({ path, mode, bytes }) => ({ path, mode, bytes: bytes ?? new Uint8Array(0) }))).toEqual(wanted.map(({ path, mode, bytes }) => ({ path, mode, bytes: bytes ?? new Uint8Array(0) })));
});

test("a damaged archive ends with a sentence", () => {
  const archive = cpioNewc(ENTRIES);
  expect(() => cpioEntries(archive.subarray(0, archive.length - 130))).toThrow("The cpio archive ends within");
  expect(() => cpioEntries(new Uint8Array(200))).toThrow('no cpio archive of the format "newc"');
  expect(() => cpioEntries(cpioNewc([file("../etc/passwd", new Uint8Array(1))]))).toThrow("outside its root");
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
    const bytes = archive.slice();
    for (const [at, value] of changes) bytes[at] = value;
    try {
      for (const e of cpioEntries(bytes)) expect(e.path.split("/")).not.toContain("..");
    } catch (error) {
      expect((error as Error).message).toMatch(/cpio archive/);
    }
  }));
});

const packageFile = (path: string, target?: string): PackageFile => ({ path, type: target === undefined ? "file" : "symlink", mode: 0o755, bytes: new Uint8Array(1), target });
test("the interpreters' root has programs, modules and libraries only, and relative links", () => {
  const files = [
    packageFile("/usr/bin/lua5.4"), packageFile("/usr/bin/python3.11"), packageFile("/usr/lib/python3.11/os.py"), packageFile("/usr/share/doc/libc6/copyright"), packageFile("/lib/x86_64-linux-gnu/libc.so.6"),
    packageFile("/lib/x86_64-linux-gnu/libnsl.so.1"), packageFile("/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"), packageFile("/lib/x86_64-linux-gnu/libz.so.1", "libz.so.1.2.13"),
  ];
  const entries = cpioEntries(interpretersRoot(files)), decoder = new TextDecoder();
  expect(entries.map((e) => e.path)).toEqual(["lib", "lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu/libc.so.6", "lib/x86_64-linux-gnu/libz.so.1", "lib64", "lib64/ld-linux-x86-64.so.2", "usr", "usr/bin", "usr/bin/lua5.4", "usr/bin/python3.11", "usr/lib", "usr/lib/python3.11", "usr/lib/python3.11/os.py"]);
  expect(entries.flatMap((e) => ((e.mode & 0o170000) === 0o120000 ? [decoder.decode(e.bytes)] : []))).toEqual(["libz.so.1.2.13", "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"]);
  expect(() => interpretersRoot(files.slice(1))).toThrow("/usr/bin/lua5.4");
});

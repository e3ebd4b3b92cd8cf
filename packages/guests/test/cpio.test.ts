import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeHost } from "@ringzero/host/node";
import { busyboxApplets, busyboxInitramfs, characterDevice, cpioNewc, directory, file, Guests, symlink } from "../src/index.ts";

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

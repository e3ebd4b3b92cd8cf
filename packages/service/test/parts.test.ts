import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ContainerLog, Timestamps } from "../src/server/container-log.ts";
import { keyStrokes } from "../src/server/scan-codes.ts";
import { Scrollback } from "../src/server/scrollback.ts";
import { places } from "../src/node/places.ts";
import { ProcessLock } from "../src/node/process-lock.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text), text = (pieces: readonly { readonly bytes: Uint8Array }[]): string => pieces.map((p) => new TextDecoder().decode(p.bytes)).join("");

const scanCodes = (typed: Uint8Array): number[] => keyStrokes(typed).flat();
test("keys of what is typed: IBM PC AT Technical Reference, set 1", () => {
  expect(scanCodes(bytes("aA1!"))).toEqual([0x1e, 0x9e, 0x2a, 0x1e, 0x9e, 0xaa, 0x02, 0x82, 0x2a, 0x02, 0x82, 0xaa]);
  expect(scanCodes(bytes("\r\n\t\u007F"))).toEqual([0x1c, 0x9c, 0x1c, 0x9c, 0x0f, 0x8f, 0x0e, 0x8e]);
  expect(scanCodes(Uint8Array.of(3))).toEqual([0x1d, 0x2e, 0xae, 0x9d]);
  expect(scanCodes(bytes("\u001B[A\u001B"))).toEqual([0xe0, 0x48, 0xe0, 0xc8, 0x01, 0x81]);
  expect(scanCodes(bytes("é"))).toEqual([]);
  // Every printable character of ASCII has a key.
  for (let c = 0x20; c < 0x7f; c++) expect(scanCodes(Uint8Array.of(c)).length, String.fromCharCode(c)).toBeGreaterThan(1);
});

test("a log's last lines, over pieces, streams and a line without an end", () => {
  const log = new ContainerLog();
  for (const [stream, piece] of [[1, "one\ntw"], [2, "err\n"], [1, "o\nthree\nfo"]] as const) log.add({ stream, bytes: bytes(piece), time: 0 });
  expect([0, 1, 2, 3, 4, 9].map((n) => text(log.pieces(n)))).toEqual(["", "fo", "three\nfo", "o\nthree\nfo", "twerr\no\nthree\nfo", "one\ntwerr\no\nthree\nfo"]);
  log.add({ stream: 1, bytes: bytes("ur\n"), time: 0 });
  expect([1, 2].map((n) => text(log.pieces(n)))).toEqual(["four\n", "three\nfour\n"]);
  expect(text(log.pieces())).toBe("one\ntwerr\no\nthree\nfour\n");
});
test("a log keeps the last bytes only", () => {
  const log = new ContainerLog();
  for (let i = 0; i < 40; i++) log.add({ stream: 1, bytes: new Uint8Array(1 << 20).fill(i), time: 0 });
  expect(log.pieces().map((p) => p.bytes[0])).toEqual(Array.from({ length: 8 }, (_, i) => 32 + i));
});
test("times before lines", () => {
  const stamps = new Timestamps(), stamp = (piece: string): string => new TextDecoder().decode(stamps.stamp({ stream: 1, bytes: bytes(piece), time: 0 }));
  expect([stamp("a\nb"), stamp("c\n"), stamp("d\n")]).toEqual(["1970-01-01T00:00:00.000Z a\n1970-01-01T00:00:00.000Z b", "c\n", "1970-01-01T00:00:00.000Z d\n"]);
});
test("a scrollback's tail begins with a line", () => {
  const back = new Scrollback(16);
  for (const piece of ["aaaa\n", "bbbb\n", "cccc\n", "dddd\n", "eeee"]) back.push(bytes(piece));
  expect(new TextDecoder().decode(back.tail(12))).toBe("dddd\neeee");
  expect(new TextDecoder().decode(back.tail(100))).toMatch(/dddd\neeee$/);
});

test("places: a directory of one's own, and nobody else's", () => {
  const base = mkdtempSync(join(tmpdir(), "rz-places-"));
  try {
    expect(places({ XDG_RUNTIME_DIR: base }).socket).toBe(join(base, "ringzero/socket"));
    chmodSync(join(base, "ringzero"), 0o755);
    expect(() => places({ XDG_RUNTIME_DIR: base })).toThrow(`Others may enter ${join(base, "ringzero")}.`);
    rmSync(join(base, "ringzero"), { recursive: true });
    writeFileSync(join(base, "ringzero"), "");
    expect(() => places({ XDG_RUNTIME_DIR: base })).toThrow("is no directory");
    rmSync(join(base, "ringzero"));
    mkdirSync(join(base, "elsewhere"), { mode: 0o700 });
    symlinkSync(join(base, "elsewhere"), join(base, "ringzero"));
    expect(() => places({ XDG_RUNTIME_DIR: base })).toThrow("is no directory");
    expect(() => places({ XDG_RUNTIME_DIR: join(base, "x".repeat(100)) })).toThrow("too long for a socket's path");
  } finally {
    rmSync(base, { recursive: true });
  }
});
test("one process has the lock, and whoever comes after it gets it", () => {
  const base = mkdtempSync(join(tmpdir(), "rz-lock-"));
  try {
    const first = ProcessLock.take(join(base, "lock"))!;
    expect([first === undefined, ProcessLock.take(join(base, "lock"))]).toEqual([false, undefined]);
    first.release();
    const second = ProcessLock.take(join(base, "lock"));
    expect(second).toBeDefined();
    second!.release();
  } finally {
    rmSync(base, { recursive: true });
  }
});

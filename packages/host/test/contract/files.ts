import { describe, expect, test } from "vitest";
import type { Files, HostDirectory } from "../../src/index.ts";

const bytes = (of: string): Uint8Array => new TextEncoder().encode(of);
function write(directory: HostDirectory, path: string, text: string, mode?: number): void {
  const file = directory.open(path, "create", mode);
  file.write(0, bytes(text));
  file.close();
}
function read(directory: HostDirectory, path: string): string {
  const file = directory.open(path, "read"), into = new Uint8Array(100), n = file.read(0, into);
  file.close();
  return new TextDecoder().decode(into.subarray(0, n));
}
function code(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return (error as { name?: string }).name === "HostError" ? (error as { code: string }).code : String(error);
  }
  return undefined;
}

/** What files promise. `make` names a directory that is not there and may be made. */
export function filesContract(files: Files, make: () => string): void {
  const open = (): HostDirectory => files.openDirectory(make(), { create: true });
  describe("files", () => {
    test("a directory that is not there is made only when asked for", () => {
      const path = make();
      expect(code(() => files.openDirectory(path))).toBe("not-found");
      files.openDirectory(path, { create: true }).close();
      const d = files.openDirectory(path);
      expect([d.list(""), d.status("")?.type]).toEqual([[], "directory"]);
      write(d, "file", "x");
      expect(code(() => files.openDirectory(`${path}/file`))).toBe("not-a-directory");
      d.close();
    });
    test("contents: reading, writing in places, gaps, truncation", () => {
      const d = open(), file = d.open("f", "create");
      file.write(0, bytes("0123456789"));
      file.write(4, bytes("xy"));
      file.write(12, bytes("!"));
      const into = new Uint8Array(20).fill(9);
      expect([file.read(0, into), [...into.subarray(0, 14)]]).toEqual([13, [...bytes("0123xy6789"), 0, 0, 33, 9]]);
      expect([file.read(12, into), file.read(13, into), file.read(1000, into)]).toEqual([1, 0, 0]);
      file.truncate(3);
      file.truncate(5);
      expect([file.status().size, file.read(0, into), [...into.subarray(0, 5)]]).toEqual([5, 5, [...bytes("012"), 0, 0]]);
      file.sync();
      file.close();
      expect(d.status("f")).toMatchObject({ type: "file", size: 5, links: 1 });
      d.close();
    });
    test("a file for reading is not written, one that is there is not made again, what is no file is not opened", () => {
      const d = open();
      write(d, "f", "text");
      d.makeDirectory("sub");
      const file = d.open("f", "read");
      expect(code(() => file.write(0, bytes("x")))).toBe("failed");
      file.close();
      expect([code(() => d.open("f", "create")), code(() => d.open("none", "write")), code(() => d.open("sub", "read")), code(() => d.open("f/x", "read"))]).toEqual(["exists", "not-found", "is-a-directory", "not-a-directory"]);
      expect(read(d, "f")).toBe("text");
      d.close();
    });
    test("an open file outlives its name", () => {
      const d = open();
      write(d, "f", "text");
      const file = d.open("f", "write");
      d.remove("f");
      expect([d.status("f"), file.read(0, new Uint8Array(9)), file.status().links]).toEqual([undefined, 4, 0]);
      file.close();
      d.close();
    });
    test("directories: made, listed, removed when empty", () => {
      const d = open();
      d.makeDirectory("a", 0o1777);
      d.makeDirectory("a/b");
      write(d, "a/b/f", "deep", 0o640);
      expect([d.list("").sort(), d.list("a"), d.list("a/b")]).toEqual([["a"], ["b"], ["f"]]);
      expect([d.status("a")?.mode, d.status("a/b/f")?.mode]).toEqual([0o1777, 0o640]);
      expect([code(() => d.makeDirectory("a")), code(() => d.removeDirectory("a")), code(() => d.remove("a")), code(() => d.removeDirectory("a/b/f")), code(() => d.list("a/b/f"))])
        .toEqual(["exists", "not-empty", "is-a-directory", "not-a-directory", "not-a-directory"]);
      d.remove("a/b/f");
      d.removeDirectory("a/b");
      expect([d.list("a"), d.status("a/b"), code(() => d.remove("a/none")), code(() => d.list("none"))]).toEqual([[], undefined, "not-found", "not-found"]);
      d.close();
    });
    test("renames, with what was there replaced", () => {
      const d = open();
      write(d, "f", "one");
      write(d, "g", "two");
      d.makeDirectory("a");
      d.makeDirectory("b");
      d.rename("f", "a/f");
      d.rename("g", "a/f");
      expect([d.list("").sort(), read(d, "a/f")]).toEqual([["a", "b"], "two"]);
      d.rename("a", "b/a");
      expect([d.list(""), read(d, "b/a/f")]).toEqual([["b"], "two"]);
      write(d, "h", "");
      expect([code(() => d.rename("h", "b")), code(() => d.rename("b", "h")), code(() => d.rename("none", "x")), code(() => d.rename("b", "b/a/b"))]).toEqual(["is-a-directory", "not-a-directory", "not-found", "failed"]);
      d.makeDirectory("c");
      expect(code(() => d.rename("c", "b"))).toBe("not-empty");
      d.close();
    });
    test("two names of one file", () => {
      const d = open();
      write(d, "f", "text");
      d.link("f", "g");
      expect([d.status("f")?.links, d.status("f")?.identity === d.status("g")?.identity, code(() => d.link("f", "g"))]).toEqual([2, true, "exists"]);
      d.remove("f");
      expect([read(d, "g"), d.status("g")?.links]).toEqual(["text", 1]);
      d.close();
    });
    test("symbolic links are text: none is followed", () => {
      const d = open();
      d.makeDirectory("real");
      write(d, "real/f", "secret");
      for (const [name, target] of [["inside", "real"], ["file", "real/f"], ["out", "/"], ["up", ".."], ["dangling", "none"]] as const) d.makeSymlink(name, target);
      expect([d.readlink("out"), d.readlink("dangling"), d.status("inside")?.type, d.status("out")?.size]).toEqual(["/", "none", "symbolic-link", 1]);
      for (const link of ["inside", "out", "up"]) {
        expect([code(() => d.list(link)), code(() => d.status(`${link}/f`)), code(() => d.open(`${link}/f`, "create")), code(() => d.makeDirectory(`${link}/d`)), code(() => d.rename("real", `${link}/r`))], link)
          .toEqual(Array.from({ length: 5 }, () => "not-a-directory"));
      }
      expect([code(() => d.open("file", "read")), code(() => d.open("file", "write")), code(() => d.open("dangling", "create")), code(() => d.readlink("real"))]).toEqual(["symbolic-link", "symbolic-link", "exists", "failed"]);
      d.change("file", { mode: 0, modified: { seconds: 5, nanoseconds: 0 } });
      expect([d.status("real/f")?.mode, d.status("real/f")!.modified.seconds > 5, d.status("file")?.modified.seconds]).toEqual([0o644, true, 5]);
      d.remove("inside");
      expect(d.list("real")).toEqual(["f"]);
      d.close();
    });
    test.each(["..", "../x", "a/../../x", ".", "a/./b", "/", "/etc/passwd", "a//b", "a/", "a\0b", "€"])("refuses the path %j", (path) => {
      const d = open();
      d.makeDirectory("a");
      for (const act of [() => d.status(path), () => d.list(path), () => d.open(path, "create"), () => d.makeDirectory(path), () => d.remove(path), () => d.rename("a", path), () => d.makeSymlink(path, "x"), () => d.change(path, {})]) expect(code(act)).toBe("denied");
      d.close();
    });
    test("names are bytes", () => {
      const d = open();
      write(d, "caf\xe9", "latin");
      write(d, "\xe2\x82\xac \x01\xff", "any");
      expect(d.list("").sort()).toEqual(["caf\xe9", "\xe2\x82\xac \x01\xff"]);
      d.makeSymlink("l", "\xff/\xfe");
      expect([read(d, "\xe2\x82\xac \x01\xff"), d.readlink("l"), code(() => write(d, "n".repeat(256), ""))]).toEqual(["any", "\xff/\xfe", "name-too-long"]);
      d.close();
    });
    test("permissions and times are set", () => {
      const d = open();
      write(d, "f", "");
      d.change("f", { mode: 0o4751, accessed: { seconds: 1_000_000, nanoseconds: 500_000_000 }, modified: { seconds: 2_000_000, nanoseconds: 0 } });
      expect(d.status("f")).toMatchObject({ mode: 0o4751, accessed: { seconds: 1_000_000, nanoseconds: 500_000_000 }, modified: { seconds: 2_000_000, nanoseconds: 0 } });
      d.change("f", { mode: 0o600 });
      expect(d.status("f")).toMatchObject({ mode: 0o600, modified: { seconds: 2_000_000 } });
      expect(code(() => d.change("none", { mode: 0 }))).toBe("not-found");
      d.close();
    });
  });
}

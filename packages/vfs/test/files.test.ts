import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EEXIST, EISDIR, ELOOP, ENOENT, ENOTDIR, ENOTEMPTY, EROFS, EXDEV, O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from "@ringzero/linux-abi";
import { describe, expect, test } from "vitest";
import { BytesBuffer, Mount, Overlayfs, Tarfs, type Tmpfs } from "../src/index.ts";
import { errno, Files, machine, now, owner, store, tmpfs } from "./file-tree.ts";

describe("tmpfs and the walk", () => {
  test("pwrite(2) appends where O_APPEND is set, as Linux does", () => {
    const f = new Files(tmpfs());
    f.write("/a", "one");
    const file = f.open("/a", O_WRONLY | O_APPEND).reference();
    file.writeAt(new BytesBuffer(new TextEncoder().encode("two")), 0);
    file.release();
    expect(f.read("/a")).toBe("onetwo");
  });
  test("paths lead through links, dots and mounts", () => {
    const f = new Files(tmpfs());
    f.mkdir("/a");
    f.mkdir("/a/b");
    f.write("/a/b/file", "text");
    f.symlink("/a/up", "b/../b/./file");
    f.symlink("/abs", "/a/b");
    f.symlink("/loop", "loop");
    expect(f.read("//a//up")).toBe("text");
    expect(f.read("/abs/../../../a/b/file")).toBe("text");
    expect([errno(() => f.read("/loop")), errno(() => f.read("/a/b/file/x")), errno(() => f.read("/a/none")), errno(() => f.read("/a/b/file/")), errno(() => f.write("/a", ""))]).toEqual([ELOOP, ENOTDIR, ENOENT, ENOTDIR, EISDIR]);
    const other = new Files(tmpfs());
    other.write("/inside", "mounted");
    new Mount(other.context.root.mount.fileSystem, other.context.root.dentry).attach(f.walk("/a/b"));
    expect(f.list("/a/b")).toEqual(["inside"]);
    expect(f.read("/abs/inside")).toBe("mounted");
    expect(f.read("/a/b/../b/inside")).toBe("mounted");
    expect(f.walk("/a/b/..").dentry.name).toBe("a");
  });
  test("an exclusive creation does not follow a link, another does", () => {
    const f = new Files(tmpfs());
    f.symlink("/l", "target");
    expect(errno(() => f.write("/l", "", O_CREAT | O_EXCL))).toBe(EEXIST);
    f.write("/l", "made");
    expect(f.read("/target")).toBe("made");
    f.write("/target", "more", O_APPEND);
    expect(f.read("/l")).toBe("mademore");
  });
  test("an unlinked file lives while it is open, then its frames come back", () => {
    const used = (): number => machine.ledger().owners.find((o) => o.id === owner)!.references, before = used(), f = new Files(tmpfs());
    f.write("/f", "x".repeat(20_000));
    expect(used() - before).toBe(5);
    const open = f.open("/f", O_RDWR).reference();
    f.unlink("/f");
    const bytes = new Uint8Array(3);
    expect(open.read(new BytesBuffer(bytes, machine.views))).toBe(3);
    expect(used() - before).toBe(5);
    open.release();
    expect(used() - before).toBe(0);
  });
  test("a file with holes reads zeros, and what was cut off does not come back", () => {
    const f = new Files(tmpfs()), file = f.open("/f", O_CREAT | O_RDWR).reference();
    file.writeAt(new BytesBuffer(new Uint8Array([1, 2, 3])), 10_000);
    const bytes = new Uint8Array(8).fill(9);
    expect(file.readAt(new BytesBuffer(bytes, machine.views), 9_998)).toBe(5);
    expect([...bytes]).toEqual([0, 0, 1, 2, 3, 9, 9, 9]);
    file.inode.truncate(10_001);
    file.inode.truncate(10_003);
    file.readAt(new BytesBuffer(bytes, machine.views), 10_000);
    expect([...bytes.subarray(0, 3)]).toEqual([1, 0, 0]);
  });
});

const tar = spawnSync("tar", ["--version"]).status === 0;
/** An archive that GNU tar makes of what a script leaves. */
function archive(script: string, format: string = "gnu"): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "layer-"));
  try {
    execFileSync("sh", ["-ec", `mkdir d; cd d; umask 022; ${script}; cd ..; tar --format=${format} -cf a.tar -C d .`], { cwd: folder });
    return new Uint8Array(readFileSync(join(folder, "a.tar")));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const layer = (script: string, format?: string): Tarfs => new Tarfs(archive(script, format), { store, device: 2, now });
const LONG = "n".repeat(180);

describe.skipIf(!tar)("tarfs, with archives of GNU tar", () => {
  test.each(["gnu", "pax", "ustar"])("reads %s archives", (format) => {
    const deep = format === "ustar" ? "x" : LONG, f = new Files(layer(`mkdir -p a/b; echo one > a/b/f; ln a/b/f hard; ln -s a/b/f soft; echo long > ${deep}; chmod 4711 hard; head -c 10000 /dev/zero | tr '\\0' z > big`, format));
    expect([f.read("/a/b/f"), f.read("/hard"), f.read("/soft"), f.read(`/${deep}`), f.read("/big")]).toEqual(["one\n", "one\n", "one\n", "long\n", "z".repeat(10_000)]);
    const { inode } = f.walk("/hard").dentry;
    expect([inode.links, (inode.mode & 0o7777).toString(8), inode === f.walk("/a/b/f").dentry.inode]).toEqual([2, "4711", true]);
    expect(f.list("/")).toEqual(["a", "big", "hard", "soft", deep].sort());
    expect(errno(() => f.write("/new", ""))).toBe(EROFS);
    const page = f.walk("/big").dentry.inode.page(2, false);
    expect([machine.views.u8[page + 1807], machine.views.u8[page + 1808], f.walk("/big").dentry.inode.page(3, false)]).toEqual([122, 0, 0]);
  });
  test("refuses what is none", () => {
    expect(() => new Tarfs(new Uint8Array(1024).fill(7), { store, device: 2, now })).toThrow("check sum");
    expect(() => new Tarfs(archive("echo a > f").subarray(0, 1025), { store, device: 2, now })).toThrow("cut off");
  });
});

describe("tarfs, with archives that are meant to harm", () => {
  /** Headers of our own making: type flag, name, and what else is wanted. */
  const hostile = (...members: { flag: string; name: string; link?: string; size?: number; mtime?: string; contents?: string }[]): Uint8Array => {
    const blocks = members.flatMap(({ flag, name, link = "", size, mtime = "0", contents = "" }) => {
      const header = Buffer.alloc(512), put = (at: number, value: string): number => header.write(value, at, "latin1");
      put(0, name); put(100, "0000644"); put(124, (size ?? contents.length).toString(8).padStart(11, "0")); put(136, mtime); put(148, " ".repeat(8)); put(156, flag); put(157, link); put(257, "ustar\u000000");
      put(148, `${header.reduce((a, b) => a + b, 0).toString(8).padStart(6, "0")}\0`);
      return [header, Buffer.from(contents.padEnd(Math.ceil(contents.length / 512) * 512, "\0"), "latin1")];
    });
    return new Uint8Array(Buffer.concat([...blocks, Buffer.alloc(1024)]));
  };
  const files = (...members: Parameters<typeof hostile>): Files => new Files(new Tarfs(hostile(...members), { store, device: 2, now }));
  test("names that lead out stay in; the root stays a directory", () => {
    const f = files({ flag: "0", name: "../../etc/f", contents: "x" }, { flag: "0", name: "./" }, { flag: "0", name: "/abs/../g", contents: "y" });
    expect([f.list("/"), f.read("/etc/f"), f.read("/g")]).toEqual([["etc", "g"], "x", "y"]);
  });
  test("a directory is not linked into itself", () => {
    const f = files({ flag: "5", name: "a/" }, { flag: "1", name: "a/loop", link: "a" }, { flag: "1", name: "a/none", link: "nowhere" });
    expect(f.list("/a")).toEqual([]);
  });
  test("times, owners and sizes that are no numbers", () => {
    const pax = (...records: string[]): string => records.map((r) => `${r.length + 4} ${r}\n`).join("");
    const f = files({ flag: "x", name: "p", contents: pax("mtime=NaN", "uid=-12.5", "gid=1e999") }, { flag: "0", name: "a", contents: "a" }, { flag: "x", name: "p", contents: pax("mtime=1e999") }, { flag: "0", name: "b" }, { flag: "0", name: "c", mtime: "zz" }, { flag: "5", name: "d", size: 100 }, { flag: "0", name: "e", contents: "e" });
    for (const name of ["a", "b", "c"]) {
      const { modified, uid, gid } = f.walk(`/${name}`).dentry.inode;
      expect([name, modified.seconds, uid, gid]).toEqual([name, 0, 0, 0]);
    }
    expect(f.read("/e")).toBe("e");
    expect(() => files({ flag: "x", name: "p", contents: pax("size=Infinity") }, { flag: "0", name: "a" })).toThrow("cut off");
    expect(() => files({ flag: "L", name: "p", contents: "d/".repeat(3000) }, { flag: "0", name: "a" })).toThrow("more than the 4096");
  });
  test("whiteouts of nothing, of dots", () => {
    expect(files({ flag: "0", name: ".wh." }, { flag: "0", name: ".wh.." }, { flag: "0", name: "a/.wh..." }).list("/")).toEqual(["a"]);
  });
});

describe.skipIf(!tar)("overlayfs", () => {
  const stack = (...scripts: string[]): { files: Files; upper: Tmpfs } => {
    const upper = tmpfs(), fs = new Overlayfs({ lower: scripts.map((s) => layer(s).root), upper: upper.root, memory: machine.views, device: 3, now });
    return { files: new Files(fs), upper };
  };
  const BASE = "mkdir -p etc/deep usr; echo base > etc/conf; echo deep > etc/deep/f; echo tool > usr/tool; echo gone > usr/gone; ln -s conf etc/link";

  test("shows the topmost of each name and merges directories", () => {
    const { files } = stack("mkdir etc usr; echo top > etc/conf; echo new > etc/new; touch usr/.wh.gone; mkdir -p etc/deep; touch etc/deep/.wh..wh..opq; echo only > etc/deep/g", BASE);
    expect([files.read("/etc/conf"), files.read("/etc/link"), files.read("/usr/tool")]).toEqual(["top\n", "top\n", "tool\n"]);
    expect([files.list("/"), files.list("/etc"), files.list("/etc/deep"), files.list("/usr")]).toEqual([["etc", "usr"], ["conf", "deep", "link", "new"], ["g"], ["tool"]]);
    expect(errno(() => files.read("/usr/gone"))).toBe(ENOENT);
  });
  test("copies up what is written, and whoever has it open goes on with the copy", () => {
    const { files, upper } = stack(BASE), open = files.open("/etc/conf", O_RDONLY).reference();
    files.write("/etc/conf", "changed", O_TRUNC);
    expect(files.read("/etc/conf")).toBe("changed");
    const bytes = new Uint8Array(20), n = open.read(new BytesBuffer(bytes, machine.views)) as number;
    expect(new TextDecoder().decode(bytes.subarray(0, n))).toBe("changed");
    expect(new Files(upper).list("/etc")).toEqual(["conf"]);
    files.write("/etc/deep/f", "+", O_APPEND);
    expect(files.read("/etc/deep/f")).toBe("deep\n+");
  });
  test("deletes with whiteouts, and makes anew what was deleted", () => {
    const { files } = stack(BASE);
    files.unlink("/etc/conf");
    expect([errno(() => files.read("/etc/conf")), files.list("/etc")]).toEqual([ENOENT, ["deep", "link"]]);
    files.write("/etc/conf", "anew");
    expect(files.read("/etc/conf")).toBe("anew");
    expect(errno(() => files.rmdir("/etc/deep"))).toBe(ENOTEMPTY);
    files.unlink("/etc/deep/f");
    files.rmdir("/etc/deep");
    expect(files.list("/etc")).toEqual(["conf", "link"]);
    files.mkdir("/etc/deep");
    expect(files.list("/etc/deep")).toEqual([]);
  });
  test("renames files of lower layers and directories of its own", () => {
    const { files } = stack(BASE);
    files.rename("/etc/conf", "/usr/conf");
    expect([files.read("/usr/conf"), errno(() => files.read("/etc/conf"))]).toEqual(["base\n", ENOENT]);
    files.rename("/usr/conf", "/usr/tool");
    expect([files.read("/usr/tool"), files.list("/usr")]).toEqual(["base\n", ["gone", "tool"]]);
    expect(errno(() => files.rename("/etc", "/elsewhere"))).toBe(EXDEV);
    files.mkdir("/own");
    files.write("/own/f", "x");
    files.rename("/own", "/other");
    expect([files.read("/other/f"), files.list("/")]).toEqual(["x", ["etc", "other", "usr"]]);
  });
});

import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostError } from "@ringzero/host";
import { nodeHost } from "@ringzero/host/node";
import { virtualHost } from "@ringzero/host/virtual";
import { EACCES, EEXIST, ELOOP, ENOENT, ENOTDIR, ENOTEMPTY, EPERM, EROFS, ESTALE, O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, S_IFCHR, S_IFIFO } from "@ringzero/linux-abi";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { BytesBuffer, Hostfs, makeLink, makeNode, Mount, Overlayfs, type HostfsOptions } from "../src/index.ts";
import { errno, Files, machine, now, owner, store, tmpfs } from "./file-tree.ts";

const base = mkdtempSync(join(tmpdir(), "hostfs-"));
afterAll(() => rmSync(base, { recursive: true }));
const { files } = nodeHost({ storeDirectory: join(base, "store") });
let round = 0, place = "", outside = "";
beforeEach(() => {
  place = join(base, String(++round), "shown");
  outside = join(base, String(round), "outside");
  mkdirSync(place, { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, "secret"), "secret");
});
function hostfs(more: Partial<HostfsOptions> = {}): Hostfs { return new Hostfs({ store, device: 7, now, directory: files.openDirectory(place), user: files.user, ...more }); }
const at = (path: string): string => join(place, path);
const onHost = (path: string): string => readFileSync(at(path), "utf8");
const frames = (): number => machine.ledger().owners.find((o) => o.id === owner)!.references;

describe("a directory of the host", () => {
  test("what a program does is on the host, what the host does is seen", () => {
    const f = new Files(hostfs());
    f.mkdir("/d");
    f.write("/d/f", "from inside");
    expect(onHost("d/f")).toBe("from inside");
    writeFileSync(at("d/g"), "from outside");
    expect([f.read("/d/g"), f.list("/d")]).toEqual(["from outside", ["f", "g"]]);
    writeFileSync(at("d/f"), "longer than it was before");
    expect(f.read("/d/f")).toBe("longer than it was before");
    f.write("/d/f", "+", O_APPEND);
    appendFileSync(at("d/f"), "-");
    expect(f.read("/d/f")).toBe("longer than it was before+-");
    unlinkSync(at("d/g"));
    expect([errno(() => f.read("/d/g")), f.list("/d")]).toEqual([ENOENT, ["f"]]);
    f.rename("/d/f", "/moved");
    f.rmdir("/d");
    expect(readdirSync(place)).toEqual(["moved"]);
    f.unlink("/moved");
    expect(readdirSync(place)).toEqual([]);
  });
  test("a file that the host replaces is another file", () => {
    const f = new Files(hostfs());
    f.write("/f", "one");
    const open = f.open("/f", O_RDONLY).reference(), bytes = new Uint8Array(9);
    expect(open.readAt(new BytesBuffer(bytes, machine.views), 0)).toBe(3);
    writeFileSync(at("new"), "two!");
    renameSync(at("new"), at("f"));
    expect(f.read("/f")).toBe("two!");
    expect([open.readAt(new BytesBuffer(bytes, machine.views), 0), String.fromCharCode(...bytes.subarray(0, 3))]).toEqual([3, "one"]);
    open.release();
  });
  test("names are made and moved as on any file system", () => {
    const f = new Files(hostfs());
    f.write("/f", "1");
    f.write("/g", "2");
    expect([errno(() => f.write("/f", "", O_CREAT | O_EXCL)), errno(() => f.mkdir("/f")), errno(() => f.read("/f/x")), errno(() => f.read("/none"))]).toEqual([EEXIST, EEXIST, ENOTDIR, ENOENT]);
    makeLink(f.context, f.walk("/f"), f.context.root, "/hard");
    expect([f.walk("/hard").dentry.inode === f.walk("/f").dentry.inode, f.walk("/f").dentry.inode.links]).toEqual([true, 2]);
    f.unlink("/f");
    expect([f.read("/hard"), f.walk("/hard").dentry.inode.links]).toEqual(["1", 1]);
    f.rename("/g", "/hard");
    expect([f.read("/hard"), f.list("/")]).toEqual(["2", ["hard"]]);
    f.mkdir("/d");
    f.mkdir("/d/e");
    f.write("/d/e/f", "deep");
    expect(errno(() => f.rmdir("/d"))).toBe(ENOTEMPTY);
    const open = f.open("/d/e/f", O_RDWR).reference();
    f.rename("/d/e", "/e");
    open.write(new BytesBuffer(new TextEncoder().encode("DEEP")));
    open.release();
    expect([onHost("e/f"), f.read("/e/f")]).toEqual(["DEEP", "DEEP"]);
  });
  test("an unlinked or replaced file lives while it is open", () => {
    const f = new Files(hostfs()), descriptors = (): number => readdirSync("/proc/self/fd").length, before = descriptors();
    for (const name of ["a", "b"]) f.write(`/${name}`, name);
    const open = ["/a", "/b"].map((path) => f.open(path, O_RDWR).reference());
    f.unlink("/a");
    f.write("/c", "c");
    f.rename("/c", "/b");
    const read = (i: number): string => {
      const bytes = new Uint8Array(10), n = open[i]!.readAt(new BytesBuffer(bytes, machine.views), 0);
      return new TextDecoder().decode(bytes.subarray(0, n));
    };
    open[0]!.writeAt(new BytesBuffer(Uint8Array.of(65, 66)), 0);
    expect([read(0), read(1), open[0]!.inode.links, f.read("/b")]).toEqual(["AB", "b", 0, "c"]);
    // Another file of the same name, and perhaps of the same inode number.
    f.write("/a", "anew");
    expect([f.read("/a"), read(0)]).toEqual(["anew", "AB"]);
    for (const file of open) file.release();
    (f.context.root.mount.fileSystem as Hostfs).close();
    expect(descriptors()).toBe(before - 1);
  });
  test("many files, few descriptors", () => {
    const f = new Files(hostfs()), before = readdirSync("/proc/self/fd").length;
    for (let i = 0; i < 200; i++) f.write(`/${i}`, String(i));
    expect(readdirSync("/proc/self/fd").length - before).toBeLessThan(70);
    for (let i = 0; i < 200; i++) expect(f.read(`/${i}`)).toBe(String(i));
    expect(f.list("/").length).toBe(200);
  });
  test("a reader of a directory loses no name while others go and come", () => {
    const f = new Files(hostfs());
    for (const name of ["a", "b", "c", "d"]) f.write(`/${name}`, "");
    const directory = f.open("/", O_RDONLY), names: string[] = [];
    directory.readDirectory(({ name }) => names.length < 4 && names.push(name) > 0);
    f.unlink("/a");
    writeFileSync(at("e"), "");
    directory.readDirectory(({ name }) => names.push(name) > 0);
    expect(names).toEqual([".", "..", "a", "b", "c", "d", "e"]);
  });
  test("holes, truncation, large pieces", () => {
    const f = new Files(hostfs()), file = f.open("/f", O_CREAT | O_RDWR).reference();
    file.writeAt(new BytesBuffer(new Uint8Array([1, 2, 3])), 10_000);
    expect(lstatSync(at("f")).size).toBe(10_003);
    file.inode.truncate(10_001);
    const large = new Uint8Array(200_000).map((_, i) => i % 251), back = new Uint8Array(250_000);
    expect(file.writeAt(new BytesBuffer(large), 5)).toBe(200_000);
    expect([file.readAt(new BytesBuffer(back, machine.views), 5), back.subarray(0, 200_000).every((byte, i) => byte === i % 251)]).toEqual([200_000, true]);
    file.release();
  });
  test("permissions and times; no set-ID bits on the host, no devices", () => {
    const f = new Files(hostfs());
    f.write("/f", "");
    const { inode } = f.walk("/f").dentry;
    inode.setAttributes({ mode: 0o6751 });
    inode.setAttributes({ accessed: { seconds: 1000, nanoseconds: 0 }, modified: { seconds: 2000, nanoseconds: 0 } });
    expect([lstatSync(at("f")).mode & 0o7777, lstatSync(at("f")).mtimeMs, inode.mode & 0o7777]).toEqual([0o751, 2_000_000, 0o751]);
    chmodSync(at("f"), 0o4700);
    utimesSync(at("f"), 5, 6);
    expect([f.walk("/f").dentry.inode.mode & 0o7777, f.walk("/f").dentry.inode.modified.seconds]).toEqual([0o4700, 6]);
    for (const type of [S_IFCHR, S_IFIFO]) expect(errno(() => makeNode(f.context, f.context.root, "/node", type | 0o666, 0x103))).toBe(EPERM);
    expect(existsSync(at("node"))).toBe(false);
  });
  test("who is not root on the host: our files are root's inside, others nobody's, and none is given away", () => {
    const directory = virtualHost().files.openDirectory("/d", { create: true });
    for (const name of ["mine", "theirs"]) directory.open(name, "create").close();
    directory.change("mine", { uid: 1000, gid: 1000 });
    directory.change("theirs", { uid: 5, gid: 5 });
    const f = new Files(hostfs({ directory, user: 1000 })), owners = ["mine", "theirs"].map((name) => f.walk(`/${name}`).dentry.inode).map(({ uid, gid }) => [uid, gid]);
    expect(owners).toEqual([[0, 0], [65534, 65534]]);
    const { inode } = f.walk("/mine").dentry;
    inode.setAttributes({ uid: 0 });
    expect([errno(() => inode.setAttributes({ uid: 7 })), directory.status("mine")?.uid]).toEqual([EPERM, 1000]);
  });
  test("read-only", () => {
    writeFileSync(at("f"), "text");
    const fs = hostfs({ readOnly: true }), f = new Files(fs), { inode } = f.walk("/f").dentry;
    expect(f.read("/f")).toBe("text");
    for (const act of [() => f.write("/f", "x"), () => f.write("/new", "x"), () => f.mkdir("/d"), () => f.unlink("/f"), () => f.rename("/f", "/g"), () => f.symlink("/l", "x"), () => inode.setAttributes({ mode: 0 }), () => inode.truncate(0), () => inode.write(0, new BytesBuffer(new Uint8Array(1)))]) expect(errno(act)).toBe(EROFS);
    expect([onHost("f"), readdirSync(place)]).toEqual(["text", ["f"]]);
  });
  test("mappings have the file's pages: read once, following the file, given back", () => {
    writeFileSync(at("f"), Buffer.alloc(5000, "a"));
    const before = frames(), f = new Files(hostfs()), { inode } = f.walk("/f").dentry, first = inode.page(0, false), second = inode.page(1, false);
    expect([machine.views.u8[first], machine.views.u8[second + 903], machine.views.u8[second + 904], inode.page(0, false) === first, inode.page(2, false), inode.mapsShared]).toEqual([97, 97, 0, true, 0, false]);
    inode.write(4000, new BytesBuffer(new Uint8Array(200).fill(98)));
    expect([inode.page(1, false) === second, machine.views.u8[first + 4000], machine.views.u8[second + 103], machine.views.u8[second + 104]]).toEqual([true, 98, 98, 97]);
    writeFileSync(at("f"), "other");
    expect(machine.views.u8[inode.page(0, false)]).toBe("o".charCodeAt(0));
    f.unlink("/f");
    expect(frames()).toBe(before);
  });
  test("below an overlay the host's files stay as they are", () => {
    writeFileSync(at("f"), "host");
    mkdirSync(at("d"));
    const f = new Files(new Overlayfs({ lower: [hostfs().root], upper: tmpfs().root, memory: machine.views, device: 8, now }));
    f.write("/f", "changed", O_TRUNC);
    f.rmdir("/d");
    expect([f.read("/f"), f.list("/"), onHost("f"), readdirSync(place)]).toEqual(["changed", ["f"], "host", ["d", "f"]]);
  });
  test("something is mounted on a directory of it", () => {
    mkdirSync(at("proc"));
    const f = new Files(hostfs()), other = new Files(tmpfs());
    other.write("/inside", "mounted");
    new Mount(other.context.root.mount.fileSystem, other.context.root.dentry).attach(f.walk("/proc"));
    expect([f.read("/proc/inside"), readdirSync(at("proc"))]).toEqual(["mounted", []]);
  });
});

describe("no way out", () => {
  test("links that the host has, or that a program makes, lead where the program's own root has something", () => {
    symlinkSync(outside, at("absolute"));
    symlinkSync("../outside", at("up"));
    symlinkSync(`../../../../../../../../../../..${outside}/secret`, at("far"));
    const f = new Files(hostfs());
    f.symlink("/made", outside);
    f.symlink("/etc", "/etc");
    for (const path of ["/absolute/secret", "/up/secret", "/far", "/made/secret", "/made/../outside/secret", "/../outside/secret"]) expect([path, errno(() => f.read(path))]).toEqual([path, ENOENT]);
    expect(errno(() => f.read("/etc/passwd"))).toBe(ELOOP);
    for (const path of ["/absolute", "/up", "/made"]) {
      expect([path, errno(() => f.write(`${path}/new`, "x")), errno(() => f.mkdir(`${path}/d`)), errno(() => f.unlink(`${path}/secret`)), errno(() => f.rename("/far", `${path}/far`))]).toEqual([path, ENOENT, ENOENT, ENOENT, ENOENT]);
    }
    // Within the program's root the same text leads to what is there.
    mkdirSync(at(outside), { recursive: true });
    writeFileSync(at(`${outside}/secret`), "mine");
    expect(f.read("/absolute/secret")).toBe("mine");
    expect([readdirSync(outside), readFileSync(join(outside, "secret"), "utf8")]).toEqual([["secret"], "secret"]);
  });
  test("a directory that becomes a link between two looks", () => {
    const f = new Files(hostfs());
    f.mkdir("/d");
    f.write("/d/secret", "inside");
    const directory = f.walk("/d").dentry.inode, file = f.walk("/d/secret").dentry.inode;
    renameSync(at("d"), at("was"));
    symlinkSync(outside, at("d"));
    // Whoever still holds the inodes gets at neither the other directory nor its files.
    for (const act of [() => directory.lookup("secret"), () => [...directory.entries(0)], () => directory.create("new", { mode: 0o100644, credentials: f.context.credentials }), () => file.setAttributes({ mode: 0 }), () => directory.unlink("secret", file)]) expect([ENOTDIR, ESTALE]).toContain(errno(act));
    // The file that was open is the one that it was.
    file.write(0, new BytesBuffer(new TextEncoder().encode("INSIDE")));
    expect(onHost("was/secret")).toBe("INSIDE");
    expect([readdirSync(outside), readFileSync(join(outside, "secret"), "utf8"), lstatSync(join(outside, "secret")).mode & 0o777]).toEqual([["secret"], "secret", 0o644]);
  });
  test("a file that becomes a link before it is opened", () => {
    writeFileSync(at("f"), "inside");
    const f = new Files(hostfs()), { inode } = f.walk("/f").dentry, buffer = new BytesBuffer(new Uint8Array(10), machine.views);
    unlinkSync(at("f"));
    symlinkSync(join(outside, "secret"), at("f"));
    expect([errno(() => inode.read(0, buffer)), errno(() => inode.write(0, buffer))]).toEqual([ELOOP, ELOOP]);
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
  });
  test("the host's FIFOs and devices are names only", () => {
    execFileSync("mkfifo", [at("fifo")]);
    const f = new Files(hostfs()), { inode } = f.walk("/fifo").dentry;
    expect(inode.type).toBe(S_IFIFO);
    expect(() => f.open("/fifo", O_WRONLY)).toThrow("special");
    f.unlink("/fifo");
    expect(readdirSync(place)).toEqual([]);
  });
  test("random calls with hostile paths change nothing outside and throw nothing but errnos", () => {
    const name = fc.constantFrom("a", "b", "..", ".", "l", "m", "outside", "", "secret", "caf\xe9", "\xff"), path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join("/")}`);
    const target = fc.oneof(path, fc.constantFrom("..", "../..", "../outside", "/", "../outside/secret", ".", "a/../../outside"));
    const step = fc.record({ kind: fc.nat(7), path, to: target });
    fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      rmSync(place, { recursive: true });
      mkdirSync(place);
      symlinkSync("../outside", at("l"));
      symlinkSync(outside, at("m"));
      const fs = hostfs(), f = new Files(fs);
      for (const { kind, path: p, to } of steps) {
        const error = errno(() => [() => f.write(p, "x"), () => f.mkdir(p), () => f.symlink(p, to), () => f.unlink(p), () => f.rmdir(p), () => f.rename(p, to), () => f.read(p), () => f.list(p)][kind]!());
        expect(error === undefined || error.constructor.name === "Errno" || (error as unknown as Error).message === "special").toBe(true);
      }
      fs.close();
      expect([readdirSync(outside), readFileSync(join(outside, "secret"), "utf8"), readdirSync(join(place, "..")).sort()]).toEqual([["secret"], "secret", ["outside", "shown"]]);
    }), { numRuns: 60 });
  });
});

test("whatever the host refuses, and whenever, a program is told an errno, and the file system goes on", () => {
  const codes = ["denied", "no-space", "not-found", "failed", "exists", "not-a-directory", "symbolic-link", "unsupported"] as const;
  fc.assert(fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 10 }), fc.constantFrom(...codes), (when, code) => {
    let calls = -1000;
    const failing = <T extends object>(target: T): T => new Proxy(target, {
      get: (of, name) => (...args: unknown[]) => {
        if (name !== "close" && when.includes(calls++)) throw new HostError(code, "The host does not want to.");
        const result = (of[name as keyof T] as (...a: unknown[]) => unknown).apply(of, args);
        if (name === "close" && code === "failed") throw new HostError("failed", "Closing went wrong.");
        return name === "open" ? failing(result as object) : result;
      },
    });
    const f = new Files(hostfs({ directory: failing(virtualHost().files.openDirectory("/")), user: 0 }));
    calls = 0;
    for (const act of [() => f.mkdir("/d"), () => f.write("/d/f", "one"), () => f.read("/d/f"), () => f.list("/d"), () => f.rename("/d/f", "/g"), () => f.walk("/g").dentry.inode.page(0, false), () => f.symlink("/l", "g"), () => f.read("/l"), () => f.unlink("/g"), () => f.rmdir("/d")]) {
      const error = errno(act);
      expect([undefined, "Errno"], String(error)).toContain(error?.constructor.name);
    }
    calls = 1000;
    f.write("/after", "fine");
    expect(f.read("/after")).toBe("fine");
  }));
});
test.skipIf(files.user !== 0)("what the host's user may not do is EACCES", () => {
  const directory = virtualHost().files.openDirectory("/");
  const refused = { ...directory, status: (path: string) => directory.status(path), list: (path: string) => directory.list(path), makeDirectory: () => { throw Object.assign(new Error("no"), { name: "HostError", code: "denied" }); } };
  expect(errno(() => new Files(hostfs({ directory: refused as never })).mkdir("/d"))).toBe(EACCES);
});

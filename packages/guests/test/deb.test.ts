import fc from "fast-check";
import { packTar } from "modern-tar";
import { describe, expect, test } from "vitest";
import { arMembers, packageFile, unpackDeb } from "../src/index.ts";

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

/** An archive as ar(5) describes it. */
function ar(members: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts = [text("!<arch>\n")];
  for (const [name, bytes] of members) {
    parts.push(text(`${name.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"100644".padEnd(8)}${String(bytes.length).padEnd(10)}\`\n`), bytes);
    if (bytes.length & 1) parts.push(text("\n"));
  }
  return new Uint8Array(Buffer.concat(parts));
}
async function deb(name = "data.tar.gz"): Promise<Uint8Array> {
  const tar = await packTar([
    { header: { name: "./bin/", type: "directory", mode: 0o755, size: 0 } },
    { header: { name: "./bin/tool", type: "file", mode: 0o755, size: 5 }, body: "tool\n" },
    { header: { name: "./bin/alias", type: "symlink", linkname: "tool", size: 0 } },
    { header: { name: "./etc/way", type: "symlink", linkname: "/bin/alias", size: 0 } },
    { header: { name: "./etc/loop", type: "symlink", linkname: "loop", size: 0 } },
  ]);
  const gz = new Uint8Array(await new Response(new Blob([tar as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer());
  return ar([["debian-binary", text("2.0\n")], ["control.tar.gz", text("x")], [name, name.endsWith("gz") ? gz : tar]]);
}

describe("ar", () => {
  test("members of odd and even length", () => {
    expect(arMembers(ar([["a", text("1")], ["b/", text("22")], ["c", text("")]])).map((m) => [m.name, new TextDecoder().decode(m.bytes)])).toEqual([["a", "1"], ["b", "22"], ["c", ""]]);
  });
  test("what is damaged is said so", () => {
    expect(() => arMembers(text("no archive"))).toThrow("no ar archive");
    expect(() => arMembers(ar([["a", text("12345678")]]).subarray(0, 70))).toThrow("ends within");
  });
});

describe("Debian packages", () => {
  test("files, directories and links", async () => {
    for (const name of ["data.tar.gz", "data.tar"]) {
      const files = await unpackDeb(await deb(name));
      expect(files.map((f) => `${f.path} ${f.type} ${f.mode.toString(8)}`)).toEqual(["/bin directory 755", "/bin/tool file 755", "/bin/alias symlink 644", "/etc/way symlink 644", "/etc/loop symlink 644"]);
      expect(new TextDecoder().decode(packageFile(files, "/etc/way"))).toBe("tool\n");
      expect(() => packageFile(files, "/etc/loop")).toThrow("no file");
    }
  });
  test("only what is wanted", async () => {
    expect((await unpackDeb(await deb(), (p) => p === "/bin/tool")).map((f) => f.path)).toEqual(["/bin/tool"]);
  });
  test("a path outside the root is refused", async () => {
    const tar = await packTar([{ header: { name: "../evil", type: "file", size: 1 }, body: "x" }]);
    await expect(unpackDeb(ar([["debian-binary", text("2.0\n")], ["data.tar", tar]]))).rejects.toThrow("outside its root");
  });
  test("zstd is named", async () => {
    await expect(unpackDeb(ar([["debian-binary", text("2.0\n")], ["data.tar.zst", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)]]))).rejects.toThrow("zstd");
  });
  test("damaged bytes give an Error, never a hang or another exception", async () => {
    const good = await deb();
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), fc.nat(good.length), async (edits, cut) => {
      const bytes = good.slice(0, cut % 3 === 0 ? cut : good.length);
      for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
      try {
        expect(Array.isArray(await unpackDeb(bytes))).toBe(true);
      } catch (e) {
        expect(e).toBeInstanceOf(Error);
      }
    }), { numRuns: 300 });
  });
});

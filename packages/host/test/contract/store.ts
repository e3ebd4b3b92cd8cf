import { describe, expect, test } from "vitest";
import type { Store } from "../../src/index.ts";

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
const bytes = (of: string): Uint8Array => new TextEncoder().encode(of);

/** What every store promises. `make` gives an empty one. */
export function storeContract(make: () => Store | Promise<Store>): void {
  describe("store", () => {
    test("keeps a blob, replaces it and removes it", async () => {
      const store = await make();
      expect(await store.get("a")).toBeUndefined();
      expect(await store.size("a")).toBeUndefined();
      expect(await store.read("a", 0, 1)).toBeUndefined();
      await store.set("a", bytes("first"));
      expect(text(await store.get("a"))).toBe("first");
      await store.set("a", bytes("2"));
      expect(text(await store.get("a"))).toBe("2");
      expect(await store.size("a")).toBe(1);
      expect(await store.delete("a")).toBe(true);
      expect(await store.delete("a")).toBe(false);
      expect(await store.get("a")).toBeUndefined();
    });
    test("an empty blob is a blob", async () => {
      const store = await make();
      await store.set("empty", new Uint8Array(0));
      expect((await store.get("empty"))?.length).toBe(0);
      expect(await store.size("empty")).toBe(0);
      expect(await store.keys()).toEqual(["empty"]);
    });
    test("reads a part, short at the end", async () => {
      const store = await make();
      await store.set("digits", bytes("0123456789"));
      expect(text(await store.read("digits", 3, 4))).toBe("3456");
      expect(text(await store.read("digits", 8, 100))).toBe("89");
      expect(text(await store.read("digits", 50, 1))).toBe("");
    });
    test("lists keys by prefix, sorted", async () => {
      const store = await make();
      for (const key of ["layers/sha256:2", "layers/sha256:1", "layers.old", "disk"]) await store.set(key, bytes(key));
      expect(await store.keys()).toEqual(["disk", "layers.old", "layers/sha256:1", "layers/sha256:2"]);
      expect(await store.keys("layers/")).toEqual(["layers/sha256:1", "layers/sha256:2"]);
      expect(text(await store.get("layers/sha256:2"))).toBe("layers/sha256:2");
    });
    test("a key may be the beginning of another", async () => {
      const store = await make();
      await store.set("a", bytes("1"));
      await store.set("a/b", bytes("2"));
      expect([text(await store.get("a")), text(await store.get("a/b"))]).toEqual(["1", "2"]);
    });
    test("keeps a copy: neither side sees what the other changes later", async () => {
      const store = await make();
      const mine = bytes("mine");
      await store.set("x", mine);
      mine.fill(0);
      const read = (await store.get("x"))!;
      expect(text(read)).toBe("mine");
      read.fill(0);
      expect(text(await store.get("x"))).toBe("mine");
    });
    test("keeps a part of a larger array, and of shared memory", async () => {
      const store = await make();
      await store.set("part", bytes("-part-").subarray(1, 5));
      expect(text(await store.get("part"))).toBe("part");
      const shared = new Uint8Array(new SharedArrayBuffer(3));
      shared.set([1, 2, 3]);
      await store.set("shared", shared.subarray(1));
      expect([...(await store.get("shared"))!]).toEqual([2, 3]);
    });
    test("megabytes come back as they were", async () => {
      const store = await make();
      const large = Uint8Array.from({ length: 3 << 20 }, (_, i) => (i * 2654435761) >>> 24);
      await store.set("large", large);
      const read = (await store.get("large"))!;
      expect(read.length).toBe(large.length);
      expect(read.every((byte, i) => byte === large[i])).toBe(true);
      expect([...(await store.read("large", 1 << 20, 3))!]).toEqual([...large.subarray(1 << 20, (1 << 20) + 3)]);
    });
    test("many at once", async () => {
      const store = await make();
      await Promise.all(Array.from({ length: 30 }, (_, i) => store.set(`n/${i % 10}`, bytes(String(i)))));
      expect((await store.keys("n/")).length).toBe(10);
      for (let i = 0; i < 10; i++) expect([i, i + 10, i + 20].map(String)).toContain(text(await store.get(`n/${i}`)));
    });
    test.each(["", "/a", ".hidden", "Capital", "a b", "ü", "x".repeat(181), "../x"])("refuses the key %j", async (key) => {
      const store = await make();
      for (const act of [() => store.get(key), () => store.set(key, new Uint8Array(1)), () => store.delete(key), () => store.size(key), () => store.read(key, 0, 1)]) await expect(act()).rejects.toThrow("no key");
    });
  });
}

import { expect, test } from "vitest";
import fc from "fast-check";
import { parseReference } from "../src/index.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

test.each([
  ["busybox", "docker.io/library/busybox:latest", "busybox:latest"],
  ["busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36"],
  ["library/busybox", "docker.io/library/busybox:latest", "busybox:latest"],
  ["docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest"],
  ["index.docker.io/library/busybox", "docker.io/library/busybox:latest", "busybox:latest"],
  ["ringzero/own", "docker.io/ringzero/own:latest", "ringzero/own:latest"],
  ["localhost/a", "localhost/a:latest", "localhost/a:latest"],
  ["localhost:5000/a/b:T_a.g-1", "localhost:5000/a/b:T_a.g-1", "localhost:5000/a/b:T_a.g-1"],
  ["ghcr.io/a/b", "ghcr.io/a/b:latest", "ghcr.io/a/b:latest"],
  ["Registry/a", "Registry/a:latest", "Registry/a:latest"],
  ["[::1]:5000/a", "[::1]:5000/a:latest", "[::1]:5000/a:latest"],
  [`busybox@${DIGEST}`, `docker.io/library/busybox@${DIGEST}`, `busybox@${DIGEST}`],
  [`busybox:1@${DIGEST}`, `docker.io/library/busybox:1@${DIGEST}`, `busybox:1@${DIGEST}`],
  ["a__b/c---d.e_f", "docker.io/a__b/c---d.e_f:latest", "a__b/c---d.e_f:latest"],
])("%s is %s", (text, canonical, familiar) => {
  expect(parseReference(text)).toMatchObject({ canonical, familiar });
  expect(parseReference(canonical).canonical).toBe(canonical);
  expect(parseReference(familiar).canonical).toBe(canonical);
});

test.each([
  ["", "empty"], ["Busybox", "lower case"], ["a/B", "lower case"], ["a//b", "a name has"], ["/a", "a name has"], ["a/", "a name has"], ["a:", "a tag"], ["a:b:c", "registry|name"], ["a b", "a name has"], ["a:.x", "a tag"],
  [`a:${"t".repeat(129)}`, "a tag"], ["a@sha256:1", "hexadecimal"], ["a@md5:00", "hexadecimal"], [`a@${DIGEST.toUpperCase()}`, "hexadecimal"], ["a".repeat(64), "ID"], ["x/".repeat(130) + "x", "at most"], ["a___b", "a name has"], ["-a", "a name has"],
  ["../../etc/passwd", "a name has|registry"], ["-x.io/a", "registry"],
])("%j is refused", (text, why) => {
  expect(() => parseReference(text)).toThrow(new RegExp(why));
});

test("any text is a reference or one sentence", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9./:@_-]{0,40}$/)), (text) => {
    try {
      const { canonical, familiar } = parseReference(text);
      expect([parseReference(canonical).canonical, parseReference(familiar).canonical]).toEqual([canonical, canonical]);
    } catch (error) {
      expect((error as Error).message).toMatch(/^(?:".*" is no image reference: .*|The image reference is empty: .*)\.$/s);
      expect((error as Error).message).not.toContain("\n");
    }
  }));
});

import { describe, expect, test } from "vitest";
import { compareCheckpoints, type Checkpoint, type GuestRun } from "../../src/exactness/guest-run.ts";
import { busyboxGuest, compare } from "./busybox-guest.ts";

const SCRIPT = "seq 1 400 | awk '{ t += $1 / 7 } END { printf \"%.6f\\n\", t }'; seq 1 300 | sort -r | gzip -c | gunzip -c | md5sum; i=0; while [ $i -lt 20 ]; do (exit $i) & i=$((i + 1)); done; wait; echo done";

describe.each(["i386", "amd64"] as const)("programs of %s", async (abi) => {
  const guest = await busyboxGuest(abi, SCRIPT);
  test.skipIf(!guest)(`the same at every exit on interpreter, JIT and changing engines (needs the guest busybox-${abi})`, async () => {
    for (const [engine, seed] of [["jit", 1], ["mixed", 1], ["mixed", 2]] as const) {
      const { finding, exits, output } = await compare(guest!, ["interpreter", engine], 2e6, Number.POSITIVE_INFINITY, seed);
      expect(finding).toBeUndefined();
      expect(exits).toBeGreaterThan(500);
      expect(output).toContain("11457.142857\n");
      expect(output).toMatch(/done\n$/);
    }
  });
});

describe("a difference", () => {
  const run = (digests: readonly number[], byte = 0, output = ""): GuestRun => ({ next: () => at("a"), memory: () => [new Uint8Array(2), Uint8Array.of(7, byte)], output, recent: digests.map((digest, i) => ({ retired: (i + 1) * 10, digest })) });
  const at = (digest: string): Checkpoint => ({ retired: 40, exits: 3, digest, ended: false });
  test("of registers is told with the first exit that shows it", () => {
    expect(compareCheckpoints([run([1, 2, 3]), run([1, 2, 3])], [at("a"), at("a")])).toBeUndefined();
    expect(compareCheckpoints([run([1, 2, 3]), run([1, 9, 3])], [at("a"), at("b")])).toContain("first at the exit after 20 instructions (20 on the other), the one before after 10: 40 instructions, 3 exits, digest a");
    expect(compareCheckpoints([run([1]), run([1])], [at("a"), at("b")])).toContain("after the last exit");
    expect(compareCheckpoints([run([1]), run([1])], [at("a"), { ...at("a"), ended: true }])).toContain("to the end");
  });
  test("of memory or output is told", () => {
    expect(compareCheckpoints([run([], 1), run([], 2)], [at("a"), at("a")])).toBe("memory differs in piece 1 at byte 1, after 40 instructions");
    expect(compareCheckpoints([run([], 0, "x"), run([], 0, "y")], [at("a"), at("a")])).toBe("the output differs");
  });
});

describe("one program that does something else", async () => {
  const [a, b] = [await busyboxGuest("amd64", "echo $((6 * 7)) > /tmp/x"), await busyboxGuest("amd64", "echo $((7 * 7)) > /tmp/x")];
  test.skipIf(!a)("is found (needs the guest busybox-amd64)", async () => {
    const runs = [await a!.start("interpreter", 1e7, 1), await b!.start("jit", 1e7, 1)] as const;
    expect(compareCheckpoints(runs, [runs[0].next(), runs[1].next()])).toMatch(/^registers differ, first at the exit after \d+ instructions/);
  });
});

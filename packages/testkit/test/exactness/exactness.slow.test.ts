import { CpuModel } from "@ringzero/x86";
import { describe, expect, test } from "vitest";
import { vmGuest } from "../../src/exactness/vm-guest.ts";
import { busyboxGuest, compare, guests } from "./busybox-guest.ts";

const SCRIPT = "seq 1 40000 > /tmp/a; sort -r /tmp/a | md5sum; awk '{ c[$1 % 97] += $1 * 1.5 } END { for (k in c) t += c[k]; print t }' /tmp/a; gzip -9 -c /tmp/a | gunzip -c | cmp - /tmp/a; i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i + 1)); done";
const linux = await guests.get("linux-i386");

describe.each([["jit", 1], ["mixed", 3], ["mixed", 4]] as const)("interpreter against %s, seed %i", (engine, seed) => {
  test.each(["i386", "amd64"] as const)("programs of %s", async (abi) => {
    const { finding, retired } = await compare((await busyboxGuest(abi, SCRIPT))!, ["interpreter", engine], 1e7, Number.POSITIVE_INFINITY, seed);
    expect(finding).toBeUndefined();
    expect(retired).toBeGreaterThan(1e8);
  });
  test("Debian's i386 kernel, its first 1,500 million instructions", async () => {
    const guest = vmGuest({ name: "linux", kernel: linux!.kernel!, initrd: linux!.initrd!, model: CpuModel.x86_64_v2, memory: 128 });
    const { finding, retired } = await compare(guest, ["interpreter", engine], 1e8, 1.5e9, seed);
    expect(finding).toBeUndefined();
    expect(retired).toBeGreaterThanOrEqual(1.5e9);
  });
});

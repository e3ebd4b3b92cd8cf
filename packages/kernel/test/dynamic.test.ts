import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { boot, busybox, canChroot, LinuxRoot, run } from "./run-program.ts";

/** Programs of the distribution beneath, with what their dynamic linker loads: path in both roots and on the host. */
const PROGRAMS: readonly (readonly [program: string, ...args: string[]])[] = [
  ["/bin/bash", "-c", "for i in {1..3}; do echo $i; done; [[ abc =~ b ]] && echo match; printf '%05.1f\\n' 3.14159; a=(x y z); echo ${a[@]: -2} ${#a[*]}; read -r l < <(echo sub); echo $l; exit 9"],
  ["/bin/bash", "-c", "trap 'echo bye' EXIT; (sleep 0.05; kill -TERM $$) & wait; echo not reached"],
  ["/bin/ls", "-lan", "--time-style=+%Y", "/bin/busybox", "/bin/sh"],
  ["/usr/bin/perl", "-e", "print join(q{,}, map { $_ * 2 } 1 .. 5), qq{\\n}; printf qq{%.6f %s\\n}, sin(1), scalar reverse q{abc}; my %h = map { $_ => length } qw(a bb ccc); print sort { $a cmp $b } %h; print qq{\\n}; system(q{/bin/busybox}, q{echo}, q{from system}) == 0 or die;"],
];

const linux = new LinuxRoot(), program = busybox("amd64");
afterAll(() => linux.remove());

describe("dynamically linked programs of this machine, amd64", () => {
  for (const [path, ...args] of PROGRAMS) {
    test.skipIf(!program || !canChroot || !existsSync(path) || process.arch !== "x64")(`${path} ${args.join(" ").slice(0, 40)} does as on Linux`, async () => {
      const libraries = [...spawnSync("ldd", [path], { encoding: "utf8" }).stdout.matchAll(/(\/\S+) \(0x/g)].map((m) => m[1]!);
      const files = Object.fromEntries([path, ...libraries].map((name) => [name, name]));
      const native = linux.run(program!, files, [path, ...args]);
      const kernel = await boot(program!, Object.fromEntries([path, ...libraries].map((name) => [name, new Uint8Array(readFileSync(name))])));
      const { stdout, stderr, status } = run(kernel, [path, ...args]);
      expect({ stdout, stderr, status }).toEqual(native);
      expect(Object.fromEntries(kernel.unknownCalls)).toEqual({});
    });
  }
});

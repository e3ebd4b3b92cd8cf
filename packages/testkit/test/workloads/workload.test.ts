import { expect, test } from "vitest";
import { Stamps } from "../../src/workloads/stamped-run.ts";
import { workloadScript } from "../../src/workloads/system-image.ts";
import { commandOf, GUEST, placed, printed, WORKLOADS, type Places } from "../../src/workloads/workload.ts";

test("there are the 32 workloads of the peers' table", () => {
  expect(WORKLOADS.map((w) => w.name)).toEqual([
    "sieve", "sha256", "qsort", "chase_l1", "chase_mem", "matmul", "fib", "mandel", "strmix", "u64", "memcpy", "getppid", "pipe", "pipe1", "mmap", "open", "fork", "forkexec", "gen10M", "bb_sha256sum", "bb_gzip9", "bb_gunzip",
    "bb_sort", "bb_awk", "lua_nbody", "lua_fibstr", "py_start", "py_nbody", "py_mix", "sh_loop1000", "sh_pipe200", "sh_builtin300k",
  ]);
});

test("a command's places are the subject's, an interpreter may be several words, and a runner comes behind what prints the lines", () => {
  const there: Places = { ...GUEST, tm: "/x/tm", scripts: "/s", python: ["ld.so", "--library-path", "/lib", "/r/python"] }, named = (name: string) => WORKLOADS.find((w) => w.name === name)!;
  expect(commandOf(named("py_mix"), there, ["qemu-i386"])).toEqual(["/x/tm", "py_mix", "qemu-i386", "ld.so", "--library-path", "/lib", "/r/python", "-S", "/s/mix.py"]);
  expect(commandOf(named("sieve"), there, ["qemu-i386"])).toEqual(["qemu-i386", "/bin/bench", "sieve*5"]);
  expect(placed("$gen 10 > $tmp/data; echo $i $generation", GUEST)).toBe("/bin/gen 10 > /tmp/data; echo $i $generation");
});

test("lines are stamped when their end arrives, in pieces or at once, and each name has all its times", () => {
  const stamps = new Stamps();
  stamps.add("noise\nBEG", 1);
  stamps.add("IN a\r\n", 2);
  stamps.add("[ 1.2] kernel says END", 3);
  stamps.add(" a\nBEGIN a\nEND a\nEND b\n", 5);
  stamps.add("BEGIN c\n", 6);
  expect([...stamps.seconds]).toEqual([["a", [3, 0]]]);
});

test("what is compared is what was printed, without the guest's clock and directories", () => {
  expect(printed("BEGIN fib\r\nEND fib\r\nRESULT fib 0.2812 38\r\n")).toBe("RESULT fib 38");
  expect(printed("b6d9f7 /tmp/data\n")).toBe(printed("b6d9f7 /x/y-z/tmp/data\r\n"));
  expect(printed("BEGIN py\n12\nEND py\nRESULT py 1.0000 256\n")).toBe("12\nRESULT py 256");
});

test("a system's script runs what prepares, the workload and what checks it in order, each word quoted", () => {
  const lines = workloadScript(WORKLOADS.filter((w) => w.name === "bb_awk" || w.name === "bb_sort")).split("\n"), at = lines.findIndex((l) => l.includes("bb_sort"));
  expect(lines.slice(at - 1, at + 2)).toEqual(["[ -s /tmp/data ] || /bin/gen 10 > /tmp/data", "'/bin/tm' 'bb_sort' '/bin/busybox' 'sort' '-o' '/tmp/sorted' '/tmp/data'", "/bin/busybox md5sum < /tmp/sorted"]);
  expect(lines.some((l) => l.includes("'{for(i=1;i<=NF;i++)"))).toBe(true);
  expect(lines.find((l) => l.includes("BEGIN empty"))).toBe("'/bin/busybox' 'sh' '-c' 'for i in 1 2 3 4 5 6 7 8; do echo BEGIN empty; echo END empty; done'");
});

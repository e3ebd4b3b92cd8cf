import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { CpuModel } from "@ringzero/x86";
import { buildPrograms, STORE, type Abi } from "../workloads/build.ts";
import { guestFiles } from "../workloads/guest-files.ts";
import { workloadInitramfs } from "../workloads/system-image.ts";
import { commandOf, GUEST, placed, WORKLOADS, type Workload } from "../workloads/workload.ts";
import type { ComparedGuest } from "./guest-run.ts";
import { processGuest } from "./process-guest.ts";
import { vmGuest } from "./vm-guest.ts";

/** Python compiles its own library: a parser, trees and dictionaries at work. */
const COMPILE: Workload = {
  name: "py_compile", group: "program", timed: true, interpreted: true,
  command: ["$python", "-S", "-c", "import os\nn = 0\nfor folder, _, names in os.walk('/usr/lib/python3.11'):\n  for name in sorted(names):\n    path = os.path.join(folder, name)\n    if name.endswith('.py') and os.path.exists(path): n += len(compile(open(path, encoding='latin1').read(), path, 'exec').co_code)\nprint(n)"],
};
/** Workloads by what they do, the cheap half of each: a system boots, computes, sorts, compiles, interprets, and starts and ends programs. */
const PARTS: { readonly [part: string]: readonly string[] } = {
  churn: ["fork", "forkexec", "sh_loop1000", "sh_pipe200", "pipe", "pipe1", "mmap", "open", "getppid"],
  sort: ["gen10M", "bb_sha256sum", "bb_sort", "bb_gzip9", "bb_gunzip", "qsort", "strmix"],
  interpreters: ["py_start", "py_mix", "lua_fibstr", "py_compile", "sh_builtin300k"],
  compute: ["sieve", "sha256", "chase_l1", "chase_mem", "matmul", "fib", "mandel", "u64", "memcpy", "lua_nbody", "py_nbody"],
  awk: ["bb_awk"],
};
const ALL: readonly Workload[] = [...WORKLOADS, COMPILE];
const chosen = (names: readonly string[]): Workload[] => names.map((name) => ALL.find((w) => w.name === name)!);

/** The guests of a comparison: each part as programs on the shared kernel and as a system that boots first, for both ABIs. */
export async function comparedGuests(cache: string): Promise<ComparedGuest[]> {
  const guests: ComparedGuest[] = [], prepared = new Guests(nodeHost({ storeDirectory: STORE }));
  const programs = { i386: await buildPrograms("i386", cache, true), amd64: await buildPrograms("amd64", cache, true) };
  const kernels = { i386: (await prepared.prepare("linux-i386")).kernel!, amd64: (await prepared.prepare("linux-amd64")).kernel! };
  const abis: readonly Abi[] = ["i386", "amd64"];
  for (const [part, names] of Object.entries(PARTS)) {
    const workloads = chosen(names), shell = (text: string | undefined): string[][] => (text === undefined ? [] : [[GUEST.busybox, "sh", "-c", placed(text, GUEST)]]);
    for (const abi of abis) {
      const { directory } = programs[abi], commands = workloads.flatMap((w) => [...shell(w.before), [GUEST.busybox, "sh", "-c", '"$@"; exit $?', "sh", ...commandOf(w, GUEST)], ...shell(w.after)]);
      guests.push(processGuest(`${part}-process-${abi}`, () => guestFiles(directory, true), commands));
      guests.push(vmGuest({ name: `${part}-vm-${abi}`, kernel: kernels[abi], initrd: workloadInitramfs(directory, workloads), model: CpuModel.x86_64_v2, memory: 256 }));
    }
  }
  return guests;
}

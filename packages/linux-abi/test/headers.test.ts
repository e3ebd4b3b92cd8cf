import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Abi } from "@ringzero/bits";
import * as abi from "../src/index.ts";

const gcc = spawnSync("gcc", ["-E", "-include", "asm/unistd.h", "-xc", "/dev/null"]).status === 0;

/** Evaluates C expressions by the system's headers for one ABI. The values are read from the object file, so that nothing need be linked or run. */
function evaluate(expressions: readonly string[], headers: readonly string[], flags: readonly string[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), "abi-"));
  try {
    const text = [...headers.map((h) => (h.startsWith("#") ? h : `#include <${h}>`)), `__attribute__((section(".answers"))) const long long answers[] = {`, expressions.map((e) => `(long long)(${e})`).join(",\n"), "};"].join("\n");
    writeFileSync(join(folder, "q.c"), text);
    execFileSync("gcc", [...flags, "-c", "-o", join(folder, "q.o"), join(folder, "q.c")]);
    execFileSync("objcopy", ["-O", "binary", "-j", ".answers", join(folder, "q.o"), join(folder, "answers")]);
    const bytes = readFileSync(join(folder, "answers"));
    return expressions.map((_, i) => Number(bytes.readBigInt64LE(i * 8)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Headers of the kernel for each kind of name. The i386 ones come with the same package. */
const CONSTANT_HEADERS = [
  "asm/unistd.h", "asm/errno.h", "linux/fcntl.h", "linux/stat.h", "linux/mman.h", "asm/signal.h", "asm/siginfo.h", "asm/termbits.h", "asm/ioctls.h", "asm/prctl.h", "linux/prctl.h", "linux/futex.h", "linux/auxvec.h", "linux/sched.h",
  "linux/wait.h", "linux/resource.h", "linux/time.h", "linux/poll.h", "linux/magic.h", "linux/mount.h", "linux/elf.h", "linux/limits.h", "linux/fs.h",
];
/** Names that no header for programs has: the kernel's own, or the C library's. */
const ELSEWHERE = new Set([
  "ELF_MAGIC", "DIRENT64_NAME", "SIGINFO_BYTES", "MAXSYMLINKS", "SIGNALS", "F_OK", "R_OK", "W_OK", "X_OK", "NCCS", "MAP_TYPE", "EWOULDBLOCK", "O_TMPFILE", "EM_X86_64", "O_LARGEFILE",
  "DT_UNKNOWN", "DT_FIFO", "DT_CHR", "DT_DIR", "DT_BLK", "DT_REG", "DT_LNK", "DT_SOCK",
  // Only under conditions that leave out others: i386's own numbers, and linux/signal.h.
  "AT_SYSINFO", "SS_ONSTACK", "SS_DISABLE", "F_GETLK64", "F_SETLK64", "F_SETLKW64",
]);

test.skipIf(!gcc)("constants are those of the system's headers", () => {
  const names = Object.entries(abi).filter(([name, value]) => typeof value === "number" && !ELSEWHERE.has(name)).map(([name]) => name);
  expect(names.length).toBeGreaterThan(300);
  const values = evaluate(names, CONSTANT_HEADERS, ["-w"]);
  const mine = Object.fromEntries(names.map((name) => [name, (abi as unknown as { [name: string]: number })[name]! | 0]));
  expect(mine).toEqual(Object.fromEntries(names.map((name, i) => [name, values[i]! | 0])));
});

test.skipIf(!gcc)("error numbers and system calls are those of the system's headers", () => {
  const errnos = Object.values(abi).filter((v) => v instanceof abi.Errno);
  expect(evaluate(errnos.map((e) => e.name), ["asm/errno.h"], [])).toEqual(errnos.map((e) => e.number));
  for (const [header, table] of [["asm/unistd_32.h", abi.SYSTEM_CALLS_I386], ["asm/unistd_64.h", abi.SYSTEM_CALLS_X86_64]] as const) {
    const names = Object.keys(table);
    expect(names.length).toBeGreaterThan(350);
    expect(evaluate(names.map((n) => `__NR_${n}`), [header], [])).toEqual(Object.values(table));
  }
});

/** Structures with the header of the kernel that has them; where the kernel's own fields have other names, they are left out. */
const STRUCTURES: readonly (readonly [structure: string, header: string, only?: Abi])[] = [
  ["statx", "linux/stat.h"], ["winsize", "asm/termios.h"], ["termios", "asm/termbits.h"], ["iovec", "linux/uio.h"], ["pollfd", "linux/poll.h"], ["rusage", "linux/resource.h"],
  ["rlimit", "linux/resource.h"], ["sysinfo", "linux/sysinfo.h", "x86_64"], ["stat", "asm/stat.h", "x86_64"], ["stat64", "asm/stat.h", "i386"], ["statfs", "asm/statfs.h"],
];

test.skipIf(!gcc).each(STRUCTURES)("struct %s lies as in %s", (name, header, only) => {
  for (const [of, flags] of [["i386", ["-m32", "-idirafter", "/usr/include/x86_64-linux-gnu"]], ["x86_64", ["-m64"]]] as const) {
    if (only && of !== only) continue;
    const layout = (abi as unknown as { [name: string]: { for(abi: Abi): { size: number; offsets: { [field: string]: number } } } })[name]!.for(of);
    const fields = Object.keys(layout.offsets).filter((field) => !field.startsWith("__"));
    const questions = [`sizeof(struct ${name})`, ...fields.map((field) => `__builtin_offsetof(struct ${name}, ${field})`)];
    expect([layout.size, ...fields.map((field) => layout.offsets[field])], of).toEqual(evaluate(questions, [header], ["-w", ...flags]));
  }
});

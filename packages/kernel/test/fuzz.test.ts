import { virtualHost } from "@ringzero/host/virtual";
import { O_RDONLY, O_WRONLY, SYSTEM_CALLS_I386, SYSTEM_CALLS_X86_64 } from "@ringzero/linux-abi";
import { Machine } from "@ringzero/machine";
import { Tmpfs } from "@ringzero/vfs";
import { assemble } from "@ringzero/x86";
import { describe, expect, test } from "vitest";
import { Kernel, SYSTEM_CALLS } from "../src/index.ts";

/*
 * System calls with arguments that mean nothing, little or harm, from a container: whatever they ask for, the answer is a number or a signal. An exception of the
 * kernel's own would be its panic, and every container's end.
 */
const CALLS = 60, rounds = Number(process.env["FUZZ_ROUNDS"] ?? 25), firstSeed = Number(process.env["FUZZ_SEED"] ?? 1);

/** Numbers that are the same for the same seed. xorshift32. */
function random(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
const known = new Set(SYSTEM_CALLS.map((call) => call.name));
const numbersOf = (table: { readonly [name: string]: number }): number[] => Object.entries(table).filter(([name]) => known.has(name) && !/^exit|^fork$|pause|sigsuspend/.test(name)).map(([, number]) => number);
const NUMBERS = { x86_64: numbersOf(SYSTEM_CALLS_X86_64), i386: numbersOf(SYSTEM_CALLS_I386) };
const PATHS = ["/", "/tmp/a", "/tmp/b", "/proc/self/fd/0", "/proc/self/maps", "/proc/1/environ", "/dev/ptmx", "/dev/zero", "/dev/tty", "/dev/full", "", "..", "/tmp/a/b/../c", "relative", "/proc/self/exe", "/sys/devices/system/cpu/online", "tmpfs", "proc"];

function argument(next: (below: number) => number, wide: boolean, call: number): string {
  switch (next(12)) {
    case 0: return "0";
    case 1: case 2: return String(next(12));
    case 3: return wide ? "-1" : "0xffffffff";
    case 4: case 5: return `path${next(PATHS.length)}`;
    case 6: case 7: return `data + ${next(8192)}`;
    case 8: return `records + ${(call + next(3)) * (wide ? 56 : 28)}`;
    case 9: return String(2 ** next(31));
    case 10: return wide ? ["0x7ffffffff000", "0x8000000000000000", "0xfffffffffffff000", "0x7fffffffefff", "data + 4095"][next(5)]! : ["0xfffff000", "0xffffe000", "0x80000000", "0xc0000000", "data + 4095"][next(5)]!;
    default: return String(next(0xffff_ffff));
  }
}
function program(abi: "x86_64" | "i386", seed: number): Uint8Array {
  const next = random(seed), wide = abi === "x86_64", word = wide ? "dq" : "dd", numbers = NUMBERS[abi];
  const records = Array.from({ length: CALLS }, (_, call) => `${word} ${[numbers[next(numbers.length)], ...Array.from({ length: 6 }, () => argument(next, wide, call))].join(", ")}`);
  const enter = wide
    ? "mov r15, records\nmov r14, count\n.next: mov rax, [r15]\nmov rdi, [r15 + 8]\nmov rsi, [r15 + 16]\nmov rdx, [r15 + 24]\nmov r10, [r15 + 32]\nmov r8, [r15 + 40]\nmov r9, [r15 + 48]\nadd r15, 56\nsyscall\ndec qword [r14]\njnz .next\nmov eax, 231\nxor edi, edi\nsyscall"
    : ".next: mov [stack], esp\nmov esp, [at]\npop eax\npop ebx\npop ecx\npop edx\npop esi\npop edi\npop ebp\nmov [at], esp\nmov esp, [stack]\nint 0x80\ndec dword [count]\njnz .next\nmov eax, 252\nxor ebx, ebx\nint 0x80";
  const source = `bits ${wide ? 64 : 32}\nglobal _start\nsection .text\n_start:\n${enter}\nsection .data\ncount: dq ${CALLS}\nat: dd records\nstack: dd 0\nrecords:\n${records.join("\n")}\n${PATHS.map((path, i) => `path${i}: db "${path}", 0`).join("\n")}\nsection .bss\ndata: resb 8192\n`;
  return assemble(source, { format: wide ? "elf64" : "elf32" }).bytes;
}
async function boot(): Promise<Kernel> {
  return new Kernel(await Machine.create(virtualHost(), { memory: 48 << 20, shared: false }));
}
function rootWith(kernel: Kernel, bytes: Uint8Array): Tmpfs {
  const root = kernel.newTmpfs(), who = { uid: 0, gid: 0, groups: [], privileged: true };
  for (const name of ["proc", "dev", "sys", "tmp"]) root.root.create(name, { mode: 0o40777, credentials: who });
  const file = root.root.create("program", { mode: 0o100755, credentials: who });
  file.write(0, { length: bytes.length, put() {}, putFrom() {}, putZeros() {}, take: (at, into) => into.set(bytes.subarray(at, at + into.length)) });
  return root;
}

describe.each(["x86_64", "i386"] as const)("system calls of %s", (abi) => {
  test("with any arguments never end the kernel", async () => {
    let calls = 0;
    for (let round = 0; round < rounds; round += 5) {
      // One kernel for a few programs: what the first left behind meets the next.
      const kernel = await boot();
      for (let seed = firstSeed + round; seed < firstSeed + round + 5; seed++) {
        const root = rootWith(kernel, program(abi, seed)), files = [kernel.stream(O_RDONLY), kernel.stream(O_WRONLY), kernel.stream(O_WRONLY)];
        files[0]!.push(new Uint8Array(100));
        try {
          const group = kernel.spawn({ path: "/program", files, container: { root, limits: { tasks: 6, memory: 6 << 20 } } });
          kernel.run(3e6);
          kernel.kill();
          expect([group.exitStatus !== undefined, kernel.tasks.size]).toEqual([true, 0]);
        } catch (error) {
          throw new Error(`Seed ${seed} of ${abi}: ${(error as Error).message}`, { cause: error });
        }
      }
      calls += kernel.counts.systemCalls;
      expect([kernel.cgroup.tasks, kernel.time.events.size]).toEqual([0, 0]);
    }
    expect(calls).toBeGreaterThan(rounds * 10);
  }, 600_000);
});

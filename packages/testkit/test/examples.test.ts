import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assemble, CpuModel, flatProtectedState, PlainMemory, Vcpu, type Assembly, type OutputFormat, type VcpuState } from "@ringzero/x86";
import { expect, test } from "vitest";
import { codeBlocks, runCodeBlock } from "../src/docs/code-block.ts";
import { captureProcess } from "../src/oracle/captured-process.ts";
import { findProgram } from "../src/oracle/programs.ts";
import { ScratchDirectory } from "../src/oracle/scratch-directory.ts";

const COM1 = 0x3f8, LINE_STATUS = COM1 + 5, READY = 0x20;

function example(name: string, format: OutputFormat): Assembly {
  return assemble(readFileSync(new URL(`../../x86/examples/${name}.asm`, import.meta.url), "utf8"), { format, file: `${name}.asm` });
}

/** Runs an assembled guest on our processor until it halts; returns what COM1 received and the first characters of the screen. */
function runOurs(guest: Assembly, enter: (reset: VcpuState) => VcpuState): { serial: string; screen: string; exit: string } {
  let serial = "";
  const memory = new PlainMemory(4);
  for (const s of guest.sections) memory.write(Number(s.address), s.bytes);
  const vcpu = new Vcpu({
    model: CpuModel.x86_64_v2, memory,
    io: { pio: { read: (port) => (port === LINE_STATUS ? READY : 0xff), write: (port, _size, value) => { if (port === COM1) serial += String.fromCharCode(value); } } },
  });
  vcpu.restore(enter(vcpu.save()));
  const exit = vcpu.run({ instructions: 100_000 }).kind;
  const screen = Array.from({ length: serial.length }, (_, i) => String.fromCharCode(memory.readNumber(0xb8000 + 2 * i, 1))).join("");
  return { serial, screen, exit };
}

async function serialOnQemu(bytes: Uint8Array, parameters: (file: string) => string[], text: string): Promise<string> {
  using scratch = new ScratchDirectory("example");
  const file = join(scratch.path, "image");
  writeFileSync(file, bytes);
  const qemu = findProgram("qemu-system-i386");
  if ("absent" in qemu) throw new Error(qemu.absent);
  const capture = await captureProcess(qemu.path, ["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio", ...parameters(file)],
    { directory: scratch.path, seconds: 60, enough: (output) => output.includes(text) });
  return capture.output;
}

const withoutQemu = "absent" in findProgram("qemu-system-i386");
const BOOT = "Hello from ring 0", MULTIBOOT = "Hello from a multiboot kernel";

test("boot sector: text on COM1 and on the screen", () => {
  const zero = (s: VcpuState): VcpuState => ({ ...s, rip: 0x7c00n, segments: s.segments.map((d, i) => (i < 6 ? { ...d, selector: 0, base: 0n } : d)) });
  expect(runOurs(example("boot-hello", "boot"), zero)).toEqual({ serial: BOOT, screen: BOOT, exit: "halted" });
});
test("multiboot kernel: text on COM1 and on the screen, by a loader's EAX", () => {
  const guest = example("multiboot-hello", "multiboot");
  const enter = (eax: bigint) => (s: VcpuState): VcpuState => ({ ...flatProtectedState(s, Number(guest.entry)), gpr: s.gpr.map((g, i) => (i === 0 ? eax : g)) });
  expect(runOurs(guest, enter(0x2badb002n))).toEqual({ serial: MULTIBOOT, screen: MULTIBOOT, exit: "halted" });
  expect(runOurs(guest, enter(0n)).serial).toBe("Who loaded me?");
});
test.skipIf(withoutQemu)("boot sector on QEMU", async () => {
  expect(await serialOnQemu(example("boot-hello", "boot").bytes, (f) => ["-drive", `format=raw,if=floppy,file=${f}`, "-vga", "std"], BOOT)).toContain(BOOT);
});
test.skipIf(withoutQemu)("multiboot kernel on QEMU", async () => {
  expect(await serialOnQemu(example("multiboot-hello", "multiboot").bytes, (f) => ["-kernel", f], MULTIBOOT)).toContain(MULTIBOOT);
});

/** Runs a file as a program of this machine's Linux. */
function runNatively(bytes: Uint8Array): { status: number | null; stdout: string } {
  using scratch = new ScratchDirectory("example");
  const file = join(scratch.path, "program");
  writeFileSync(file, bytes);
  chmodSync(file, 0o755);
  const { status, stdout } = spawnSync(file, { encoding: "utf8" });
  return { status, stdout };
}
const linux64 = process.platform === "linux" && process.arch === "x64";
test.skipIf(!linux64)("64-bit program on Linux", () => {
  expect(runNatively(example("elf64-hello", "elf64").bytes)).toEqual({ status: 0, stdout: "Hello from user space, 64 bits\n" });
});
test.skipIf(!linux64)("32-bit program on Linux", () => {
  expect(runNatively(example("elf32-hello", "elf32").bytes)).toEqual({ status: 0, stdout: "Hello from user space, 32 bits\n" });
});
test.skipIf(!linux64)("text of a static program is not writable, .rodata neither", () => {
  const store = (target: string): string => `bits 64\n_start: mov byte [rel ${target}], 1\nmov eax, 60\nxor edi, edi\nsyscall\nsection .rodata\nr: db 0\nsection .data\nd: db 0\nsection .bss\nb: resb 1`;
  const status = (target: string): number | null => runNatively(assemble(store(target), { format: "elf64" }).bytes).status;
  expect([status("d"), status("b"), status("r"), status("_start")]).toEqual([0, 0, null, null]);
});

const EXAMPLES = new URL("../../x86/examples/", import.meta.url);
test.each(codeBlocks(readFileSync(new URL("README.md", EXAMPLES), "utf8")))("the examples' page: the code at line $line does what it says", (block) => {
  expect(runCodeBlock(block, new URL("../", EXAMPLES).pathname)).toBe(block.output);
});

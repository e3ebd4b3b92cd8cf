import { flatProtectedState } from "@ringzero/x86";
import { MEMORY } from "../layout.ts";
import { memoryMap } from "../memory-map.ts";
import { flatGdt } from "./gdt.ts";
import type { BootImage } from "./image.ts";
import { makeZeroPage, readKernelHeader } from "./zero-page.ts";

/** __BOOT_CS and __BOOT_DS. Linux, Documentation/arch/x86/boot.rst, "32-bit Boot Protocol". */
const BOOT_CS = 0x10, BOOT_DS = 0x18;
const ESI = 6, PAGE = 4096;

/** What is booted. */
export interface LinuxBoot {
  /** A bzImage. */
  readonly kernel: Uint8Array;
  /** Its initial RAM disk. */
  readonly initrd?: Uint8Array | undefined;
  /** Its command line. */
  readonly commandLine?: string | undefined;
}

/**
 * Linux by its 32-bit boot protocol: the protected-mode kernel at 1 MiB, the initial RAM disk at the top of the memory it may use, the zero page, and the
 * processor in flat protected mode at the kernel's 32-bit entry. Throws an Error where the file is no kernel or memory does not suffice.
 */
export function linuxBoot({ kernel, initrd, commandLine = "" }: LinuxBoot, memory: number, rsdp: number): BootImage {
  const header = readKernelHeader(kernel), protectedMode = kernel.subarray(header.setupBytes);
  const line = new TextEncoder().encode(`${commandLine}\0`);
  if (line.length > header.commandLineSize + 1) throw new Error(`The command line has ${line.length - 1} bytes; this kernel takes ${header.commandLineSize}.`);
  const kernelEnd = MEMORY.high + Math.max(header.initSize, protectedMode.length);
  const initrdSize = initrd?.length ?? 0;
  const address = Math.floor((Math.min(memory, header.initrdMaximum + 1) - initrdSize) / PAGE) * PAGE;
  if (address < kernelEnd) throw new Error(`Kernel and initial RAM disk need ${Math.ceil((kernelEnd + initrdSize) / 2 ** 20)} MiB, and the machine has ${memory / 2 ** 20}. Give it more memory.`);
  const zeroPage = makeZeroPage(kernel, {
    memory: memoryMap(memory), commandLine: MEMORY.commandLine, initrd: initrd && initrdSize > 0 ? { address, size: initrdSize } : undefined, rsdp,
  });
  const gdt = flatGdt(BOOT_CS, BOOT_DS);
  return {
    segments: [
      { address: MEMORY.bootGdt, bytes: gdt }, { address: MEMORY.zeroPage, bytes: zeroPage }, { address: MEMORY.commandLine, bytes: line }, { address: MEMORY.high, bytes: protectedMode },
      ...(initrd ? [{ address, bytes: initrd }] : []),
    ],
    enter(reset) {
      const state = flatProtectedState(reset, MEMORY.high, { code: BOOT_CS, data: BOOT_DS });
      return {
        ...state, gpr: state.gpr.map((_, i) => (i === ESI ? BigInt(MEMORY.zeroPage) : 0n)),
        registers: { ...state.registers, gdtrBase: BigInt(MEMORY.bootGdt), gdtrLimit: BigInt(gdt.length - 1) },
      };
    },
  };
}

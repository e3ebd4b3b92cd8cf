import { CpuModel } from "@ringzero/x86";
import { acpiTables } from "./boot/acpi-tables.ts";
import type { BootImage, Segment } from "./boot/image.ts";
import { linuxBoot } from "./boot/linux-boot.ts";
import { multibootBoot } from "./boot/multiboot.ts";
import { biosBoot } from "./firmware/bios/bios.ts";
import { MEMORY } from "./layout.ts";

/** Names of processor models, by age. */
export type ModelName = "i486" | "pentium" | "pentiumPro" | "pentium4" | "x86_64_v1" | "x86_64_v2" | "max";

/** What a PC is made of and what it boots: plain data. */
export interface PcOptions {
  /** Bytes of memory: whole MiB, 2 MiB to 3 GiB. */
  readonly memory: number;
  /** A Linux bzImage, with its initial RAM disk and command line. */
  readonly kernel?: Uint8Array;
  /** A floppy disk's image instead: its first sector boots, by our BIOS. */
  readonly floppy?: Uint8Array;
  /** A multiboot kernel instead of a Linux one; `initrd` is its module. */
  readonly multiboot?: Uint8Array;
  /** Linux's initial RAM disk, or multiboot's module. */
  readonly initrd?: Uint8Array;
  /** The kernel's command line. Default: empty. */
  readonly commandLine?: string;
  /** The processor. Default: x86_64_v2. */
  readonly model?: ModelName;
}

/** A platform: what `VirtualMachine.create` builds. */
export interface Platform {
  /** Which platform it is. */
  readonly kind: "pc";
  /** Bytes of memory. */
  readonly memory: number;
  /** The processor. */
  readonly model: CpuModel;
  /** What firmware puts into memory. */
  readonly firmware: readonly Segment[];
  /** What is booted. */
  readonly boot: BootImage;
  /** What is in the floppy drive. */
  readonly floppy: Uint8Array | undefined;
}

const MIB = 2 ** 20;

/** A PC. Throws an Error where what it is to boot cannot be booted. */
export function pc(options: PcOptions): Platform {
  const { memory } = options, model = CpuModel[options.model ?? "x86_64_v2"];
  if (!(memory % MIB === 0 && memory >= 2 * MIB && memory <= MEMORY.memoryEnd)) throw new Error(`A PC has 2 MiB to 3 GiB of memory in whole MiB, not ${memory} bytes.`);
  const acpi = acpiTables();
  return { kind: "pc", memory, model, firmware: [...acpi.segments, ...biosData(), textScreen()], boot: bootImage(options, acpi.rsdp), floppy: options.floppy };
}
function bootImage({ kernel, multiboot, floppy, initrd, commandLine, memory }: PcOptions, rsdp: number): BootImage {
  if ([kernel, multiboot, floppy].filter((x) => x !== undefined).length > 1) throw new Error("Give one of a Linux kernel, a multiboot kernel and a floppy disk.");
  if (kernel) return linuxBoot({ kernel, initrd, commandLine }, memory, rsdp);
  if (multiboot) return multibootBoot({ kernel: multiboot, module: initrd, commandLine }, memory);
  if (floppy) {
    if (floppy.length > 1_474_560) throw new Error(`A floppy disk has 1,474,560 bytes; this image has ${floppy.length}.`);
    return biosBoot(memory);
  }
  throw new Error("There is nothing to boot. Give a kernel or a disk.");
}

/** BIOS data area: serial ports, equipment, memory, video. IBM PC AT Technical Reference, "BIOS Data Area". */
function biosData(): Segment[] {
  const bytes = new Uint8Array(256), view = new DataView(bytes.buffer);
  view.setUint16(0, 0x3f8, true);
  view.setUint16(0x0e, MEMORY.extendedBiosData >> 4, true);
  view.setUint16(0x10, 0x0226, true);
  view.setUint16(0x13, 639, true);
  view.setUint8(0x49, 3);
  view.setUint16(0x4a, 80, true);
  view.setUint16(0x63, 0x3d4, true);
  view.setUint8(0x84, 24);
  view.setUint16(0x85, 16, true);
  const extended = new Uint8Array(1024);
  extended[0] = 1;
  return [{ address: MEMORY.biosData, bytes }, { address: MEMORY.extendedBiosData, bytes: extended }];
}
/** An empty screen: blanks, light grey on black. */
function textScreen(): Segment {
  const bytes = new Uint8Array(80 * 25 * 2);
  for (let i = 0; i < bytes.length; i += 2) bytes.set([0x20, 0x07], i);
  return { address: MEMORY.vgaText, bytes };
}

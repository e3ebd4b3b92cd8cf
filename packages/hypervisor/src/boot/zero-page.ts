import { array, at, struct, u16, u32, u64, u8 } from "@ringzero/bits";
import type { MemoryRange } from "../memory-map.ts";

/** struct boot_e820_entry. Linux, Documentation/arch/x86/zero-page.rst. */
const E820Entry = struct("boot_e820_entry", { addr: u64, size: u64, type: u32 }, { size: 20, packed: true });

/** struct setup_header, which lies at 1F1h of the kernel file's first sectors and of the zero page. Linux, Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header". */
const setupHeader = {
  setup_sects: at(0x1f1, u8), root_flags: at(0x1f2, u16), syssize: at(0x1f4, u32), ram_size: at(0x1f8, u16), vid_mode: at(0x1fa, u16), root_dev: at(0x1fc, u16), boot_flag: at(0x1fe, u16),
  jump: at(0x200, u16), header: at(0x202, u32), version: at(0x206, u16), type_of_loader: at(0x210, u8), loadflags: at(0x211, u8), code32_start: at(0x214, u32), ramdisk_image: at(0x218, u32),
  ramdisk_size: at(0x21c, u32), heap_end_ptr: at(0x224, u16), cmd_line_ptr: at(0x228, u32), initrd_addr_max: at(0x22c, u32), kernel_alignment: at(0x230, u32), relocatable_kernel: at(0x234, u8),
  min_alignment: at(0x235, u8), xloadflags: at(0x236, u16), cmdline_size: at(0x238, u32), setup_data: at(0x250, u64), pref_address: at(0x258, u64), init_size: at(0x260, u32),
} as const;

/** struct boot_params, the zero page: what a loader tells the kernel. Linux, arch/x86/include/uapi/asm/bootparam.h. */
const BootParams = struct("boot_params", {
  orig_x: u8, orig_y: u8, ext_mem_k: u16, orig_video_page: u16, orig_video_mode: u8, orig_video_cols: u8, _unused: u16, orig_video_ega_bx: u16, _unused3: u16, orig_video_lines: u8, orig_video_isVGA: u8,
  orig_video_points: u16, acpi_rsdp_addr: at(0x70, u64), alt_mem_k: at(0x1e0, u32), e820_entries: at(0x1e8, u8), ...setupHeader,
  e820_table: at(0x2d0, array(E820Entry, 128)), _end: at(0xfff, u8),
}, { packed: true, size: 4096 });

/** "HdrS". */
const HEADER_MAGIC = 0x5372_6448;

/** What a loader reads from a kernel's header. */
export interface KernelHeader {
  /** Boot protocol, 0x020F = 2.15. */
  readonly version: number;
  /** Bytes of the real-mode part: the protected-mode kernel follows it in the file. */
  readonly setupBytes: number;
  readonly loadHigh: boolean;
  readonly code32Start: number;
  readonly initrdMaximum: number;
  readonly commandLineSize: number;
  /** Memory that the kernel needs from where it is loaded until it knows the memory map. */
  readonly initSize: number;
}

/** Reads the header of a bzImage. Throws an Error where the file is none. */
export function readKernelHeader(kernel: Uint8Array): KernelHeader {
  if (kernel.length < 0x400) throw new Error(`The kernel file has ${kernel.length} bytes and is no Linux kernel. Give a bzImage, such as /boot/vmlinuz.`);
  const b = BootParams.at(kernel.slice(0, 4096).length < 4096 ? pad(kernel) : kernel);
  if (b.boot_flag !== 0xaa55 || b.header !== HEADER_MAGIC) throw new Error("The kernel file has no Linux boot header. Give a bzImage, such as /boot/vmlinuz.");
  if (b.version < 0x0202 || !(b.loadflags & 1)) throw new Error(`The kernel speaks boot protocol ${b.version >> 8}.${b.version & 0xff}; 2.02 with a kernel loaded high is the oldest that is understood.`);
  return {
    version: b.version, setupBytes: ((b.setup_sects || 4) + 1) * 512, loadHigh: (b.loadflags & 1) !== 0, code32Start: b.code32_start,
    initrdMaximum: b.version >= 0x0203 ? b.initrd_addr_max : 0x37ff_ffff, commandLineSize: b.version >= 0x0206 ? b.cmdline_size : 255, initSize: b.version >= 0x020a ? b.init_size : 0,
  };
}
function pad(kernel: Uint8Array): Uint8Array {
  const page = new Uint8Array(4096);
  page.set(kernel);
  return page;
}

/** What the zero page says besides the kernel's own header. */
export interface ZeroPageValues {
  readonly memory: readonly MemoryRange[];
  readonly commandLine: number;
  readonly initrd: { readonly address: number; readonly size: number } | undefined;
  readonly rsdp: number;
}

/** The zero page for a kernel file: its header, and what the loader adds. */
export function makeZeroPage(kernel: Uint8Array, values: ZeroPageValues): Uint8Array {
  const page = new Uint8Array(4096), b = BootParams.at(page);
  // The header ends where its jump at 200h leads.
  page.set(kernel.subarray(0x1f1, 0x202 + kernel[0x201]!), 0x1f1);
  // 80 × 25 colour text, mode 3, by VGA.
  Object.assign(b, { orig_y: 24, orig_video_mode: 3, orig_video_cols: 80, orig_video_lines: 25, orig_video_isVGA: 1, orig_video_points: 16 });
  // No boot loader's number: FF, undefined.
  Object.assign(b, { type_of_loader: 0xff, cmd_line_ptr: values.commandLine, acpi_rsdp_addr: BigInt(values.rsdp), ramdisk_image: values.initrd?.address ?? 0, ramdisk_size: values.initrd?.size ?? 0 });
  b.e820_entries = values.memory.length;
  values.memory.forEach((r, i) => page.set(E820Entry.bytes({ addr: BigInt(r.base), size: BigInt(r.length), type: r.kind }), BootParams.offsets.e820_table + i * E820Entry.size));
  return page;
}

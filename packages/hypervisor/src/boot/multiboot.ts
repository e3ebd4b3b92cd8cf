import { array, struct, u16, u32, u64, u8 } from "@ringzero/bits";
import { flatProtectedState } from "@ringzero/x86";
import { MEMORY } from "../layout.ts";
import { memoryMap } from "../memory-map.ts";
import { flatGdt } from "./gdt.ts";
import type { BootImage, Segment } from "./image.ts";

/** Multiboot Specification 0.6.96, "OS image format", "Boot information format". */
const HEADER_MAGIC = 0x1bad_b002, LOADER_MAGIC = 0x2bad_b002, SEARCH = 8192;
/** Header flags: what must be understood, and that address fields follow. */
const FLAG_VIDEO = 4, FLAGS_REQUIRED = 0xffff, FLAGS_UNDERSTOOD = 0x0003 | FLAG_VIDEO, FLAG_ADDRESSES = 0x1_0000;
/** Information flags. */
const HAS_MEMORY = 1, HAS_COMMAND_LINE = 4, HAS_MODULES = 8, HAS_MAP = 0x40, HAS_LOADER_NAME = 0x200;
const EAX = 0, EBX = 3, PAGE = 4096;

const Information = struct("multiboot_info", {
  flags: u32, mem_lower: u32, mem_upper: u32, boot_device: u32, cmdline: u32, mods_count: u32, mods_addr: u32, syms: array(u32, 4), mmap_length: u32, mmap_addr: u32, drives_length: u32, drives_addr: u32,
  config_table: u32, boot_loader_name: u32, apm_table: u32, vbe: array(u32, 2), vbe_mode: array(u16, 4),
}, { packed: true, size: 88 });
const MapEntry = struct("multiboot_mmap_entry", { size: u32, addr: u64, len: u64, type: u32 }, { packed: true, size: 24 });
const Module = struct("multiboot_mod_list", { mod_start: u32, mod_end: u32, string: u32, reserved: u32 }, { size: 16 });
/** Elf32_Ehdr and Elf32_Phdr. System V ABI, "ELF Header", "Program Header". */
const ElfHeader = struct("Elf32_Ehdr", {
  ident: array(u8, 16), type: u16, machine: u16, version: u32, entry: u32, phoff: u32, shoff: u32, flags: u32, ehsize: u16, phentsize: u16, phnum: u16, shentsize: u16, shnum: u16, shstrndx: u16,
}, { size: 52 });
const ProgramHeader = struct("Elf32_Phdr", { type: u32, offset: u32, vaddr: u32, paddr: u32, filesz: u32, memsz: u32, flags: u32, align: u32 }, { size: 32 });
const ELF_MAGIC = 0x464c_457f, ELF_386 = 3, LOAD = 1;

/** What is booted. */
export interface MultibootBoot {
  /** An ELF file, or any file whose multiboot header has address fields. */
  readonly kernel: Uint8Array;
  /** The one module that is passed on. */
  readonly module?: Uint8Array | undefined;
  /** For the kernel, and as the module's string. */
  readonly commandLine?: string | undefined;
}

/** A multiboot 1 kernel. Throws an Error where the file is none or does not fit. */
export function multibootBoot({ kernel, module, commandLine = "" }: MultibootBoot, memory: number): BootImage {
  const { segments, entry, end } = loadKernel(kernel, memory);
  const text = new TextEncoder(), line = text.encode(`${commandLine}\0`), name = text.encode("Ring Zero\0");
  if (line.length > 4096) throw new Error(`The command line has ${line.length - 1} bytes; at most 4095 are passed on.`);
  const ranges = memoryMap(memory), map = Uint8Array.from(ranges.flatMap((r) => [...MapEntry.bytes({ size: MapEntry.size - 4, addr: BigInt(r.base), len: BigInt(r.length), type: r.kind })]));
  const moduleStart = Math.ceil(end / PAGE) * PAGE;
  if (module && moduleStart + module.length > memory) throw new Error("Kernel and module do not fit into memory. Give the machine more.");
  const at = { info: MEMORY.multibootInfo, map: MEMORY.multibootInfo + 128, modules: MEMORY.multibootInfo + 1024, name: MEMORY.multibootInfo + 1100 };
  const information = Information.bytes({
    flags: HAS_MEMORY | HAS_COMMAND_LINE | HAS_MAP | HAS_LOADER_NAME | (module ? HAS_MODULES : 0), mem_lower: 639, mem_upper: (memory - MEMORY.high) / 1024, cmdline: MEMORY.commandLine,
    mods_count: module ? 1 : 0, mods_addr: at.modules, mmap_length: map.length, mmap_addr: at.map, boot_loader_name: at.name,
  });
  const gdt = flatGdt(8, 16);
  return {
    segments: [
      ...segments, { address: MEMORY.bootGdt, bytes: gdt }, { address: at.info, bytes: information }, { address: at.map, bytes: map }, { address: at.name, bytes: name }, { address: MEMORY.commandLine, bytes: line },
      ...(module ? [{ address: moduleStart, bytes: module }, { address: at.modules, bytes: Module.bytes({ mod_start: moduleStart, mod_end: moduleStart + module.length, string: MEMORY.commandLine }) }] : []),
    ],
    enter(reset) {
      const state = flatProtectedState(reset, entry);
      return {
        ...state, gpr: state.gpr.map((_, i) => (i === EAX ? BigInt(LOADER_MAGIC) : i === EBX ? BigInt(at.info) : 0n)),
        registers: { ...state.registers, gdtrBase: BigInt(MEMORY.bootGdt), gdtrLimit: BigInt(gdt.length - 1) },
      };
    },
  };
}

interface LoadedKernel {
  readonly segments: readonly Segment[];
  readonly entry: number;
  /** Behind its last byte, zeroed data included. */
  readonly end: number;
}
function loadKernel(file: Uint8Array, memory: number): LoadedKernel {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const header = findHeader(view);
  if (header < 0) throw new Error("The file has no multiboot header in its first 8192 bytes. Give a multiboot 1 kernel.");
  const flags = view.getUint32(header + 4, true), unknown = flags & FLAGS_REQUIRED & ~FLAGS_UNDERSTOOD;
  if (unknown) throw new Error(`The kernel asks its loader for something unknown: multiboot flags ${unknown.toString(16)}.`);
  const loaded = flags & FLAG_ADDRESSES ? loadByAddresses(file, view, header) : loadElf(file, view);
  for (const s of loaded.segments) {
    if (s.address + s.bytes.length > memory || loaded.end > memory || (s.address < MEMORY.high && s.address + s.bytes.length > MEMORY.extendedBiosData)) {
      throw new Error(`The kernel wants to lie at ${s.address.toString(16)}, where this machine has no memory for it.`);
    }
  }
  return loaded;
}
function findHeader(view: DataView): number {
  for (let at = 0; at + 12 <= Math.min(SEARCH, view.byteLength); at += 4) {
    if (view.getUint32(at, true) !== HEADER_MAGIC) continue;
    if ((HEADER_MAGIC + view.getUint32(at + 4, true) + view.getUint32(at + 8, true)) >>> 0 === 0) return at;
  }
  return -1;
}
/** "The address fields of Multiboot header". */
function loadByAddresses(file: Uint8Array, view: DataView, header: number): LoadedKernel {
  if (header + 32 > view.byteLength) throw new Error("The multiboot header ends with the file, before its address fields.");
  const [headerAt, load, loadEnd, bssEnd, entry] = [12, 16, 20, 24, 28].map((o) => view.getUint32(header + o, true)) as [number, number, number, number, number];
  const from = header - (headerAt - load), length = loadEnd === 0 ? file.length - from : loadEnd - load;
  if (from < 0 || length < 0 || from + length > file.length) throw new Error("The address fields of the multiboot header lead outside the file.");
  return { segments: [{ address: load, bytes: file.subarray(from, from + length) }], entry, end: Math.max(load + length, bssEnd) };
}
function loadElf(file: Uint8Array, view: DataView): LoadedKernel {
  if (file.length < ElfHeader.size || view.getUint32(0, true) !== ELF_MAGIC || file[4] !== 1) throw new Error("The multiboot kernel is no 32-bit ELF file and its header has no address fields.");
  const elf = ElfHeader.at(file), segments: Segment[] = [];
  if (elf.machine !== ELF_386) throw new Error("The multiboot kernel is for another processor.");
  let end = 0, { entry } = elf;
  for (let i = 0; i < elf.phnum; i++) {
    const at = elf.phoff + i * elf.phentsize;
    if (at + ProgramHeader.size > file.length) throw new Error("The kernel's ELF file is cut off in its program headers.");
    const p = ProgramHeader.at(file, at);
    if (p.type !== LOAD || p.memsz === 0) continue;
    if (p.filesz > 0 && p.offset + p.filesz > file.length) throw new Error("The kernel's ELF file is cut off in a segment.");
    segments.push({ address: p.paddr, bytes: file.subarray(p.offset, p.offset + p.filesz) });
    // The entry is a linear address; where segments are loaded elsewhere, the loader starts it where it lies.
    if (elf.entry >= p.vaddr && elf.entry < p.vaddr + p.memsz) entry = elf.entry - p.vaddr + p.paddr;
    end = Math.max(end, p.paddr + p.memsz);
  }
  if (segments.length === 0) throw new Error("The kernel's ELF file has nothing to load.");
  return { segments, entry, end };
}

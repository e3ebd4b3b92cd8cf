import { EI_CLASS, EI_DATA, EINVAL, ELF_MAGIC, Elf32_Ehdr, Elf32_Phdr, Elf64_Ehdr, Elf64_Phdr, ELFCLASS32, ELFCLASS64, ELFDATA2LSB, EM_386, EM_X86_64, ENOEXEC, ET_DYN, ET_EXEC, PF_R, PF_W, PF_X, PROT_EXEC, PROT_READ, PROT_WRITE, PT_INTERP, PT_LOAD, PT_PHDR } from "@ringzero/linux-abi";
import { BytesBuffer, stringOf, type FileDescription, type Inode } from "@ringzero/vfs";
import type { Abi } from "../arch/x86/abi.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { UserMemory } from "../memory/user-memory.ts";

const PAGE = 4096;
const down = (address: number): number => address - (address % PAGE), up = (address: number): number => down(address + PAGE - 1);

/** One part of a program to load. */
interface Segment {
  /** Where it lies, before the program is moved. */
  readonly address: number;
  /** Where its bytes begin in the file. */
  readonly offset: number;
  /** Bytes that come from the file; the rest is zero. */
  readonly fileSize: number;
  /** Bytes in memory. */
  readonly memorySize: number;
  /** PROT_*. */
  readonly protection: number;
}
/** What a program's header says. */
export interface ElfImage {
  /** From the file's class and machine. */
  readonly abi: Abi;
  /** Has no address of its own. */
  readonly movable: boolean;
  /** First instruction, before the program is moved. */
  readonly entry: number;
  /** What is to be mapped, by address. */
  readonly segments: readonly Segment[];
  /** Path of the dynamic linker. */
  readonly interpreter: string | undefined;
  /** Address of the program headers, their size and number: AT_PHDR, AT_PHENT, AT_PHNUM. */
  readonly headers: { readonly address: number; readonly size: number; readonly count: number };
}

/** Bytes in which most programs have all their headers. */
const HEAD = 1024;
/** What the headers of files that were executed say, with the bytes that said it: while those are the same nothing is read anew. */
const KNOWN = new WeakMap<Inode, { readonly head: Uint8Array; readonly image: ElfImage }>();

/** Reads the headers of a program. Throws ENOEXEC where it is none for this machine. */
export function readElf(file: FileDescription, views: { readonly u8: Uint8Array }): ElfImage {
  const head = new Uint8Array(HEAD), known = KNOWN.get(file.inode);
  if (file.readAt(new BytesBuffer(head, views), 0) < HEAD) return parseElf(file, views).image;
  if (known && head.every((byte, i) => byte === known.head[i])) return known.image;
  const { image, end } = parseElf(file, views);
  if (end <= HEAD) KNOWN.set(file.inode, { head, image });
  return image;
}
/** Reads the headers, and tells where the last byte of them lies that was looked at. Throws ENOEXEC where it is none for this machine. Linux, fs/binfmt_elf.c:load_elf_binary(). */
function parseElf(file: FileDescription, views: { readonly u8: Uint8Array }): { readonly image: ElfImage; readonly end: number } {
  const bytes = (offset: number, length: number): Uint8Array => {
    const into = new Uint8Array(length);
    return into.subarray(0, file.readAt(new BytesBuffer(into, views), offset));
  };
  const start = bytes(0, Elf64_Ehdr.size);
  if (start.length < Elf32_Ehdr.size || new DataView(start.buffer).getUint32(0, true) !== ELF_MAGIC || start[EI_DATA] !== ELFDATA2LSB) throw ENOEXEC;
  const wide = start[EI_CLASS] === ELFCLASS64;
  if (!wide && start[EI_CLASS] !== ELFCLASS32) throw ENOEXEC;
  if (wide && start.length < Elf64_Ehdr.size) throw ENOEXEC;
  const header = wide ? Elf64_Ehdr.get(start) : Elf32_Ehdr.get(start), type = wide ? Elf64_Phdr : Elf32_Phdr;
  if (header.e_machine !== (wide ? EM_X86_64 : EM_386) || (header.e_type !== ET_EXEC && header.e_type !== ET_DYN) || header.e_phentsize !== type.size) throw ENOEXEC;
  const table = bytes(Number(header.e_phoff), header.e_phnum * type.size);
  if (table.length < header.e_phnum * type.size) throw ENOEXEC;
  const entries = Array.from({ length: header.e_phnum }, (_, i) => {
    const p = wide ? Elf64_Phdr.get(table, i * type.size) : Elf32_Phdr.get(table, i * type.size);
    return { type: p.p_type, flags: p.p_flags, offset: Number(p.p_offset), address: Number(p.p_vaddr), fileSize: Number(p.p_filesz), memorySize: Number(p.p_memsz) };
  });
  const segments = entries.filter((p) => p.type === PT_LOAD && p.memorySize > 0).map((p) => ({
    address: p.address, offset: p.offset, fileSize: p.fileSize, memorySize: p.memorySize,
    protection: (p.flags & PF_R ? PROT_READ : 0) | (p.flags & PF_W ? PROT_WRITE : 0) | (p.flags & PF_X ? PROT_EXEC : 0),
  }));
  if (segments.length === 0 || segments.some((s) => s.fileSize > s.memorySize || s.address % PAGE !== s.offset % PAGE)) throw ENOEXEC;
  const interpreter = entries.find((p) => p.type === PT_INTERP), own = entries.find((p) => p.type === PT_PHDR);
  // Without a PT_PHDR they lie where the segment with their place in the file does.
  const holder = segments.find((s) => Number(header.e_phoff) >= s.offset && Number(header.e_phoff) < s.offset + s.fileSize);
  const headers = own?.address ?? (holder ? holder.address + Number(header.e_phoff) - holder.offset : 0);
  const image: ElfImage = {
    abi: wide ? "x86_64" : "i386", movable: header.e_type === ET_DYN, entry: Number(header.e_entry), segments,
    interpreter: interpreter ? stringOf(bytes(interpreter.offset, Math.min(interpreter.fileSize, 4096))) : undefined,
    headers: { address: headers, size: type.size, count: header.e_phnum },
  };
  return { image, end: Math.max(Elf64_Ehdr.size, Number(header.e_phoff) + table.length, interpreter ? interpreter.offset + interpreter.fileSize : 0) };
}

/** Maps a program's segments at `base` more than their addresses. Returns the end of the highest one. */
export function mapElf(space: AddressSpace, memory: UserMemory, image: ElfImage, file: FileDescription, base: number): number {
  let highest = 0;
  for (const s of image.segments) {
    const start = down(base + s.address), fileEnd = base + s.address + s.fileSize, end = up(base + s.address + s.memorySize), mapped = s.fileSize > 0 ? up(fileEnd) : start;
    if (mapped > start) space.map({ start, end: mapped, protection: s.protection, shared: false, file, offset: s.offset - (s.address % PAGE), name: "" });
    // The rest of the last page is zero to its end: the dynamic linker allocates from there. Linux, fs/binfmt_elf.c:padzero().
    if (s.memorySize > s.fileSize && s.fileSize > 0 && fileEnd % PAGE !== 0) {
      if (!(s.protection & PROT_WRITE)) throw EINVAL;
      memory.zero(fileEnd, mapped - fileEnd);
    }
    if (end > mapped) space.map({ start: mapped, end, protection: s.protection, shared: false, file: undefined, offset: 0, name: "" });
    highest = Math.max(highest, end);
  }
  return highest;
}
/** Bytes from the lowest to the highest address. */
export function extent(image: ElfImage): number {
  const first = Math.min(...image.segments.map((s) => down(s.address)));
  return Math.max(...image.segments.map((s) => up(s.address + s.memorySize))) - first;
}

import { bytes, i32, i64, struct, u16, u32, u64 } from "@ringzero/bits";

/** Executable and Linkable Format. System V gABI, "Object Files"; i386 and AMD64 psABI. */
export const ELF_MAGIC = 0x464c_457f, ELFCLASS32 = 1, ELFCLASS64 = 2, ELFDATA2LSB = 1, ET_EXEC = 2, ET_DYN = 3, EM_386 = 3, EM_X86_64 = 62;
/** Segment types in `p_type`: what an ELF loader maps (PT_LOAD), the interpreter that it starts instead (PT_INTERP), the initial image of thread-local storage (PT_TLS), whether the stack may be executed (PT_GNU_STACK). */
export const PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_NOTE = 4, PT_PHDR = 6, PT_TLS = 7, PT_GNU_STACK = 0x6474_e551;
/** Permissions of a segment in `p_flags`. Not in the order of PROT_READ and its kind. */
export const PF_X = 1, PF_W = 2, PF_R = 4;
/** Index of the class in e_ident. */
export const EI_CLASS = 4, EI_DATA = 5;

/** The header at the beginning of a 32-bit object file, 52 bytes. System V gABI, "ELF Header". */
export const Elf32_Ehdr = struct("Elf32_Ehdr", {
  e_ident: bytes(16), e_type: u16, e_machine: u16, e_version: u32, e_entry: u32, e_phoff: u32, e_shoff: u32, e_flags: u32, e_ehsize: u16, e_phentsize: u16, e_phnum: u16, e_shentsize: u16, e_shnum: u16, e_shstrndx: u16,
}, { size: 52 });
/** The header at the beginning of a 64-bit object file, 64 bytes. */
export const Elf64_Ehdr = struct("Elf64_Ehdr", {
  e_ident: bytes(16), e_type: u16, e_machine: u16, e_version: u32, e_entry: u64, e_phoff: u64, e_shoff: u64, e_flags: u32, e_ehsize: u16, e_phentsize: u16, e_phnum: u16, e_shentsize: u16, e_shnum: u16, e_shstrndx: u16,
}, { size: 64 });
/** One segment of a 32-bit program, 32 bytes. System V gABI, "Program Header". */
export const Elf32_Phdr = struct("Elf32_Phdr", { p_type: u32, p_offset: u32, p_vaddr: u32, p_paddr: u32, p_filesz: u32, p_memsz: u32, p_flags: u32, p_align: u32 }, { size: 32 });
/** One segment of a 64-bit program, 56 bytes: `p_flags` stands before the offset here. */
export const Elf64_Phdr = struct("Elf64_Phdr", { p_type: u32, p_flags: u32, p_offset: u64, p_vaddr: u64, p_paddr: u64, p_filesz: u64, p_memsz: u64, p_align: u64 }, { size: 56 });
/** One entry of the dynamic section, 8 bytes; the array ends with DT_NULL (0). System V gABI, "Dynamic Section". */
export const Elf32_Dyn = struct("Elf32_Dyn", { d_tag: i32, d_val: u32 }, { size: 8 });
/** One entry of the dynamic section, 16 bytes. */
export const Elf64_Dyn = struct("Elf64_Dyn", { d_tag: i64, d_val: u64 }, { size: 16 });

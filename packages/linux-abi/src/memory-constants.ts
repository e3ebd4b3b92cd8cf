/** Protections and kinds of mappings. Linux, include/uapi/asm-generic/mman-common.h. */
export const PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4, PROT_GROWSDOWN = 0x0100_0000;
/** How mmap(2) maps: writes are seen by everyone (MAP_SHARED) or copied (MAP_PRIVATE), at exactly this address (MAP_FIXED), of no file (MAP_ANONYMOUS). */
export const MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_SHARED_VALIDATE = 3, MAP_TYPE = 0xf, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_32BIT = 0x40;
/** More of mmap(2). MAP_FIXED_NOREPLACE fails with EEXIST where MAP_FIXED would unmap what is there. */
export const MAP_GROWSDOWN = 0x100, MAP_DENYWRITE = 0x800, MAP_LOCKED = 0x2000, MAP_NORESERVE = 0x4000, MAP_POPULATE = 0x8000, MAP_STACK = 0x2_0000, MAP_FIXED_NOREPLACE = 0x10_0000;
/** Flags of mremap(2): it may move; it must move to the given address. */
export const MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2;
/** Advice of madvise(2). */
export const MADV_NORMAL = 0, MADV_RANDOM = 1, MADV_SEQUENTIAL = 2, MADV_WILLNEED = 3, MADV_DONTNEED = 4, MADV_FREE = 8;

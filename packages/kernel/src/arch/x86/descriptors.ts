/** Entries of the descriptor table that programs use. Linux, arch/x86/include/asm/segment.h, x86-64. */
const USER32_CS = 4, USER_DS = 5, USER_CS = 6;
/** The entries for thread-local storage that set_thread_area(2) hands out: the first one and how many. */
export const TLS_FIRST = 12, TLS_COUNT = 3;
/** Selectors of privilege 3 in CS and the data segments, with their requested privilege. */
export const SELECTOR = { code32: USER32_CS * 8 + 3, data: USER_DS * 8 + 3, code64: USER_CS * 8 + 3 } as const;
/** Bytes of the table less one. */
export const GDT_LIMIT = 16 * 8 - 1;

/** The table's words, thread-local entries empty: flat segments of privilege 3, accessed. */
export function descriptorTable(): Uint32Array {
  const words = new Uint32Array(32);
  words.set([0x0000_ffff, 0x00cf_fb00], USER32_CS * 2);
  words.set([0x0000_ffff, 0x00cf_f300], USER_DS * 2);
  words.set([0x0000_ffff, 0x00af_fb00], USER_CS * 2);
  return words;
}
/** Hidden parts of the flat segments: VMCB attributes. */
export const ATTRIBUTES = { code32: 0xc0fb, code64: 0xa0fb, data: 0xc0f3, unusable: 0x1_0000 } as const;

/** Bits of `struct user_desc`. */
const SEG_32BIT = 1, CONTENTS = 6, READ_EXEC_ONLY = 8, LIMIT_IN_PAGES = 16, NOT_PRESENT = 32, USEABLE = 64;

/** Whether a user_desc asks for an empty entry: all its bits are zero but for "read only" and "not present". Linux, asm/desc.h:LDT_empty(). */
export function isEmptyDescription(base: number, limit: number, bits: number): boolean {
  return (base === 0 && limit === 0 && (bits & 0x7f) === (READ_EXEC_ONLY | NOT_PRESENT)) || (base === 0 && limit === 0 && bits === 0);
}
/** The two words of a descriptor. Linux, arch/x86/include/asm/desc.h:fill_ldt(). */
export function descriptorWords(base: number, limit: number, bits: number): readonly [number, number] {
  const type = 0x11 | (bits & READ_EXEC_ONLY ? 0 : 2) | ((bits & CONTENTS) << 1);
  const high = (base & 0xff00_0000) | ((base >>> 16) & 0xff) | (limit & 0xf_0000) | (type << 8) | (3 << 13) | (bits & NOT_PRESENT ? 0 : 1 << 15)
    | (bits & USEABLE ? 1 << 20 : 0) | (bits & SEG_32BIT ? 1 << 22 : 0) | (bits & LIMIT_IN_PAGES ? 1 << 23 : 0);
  return [((base << 16) | (limit & 0xffff)) >>> 0, high >>> 0];
}

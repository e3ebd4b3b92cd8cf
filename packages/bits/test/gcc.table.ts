/**
 * Structures of random fields and what GCC 12.2 (-m32, -m64) makes of them: the offset of each field, then size and alignment. `#n` is the
 * structure of row n inside another one.
 */
export const STRUCTURES: readonly { readonly fields: string; readonly packed: boolean; readonly union: boolean; readonly i386: readonly number[]; readonly x86_64: readonly number[] }[] = [
  { fields: "u64", packed: false, union: false, i386: [0, 8, 4], x86_64: [0, 8, 8] },
  { fields: "pointer u64[2]", packed: false, union: false, i386: [0, 4, 20, 4], x86_64: [0, 8, 24, 8] },
  { fields: "u64 ulong[1] u64[0] ulong", packed: false, union: true, i386: [0, 0, 0, 0, 8, 4], x86_64: [0, 0, 0, 0, 8, 8] },
  { fields: "u64 u16[0]", packed: false, union: false, i386: [0, 8, 8, 4], x86_64: [0, 8, 8, 8] },
  { fields: "ulong[1] i32 ulong[3] i64 u32[2] ulong u32", packed: true, union: false, i386: [0, 4, 8, 20, 28, 36, 40, 44, 1], x86_64: [0, 8, 12, 36, 44, 52, 60, 64, 1] },
  { fields: "pointer u32[3] i16 i8", packed: true, union: true, i386: [0, 0, 0, 0, 12, 1], x86_64: [0, 0, 0, 0, 12, 1] },
  { fields: "i64[3] u32 u8[3]", packed: true, union: false, i386: [0, 24, 28, 31, 1], x86_64: [0, 24, 28, 31, 1] },
  { fields: "u64 i8", packed: false, union: false, i386: [0, 8, 12, 4], x86_64: [0, 8, 16, 8] },
  { fields: "long i64 i64 u16 i16[4] long i64[3]", packed: false, union: false, i386: [0, 4, 12, 20, 22, 32, 36, 60, 4], x86_64: [0, 8, 16, 24, 26, 40, 48, 72, 8] },
  { fields: "#1 ulong i64", packed: false, union: false, i386: [0, 20, 24, 32, 4], x86_64: [0, 24, 32, 40, 8] },
  { fields: "ulong i32", packed: false, union: true, i386: [0, 0, 4, 4], x86_64: [0, 0, 8, 8] },
  { fields: "#9 u8 pointer i32 u32 i32", packed: true, union: false, i386: [0, 32, 33, 37, 41, 45, 49, 1], x86_64: [0, 40, 41, 49, 53, 57, 61, 1] },
  { fields: "#3", packed: false, union: false, i386: [0, 8, 4], x86_64: [0, 8, 8] },
  { fields: "long long[3]", packed: false, union: false, i386: [0, 4, 16, 4], x86_64: [0, 8, 32, 8] },
  { fields: "u8 ulong", packed: true, union: false, i386: [0, 1, 5, 1], x86_64: [0, 1, 9, 1] },
  { fields: "i8 #13", packed: false, union: true, i386: [0, 0, 16, 4], x86_64: [0, 0, 32, 8] },
  { fields: "u8 u16 i64[0]", packed: true, union: false, i386: [0, 1, 3, 3, 1], x86_64: [0, 1, 3, 3, 1] },
  { fields: "u32 i16", packed: true, union: true, i386: [0, 0, 4, 1], x86_64: [0, 0, 4, 1] },
  { fields: "ulong #1 ulong[4] i8 long[4]", packed: true, union: false, i386: [0, 4, 24, 40, 41, 57, 1], x86_64: [0, 8, 32, 64, 65, 97, 1] },
  { fields: "i64 long pointer[3]", packed: false, union: false, i386: [0, 8, 12, 24, 4], x86_64: [0, 8, 16, 40, 8] },
  { fields: "u8[4] u16 u64 u64[0] u64 i16 #18", packed: false, union: false, i386: [0, 4, 8, 16, 16, 24, 26, 84, 4], x86_64: [0, 4, 8, 16, 16, 24, 26, 128, 8] },
  { fields: "u8", packed: false, union: false, i386: [0, 1, 1], x86_64: [0, 1, 1] },
  { fields: "i16 i16", packed: true, union: false, i386: [0, 2, 4, 1], x86_64: [0, 2, 4, 1] },
  { fields: "i8 i16 u64", packed: false, union: false, i386: [0, 2, 4, 12, 4], x86_64: [0, 2, 8, 16, 8] },
];

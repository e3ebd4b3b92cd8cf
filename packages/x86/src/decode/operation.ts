/**
 * A decoded operation: 16 bytes in linear memory, one per instruction, those of straight-line code side by side.
 * Register fields hold eight times the register number, so that they index the `gpr` array of the state block directly
 * (plus 1 for AH, CH, DH, BH).
 */
export const OPERATION = {
  /** u16: number of the handler (a variant, or one of the pseudo operations): see HANDLER. */
  handler: 0,
  /** u16: offset in the page, bits 11-0; length, bits 15-12. */
  place: 2,
  /** u8: ModRM.reg, or the register in the opcode. */
  a: 4,
  /** u8: ModRM.rm where it is a register; else the base register (GPR_ZERO none, GPR_PAGE rIP-relative). */
  b: 5,
  /** u8: index register (GPR_ZERO none). */
  c: 6,
  /** u8: scale bits 1-0, segment bits 4-2, address size bits 6-5 (0 = 16, 1 = 32, 2 = 64), bit 7 = not a plain flat address. */
  m: 7,
  /** i32: displacement; for relative jumps the cached target operation (0 = none); low half of a 64-bit immediate or absolute offset. */
  displacement: 8,
  /** i32: immediate (sign-extended where signed); VEX.vvvv in its low byte; high half of a 64-bit immediate. */
  immediate: 12,
  bytes: 16,
} as const;

/** A handler number: a case of the loop's switch, or a slot in the table of functions, of which some end a run of operations. */
export const HANDLER = { slot: 0x7fff, ends: 0x8000 } as const;

/** Field `m`. */
export const ADDRESS = { scale: 3, segmentShift: 2, segment: 7, sizeShift: 5, size: 3, slow: 0x80 } as const;

/** Pseudo operations, in place of variants: handler numbers 0 up. */
export const PSEUDO = {
  /** Code was overwritten: look the instruction at this place up again. */
  stale: 0,
  /** Go on at page offset `immediate` (may be 4096 and more): ends a run of operations. */
  link: 1,
  /** Bytes that are no instruction: #UD. */
  invalid: 2,
  /** More than 15 bytes: #GP(0). */
  tooLong: 3,
  /** The fetch of the instruction's later bytes raised an event: raise it. */
  fetchFault: 4,
  /**
   * A compiled region starts here: `immediate` = its place in the region table, `displacement` = a copy of the operation that it stands for, with a link behind it,
   * u16 at `a` = instructions that it may retire unchecked, u16 at `c` = number of the block.
   */
  region: 5,
  /** A region starts at this instruction: the page's map leads to its operation. In place of the instruction's handler; the fields are the instruction's. */
  entry: 6,
  count: 7,
} as const;

/** Longest run of operations without a jump: bounds how far a slice can overshoot its check. */
export const MAX_RUN: number = 48;

/**
 * A code page descriptor in linear memory: what has been decoded from one frame in one mode.
 */
export const CODE_PAGE = {
  /** u32: host address of the frame. */
  frame: 0,
  /** u32: mode (STATE.mode). */
  mode: 4,
  /** u32: address of its operations. */
  operations: 8,
  /** u32: 1 while valid. */
  valid: 12,
  /** u16 per byte of the page: number of the operation that starts there plus one; 0 = not decoded. */
  map: 16,
  /** Instructions that go on in the next page, by offset from `firstCrossing` on: u32 address of the operation (0 = none), u32 host address of the next page's frame. */
  crossings: 16 + 4096 * 2,
  firstCrossing: 4080,
  bytes: 16 + 4096 * 2 + 16 * 8,
} as const;

/** Entries of the table at STATE.codePages: the code page descriptor used last of a frame, by the low bits of its number. */
export const CODE_PAGES = 4096;

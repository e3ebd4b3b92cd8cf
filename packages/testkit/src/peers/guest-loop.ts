import { CodeBytes } from './code-bytes.ts';

/**
 * Physical (and, because paging maps it one to one, linear) memory map of every guest loop.
 * A guest needs 16 MiB, zero where the image does not lie.
 */
export const GUEST_MAP = {
  /** Load address of the image: multiboot header, parameters, GDT. No code on this page. */
  image: 0x10_0000,
  /** Number of iterations of the next round; the guest waits while it is zero. */
  iterations: 0x10_0040,
  /** Rounds to run before the guest clears `iterations` and waits. */
  rounds: 0x10_0044,
  /** Result of the last round. */
  result: 0x10_0048,
  /** First byte of code. */
  code: 0x10_1000,
  /** Page directory; the four page tables follow it. */
  pageDirectory: 0x20_0000,
  /** Top of the stack. */
  stack: 0x2f_0000,
  /** Source data. */
  data: 0x30_0000,
  /** Destination of copies. */
  copy: 0x38_0000,
  /** Bytes of memory that a guest needs. */
  memory: 0x100_0000,
} as const;

/** Port at which a guest signals: `B` before a round, `E` after it, then eight hexadecimal digits and a newline. */
export const SIGNAL_PORT = 0xe9;

/**
 * One program that every engine runs unchanged: 32-bit protected mode, flat segments, supervisor, paging on with identity-mapped
 * 4 KiB pages, interrupts off. The image is a multiboot kernel (its header carries the addresses, so that it needs no ELF) and also a flat
 * binary: copy it to `GUEST_MAP.image` and start at `entry` in 32-bit protected mode with flat segments and paging off.
 */
export interface GuestLoop {
  /** Name in tables. */
  readonly name: string;
  /** What the loop body executes. */
  readonly description: string;
  /** The flat image, loaded at `GUEST_MAP.image`. */
  readonly image: Uint8Array;
  /** Address of the first instruction. */
  readonly entry: number;
  /** Instructions retired after the OUT that signals `B` and before the OUT that signals `E`. */
  instructions(iterations: number): number;
  /** The 32-bit result of a round, computed by a model that shares nothing with any engine. */
  expected(iterations: number): number;
  /** Iterations that make a round of about a million instructions. */
  readonly iterationsPerMillion: number;
}

/** What distinguishes one loop from another. The emitters get a `CodeBytes` that stands at the right place. */
export interface LoopDefinition {
  readonly name: string;
  readonly description: string;
  /** Doublewords that the prologue fills at `GUEST_MAP.data`, by `dataWord`. */
  readonly dataWords: number;
  /** How a random word becomes data, for even and odd words; default: unchanged. */
  readonly shape?: readonly [DataShape, DataShape];
  /** Untimed, at the start of each round. EBP holds the number of iterations and must be left alone. */
  setUp(code: CodeBytes): void;
  /** Timed. Counts EBP down to zero and leaves the result in EAX. */
  body(code: CodeBytes): void;
  /** Untimed: may replace the result in EAX. */
  finish?(code: CodeBytes): void;
  /** Instructions of `body`. */
  instructions(iterations: number): number;
  /** Result after `finish`, unsigned. `data` is what the prologue wrote. */
  expected(iterations: number, data: Uint32Array): number;
}

/** A data word is `(random & and) | or`. */
export interface DataShape {
  readonly and: number;
  readonly or: number;
}

const MULTIBOOT_MAGIC = 0x1bad_b002;
/** Multiboot specification 0.6.96, "The layout of Multiboot header": bit 16, the address fields are valid. */
const MULTIBOOT_ADDRESSES = 0x1_0000;
const UNSHAPED: DataShape = { and: 0xffff_ffff, or: 0 };

/** The data that the prologue writes: a linear congruential sequence (Knuth's 1664525, 1013904223) from seed 1. */
export function guestData(words: number, shape: readonly [DataShape, DataShape] = [UNSHAPED, UNSHAPED]): Uint32Array {
  const data = new Uint32Array(words);
  let x = 1;
  for (let i = 0; i < words; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    const { and, or } = shape[(i & 1) as 0 | 1];
    data[i] = (x & and) | or;
  }
  return data;
}

/** Builds the image of one loop. */
export function guestLoop(definition: LoopDefinition): GuestLoop {
  const shape = definition.shape ?? [UNSHAPED, UNSHAPED];
  let end: number = GUEST_MAP.code;
  const emit = (): Uint8Array => {
    const code = new CodeBytes(GUEST_MAP.image);
    header(code, end);
    prologue(code, definition.dataWords, shape);
    driver(code, definition);
    end = code.here;
    return code.finish();
  };
  emit();
  const image = emit(); // a second time, now that the header knows the image's end
  const data = guestData(definition.dataWords, shape);
  // Around the body: POP EAX; MOV [result], EAX; MOV AL, 'E'.
  const instructions = (iterations: number): number => definition.instructions(iterations) + 3;
  return {
    name: definition.name,
    description: definition.description,
    image,
    entry: GUEST_MAP.code,
    instructions,
    expected: (iterations) => definition.expected(iterations, data) >>> 0,
    iterationsPerMillion: Math.max(1, Math.round(1e6 / instructions(1))),
  };
}

/** A copy of a loop's image that runs by itself: `rounds` rounds of `iterations` iterations. */
export function withParameters(loop: GuestLoop, parameters: { iterations: number; rounds: number }): Uint8Array {
  const image = loop.image.slice();
  const view = new DataView(image.buffer);
  view.setUint32(GUEST_MAP.iterations - GUEST_MAP.image, parameters.iterations, true);
  view.setUint32(GUEST_MAP.rounds - GUEST_MAP.image, parameters.rounds, true);
  return image;
}

function header(code: CodeBytes, end: number): void {
  code
    .bytes32([], MULTIBOOT_MAGIC)
    .bytes32([], MULTIBOOT_ADDRESSES)
    .bytes32([], -(MULTIBOOT_MAGIC + MULTIBOOT_ADDRESSES))
    .bytes32([], GUEST_MAP.image) // header_addr
    .bytes32([], GUEST_MAP.image) // load_addr
    .bytes32([], end) // load_end_addr
    .bytes32([], end) // bss_end_addr
    .bytes32([], GUEST_MAP.code) // entry_addr
    .padTo(GUEST_MAP.iterations + 0x40)
    .label('gdt')
    .bytes(0, 0, 0, 0, 0, 0, 0, 0)
    .bytes(0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0) // 08: flat 32-bit code, accessed
    .bytes(0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0) // 10: flat data, accessed
    .label('gdtr')
    .bytes(0x17, 0)
    .address32([], 'gdt')
    .padTo(GUEST_MAP.code);
}

function prologue(code: CodeBytes, dataWords: number, [even, odd]: readonly [DataShape, DataShape]): void {
  const tables = GUEST_MAP.pageDirectory + 0x1000;
  code
    .bytes(0xfa, 0xfc) // CLI; CLD
    .address32([0x0f, 0x01, 0x15], 'gdtr') // LGDT [gdtr]
    .address32([0xea], 'flat') // JMP 08:flat
    .bytes(0x08, 0)
    .label('flat')
    .bytes32([0xb8], 0x10) // MOV EAX, 10
    .bytes(0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0x8e, 0xe0, 0x8e, 0xe8) // MOV DS/ES/SS/FS/GS, AX
    .bytes32([0xbc], GUEST_MAP.stack) // MOV ESP, stack
    // Page tables: present, writable, supervisor; accessed and dirty already set.
    .bytes32([0xbf], tables) // MOV EDI, tables
    .bytes32([0xb8], 0x63) // MOV EAX, P | RW | A | D
    .bytes32([0xb9], GUEST_MAP.memory >>> 12) // MOV ECX, pages
    .label('table')
    .bytes(0xab) // STOSD
    .bytes32([0x05], 0x1000) // ADD EAX, 1000
    .bytes(0x49) // DEC ECX
    .jump8([0x75], 'table') // JNZ table
    .bytes32([0xbf], GUEST_MAP.pageDirectory) // MOV EDI, pageDirectory
    .bytes32([0xb8], tables | 0x23) // MOV EAX, tables | P | RW | A
    .bytes32([0xb9], GUEST_MAP.memory >>> 22) // MOV ECX, tables
    .label('directory')
    .bytes(0xab) // STOSD
    .bytes32([0x05], 0x1000) // ADD EAX, 1000
    .bytes(0x49) // DEC ECX
    .jump8([0x75], 'directory') // JNZ directory
    .bytes32([0xb8], GUEST_MAP.pageDirectory) // MOV EAX, pageDirectory
    .bytes(0x0f, 0x22, 0xd8) // MOV CR3, EAX
    .bytes(0x0f, 0x20, 0xe0) // MOV EAX, CR4
    .bytes32([0x0d], 0x600) // OR EAX, OSFXSR | OSXMMEXCPT
    .bytes(0x0f, 0x22, 0xe0) // MOV CR4, EAX
    .bytes(0x0f, 0x20, 0xc0) // MOV EAX, CR0
    .bytes32([0x25], ~0x6000_000c) // AND EAX, ~(CD | NW | TS | EM)
    .bytes32([0x0d], 0x8001_0022) // OR EAX, PG | WP | NE | MP
    .bytes(0x0f, 0x22, 0xc0) // MOV CR0, EAX
    .bytes(0xeb, 0x00) // JMP $+2
    .bytes(0xdb, 0xe3) // FNINIT
    // Data.
    .bytes32([0xbf], GUEST_MAP.data) // MOV EDI, data
    .bytes32([0xb9], dataWords >>> 1) // MOV ECX, dataWords / 2
    .bytes32([0xba], 1) // MOV EDX, 1
    .label('fill');
  for (const { and, or } of [even, odd]) {
    code
      .bytes32([0x69, 0xd2], 1664525) // IMUL EDX, EDX, 1664525
      .bytes32([0x81, 0xc2], 1013904223) // ADD EDX, 1013904223
      .bytes(0x89, 0xd0) // MOV EAX, EDX
      .bytes32([0x25], and) // AND EAX, and
      .bytes32([0x0d], or) // OR EAX, or
      .bytes(0xab); // STOSD
  }
  code
    .bytes(0x49) // DEC ECX
    .jump8([0x75], 'fill'); // JNZ fill
}

function driver(code: CodeBytes, definition: LoopDefinition): void {
  code
    .label('round')
    .bytes32([0x8b, 0x2d], GUEST_MAP.iterations) // MOV EBP, [iterations]
    .bytes(0x85, 0xed) // TEST EBP, EBP
    .jump8([0x75], 'start') // JNZ start
    .bytes(0xf3, 0x90) // PAUSE
    .jump8([0xeb], 'round') // JMP round
    .label('start');
  definition.setUp(code);
  code
    .bytes(0x50) // PUSH EAX
    .bytes(0xb0, 0x42, 0xe6, SIGNAL_PORT) // MOV AL, 'B'; OUT signal, AL
    .bytes(0x58); // POP EAX
  definition.body(code);
  code
    .bytes32([0xa3], GUEST_MAP.result) // MOV [result], EAX
    .bytes(0xb0, 0x45, 0xe6, SIGNAL_PORT) // MOV AL, 'E'; OUT signal, AL
    .bytes32([0xa1], GUEST_MAP.result); // MOV EAX, [result]
  definition.finish?.(code);
  code
    .bytes32([0xa3], GUEST_MAP.result) // MOV [result], EAX
    .bytes(0x89, 0xc2) // MOV EDX, EAX
    .bytes32([0xb9], 8) // MOV ECX, 8
    .label('digit')
    .bytes(0xc1, 0xc2, 4) // ROL EDX, 4
    .bytes(0x88, 0xd0, 0x24, 0x0f) // MOV AL, DL; AND AL, 0F
    .bytes(0x04, 0x30, 0x3c, 0x39) // ADD AL, '0'; CMP AL, '9'
    .jump8([0x76], 'decimal') // JBE decimal
    .bytes(0x04, 0x27) // ADD AL, 'a' - '9' - 1
    .label('decimal')
    .bytes(0xe6, SIGNAL_PORT, 0x49) // OUT signal, AL; DEC ECX
    .jump8([0x75], 'digit') // JNZ digit
    .bytes(0xb0, 0x0a, 0xe6, SIGNAL_PORT) // MOV AL, newline; OUT signal, AL
    .bytes32([0xff, 0x0d], GUEST_MAP.rounds) // DEC DWORD [rounds]
    .jump32([0x0f, 0x85], 'round') // JNZ round
    .bytes32([0xc7, 0x05], GUEST_MAP.iterations) // MOV DWORD [iterations], 0
    .bytes32([], 0)
    .jump32([0xe9], 'round'); // JMP round
}

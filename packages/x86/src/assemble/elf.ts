import type { Layout, Section } from "./layout.ts";

const PAGE = 0x1000;
const PT_LOAD = 1, PF_X = 1, PF_W = 2, PF_R = 4;
const EM_386 = 3, EM_X86_64 = 62;

/** Fields written one after another, little-endian; the class decides the width of addresses. */
class FieldWriter {
  readonly bytes: number[] = [];
  readonly #wide: boolean;
  constructor(wide: boolean) { this.#wide = wide; }
  u8(...values: readonly number[]): void { this.bytes.push(...values); }
  half(v: number): void { this.u8(v & 255, v >> 8); }
  word(v: number): void { this.half(v & 0xffff); this.half(v >>> 16); }
  /** Address, offset or size: 4 or 8 bytes. */
  address(v: bigint | number): void {
    const value = BigInt(v);
    for (let i = 0n; i < (this.#wide ? 64n : 32n); i += 8n) this.u8(Number((value >> i) & 255n));
  }
}

function flagsOf(s: Section): number {
  if (s.name.startsWith(".text")) return PF_R | PF_X;
  return s.name.startsWith(".rodata") ? PF_R : PF_R | PF_W;
}

/**
 * A static executable: one PT_LOAD segment per section that has contents, text readable and executable, `.rodata` readable, others
 * writable. No section headers. System V ABI, "ELF Header" and "Program Header"; processor supplements for e_machine.
 */
export function writeElf(layout: Layout, entry: bigint, bits: 32 | 64): Uint8Array {
  const wide = bits === 64;
  const sections = layout.sections.filter((s) => s.size > 0);
  const headerSize = wide ? 64 : 52, programHeaderSize = wide ? 56 : 32;
  // File offsets are congruent to addresses modulo the page size, so that a loader can map them.
  let end = headerSize + programHeaderSize * sections.length;
  const offsets = sections.map((s) => {
    const within = Number(s.address % BigInt(PAGE));
    let offset = Math.floor(end / PAGE) * PAGE + within;
    if (offset < end) offset += PAGE;
    if (s.bytes.length > 0) end = offset + s.bytes.length;
    return offset;
  });
  const w = new FieldWriter(wide);
  w.u8(0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  w.half(2); // ET_EXEC
  w.half(wide ? EM_X86_64 : EM_386);
  w.word(1);
  w.address(entry);
  w.address(headerSize); // e_phoff
  w.address(0); // e_shoff
  w.word(0);
  for (const v of [headerSize, programHeaderSize, sections.length, wide ? 64 : 40, 0, 0]) w.half(v);
  sections.forEach((s, i) => {
    w.word(PT_LOAD);
    if (wide) w.word(flagsOf(s));
    w.address(offsets[i]!);
    w.address(s.address);
    w.address(s.address);
    w.address(s.bytes.length);
    w.address(s.size);
    if (!wide) w.word(flagsOf(s));
    w.address(PAGE);
  });
  const file = new Uint8Array(end);
  file.set(w.bytes);
  sections.forEach((s, i) => { if (s.bytes.length > 0) file.set(s.bytes, offsets[i]!); });
  return file;
}

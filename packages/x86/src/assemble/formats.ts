import type { CodeSize } from "./encoding.ts";
import type { Layout, Section } from "./layout.ts";
import { AssemblyError } from "./assembly-error.ts";
import { writeElf } from "./elf.ts";

/** What `assemble` makes. */
export type OutputFormat = "flat" | "boot" | "multiboot" | "elf32" | "elf64";

/** How a format lays sections out, and how it is written. */
export interface Format {
  readonly codeSize: CodeSize;
  readonly origin: bigint;
  /** Addresses of sections, in order. */
  place(sections: readonly Section[], origin: bigint): void;
  write(layout: Layout, entry: bigint): Uint8Array;
}

const SECTION_ORDER = [".text", ".rodata", ".data", ".bss"] as const;
/** Sections that exist from the start, in the order in which they lie. */
export const SECTIONS: readonly string[] = SECTION_ORDER;
const PAGE = 0x1000n;

/** Multiboot header: magic, flags (page-aligned modules, memory map), checksum. Multiboot Specification 0.6.96, "The layout of Multiboot header". */
export const MULTIBOOT_HEADER: readonly number[] = multibootHeader(3);
function multibootHeader(flags: number): number[] {
  const magic = 0x1badb002;
  return [magic, flags, -(magic + flags)].flatMap((v) => [v & 255, (v >> 8) & 255, (v >> 16) & 255, (v >>> 24) & 255]);
}

/** One section behind the other, from the origin on; each aligned as NASM's flat format does. */
function placeFlat(sections: readonly Section[], origin: bigint): void {
  let at = origin;
  for (const s of sections) {
    if (s.size > 0 && at !== origin) at = (at + 3n) & ~3n;
    s.address = at;
    at += BigInt(s.size);
  }
}

function writeFlat(layout: Layout): Uint8Array {
  const stored = layout.sections.filter((s) => s.bytes.length > 0);
  const start = layout.sections[0]!.address;
  const end = stored.reduce((e, s) => Math.max(e, Number(s.address - start) + s.bytes.length), 0);
  const bytes = new Uint8Array(end);
  for (const s of stored) bytes.set(s.bytes, Number(s.address - start));
  return bytes;
}

/** A boot sector: 512 bytes that end with 55 AA. What does not fit, or has its own signature, is left as it is after a check. */
function writeBoot(layout: Layout): Uint8Array {
  const code = writeFlat(layout);
  const signed = code.length >= 512 && code[510] === 0x55 && code[511] === 0xaa;
  if (signed) return code;
  if (code.length > 510) {
    throw new AssemblyError([{ line: 1, column: 1, message: `the boot sector has ${code.length} bytes; 510 fit before its signature`, hint: "put 55 AA at offset 510 yourself (times 510-($-$$) db 0 / dw 0xaa55) where the image goes on in further sectors" }], [""], "boot sector");
  }
  const sector = new Uint8Array(512);
  sector.set(code);
  sector[510] = 0x55;
  sector[511] = 0xaa;
  return sector;
}

/** Sections on pages of their own, so that each segment has its own permissions; the first one's page also holds the file's headers. */
function placeInPages(headers: bigint): (sections: readonly Section[], origin: bigint) => void {
  return (sections, origin) => {
    let at = origin + headers;
    for (const s of sections) {
      if (s.size > 0 && at !== origin + headers) at = (at + PAGE - 1n) & -PAGE;
      s.address = at;
      at += BigInt(s.size);
    }
  };
}

/** Every output format. */
export const FORMATS: { readonly [F in OutputFormat]: Format } = {
  flat: { codeSize: 16, origin: 0n, place: placeFlat, write: writeFlat },
  boot: { codeSize: 16, origin: 0x7c00n, place: placeFlat, write: writeBoot },
  multiboot: { codeSize: 32, origin: 0x100000n, place: placeInPages(0n), write: (l, entry) => writeElf(l, entry, 32) },
  elf32: { codeSize: 32, origin: 0x08048000n, place: placeInPages(0x1000n), write: (l, entry) => writeElf(l, entry, 32) },
  elf64: { codeSize: 64, origin: 0x400000n, place: placeInPages(0x1000n), write: (l, entry) => writeElf(l, entry, 64) },
};

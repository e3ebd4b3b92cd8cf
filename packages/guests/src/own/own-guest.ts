import { assemble, type OutputFormat } from "@ringzero/x86";

/** A guest of our own: a text, assembled when it is wanted. */
export interface OwnGuest {
  /** One sentence for people. */
  readonly description: string;
  /** What boots or starts it: firmware ("boot"), a Multiboot loader ("multiboot"), Linux ("elf32", "elf64"). */
  readonly format: OutputFormat;
  /** The text in the assembler's syntax. */
  readonly source: string;
  /** The image or file; the same bytes each time. */
  assemble(): Uint8Array;
}

/** A guest of a text. */
export function ownGuest(name: string, format: OutputFormat, description: string, source: string): OwnGuest {
  let bytes: Uint8Array | undefined;
  return { description, format, source, assemble: () => (bytes ??= assemble(source, { format, file: name }).bytes).slice() };
}

import { INSTRUCTIONS } from "../isa/index.ts";
import type { Instruction } from "../isa/instruction.ts";
import { AssemblyError, ProblemError, type AssemblyProblem } from "./assembly-error.ts";
import type { CodeSize } from "./encoding.ts";
import { FORMATS, MULTIBOOT_HEADER, SECTIONS, type OutputFormat } from "./formats.ts";
import { layOut, type Layout, type ListingLine } from "./layout.ts";
import { spellings, type Spelling } from "./mnemonics.ts";
import { Preprocessor } from "./preprocess.ts";
import { StatementParser, type PlacedStatement } from "./statement.ts";

/** How to assemble a text. */
export interface AssembleOptions {
  /** What to make: "flat" (default), "boot" (512 bytes with 55 AA), "multiboot" (ELF32 with a header), "elf32", "elf64". */
  readonly format?: OutputFormat;
  /** Mode in bits until the text says `bits`: by default the format's own (16 for flat and boot, 32, 64). */
  readonly bits?: CodeSize;
  /** Address of the first byte until the text says `org`: 0 for flat, 0x7C00 for boot, 0x100000, 0x8048000, 0x400000. */
  readonly origin?: bigint | number;
  /** In 64-bit mode, addresses without registers are rIP-relative (`default rel`). Default: true for elf64. */
  readonly defaultRelative?: boolean;
  /** Symbols that the text may use, besides its own. */
  readonly symbols?: { readonly [name: string]: bigint | number };
  /** Name of the text in messages. Default "source". */
  readonly file?: string;
  /** Instructions known. Default: every one of the processor. @internal */
  readonly instructions?: readonly Instruction[];
}

/** A section of an assembled text. */
export interface AssembledSection {
  /** As the text names it. */
  readonly name: string;
  /** Of the first byte. */
  readonly address: bigint;
  /** In bytes, reserved ones included. */
  readonly size: number;
  /** Contents, without what is only reserved. */
  readonly bytes: Uint8Array;
}

/** A text, assembled. */
export interface Assembly {
  /** The image or file. */
  readonly bytes: Uint8Array;
  /** Address of the first byte of a flat image; the lowest section's elsewhere. */
  readonly origin: bigint;
  /** Address to start at: `entry NAME`, else `_start`, else `entry`, else the first byte of `.text`. */
  readonly entry: bigint;
  /** Labels and constants; local labels under their full name ("main.loop"). */
  readonly symbols: ReadonlyMap<string, bigint>;
  /** Sections with their addresses and contents. */
  readonly sections: readonly AssembledSection[];
  /** Bytes by source line. */
  readonly listing: readonly ListingLine[];
}

const TABLES = new WeakMap<readonly Instruction[], ReadonlyMap<string, readonly Spelling[]>>();

/** Mnemonics of a list of instructions, made once. */
export function mnemonicsOf(instructions: readonly Instruction[]): ReadonlyMap<string, readonly Spelling[]> {
  let table = TABLES.get(instructions);
  if (!table) TABLES.set(instructions, (table = spellings(instructions)));
  return table;
}

/**
 * Assembles a text in Intel syntax, in the flavour of NASM: labels and local labels, `bits`, `org`, `section`, `db` to `dt`, `resb`, `times`,
 * `align`, `equ`, macros (`%define`, `%macro`, `%rep`, `%if`), expressions, `[rel x]`, size keywords, prefixes. Picks the shortest encoding, jumps included; the same text always
 * gives the same bytes. Instructions are those that the rows of the processor describe. Throws an AssemblyError with lines, columns and advice.
 *
 * @example
 * ```ts
 * const { bytes } = assemble(`
 *   bits 16
 *   org 0x7c00
 *   start: mov si, text
 *   .next: lodsb
 *          out 0xe9, al
 *          test al, al
 *          jnz .next
 *          hlt
 *   text:  db "hello", 10, 0
 * `, { format: "boot" });
 * ```
 */
export function assemble(source: string, options: AssembleOptions = {}): Assembly {
  const lines = source.split(/\r?\n/);
  const file = options.file ?? "source";
  const format = FORMATS[options.format ?? "flat"];
  const { statements, problems } = parse(lines, mnemonicsOf(options.instructions ?? INSTRUCTIONS));
  for (const [name, value] of Object.entries(options.symbols ?? {})) {
    statements.unshift({ line: 0, statement: { kind: "equ", name, value: { kind: "constant", value: BigInt(value) }, column: 1 } });
  }
  if (options.format === "multiboot" && !/1badb002/i.test(source)) {
    statements.unshift({ line: 0, statement: { kind: "data", width: 1, items: [{ kind: "bytes", bytes: Uint8Array.from(MULTIBOOT_HEADER) }], column: 1 } });
  }
  if (problems.length > 0) throw new AssemblyError(problems, lines, file);
  const layout = layOut(statements, {
    codeSize: options.bits ?? format.codeSize, defaultRelative: options.defaultRelative ?? options.format === "elf64", section: ".text", sections: SECTIONS,
    place: (sections, origin) => format.place(sections, origin ?? BigInt(options.origin ?? format.origin)),
  });
  if (layout.problems.length > 0) throw new AssemblyError(layout.problems, lines, file);
  const entry = entryOf(layout, lines, file);
  return {
    bytes: format.write(layout, entry), entry, origin: layout.sections[0]!.address, symbols: layout.symbols, listing: layout.listing.filter((l) => l.line > 0),
    sections: layout.sections.filter((s) => s.size > 0).map((s) => ({ name: s.name, address: s.address, size: s.size, bytes: Uint8Array.from(s.bytes) })),
  };
}

function parse(lines: readonly string[], mnemonics: ReadonlyMap<string, readonly Spelling[]>): { statements: PlacedStatement[]; problems: AssemblyProblem[] } {
  const preprocessor = new Preprocessor(), parser = new StatementParser(mnemonics);
  const source = preprocessor.run(lines);
  const statements: PlacedStatement[] = [];
  const problems: AssemblyProblem[] = [...preprocessor.problems];
  for (const { line, text } of source) {
    try {
      for (const statement of parser.line(text)) statements.push({ line, statement });
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (problems.length < 20) problems.push({ line, column: error.column, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) });
    }
  }
  return { statements, problems: problems.sort((a, b) => a.line - b.line) };
}

function entryOf(layout: Layout, lines: readonly string[], file: string): bigint {
  if (layout.entry !== undefined) {
    const entry = layout.symbols.get(layout.entry);
    if (entry === undefined) throw new AssemblyError([{ line: 1, column: 1, message: `the entry "${layout.entry}" is not defined` }], lines, file);
    return entry;
  }
  return layout.symbols.get("_start") ?? layout.symbols.get("entry") ?? layout.sections[0]!.address;
}

/** A listing as text: address, bytes, source line. */
export function formatListing(source: string, assembly: Assembly): string {
  const byLine = new Map<number, ListingLine[]>();
  for (const l of assembly.listing) byLine.set(l.line, [...(byLine.get(l.line) ?? []), l]);
  const width = assembly.listing.some((l) => l.address > 0xffffffffn) ? 16 : 8;
  return source.split(/\r?\n/).map((text, i) => {
    const parts = byLine.get(i + 1) ?? [];
    const hex = parts.flatMap((p) => p.bytes).map((b) => b.toString(16).padStart(2, "0"));
    const shown = hex.length > 10 ? `${hex.slice(0, 9).join("")}..` : hex.join("");
    return `${String(i + 1).padStart(5)} ${parts[0] ? parts[0].address.toString(16).padStart(width, "0") : " ".repeat(width)} ${shown.padEnd(20)} ${text}`.trimEnd();
  }).join("\n");
}

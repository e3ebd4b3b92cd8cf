import { INSTRUCTIONS, type Instruction } from "@ringzero/x86/internals";

const ATTRIBUTES: { readonly [name: string]: string } = { i64: "not in 64-bit mode", o64: "64-bit mode only", lock: "LOCK" };

/** Encoding and syntax of a row, as two columns of code. */
function formCells(text: string): [encoding: string, syntax: string] {
  const [encoding = "", syntax = ""] = text.trim().split(/ {2,}/);
  return [encoding, syntax];
}

/** Undefined flags in words: letters, or that they depend on the count. */
function undefinedFlags(i: Instruction): string {
  if (i.undefined === undefined || i.undefined === "") return "";
  return typeof i.undefined === "string" ? [...i.undefined].map((l) => `${l}F`).join(" ") : "[by count](undefined-flags.md)";
}

/** What is said of one form: mode, LOCK, feature, privilege, intercept. */
function notes(i: Instruction, attributes: ReadonlySet<string>): string {
  return [
    ...Object.entries(ATTRIBUTES).filter(([a]) => attributes.has(a)).map(([, words]) => words),
    ...(i.protectedOnly ? ["not in real or virtual-8086 mode"] : []),
    ...(i.privileged ? ["privileged"] : []),
    ...(i.intercept ? [`intercept ${i.intercept}`] : []),
  ].join(", ");
}

/** One instruction's rows: its forms, with what holds for all of them. */
function rowsOf(i: Instruction): string[] {
  return i.parsed.map((form) => {
    const [encoding, syntax] = formCells(form.text);
    return `| \`${syntax}\` | \`${encoding}\` | ${i.feature ?? ""} | ${notes(i, form.attributes)} | ${undefinedFlags(i)} | ${i.support ?? "full"} |`;
  });
}

/**
 * The page of all instructions, from their rows: Markdown. Sections by mnemonic, in alphabetical order; declarations of one mnemonic (MOVQ of MMX
 * and of SSE2) stand together.
 */
export function instructionsPage(): string {
  const byName = new Map<string, Instruction[]>();
  for (const i of INSTRUCTIONS) byName.set(i.name, [...(byName.get(i.name) ?? []), i]);
  const names = [...byName.keys()].sort();
  const forms = INSTRUCTIONS.reduce((n, i) => n + i.parsed.length, 0);
  const partial = INSTRUCTIONS.filter((i) => i.support !== undefined && i.support !== "full");
  const sections = names.map((name) => {
    const all = byName.get(name)!;
    const titles = [...new Set(all.map((i) => i.title).filter((t) => t !== undefined))];
    return `## ${name}\n\n${titles.length > 0 ? `${titles.join("; ")}.\n\n` : ""}| Form | Encoding | CPUID | Notes | Undefined flags | Support |\n|---|---|---|---|---|---|\n${[...new Set(all.flatMap(rowsOf))].join("\n")}\n`;
  });
  return `<!-- Made by packages/testkit/src/cli/reference.ts from the instruction descriptions: do not edit. -->
# Instructions

${names.length} mnemonics, ${forms} forms; decoder, assembler, disassembler and every engine come from these rows. ${partial.length > 0 ? `Not complete: ${[...new Set(partial.map((i) => i.name))].join(", ")}.` : "All are complete."}

The notation is that of the opcode tables of SDM vol. 2, "Interpreting the Instruction Reference Pages": opcode bytes in hexadecimal, \`NP\` no
66, F2 or F3 prefix, \`/r\` a ModRM byte with a register, \`/0\` to \`/7\` a ModRM byte with that digit, \`+r\` and \`+i\` a register in the low three bits,
\`ib\` \`iw\` \`iz\` \`iv\` immediates of 1, 2, 2 or 4, and 2, 4 or 8 bytes, \`cb\` \`cz\` relative targets, \`cp\` a far pointer, \`mo\` an absolute address.
Operand sizes: a number of bits; \`v\` 16, 32 or 64 by operand size; \`y\` 32 or 64; \`z\` 16 or 32. A form whose CPUID column names a feature
raises #UD on models without it. The intercepts are those of APM vol. 2, "VMCB Layout, Control Area".

${sections.join("\n")}`;
}

import { INSTRUCTIONS, type Instruction } from "@ringzero/x86/internals";

const LETTERS = "OSZAPC";
const spelled = (letters: string): string => [...LETTERS].filter((l) => letters.includes(l)).map((l) => `${l}F`).join(" ") || "none";

/** Operand sizes of an instruction's first operands, ascending. */
function sizesOf(i: Instruction): number[] {
  const sizes = new Set<number>();
  for (const f of i.parsed) {
    const size = f.operands[0]?.size;
    if (size === 8) sizes.add(8);
    else for (const bits of [16, 32, 64]) sizes.add(bits);
  }
  return [...sizes].sort((a, b) => a - b);
}

/** What a count-dependent field says for one operand size: runs of counts with the same flags. */
function byCount(field: Exclude<Instruction["undefined"], string | undefined>, bits: number): string {
  const runs: { from: number; to: number; flags: string }[] = [];
  for (let count = 0; count <= (bits === 64 ? 63 : 31); count++) {
    const flags = spelled(field({ bits, count })), last = runs.at(-1);
    if (last?.flags === flags) last.to = count;
    else runs.push({ from: count, to: count, flags });
  }
  return runs.map((r) => `${r.from === r.to ? r.from : `${r.from}–${r.to}`}: ${r.flags}`).join("; ");
}

/** Rows of an instruction: instruction, operand size, flags. */
function rowsOf(i: Instruction): [size: string, flags: string][] {
  const field = i.undefined;
  if (!field) return [];
  if (typeof field === "string") return [["any", spelled(field)]];
  const rows: [sizes: number[], flags: string][] = [];
  for (const bits of sizesOf(i)) {
    const flags = byCount(field, bits), same = rows.find((r) => r[1] === flags);
    if (same) same[0].push(bits);
    else rows.push([[bits], flags]);
  }
  return rows.map(([sizes, flags]) => [sizes.join(", "), flags]);
}

/**
 * The page of flags that the manuals leave undefined, from the `undefined` field of each description: Markdown. Comparisons with silicon
 * (silicon/undefined-flags.ts) leave out exactly these.
 */
export function undefinedFlagsPage(): string {
  const names = new Map<string, string[]>();
  for (const i of INSTRUCTIONS) {
    for (const [size, flags] of rowsOf(i)) {
      const key = `${size} | ${flags}`, list = names.get(key) ?? [];
      if (!list.includes(i.name)) list.push(i.name);
      names.set(key, list);
    }
  }
  const rows = [...names].map(([key, list]) => `| ${list.sort().join(", ")} | ${key} |`).sort();
  return `<!-- Made by packages/testkit/src/cli/reference.ts from the instruction descriptions: do not edit. -->
# Undefined flags

The manuals leave some status flags undefined after some instructions. A comparison with a real processor leaves out those and no others; the
table comes from the field \`undefined\` of each instruction's description, and so does the mask of \`npm run silicon\`. Where a row lists
counts, they are shift or rotate counts after masking to 5 bits (6 with 64-bit operands). Instructions that are not listed leave no flag
undefined. The model computes these flags too, as AMD's processors do as far as that has been observed.

| Instructions | Operand size | Undefined |
|---|---|---|
${rows.join("\n")}
`;
}

import { spawnSync } from "node:child_process";

/** A piece of TypeScript in a Markdown page. */
export interface CodeBlock {
  /** Line of the page on which the code begins, from 1. */
  readonly line: number;
  readonly code: string;
  /** What the page says it prints: the `text` block that follows it with nothing between, undefined where there is none. */
  readonly output: string | undefined;
}

/** The fenced `ts` blocks of a page. Those fenced as `typescript` are for reading only. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (const match of markdown.matchAll(/^```ts\n([^]*?)^```\n(?:\n*```text\n([^]*?)^```$)?/gm)) {
    const line = markdown.slice(0, match.index).split("\n").length + 1;
    blocks.push({ line, code: match[1]!, output: match[2] });
  }
  return blocks;
}

/**
 * Runs a block as a program of its own, in `folder`: packages are found as from there, the package itself by its own name. Returns what it
 * printed. Throws an Error with its messages where it fails or does not end within a minute.
 */
export function runCodeBlock(block: CodeBlock, folder: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", block.code], { cwd: folder, encoding: "utf8", timeout: 60_000 });
  if (status !== 0) throw new Error(`The code at line ${block.line} failed:\n${stderr}`);
  return stdout;
}

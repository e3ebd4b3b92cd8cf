import { spawn } from "node:child_process";

/** A piece of shell in a Markdown page. */
export interface ShellBlock {
  /** Line of the page on which the commands begin, from 1. */
  readonly line: number;
  readonly commands: string;
  /** What the page shows of their output: the `text` block that follows with nothing between, undefined where there is none. `…` stands for anything. */
  readonly output: string | undefined;
}

/** The fenced `sh` blocks of a page. Those fenced as `bash` are for reading only. */
export function shellBlocks(markdown: string): ShellBlock[] {
  return [...markdown.matchAll(/^```sh\n([^]*?)^```\n(?:\n*```text\n([^]*?)^```$)?/gm)].map((match) => ({
    line: markdown.slice(0, match.index).split("\n").length + 1, commands: match[1]!, output: match[2],
  }));
}

/**
 * Lines that a page shows and a run did not print, in this order: undefined where all are there. White space at either end of a line and between words does not count, and
 * `…` stands for anything within a line; a line of nothing else stands for lines.
 */
export function missingLine(shown: string, printed: string): string | undefined {
  const words = (line: string): string => line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").trim().replace(/\s+/g, " ");
  const lines = printed.split(/\r?\n/).map(words);
  let from = 0;
  for (const line of shown.split("\n").map(words)) {
    if (line === "" || line === "…") continue;
    const pattern = new RegExp(`^${line.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
    const at = lines.findIndex((printed, i) => i >= from && pattern.test(printed));
    if (at < 0) return line;
    from = at + 1;
  }
  return undefined;
}

/** How a block is run. */
export interface ShellOptions {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly seconds: number;
}
/**
 * Runs a block as a script that stops at the first command that fails, with nothing on standard input. Resolves with what it printed on both streams. Rejects with an Error with that
 * text where it fails or takes longer.
 */
export function runShellBlock({ line, commands }: ShellBlock, { folder, environment, seconds }: ShellOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-e", "-o", "pipefail", "-c", commands], { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let printed = "";
    const kill = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), seconds * 1000);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => { printed += text; });
    child.on("error", reject);
    // Not "close": a machine that was started on demand may keep a pipe for longer.
    child.on("exit", (status, signal) => setTimeout(() => {
      clearTimeout(kill);
      if (status === 0) resolve(printed);
      else reject(new Error(`The commands at line ${line} ${signal ? `took longer than ${seconds} s` : `failed with status ${status}`}:\n${printed}`));
    }, 50));
  });
}

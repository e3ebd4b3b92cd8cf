import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What binutils' objdump makes of an instruction. */
export interface Line { readonly length: number; readonly text: string }

const MACHINES = { 16: "i8086", 32: "i386", 64: "i386:x86-64" } as const;
const PREFIX = /^((rex(\.\w+)?|data16|data32|addr16|addr32|lock|repz|repnz|[cdefgs]s|xacquire|xrelease|notrack|bnd)( |$))+$/;

/** Whether objdump is there. */
export function haveObjdump(): boolean { return spawnSync("objdump", ["--version"]).status === 0; }

/** The first instruction at each multiple of `stride`, in Intel syntax; prefixes that objdump shows on lines of their own count with it. */
export function objdump(image: Uint8Array, mode: 16 | 32 | 64, stride: number): (Line | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), "objdump-"));
  try {
    const file = join(folder, "code.bin");
    writeFileSync(file, image);
    const { stdout } = spawnSync("objdump", ["-D", "-z", "-b", "binary", "-m", MACHINES[mode], "-M", "intel", "--insn-width=16", file], { encoding: "utf8", maxBuffer: 1 << 30 });
    const lines = new Map<number, Line>();
    for (const m of stdout.matchAll(/^ *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *\t?(.*)$/gm)) lines.set(Number.parseInt(m[1]!, 16), { length: m[2]!.trim().split(" ").length, text: m[3]!.trim() });
    return Array.from({ length: image.length / stride }, (_, n) => {
      let line = lines.get(n * stride);
      for (let next; line && PREFIX.test(line.text) && (next = lines.get(n * stride + line.length));) line = { length: line.length + next.length, text: `${line.text} ${next.text}` };
      return line;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Mnemonic of a line, prefixes left out. */
export function mnemonicOf(text: string): string {
  return text.replace(/^((rex(\.\w+)?|data16|data32|addr16|addr32|lock|repz|repnz|rep|[cdefgs]s|xacquire|xrelease|notrack|bnd) +)+/, "").split(/\s/)[0]!;
}

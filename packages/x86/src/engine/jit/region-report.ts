import { disassemble as moduleText } from "@ringzero/wasm";
import { disassemble } from "../../disassemble/disassemble.ts";
import type { Region } from "./region.ts";

/** What is known of a compiled region. */
export interface RegionReport {
  /** Linear address of its entry when it was compiled. */
  readonly address: bigint;
  /** Guest instructions, basic blocks and pages of code in it. */
  readonly instructions: number;
  readonly blocks: number;
  readonly pages: number;
  /** Bytes of its WebAssembly module. */
  readonly bytes: number;
  /** How often it was entered, the instructions that it retired and gave back to the interpreter. */
  readonly entries: number;
  readonly retired: number;
  readonly gaveBack: number;
  /** Guest assembly by block, then the module's text. */
  text(): string;
}

/** A region's instructions by block, in assembler. `base`: linear address of page 0; `memory`: linear memory that holds its frames. */
export function guestText(region: Region, base: bigint, bits: 32 | 64, memory: Uint8Array): string {
  const lines: string[] = [];
  for (const b of region.blocks) {
    lines.push(`block ${b.index}`);
    for (const i of b.instructions) {
      const bytes = Uint8Array.from({ length: i.length }, (_, n) => {
        const at = i.offset + n;
        return memory[region.pages.get(at >> 12)!.frame + (at & 0xfff)]!;
      });
      const address = base + BigInt(i.offset);
      lines.push(`  ${address.toString(16).padStart(8)}  ${disassemble(bytes, { mode: bits, address }).text}`);
    }
  }
  return lines.join("\n");
}
/** The whole text of a region: its code as the guest has it, and as it was compiled. */
export function regionText(guest: string, module: Uint8Array): string { return `${guest}\n\n${moduleText(module)}`; }

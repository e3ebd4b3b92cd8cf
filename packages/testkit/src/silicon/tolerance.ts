import type { SiliconCase } from "./case.ts";

/** x87 instructions whose result may differ from the silicon's in the last bit (1 ulp of 80 bits). */
const TRANSCENDENTAL = new Set(["FSIN", "FCOS", "FSINCOS", "FPTAN", "FPATAN", "F2XM1", "FYL2X", "FYL2XP1"]);

/** Results that no two processors share: entropy, processor numbers, extended state that the model does not have. */
const UNREPEATABLE = new Set(["RDRAND", "RDSEED", "RDPID", "XSAVEC", "XSAVEC64", "XSAVEOPT", "XSAVEOPT64"]);

/**
 * Whether differences are allowed: an instruction that the silicon has and the model does not report (the model raises #UD), or
 * a transcendental result within one unit in the last place.
 */
export function explained(name: string, c: SiliconCase, differences: readonly string[], known: boolean): boolean {
  if (!known && c.trap !== 6 && differences.some((d) => d.startsWith("trap: ours 6,"))) return reportedBySiliconOnly(c.code);
  if (UNREPEATABLE.has(name) && c.trap === -1) return true;
  if (!TRANSCENDENTAL.has(name)) return false;
  return differences.every((d) => {
    const m = /^st\d: ours ([0-9a-f]{20}), silicon ([0-9a-f]{20})$/.exec(d);
    // C1 tells the rounding's direction, which the last bit decides.
    if (!m) return /^fsw: /.test(d) && onlyC1(d);
    const [a, b] = [significand(m[1]!), significand(m[2]!)];
    return m[1]!.slice(16) === m[2]!.slice(16) && (a - b === 1n || b - a === 1n);
  });
}

function significand(hex: string): bigint { return Buffer.from(hex.slice(0, 16), "hex").readBigUInt64LE(); }
function onlyC1(line: string): boolean {
  const m = /ours ([0-9a-f]+), silicon ([0-9a-f]+)/.exec(line);
  return m !== null && (Number.parseInt(m[1]!, 16) ^ Number.parseInt(m[2]!, 16)) === 0x200;
}

/** Opcodes of features that the models leave out: SSE4A, GFNI, XSAVES and XRSTORS. Prefixes are passed over. */
export function reportedBySiliconOnly(code: string): boolean {
  const opcode = code.replace(/^(?:66|67|f2|f3|f0|2e|36|3e|26|64|65)*(?:4[0-9a-f])?/, "");
  return /^0f(?:2b|78|79|38cf|3ace|3acf|c7[159][89a-f]|c7[26a][89a-f])/.test(opcode);
}

import type { TrapBatch } from "@ringzero/hypervisor";

/** Exceptions by vector. SDM vol. 3A, "Exception and Interrupt Vectors". */
const VECTORS: { readonly [vector: number]: string } = { 0: "#DE", 1: "#DB", 3: "#BP", 4: "#OF", 5: "#BR", 6: "#UD", 7: "#NM", 8: "#DF", 10: "#TS", 11: "#NP", 12: "#SS", 13: "#GP", 14: "#PF", 16: "#MF", 17: "#AC" };

/** Instructions that trapped, a line for each: address, the ring that the guest believes to be in, exception, instruction, and what became of it. */
export function trapLines({ traps, lost }: TrapBatch): string {
  const lines = traps.map(({ address, ring, vector, errorCode, text, kind, done }) =>
    `${address.toString(16).padStart(8, "0")}  ring ${ring}  ${`${VECTORS[vector] ?? `vector ${vector.toString(16)}`}${errorCode === undefined ? "" : `(${errorCode.toString(16)})`}`.padEnd(10)} ${text.padEnd(32)} ${kind}${done === "" ? "" : `: ${done}`}\n`);
  return lines.join("") + (lost > 0 ? `${"".padStart(8)}  and ${lost} more\n` : "");
}

import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** The Castagnoli polynomial 11EDC6F41, bits reflected. */
const POLYNOMIAL = 0x82f6_3b78n;

/** CRC-32C of the lowest `bits` bits of `data`, continued from `crc`. */
const crc32c: Routine = routine("crc32c", { params: [I32, I64, I32], results: [I32] }, (m, crc, data, bits) => {
  const rest = m.local(crc!.zext(64).xor(data!)), left = m.local(bits!);
  m.loop(() => {
    const r = rest.get();
    rest.set(r.shrU(1).xor(r.and(1).neg().and(POLYNOMIAL)));
    left.set(left.get().sub(1));
    m.breakIf(left.get().eqz());
  });
  m.return(rest.get().trunc(32));
});

/** CRC32 — Accumulate CRC-32C. SDM vol. 2A, "CRC32—Accumulate CRC32 Value". */
export const CRC32: Instruction = instruction("CRC32", {
  forms: ["F2 0F 38 F0 /r  CRC32 ry, r/m8", "F2 0F 38 F1 /r  CRC32 ry, r/mv"],
  feature: "sse4_2",
  execute(m, dst, src) {
    const crc = m.call1(crc32c, m.read(dst!).trunc(32), m.read(src!).zext(64), m.i32(src!.bits));
    m.write(dst!, crc.fit(dst!.bits as 32));
  },
});

/** Checksums. */
export const CHECKSUMS: readonly Instruction[] = [CRC32];

import type { Builder } from "../../ir/builder.ts";
import { I32, routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { dwords } from "./constants.ts";
import { readPackedUnaligned, vector, type PackedContext } from "./operands.ts";

const lane = (v: Value, n: number): Value => v.lane("i32x4.extract_lane", n);
/** A vector of four doublewords, lane 0 first. */
function join(l0: Value, l1: Value, l2: Value, l3: Value): Value {
  return l0.op("i32x4.splat").withLane("i32x4.replace_lane", 1, l1).withLane("i32x4.replace_lane", 2, l2).withLane("i32x4.replace_lane", 3, l3);
}
/** Lanes rotated left. */
function rotated(m: Builder, v: Value, count: number): Value {
  return v.op("i32x4.shl", m.i32(count)).op("v128.or", v.op("i32x4.shr_u", m.i32(32 - count)));
}

const choice = (b: Value, c: Value, d: Value): Value => b.and(c.xor(d)).xor(d);
const parity = (b: Value, c: Value, d: Value): Value => b.xor(c).xor(d);
const majority = (b: Value, c: Value, d: Value): Value => b.and(c).xor(d.and(b.xor(c)));

/** Four rounds of SHA-1: A B C D in lanes 3 to 0 of `state`, E already in lane 3 of `message` (SDM vol. 2B, "SHA1RNDS4—Perform Four Rounds of SHA1 Operation"). */
const SHA1_ROUNDS: Routine = routine("sha1-rounds", { params: [V128, V128, I32], results: [V128] }, (m, state, message, phase) => {
  const constant = m.choose(phase!.bit(1), m.choose(phase!.bit(0), 0xca62c1d6 | 0, 0x8f1bbcdc | 0), m.choose(phase!.bit(0), 0x6ed9eba1, 0x5a827999));
  let [a, b, c, d] = [lane(state!, 3), lane(state!, 2), lane(state!, 1), lane(state!, 0)];
  let e = m.i32(0);
  for (let i = 0; i < 4; i++) {
    const f = m.choose(phase!.bit(0), parity(b, c, d), m.choose(phase!.bit(1), majority(b, c, d), choice(b, c, d)));
    const next = f.add(a.rotl(5)).add(lane(message!, 3 - i)).add(e).add(constant);
    [a, b, c, d, e] = [next, a, b.rotl(30), c, d];
  }
  m.return(join(d, c, b, a));
});

const sum0 = (a: Value): Value => a.rotr(2).xor(a.rotr(13)).xor(a.rotr(22));
const sum1 = (e: Value): Value => e.rotr(6).xor(e.rotr(11)).xor(e.rotr(25));

/** Two rounds of SHA-256: A B E F in lanes 3 to 0 of `abef`, C D G H of `cdgh`, message plus constant in lanes 0 and 1 of `wk`. */
const SHA256_ROUNDS: Routine = routine("sha256-rounds", { params: [V128, V128, V128], results: [V128] }, (m, cdgh, abef, wk) => {
  let [a, b, c, d] = [lane(abef!, 3), lane(abef!, 2), lane(cdgh!, 3), lane(cdgh!, 2)];
  let [e, f, g, h] = [lane(abef!, 1), lane(abef!, 0), lane(cdgh!, 1), lane(cdgh!, 0)];
  for (let i = 0; i < 2; i++) {
    const t1 = h.add(sum1(e)).add(choice(e, f, g)).add(lane(wk!, i)), t2 = sum0(a).add(majority(a, b, c));
    [a, b, c, d, e, f, g, h] = [t1.add(t2), a, b, c, d.add(t1), e, f, g];
  }
  m.return(join(f, e, b, a));
});

const SHA1MSG2_SCHEDULE: Routine = routine("sha1-message", { params: [V128, V128], results: [V128] }, (m, a, b) => {
  const w16 = lane(a!, 3).xor(lane(b!, 2)).rotl(1), w17 = lane(a!, 2).xor(lane(b!, 1)).rotl(1), w18 = lane(a!, 1).xor(lane(b!, 0)).rotl(1);
  m.return(join(lane(a!, 0).xor(w16).rotl(1), w18, w17, w16));
});

const SHA256MSG2_SCHEDULE: Routine = routine("sha256-message", { params: [V128, V128], results: [V128] }, (m, a, b) => {
  const sigma1 = (w: Value): Value => w.rotr(17).xor(w.rotr(19)).xor(w.shrU(10));
  const w16 = lane(a!, 0).add(sigma1(lane(b!, 2))), w17 = lane(a!, 1).add(sigma1(lane(b!, 3)));
  m.return(join(w16, w17, lane(a!, 2).add(sigma1(w16)), lane(a!, 3).add(sigma1(w17))));
});

const SHA256RNDS2 = instruction("SHA256RNDS2", {
  forms: ["NP 0F 38 CB /r  SHA256RNDS2 xmm, xmm/m128, <XMM0>"], feature: "sha", unit: "sse", title: "SHA256RNDS2—Perform Two Rounds of SHA256 Operation",
  execute(m, dst, src, wk) {
    const abef = m.readUnaligned(src!, "v128");
    m.writeVector(dst!, m.call1(SHA256_ROUNDS, m.readVector(dst!, "v128"), abef, m.readVector(wk!, "v128")));
  },
});

/** This processor lets the memory operands of all SHA instructions be unaligned; Intel's manuals require alignment. */
function sha(name: string, form: string, title: string, compute: (a: Value, b: Value, context: PackedContext) => Value): Instruction {
  return vector(name, form, "sha", title, compute, readPackedUnaligned);
}

export const SHA: readonly Instruction[] = [
  sha("SHA1RNDS4", "NP 0F 3A CC /r ib  SHA1RNDS4 xmm, xmm/m128, imm8", "SHA1RNDS4—Perform Four Rounds of SHA1 Operation",
    (a, b, { m, imm }) => m.call1(SHA1_ROUNDS, a, b, imm)),
  sha("SHA1NEXTE", "NP 0F 38 C8 /r  SHA1NEXTE xmm, xmm/m128", "SHA1NEXTE—Calculate SHA1 State Variable E After Four Rounds",
    (a, b, { m }) => rotated(m, a, 30).op("v128.and", dwords(m, [0, 0, 0, 0xffffffff])).op("i32x4.add", b)),
  sha("SHA1MSG1", "NP 0F 38 C9 /r  SHA1MSG1 xmm, xmm/m128", "SHA1MSG1—Perform an Intermediate Calculation for the Next Four SHA1 Message Dwords",
    (a, b) => a.op("v128.xor", b.shuffle(a, [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]))),
  sha("SHA1MSG2", "NP 0F 38 CA /r  SHA1MSG2 xmm, xmm/m128", "SHA1MSG2—Perform a Final Calculation for the Next Four SHA1 Message Dwords",
    (a, b, { m }) => m.call1(SHA1MSG2_SCHEDULE, a, b)),
  SHA256RNDS2,
  sha("SHA256MSG1", "NP 0F 38 CC /r  SHA256MSG1 xmm, xmm/m128", "SHA256MSG1—Perform an Intermediate Calculation for the Next Four SHA256 Message Dwords",
    (a, b, { m }) => {
      const next = a.shuffle(b, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
      return a.op("i32x4.add", rotated(m, next, 25).op("v128.xor", rotated(m, next, 14)).op("v128.xor", next.op("i32x4.shr_u", m.i32(3))));
    }),
  sha("SHA256MSG2", "NP 0F 38 CD /r  SHA256MSG2 xmm, xmm/m128", "SHA256MSG2—Perform a Final Calculation for the Next Four SHA256 Message Dwords",
    (a, b, { m }) => m.call1(SHA256MSG2_SCHEDULE, a, b)),
];

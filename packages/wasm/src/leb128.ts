// LEB128: seven bits a byte, least significant first, bit 7 set on all bytes but the last. Signed numbers are two's complement, and the
// last byte's bit 6 is their sign. Core spec, "Binary Format: Values".

const TWO_32 = 0x1_0000_0000;

/** Most bytes that a 64-bit number takes, and a 32-bit one. */
export const MAX_LEB64 = 10, MAX_LEB32 = 5;

/** Writes an unsigned 32-bit number. Returns the place behind it. There must be room. */
export function putU32(bytes: Uint8Array, at: number, value: number): number {
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** Writes a signed 32-bit number, taken modulo 2^32. Returns the place behind it. */
export function putS32(bytes: Uint8Array, at: number, value: number): number {
  let rest = value | 0;
  while (rest > 0x3f || rest < -0x40) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>= 7;
  }
  bytes[at++] = rest & 0x7f;
  return at;
}

/** Writes a signed 64-bit number, taken modulo 2^64; a number must be a safe integer. Returns the place behind it. */
export function putS64(bytes: Uint8Array, at: number, value: bigint | number): number {
  const number = Number(value);
  if (number >= -0x8000_0000 && number <= 0x7fff_ffff) return putS32(bytes, at, number);
  if (Number.isSafeInteger(number)) return putHalves(bytes, at, number >>> 0, Math.floor(number / TWO_32));
  if (typeof value === "number") throw new Error(`${value} is no safe integer: write it as a bigint.`);
  return putHalves(bytes, at, Number(BigInt.asUintN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
}

/** A 64-bit number as two 32-bit halves, the high one signed. */
function putHalves(bytes: Uint8Array, at: number, low: number, high: number): number {
  while (high !== low >> 31 || (low | 0) > 0x3f || (low | 0) < -0x40) {
    bytes[at++] = (low & 0x7f) | 0x80;
    low = (low >>> 7) | (high << 25);
    high >>= 7;
  }
  bytes[at++] = low & 0x7f;
  return at;
}

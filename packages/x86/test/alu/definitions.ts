import { AF, ALL, CF, OF, PF, SF, ZF, type Operands, type Outcome } from "./alu-loop.ts";

/**
 * The 8-bit arithmetic instructions as SDM vol. 2 and vol. 1, "Status Flags", put them into words: unbounded integers, sets of flags. A definition
 * gets operands and says what AX and the flags are afterwards.
 */
export type Definition = (o: Operands) => Outcome;

const signed = (byte: number): number => (byte > 127 ? byte - 256 : byte);
const parity = (byte: number): boolean => byte.toString(2).replaceAll("0", "").length % 2 === 0;
const when = (condition: boolean, flag: number): number => (condition ? flag : 0);

/** Sign, zero and parity flag of a byte. */
const BYTE_FLAGS: readonly number[] = Array.from({ length: 256 }, (_, byte) => when(byte > 127, SF) | when(byte === 0, ZF) | when(parity(byte), PF));
const BYTE = SF | ZF | PF;

/** AL := `al`; what no flag of `defined` covers stays. */
function result(o: Operands, al: number, flags: number, defined: number = ALL): Outcome { return { ax: (o.ah << 8) | al, flags, defined }; }
/** The flags before, some replaced. */
function replaced(o: Operands, flags: number, changed: number): number { return (o.flags & ~changed) | flags; }

/** a + b + carry: CF where it does not fit into eight bits, OF where the signed sum does not, AF for a carry out of bit 3. */
function sum(o: Operands, b: number, carry: number): { al: number; flags: number } {
  const a = o.al, whole = a + b + carry, exact = signed(a) + signed(b) + carry, al = whole % 256;
  return { al, flags: BYTE_FLAGS[al]! | when(whole > 255, CF) | when(exact > 127 || exact < -128, OF) | when((a % 16) + (b % 16) + carry > 15, AF) };
}
/** a - b - borrow likewise. */
function difference(a: number, b: number, borrow: number): { al: number; flags: number } {
  const whole = a - b - borrow, exact = signed(a) - signed(b) - borrow, al = (whole + 512) % 256;
  return { al, flags: BYTE_FLAGS[al]! | when(whole < 0, CF) | when(exact > 127 || exact < -128, OF) | when((a % 16) - (b % 16) - borrow < 0, AF) };
}
/** CF and OF cleared, AF undefined. */
const logic = (o: Operands, al: number, kept: number = al): Outcome => result(o, kept, BYTE_FLAGS[al]!, ALL & ~AF);

export const BINARY: { readonly [mnemonic: string]: Definition } = {
  add: (o) => { const r = sum(o, o.cl, 0); return result(o, r.al, r.flags); },
  adc: (o) => { const r = sum(o, o.cl, o.flags & CF); return result(o, r.al, r.flags); },
  sub: (o) => { const r = difference(o.al, o.cl, 0); return result(o, r.al, r.flags); },
  sbb: (o) => { const r = difference(o.al, o.cl, o.flags & CF); return result(o, r.al, r.flags); },
  cmp: (o) => result(o, o.al, difference(o.al, o.cl, 0).flags),
  and: (o) => logic(o, o.al & o.cl),
  or: (o) => logic(o, o.al | o.cl),
  xor: (o) => logic(o, o.al ^ o.cl),
  test: (o) => logic(o, o.al & o.cl, o.al),
};

export const UNARY: { readonly [mnemonic: string]: Definition } = {
  // CF is not affected.
  inc: (o) => { const r = sum(o, 1, 0); return result(o, r.al, replaced(o, r.flags & ~CF, ALL & ~CF)); },
  dec: (o) => { const r = difference(o.al, 1, 0); return result(o, r.al, replaced(o, r.flags & ~CF, ALL & ~CF)); },
  neg: (o) => { const r = difference(0, o.al, 0); return result(o, r.al, r.flags); },
  not: (o) => result(o, 255 - o.al, o.flags),
};

export const MULTIPLY: { readonly [mnemonic: string]: Definition } = {
  // CF and OF tell whether the upper half holds anything; the others are undefined.
  mul: (o) => { const ax = o.al * o.cl; return { ax, flags: when(ax > 255, CF | OF), defined: CF | OF }; },
  imul: (o) => { const product = signed(o.al) * signed(o.cl); return { ax: product & 0xffff, flags: when(product > 127 || product < -128, CF | OF), defined: CF | OF }; },
};

export const DIVIDE: { readonly [mnemonic: string]: Definition } = {
  div: (o) => {
    const dividend = o.ah * 256 + o.al, quotient = Math.floor(dividend / o.cl);
    return o.cl === 0 || quotient > 255 ? "#DE" : { ax: (dividend % o.cl) * 256 + quotient, flags: 0, defined: 0 };
  },
  // Towards zero; the remainder has the dividend's sign.
  idiv: (o) => {
    const dividend = signed(o.ah) * 256 + o.al, divisor = signed(o.cl), quotient = Math.trunc(dividend / divisor);
    return divisor === 0 || quotient > 127 || quotient < -128 ? "#DE" : { ax: (((dividend % divisor) & 255) << 8) | (quotient & 255), flags: 0, defined: 0 };
  },
};

/**
 * Shifts and rotates by `count` step by step. The count's low five bits count; where they are zero nothing changes. OF is defined for one step
 * only, CF of SHL and SHR for less than eight, AF never.
 */
export type Stepwise = (o: Operands, count: number) => Outcome;
/** Bit by bit: `step` gives the byte and the carry. */
function shift(step: (byte: number) => { byte: number; carry: number }, overflow: (before: number, after: number, carry: number) => boolean, carryAlways: boolean): Stepwise {
  return (o, count) => {
    const steps = count & 31;
    if (steps === 0) return result(o, o.al, o.flags);
    let byte = o.al, carry = 0;
    for (let i = 0; i < steps; i++) ({ byte, carry } = step(byte));
    const defined = BYTE | when(steps === 1, OF) | when(steps < 8 || carryAlways, CF);
    return result(o, byte, BYTE_FLAGS[byte]! | when(carry === 1, CF) | when(overflow(o.al, byte, carry), OF), defined);
  };
}
/** SF, ZF, AF and PF are not affected. `modulus` steps turn the byte (and CF) back. */
function rotate(step: (byte: number, carry: number) => { byte: number; carry: number }, overflow: (after: number, carry: number) => boolean): Stepwise {
  return (o, count) => {
    const steps = count & 31;
    if (steps === 0) return result(o, o.al, o.flags);
    let byte = o.al, carry = o.flags & CF;
    for (let i = 0; i < steps; i++) ({ byte, carry } = step(byte, carry));
    return result(o, byte, replaced(o, when(carry === 1, CF) | when(overflow(byte, carry), OF), CF | OF), steps === 1 ? ALL : ALL & ~OF);
  };
}
const top = (byte: number): number => byte >> 7, left = (byte: number, into: number): number => (byte * 2 + into) % 256, right = (byte: number, into: number): number => (byte >> 1) + into * 128;
const SHL: Stepwise = shift((b) => ({ byte: left(b, 0), carry: top(b) }), (_before, after, carry) => top(after) !== carry, false);
export const SHIFTS: { readonly [mnemonic: string]: Stepwise } = {
  shl: SHL,
  shr: shift((b) => ({ byte: right(b, 0), carry: b % 2 }), (before) => top(before) === 1, false),
  sar: shift((b) => ({ byte: right(b, top(b)), carry: b % 2 }), () => false, true),
  rol: rotate((b) => ({ byte: left(b, top(b)), carry: top(b) }), (after, carry) => top(after) !== carry),
  ror: rotate((b) => ({ byte: right(b, b % 2), carry: b % 2 }), (after) => top(after) !== ((after >> 6) & 1)),
  rcl: rotate((b, c) => ({ byte: left(b, c), carry: top(b) }), (after, carry) => top(after) !== carry),
  // OF is the exclusive or of the result's two top bits.
  rcr: rotate((b, c) => ({ byte: right(b, c), carry: b % 2 }), (after) => top(after) !== ((after >> 6) & 1)),
};

/** SDM vol. 2A, "DAA", "DAS", "AAA", "AAS": the operation sections, statement by statement. */
export const DECIMAL: { readonly [mnemonic: string]: Definition } = {
  daa: (o) => {
    let al = o.al, carry = false;
    const low = al % 16 > 9 || (o.flags & AF) !== 0, high = o.al > 0x99 || (o.flags & CF) !== 0;
    if (low) { carry = (o.flags & CF) !== 0 || al + 6 > 255; al = (al + 6) % 256; }
    if (high) { al = (al + 0x60) % 256; carry = true; } else carry = false;
    return result(o, al, BYTE_FLAGS[al]! | when(carry, CF) | when(low, AF), ALL & ~OF);
  },
  das: (o) => {
    let al = o.al, carry = false;
    const low = al % 16 > 9 || (o.flags & AF) !== 0;
    if (low) { carry = (o.flags & CF) !== 0 || al < 6; al = (al - 6 + 256) % 256; }
    if (o.al > 0x99 || (o.flags & CF) !== 0) { al = (al - 0x60 + 256) % 256; carry = true; }
    return result(o, al, BYTE_FLAGS[al]! | when(carry, CF) | when(low, AF), ALL & ~OF);
  },
  aaa: (o) => {
    const adjust = o.al % 16 > 9 || (o.flags & AF) !== 0, ax = adjust ? (o.ah * 256 + o.al + 0x106) % 65536 : o.ah * 256 + o.al;
    return { ax: ax & 0xff0f, flags: when(adjust, AF | CF), defined: AF | CF };
  },
  aas: (o) => {
    const adjust = o.al % 16 > 9 || (o.flags & AF) !== 0;
    let ax = o.ah * 256 + o.al;
    if (adjust) { ax = (ax - 6 + 65536) % 65536; ax = (ax - 0x100 + 65536) % 65536; }
    return { ax: ax & 0xff0f, flags: when(adjust, AF | CF), defined: AF | CF };
  },
};

/** AAM and AAD with any base. */
export const aam = (o: Operands, base: number): Outcome => (base === 0 ? "#DE" : { ax: Math.floor(o.al / base) * 256 + (o.al % base), flags: BYTE_FLAGS[o.al % base]!, defined: BYTE });
export const aad = (o: Operands, base: number): Outcome => {
  const al = (o.al + o.ah * base) % 256;
  return { ax: al, flags: BYTE_FLAGS[al]!, defined: BYTE };
};

import { GUEST_MAP, type LoopDefinition } from './guest-loop.ts';

const SSE_ELEMENTS = 1024;
const X87_ELEMENTS = 2048;

/** Packed single precision: six instructions for each of 1024 vectors an iteration. */
export const sse: LoopDefinition = {
  name: 'sse',
  description: 'movaps xmm1,[esi]; mulps xmm1,xmm2; addps xmm0,xmm1; add esi,16; dec ecx; jnz',
  dataWords: SSE_ELEMENTS * 4,
  // Single-precision numbers in [1, 2).
  shape: [
    { and: 0x007f_ffff, or: 0x3f80_0000 },
    { and: 0x007f_ffff, or: 0x3f80_0000 },
  ],
  setUp(code) {
    code
      .bytes(0x0f, 0x57, 0xc0) // XORPS XMM0, XMM0
      .bytes32([0x0f, 0x10, 0x15], GUEST_MAP.data); // MOVUPS XMM2, [data]
  },
  body(code) {
    code
      .label('pass')
      .bytes32([0xbe], GUEST_MAP.data) // MOV ESI, data
      .bytes32([0xb9], SSE_ELEMENTS) // MOV ECX, elements
      .label('vector')
      .bytes(0x0f, 0x28, 0x0e) // MOVAPS XMM1, [ESI]
      .bytes(0x0f, 0x59, 0xca) // MULPS XMM1, XMM2
      .bytes(0x0f, 0x58, 0xc1) // ADDPS XMM0, XMM1
      .bytes(0x83, 0xc6, 16) // ADD ESI, 16
      .bytes(0x49) // DEC ECX
      .jump8([0x75], 'vector') // JNZ vector
      .bytes(0x4d) // DEC EBP
      .jump8([0x75], 'pass'); // JNZ pass
  },
  finish(code) {
    code.bytes32([0x0f, 0x11, 0x05], GUEST_MAP.copy); // MOVUPS [copy], XMM0
    code.bytes32([0xa1], GUEST_MAP.copy); // MOV EAX, [copy]
    for (const lane of [4, 8, 12]) {
      code.bytes(0xc1, 0xc0, 7).bytes32([0x33, 0x05], GUEST_MAP.copy + lane); // ROL EAX, 7; XOR EAX, [copy + lane]
    }
  },
  instructions: (iterations) => iterations * (6 * SSE_ELEMENTS + 4),
  expected(iterations, data) {
    const values = new Float32Array(data.buffer);
    const sums = new Float32Array(4);
    for (let pass = 0; pass < iterations; pass++) {
      for (let i = 0; i < values.length; i++) {
        const lane = i & 3;
        sums[lane] = (sums[lane] ?? 0) + Math.fround((values[i] ?? 0) * (values[lane] ?? 0));
      }
    }
    return new Uint32Array(sums.buffer).reduce((mix, lane, i) => (i === 0 ? lane : ((mix << 7) | (mix >>> 25)) ^ lane), 0);
  },
};

/** Double extended precision on the x87 stack: six instructions for each of 2048 doubles an iteration. */
export const x87: LoopDefinition = {
  name: 'x87',
  description: 'fld qword [esi]; fmul st0,st1; faddp st2,st0; add esi,8; dec ecx; jnz',
  dataWords: X87_ELEMENTS * 2,
  // Double-precision numbers in [1, 2).
  shape: [
    { and: 0xffff_ffff, or: 0 },
    { and: 0x000f_ffff, or: 0x3ff0_0000 },
  ],
  setUp(code) {
    code
      .bytes(0xdb, 0xe3) // FNINIT
      .bytes(0xd9, 0xee) // FLDZ
      .bytes32([0xdd, 0x05], GUEST_MAP.data); // FLD QWORD [data]
  },
  body(code) {
    code
      .label('pass')
      .bytes32([0xbe], GUEST_MAP.data) // MOV ESI, data
      .bytes32([0xb9], X87_ELEMENTS) // MOV ECX, elements
      .label('number')
      .bytes(0xdd, 0x06) // FLD QWORD [ESI]
      .bytes(0xd8, 0xc9) // FMUL ST0, ST1
      .bytes(0xde, 0xc2) // FADDP ST2, ST0
      .bytes(0x83, 0xc6, 8) // ADD ESI, 8
      .bytes(0x49) // DEC ECX
      .jump8([0x75], 'number') // JNZ number
      .bytes(0x4d) // DEC EBP
      .jump8([0x75], 'pass'); // JNZ pass
  },
  finish(code) {
    code
      .bytes(0xdd, 0xd8) // FSTP ST0
      .bytes32([0xdb, 0x3d], GUEST_MAP.copy) // FSTP TBYTE [copy]
      .bytes32([0x0f, 0xb7, 0x05], GUEST_MAP.copy + 8) // MOVZX EAX, WORD [copy + 8]
      .bytes(0xc1, 0xc0, 7) // ROL EAX, 7
      .bytes32([0x33, 0x05], GUEST_MAP.copy + 4) // XOR EAX, [copy + 4]
      .bytes(0xc1, 0xc0, 7) // ROL EAX, 7
      .bytes32([0x33, 0x05], GUEST_MAP.copy); // XOR EAX, [copy]
  },
  instructions: (iterations) => iterations * (6 * X87_ELEMENTS + 4),
  expected(iterations, data) {
    const numbers = Array.from({ length: X87_ELEMENTS }, (_, i) => fromDouble(data[2 * i] ?? 0, data[2 * i + 1] ?? 0));
    const factor = numbers[0] ?? ZERO;
    let sum = ZERO;
    for (let pass = 0; pass < iterations; pass++) {
      for (const number of numbers) {
        const product = round64({ significand: number.significand * factor.significand, exponent: number.exponent + factor.exponent });
        sum = add(sum, product);
      }
    }
    const low = Number(sum.significand & 0xffff_ffffn);
    const high = Number(sum.significand >> 32n);
    const biased = sum.exponent + 63 + 16383;
    const rotate = (x: number): number => (x << 7) | (x >>> 25);
    return rotate(rotate(biased) ^ high) ^ low;
  },
};

/** A positive number: significand × 2^exponent. */
interface Exact {
  readonly significand: bigint;
  readonly exponent: number;
}

const ZERO: Exact = { significand: 0n, exponent: 0 };

function fromDouble(low: number, high: number): Exact {
  const fraction = (BigInt(high & 0xf_ffff) << 32n) | BigInt(low);
  return { significand: fraction | (1n << 52n), exponent: ((high >>> 20) & 0x7ff) - 1075 };
}

function add(a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  const align = (x: Exact): bigint => x.significand << BigInt(x.exponent - exponent);
  return round64({ significand: align(a) + align(b), exponent });
}

/** To a 64-bit significand with its top bit set, to nearest, ties to even. */
function round64({ significand, exponent }: Exact): Exact {
  const excess = significand.toString(2).length - 64;
  if (excess <= 0) return { significand: significand << BigInt(-excess), exponent: exponent + excess };
  const shift = BigInt(excess);
  const kept = significand >> shift;
  const rest = significand & ((1n << shift) - 1n);
  const half = 1n << (shift - 1n);
  const rounded = kept + (rest > half || (rest === half && (kept & 1n) === 1n) ? 1n : 0n);
  return rounded >> 64n ? { significand: rounded >> 1n, exponent: exponent + excess + 1 } : { significand: rounded, exponent: exponent + excess };
}

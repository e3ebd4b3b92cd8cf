import type { CodeBytes } from './code-bytes.ts';
import { GUEST_MAP, type LoopDefinition } from './guest-loop.ts';

/** Registers that the operations use, by number: EAX, EDX, EBX, ESI, EDI. ECX holds the data's address, EBP counts, ESP is the stack. */
const REGISTERS = [0, 2, 3, 6, 7] as const;
const ECX = 1;
/** Reach of loads and stores, in doublewords. */
const DATA_WORDS = 4096;

/** What the model of the operations works on. */
interface Model {
  readonly registers: Int32Array;
  readonly memory: Int32Array;
  carry: 0 | 1;
}

/** One operation: its bytes, and what they mean. */
interface Operation {
  readonly bytes: readonly number[];
  apply(model: Model): void;
}

type AluName = 'add' | 'or' | 'adc' | 'sbb' | 'and' | 'sub' | 'xor';

/** SDM vol. 2, "Opcode Maps", table "Opcode Extensions for One- and Two-byte Opcodes by Group Number", group 1. */
const ALU: readonly (readonly [AluName, number])[] = [
  ['add', 0],
  ['add', 0],
  ['or', 1],
  ['adc', 2],
  ['sbb', 3],
  ['and', 4],
  ['sub', 5],
  ['sub', 5],
  ['xor', 6],
  ['xor', 6],
];

/** Rotates and shifts by an immediate, with the number of group 2. */
const SHIFTS = [
  ['rol', 0],
  ['ror', 1],
  ['shl', 4],
  ['shr', 5],
  ['sar', 7],
] as const;

/**
 * A loop of many distinct straight-line operations, so that no predictor holds them: a mix of register, immediate, load and store
 * forms, the same for the same seed.
 *
 * @param operations operations in one iteration
 * @param seed seed of the generator, not zero
 */
export function largeFootprint(operations: number, seed: number): LoopDefinition {
  const list = generate(operations, seed);
  return {
    name: `large${operations}`,
    description: `${operations} random operations in a straight line, dec ebp, jnz`,
    dataWords: DATA_WORDS,
    setUp(code) {
      refill(code);
      for (const r of REGISTERS) code.bytes32([0xb8 + r], startValue(r)); // MOV r, start
      code.bytes32([0xb9], GUEST_MAP.data); // MOV ECX, data
    },
    body(code) {
      code
        .bytes(0xf8) // CLC
        .label('pass');
      for (const operation of list) code.bytes(...operation.bytes);
      code.bytes(0x4d).jump32([0x0f, 0x85], 'pass'); // DEC EBP; JNZ pass
      foldRegisters(code);
    },
    instructions: (iterations) => 1 + iterations * (operations + 2) + 2 * (REGISTERS.length - 1),
    expected(iterations, data) {
      const model: Model = { registers: new Int32Array(8), memory: new Int32Array(data), carry: 0 };
      for (const r of REGISTERS) model.registers[r] = startValue(r);
      for (let i = 0; i < iterations; i++) for (const operation of list) operation.apply(model);
      return REGISTERS.slice(1).reduce((sum, r) => rotate(sum, 9) ^ get(model, r), get(model, 0));
    },
  };
}

const startValue = (register: number): number => Math.imul(register + 1, 0x9e3779b1);
const rotate = (x: number, count: number): number => (count & 31 ? (x << count) | (x >>> (32 - count)) : x);
const get = (model: Model, register: number): number => model.registers[register] ?? 0;

/** Writes the prologue's data again: the operations store into it, and a round must not depend on the one before. */
function refill(code: CodeBytes): void {
  code
    .bytes32([0xbf], GUEST_MAP.data) // MOV EDI, data
    .bytes32([0xb9], DATA_WORDS) // MOV ECX, words
    .bytes32([0xb8], 1) // MOV EAX, 1
    .label('refill')
    .bytes32([0x69, 0xc0], 1664525) // IMUL EAX, EAX, 1664525
    .bytes32([0x05], 1013904223) // ADD EAX, 1013904223
    .bytes(0xab, 0x49) // STOSD; DEC ECX
    .jump8([0x75], 'refill'); // JNZ refill
}

function foldRegisters(code: CodeBytes): void {
  for (const r of REGISTERS.slice(1)) code.bytes(0xc1, 0xc0, 9).bytes(0x31, 0xc0 | (r << 3)); // ROL EAX, 9; XOR EAX, r
}

function generate(count: number, seed: number): Operation[] {
  let state = seed | 0;
  const random = (bound: number): number => {
    // xorshift32, Marsaglia 2003.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
  const register = (): number => REGISTERS[random(REGISTERS.length)] ?? 0;
  const word = (): number => (random(0x1_0000) << 16) | random(0x1_0000);
  const alu = (): readonly [AluName, number] => ALU[random(ALU.length)] ?? ['add', 0];

  const kinds: readonly (readonly [weight: number, make: () => Operation])[] = [
    [30, () => aluRegister(alu(), register(), register())],
    [20, () => aluImmediate(alu(), register(), word())],
    [12, () => load(register(), random(DATA_WORDS))],
    [10, () => aluLoad(alu(), register(), random(DATA_WORDS))],
    [10, () => store(random(DATA_WORDS), register())],
    [4, () => aluStore(alu(), random(DATA_WORDS), register())],
    [8, () => shift(SHIFTS[random(SHIFTS.length)] ?? SHIFTS[0], register(), 1 + random(31))],
    [3, () => lea(register(), register(), register(), random(128))],
    [3, () => increment(register())],
  ];
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0);
  return Array.from({ length: count }, () => {
    let pick = random(total);
    for (const [weight, make] of kinds) {
      if (pick < weight) return make();
      pick -= weight;
    }
    throw new Error('The weights do not add up.');
  });
}

function aluResult(model: Model, name: AluName, a: number, b: number): number {
  const x = a >>> 0;
  const y = b >>> 0;
  const carryIn = name === 'adc' || name === 'sbb' ? model.carry : 0;
  switch (name) {
    case 'add':
    case 'adc':
      model.carry = x + y + carryIn > 0xffff_ffff ? 1 : 0;
      return (x + y + carryIn) | 0;
    case 'sub':
    case 'sbb':
      model.carry = x < y + carryIn ? 1 : 0;
      return (x - y - carryIn) | 0;
    default:
      model.carry = 0;
      return name === 'and' ? x & y : name === 'or' ? x | y : x ^ y;
  }
}

function aluRegister([name, number]: readonly [AluName, number], to: number, from: number): Operation {
  return {
    bytes: [(number << 3) | 0x01, 0xc0 | (from << 3) | to],
    apply: (m) => void (m.registers[to] = aluResult(m, name, get(m, to), get(m, from))),
  };
}

function aluImmediate([name, number]: readonly [AluName, number], to: number, value: number): Operation {
  return {
    bytes: [0x81, 0xc0 | (number << 3) | to, ...bytes32(value)],
    apply: (m) => void (m.registers[to] = aluResult(m, name, get(m, to), value)),
  };
}

function load(to: number, index: number): Operation {
  return { bytes: [0x8b, ...dataOperand(to, index)], apply: (m) => void (m.registers[to] = m.memory[index] ?? 0) };
}

function aluLoad([name, number]: readonly [AluName, number], to: number, index: number): Operation {
  return {
    bytes: [(number << 3) | 0x03, ...dataOperand(to, index)],
    apply: (m) => void (m.registers[to] = aluResult(m, name, get(m, to), m.memory[index] ?? 0)),
  };
}

function store(index: number, from: number): Operation {
  return { bytes: [0x89, ...dataOperand(from, index)], apply: (m) => void (m.memory[index] = get(m, from)) };
}

function aluStore([name, number]: readonly [AluName, number], index: number, from: number): Operation {
  return {
    bytes: [(number << 3) | 0x01, ...dataOperand(from, index)],
    apply: (m) => void (m.memory[index] = aluResult(m, name, m.memory[index] ?? 0, get(m, from))),
  };
}

function shift([name, number]: (typeof SHIFTS)[number], to: number, count: number): Operation {
  const apply = (m: Model): void => {
    const x = get(m, to);
    const lastOut = name === 'shl' ? 32 - count : count - 1;
    const results = { rol: rotate(x, count), ror: rotate(x, 32 - count), shl: x << count, shr: x >>> count, sar: x >> count };
    const result = results[name];
    m.registers[to] = result;
    m.carry = ((name === 'rol' ? result : name === 'ror' ? result >>> 31 : x >>> lastOut) & 1) as 0 | 1;
  };
  return { bytes: [0xc1, 0xc0 | (number << 3) | to, count], apply };
}

function lea(to: number, base: number, index: number, displacement: number): Operation {
  return {
    bytes: [0x8d, 0x44 | (to << 3), 0x80 | (index << 3) | base, displacement], // scale 4
    apply: (m) => void (m.registers[to] = (get(m, base) + get(m, index) * 4 + displacement) | 0),
  };
}

function increment(to: number): Operation {
  return { bytes: [0x40 + to], apply: (m) => void (m.registers[to] = get(m, to) + 1) };
}

/** ModRM and displacement of [ECX + 4 index]. */
const dataOperand = (register: number, index: number): number[] => [0x80 | (register << 3) | ECX, ...bytes32(index * 4)];

const bytes32 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];

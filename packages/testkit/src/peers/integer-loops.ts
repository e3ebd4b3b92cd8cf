import type { CodeBytes } from './code-bytes.ts';
import { GUEST_MAP, type LoopDefinition } from './guest-loop.ts';

const CK_ELEMENTS = 4096;
const CP_BYTES = 16384;
const FIB_ARGUMENT = 20;
/** Every byte odd, so that only the terminator ends the copy. */
const NO_ZERO_BYTE = { and: 0xffff_ffff, or: 0x0101_0101 };

const rotateLeft = (x: number, count: number): number => (x << count) | (x >>> (32 - count));

/** DEC EBP; JNZ pass: the outer loop, one iteration each. */
function nextPass(code: CodeBytes): void {
  code.bytes(0x4d).jump32([0x0f, 0x85], 'pass');
}

/** Checksum loop: seven instructions an element, 4096 elements an iteration. */
export const ck: LoopDefinition = {
  name: 'ck',
  description: 'mov edx,[esi]; add eax,edx; xor eax,ebx; rol eax,5; add esi,8; dec ecx; jnz',
  dataWords: CK_ELEMENTS * 2,
  setUp(code) {
    code.bytes(0x31, 0xc0).bytes32([0xbb], 0x9e3779b9); // XOR EAX, EAX; MOV EBX, 9E3779B9
  },
  body(code) {
    code
      .label('pass')
      .bytes32([0xbe], GUEST_MAP.data) // MOV ESI, data
      .bytes32([0xb9], CK_ELEMENTS) // MOV ECX, elements
      .label('element')
      .bytes(0x8b, 0x16) // MOV EDX, [ESI]
      .bytes(0x01, 0xd0) // ADD EAX, EDX
      .bytes(0x31, 0xd8) // XOR EAX, EBX
      .bytes(0xc1, 0xc0, 5) // ROL EAX, 5
      .bytes(0x83, 0xc6, 8) // ADD ESI, 8
      .bytes(0x49) // DEC ECX
      .jump8([0x75], 'element'); // JNZ element
    nextPass(code);
  },
  instructions: (iterations) => iterations * (7 * CK_ELEMENTS + 4),
  expected(iterations, data) {
    let sum = 0;
    for (let pass = 0; pass < iterations; pass++) {
      for (let i = 0; i < CK_ELEMENTS; i++) sum = rotateLeft((sum + (data[2 * i] ?? 0)) ^ 0x9e3779b9, 5);
    }
    return sum;
  },
};

/** Instructions of one call of `fib(n)`: 13 for each inner node, 3 for each leaf. */
function fibInstructions(n: number): number {
  return n < 2 ? 3 : 13 + fibInstructions(n - 1) + fibInstructions(n - 2);
}

/** Recursive Fibonacci through the guest's stack: 13 instructions a node, 3 a leaf; one iteration computes fib(20). */
export const fib: LoopDefinition = {
  name: 'fib',
  description: 'recursive fib(20): cmp, jb, push, sub, call, pop, push, mov, sub, call, pop, add, ret',
  dataWords: 2,
  setUp() {},
  body(code) {
    code
      .jump8([0xeb], 'pass') // JMP pass
      .label('fib')
      .bytes(0x83, 0xf8, 2) // CMP EAX, 2
      .jump8([0x72], 'leaf') // JB leaf
      .bytes(0x50) // PUSH EAX
      .bytes(0x83, 0xe8, 1) // SUB EAX, 1
      .jump32([0xe8], 'fib') // CALL fib
      .bytes(0x5a) // POP EDX
      .bytes(0x50) // PUSH EAX
      .bytes(0x89, 0xd0) // MOV EAX, EDX
      .bytes(0x83, 0xe8, 2) // SUB EAX, 2
      .jump32([0xe8], 'fib') // CALL fib
      .bytes(0x5a) // POP EDX
      .bytes(0x01, 0xd0) // ADD EAX, EDX
      .label('leaf')
      .bytes(0xc3) // RET
      .label('pass')
      .bytes32([0xb8], FIB_ARGUMENT) // MOV EAX, n
      .jump32([0xe8], 'fib'); // CALL fib
    nextPass(code);
  },
  instructions: (iterations) => 1 + iterations * (4 + fibInstructions(FIB_ARGUMENT)),
  expected: () => 6765,
};

/** Copy of a zero-terminated string: six instructions a byte, 16384 bytes an iteration. */
export const cp: LoopDefinition = {
  name: 'cp',
  description: 'mov al,[esi]; mov [edi],al; inc esi; inc edi; test al,al; jnz',
  dataWords: CP_BYTES / 4,
  shape: [NO_ZERO_BYTE, NO_ZERO_BYTE],
  setUp(code) {
    code
      .bytes32([0xbf], GUEST_MAP.copy) // MOV EDI, copy
      .bytes(0x31, 0xc0) // XOR EAX, EAX
      .bytes32([0xb9], CP_BYTES / 4) // MOV ECX, words
      .bytes(0xf3, 0xab) // REP STOSD
      .bytes32([0xc6, 0x05], GUEST_MAP.data + CP_BYTES - 1) // MOV BYTE [end of data], 0
      .bytes(0);
  },
  body(code) {
    code
      .label('pass')
      .bytes32([0xbe], GUEST_MAP.data) // MOV ESI, data
      .bytes32([0xbf], GUEST_MAP.copy) // MOV EDI, copy
      .label('byte')
      .bytes(0x8a, 0x06) // MOV AL, [ESI]
      .bytes(0x88, 0x07) // MOV [EDI], AL
      .bytes(0x46) // INC ESI
      .bytes(0x47) // INC EDI
      .bytes(0x84, 0xc0) // TEST AL, AL
      .jump8([0x75], 'byte'); // JNZ byte
    nextPass(code);
  },
  /** A rotating checksum of what was copied. */
  finish(code) {
    code
      .bytes32([0xbe], GUEST_MAP.copy) // MOV ESI, copy
      .bytes32([0xb9], CP_BYTES / 4) // MOV ECX, words
      .bytes(0x31, 0xc0) // XOR EAX, EAX
      .label('sum')
      .bytes(0x03, 0x06) // ADD EAX, [ESI]
      .bytes(0xc1, 0xc0, 5) // ROL EAX, 5
      .bytes(0x83, 0xc6, 4) // ADD ESI, 4
      .bytes(0x49) // DEC ECX
      .jump8([0x75], 'sum'); // JNZ sum
  },
  instructions: (iterations) => iterations * (6 * CP_BYTES + 4),
  expected(_iterations, data) {
    const copy = data.slice();
    copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) & 0x00ff_ffff;
    return copy.reduce((sum, word) => rotateLeft((sum + word) | 0, 5), 0);
  },
};

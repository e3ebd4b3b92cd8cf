/** Two hexadecimal digits of an opcode byte. */
export function byte(n: number): string { return n.toString(16).toUpperCase().padStart(2, "0"); }

/** Whether a family's memory forms take the LOCK prefix. */
export type Lock = "lock" | "";

/**
 * The encodings that the eight classic binary operations share; `row` is their place in the one-byte opcode map and in group 1
 * (0 ADD, 1 OR, 2 ADC, 3 SBB, 4 AND, 5 SUB, 6 XOR, 7 CMP). 82 is an alias of 80 outside 64-bit mode.
 */
export function binaryForms(name: string, row: number, lock: Lock): string[] {
  const at = (n: number): string => byte(row * 8 + n);
  return [
    `${at(4)} ib  ${name} AL, imm8`, `${at(5)} iz  ${name} rAX, immz`,
    `80 /${row} ib  ${name} r/m8, imm8  ${lock}`, `82 /${row} ib  ${name} r/m8, imm8  i64 ${lock}`,
    `81 /${row} iz  ${name} r/mv, immz  ${lock}`, `83 /${row} ib  ${name} r/mv, simm8  ${lock}`,
    `${at(0)} /r  ${name} r/m8, r8  ${lock}`, `${at(1)} /r  ${name} r/mv, rv  ${lock}`,
    `${at(2)} /r  ${name} r8, r/m8`, `${at(3)} /r  ${name} rv, r/mv`,
  ];
}

/** Encodings of the shifts and rotates of group 2: by 1, by CL and by imm8. */
export function shiftForms(name: string, ...digits: number[]): string[] {
  return digits.flatMap((d) => [
    `D0 /${d}  ${name} r/m8, 1`, `D2 /${d}  ${name} r/m8, CL`, `C0 /${d} ib  ${name} r/m8, imm8`,
    `D1 /${d}  ${name} r/mv, 1`, `D3 /${d}  ${name} r/mv, CL`, `C1 /${d} ib  ${name} r/mv, imm8`,
  ]);
}

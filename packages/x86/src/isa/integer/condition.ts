/**
 * Suffixes of Jcc, SETcc and CMOVcc by condition code: the low four bits of the opcode (SDM vol. 1, "EFLAGS Condition Codes").
 */
export const CONDITIONS = ["O", "NO", "B", "AE", "E", "NE", "BE", "A", "S", "NS", "P", "NP", "L", "GE", "LE", "G"] as const;

/**
 * Whose rules lay a structure out. They differ in two things: the size of `long` and pointers (4 or 8 bytes), and the alignment of 64-bit
 * numbers inside a structure (4 or 8). System V ABI, i386 and AMD64 architecture processor supplements, "Data Representation".
 */
export type Abi = "i386" | "x86_64";

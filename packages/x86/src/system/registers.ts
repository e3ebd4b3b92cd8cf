/** Bits of the control registers and EFER. SDM vol. 3A, "Control Registers"; APM vol. 2, "Extended Feature Enable Register (EFER)". */
export const CR0 = { PE: 1 << 0, MP: 1 << 1, EM: 1 << 2, TS: 1 << 3, ET: 1 << 4, NE: 1 << 5, WP: 1 << 16, AM: 1 << 18, NW: 1 << 29, CD: 1 << 30, PG: 0x8000_0000 } as const;
export const CR4 = {
  VME: 1 << 0, PVI: 1 << 1, TSD: 1 << 2, DE: 1 << 3, PSE: 1 << 4, PAE: 1 << 5, MCE: 1 << 6, PGE: 1 << 7, PCE: 1 << 8, OSFXSR: 1 << 9, OSXMMEXCPT: 1 << 10,
  UMIP: 1 << 11, FSGSBASE: 1 << 16, OSXSAVE: 1 << 18, SMEP: 1 << 20, SMAP: 1 << 21,
} as const;
export const EFER = { SCE: 1 << 0, LME: 1 << 8, LMA: 1 << 10, NXE: 1 << 11, FFXSR: 1 << 14 } as const;

/** Segment registers by number; LDTR and TR follow the six of the instruction set. */
export const ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5, LDTR = 6, TR = 7;
export const RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7, R11 = 11;

/** Exception vectors. SDM vol. 3A, "Exception and Interrupt Vectors". */
export const VECTOR = { DE: 0, DB: 1, NMI: 2, BP: 3, OF: 4, BR: 5, UD: 6, NM: 7, DF: 8, TS: 10, NP: 11, SS: 12, GP: 13, PF: 14, MF: 16, AC: 17, MC: 18, XM: 19 } as const;

/** DR6 and DR7. SDM vol. 3B, "Debug Registers". */
export const DR6 = { BD: 1 << 13, BS: 1 << 14, BT: 1 << 15, fixed: 0xffff_0ff0 } as const;
export const DR7 = { GD: 1 << 13, fixed: 1 << 10 } as const;

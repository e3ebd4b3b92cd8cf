import { INFO } from "../mmu/access.ts";

/** With whose rights TypeScript accesses linear memory: those of the current privilege level, or a supervisor's (descriptor tables, TSS, gates' stacks). */
export const CURRENT = 0, SUPERVISOR: number = INFO.supervisor;
/** To be added to the rights of accesses to the stack: a non-canonical address is #SS(0). */
export const STACK: number = INFO.stack;

import { ownGuest, type OwnGuest } from "../own-guest.ts";
import { linuxI386 } from "../programs/linux-i386.asm.ts";
import { textRoutines } from "../programs/text.asm.ts";
import { printJobProgram, printJobSource } from "./print-job.asm.ts";
import { printKernelSource } from "./print-kernel.asm.ts";

/** Guests of the course's labs: they are not in the images that people run. */
export type LabGuestName = "print-job" | "print-kernel";

/** Guests of the course's labs. */
export const labGuests: { readonly [name in LabGuestName]: OwnGuest } = {
  "print-job": ownGuest("print-job", "elf32", "A static 32-bit program: prints PRINTS pieces of CHARACTERS through a buffer of CAPACITY characters.", linuxI386 + textRoutines + printJobSource + printJobProgram),
  "print-kernel": ownGuest("print-kernel", "multiboot", "A kernel of two rings that runs the instructions of print-job in ring 3, with the three numbers from its command line.", linuxI386 + printKernelSource + printJobSource),
};

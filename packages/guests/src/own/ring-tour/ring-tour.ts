import { consoleSource } from "./console.asm.ts";
import { constants } from "./constants.asm.ts";
import { crossingsSource } from "./crossings.asm.ts";
import { descriptors } from "./descriptors.asm.ts";
import { interrupts } from "./interrupts.asm.ts";
import { misbehave } from "./misbehave.asm.ts";
import { paging } from "./paging.asm.ts";
import { sensitiveSource } from "./sensitive.asm.ts";
import { start } from "./start.asm.ts";
import { systemCalls } from "./system-calls.asm.ts";
import { traps } from "./traps.asm.ts";
import { user } from "./user.asm.ts";

/**
 * The ring tour: a 32-bit Multiboot kernel of two rings that prints each crossing between them. Its parts in the order in which a reader meets
 * them; macros come before their use.
 */
export const ringTourSource: string = [constants, consoleSource, start, misbehave, descriptors, paging, interrupts, sensitiveSource, traps, crossingsSource, systemCalls, user].join("");

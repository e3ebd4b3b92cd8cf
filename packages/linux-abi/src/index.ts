/**
 * The Linux ABI, i386 and x86-64: error numbers, system call numbers, constants and structure layouts, under the names that Linux gives them.
 *
 * @packageDocumentation
 */
export * from "./elf.ts";
export * from "./errno.table.ts";
export * from "./file-constants.ts";
export * from "./memory-constants.ts";
export * from "./process-constants.ts";
export * from "./signal-constants.ts";
export * from "./signal-frame.ts";
export * from "./structs.ts";
export { SYSTEM_CALLS_I386 } from "./system-calls-i386.table.ts";
export { SYSTEM_CALLS_X86_64 } from "./system-calls-x86-64.table.ts";
export * from "./tty-constants.ts";

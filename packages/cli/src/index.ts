/**
 * The ringzero command: the grammar of its command line, for those who embed it.
 *
 * @packageDocumentation
 */
export { CommandContext } from "./context.ts";
export { program, type Outcome } from "./program.ts";

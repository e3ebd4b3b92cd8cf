/**
 * The ringzero command.
 *
 * @packageDocumentation
 */
export {};

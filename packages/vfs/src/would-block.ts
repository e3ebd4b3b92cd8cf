/** What a call on a file answers that would have to wait: no error, for the caller may wait. */
export const WOULD_BLOCK: unique symbol = Symbol("would block");
/** The type of that answer, for results such as `number | WouldBlock`. */
export type WouldBlock = typeof WOULD_BLOCK;

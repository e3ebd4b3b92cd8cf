/**
 * Virtual machines and containers side by side: scenarios, counters, figures, labs.
 *
 * @packageDocumentation
 */
export {};

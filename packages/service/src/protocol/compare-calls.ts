import * as z from "zod";

/** What `machine.compare` is asked with. */
export interface CompareArguments {
  /** Our own guests instead of Debian's Linux: a second instead of a minute. */
  readonly quick: boolean;
  /** One: both sides in turn on a worker. Two: each on a worker, at the same time. The figures are the same. */
  readonly workers: 1 | 2;
}
/** What it ends with. */
export interface CompareResult {
  /** The table for people. */
  readonly text: string;
  /** The figures as JSON; but for `wall`, the same each time. */
  readonly json: string;
}

/** Schemas of both. */
export const compareArguments: z.ZodType<CompareArguments> = z.object({ quick: z.boolean(), workers: z.union([z.literal(1), z.literal(2)]) });
export const compareResult: z.ZodType<CompareResult> = z.object({ text: z.string().max(1 << 20), json: z.string().max(1 << 20) });

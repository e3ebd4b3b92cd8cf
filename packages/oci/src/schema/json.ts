import { z } from "zod";

/** Most bytes of an index, a manifest or a configuration, as registries and engines bound them. */
export const DOCUMENT_MAXIMUM: number = 4 << 20;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A document of bytes, checked. Throws an Error with one sentence: what it should have been, and the first thing that is wrong with it. */
export function parseDocument<T>(bytes: Uint8Array, schema: z.ZodType<T>, what: string): T {
  if (bytes.length > DOCUMENT_MAXIMUM) throw new Error(`${what} has ${bytes.length} bytes: more than ${DOCUMENT_MAXIMUM} are not read.`);
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new Error(`${what} is no JSON. Fetch the image again.`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues, where = issue!.path.map(String).join(".");
  throw new Error(`${what} does not follow the OCI image specification${where === "" ? "" : ` at ${JSON.stringify(where.slice(0, 200))}`}: ${complaint(issue!.message)}.`);
}
/** What a schema says, in words for people. */
function complaint(message: string): string {
  const [, expected, received] = /^Invalid input: expected (.*), received (\w+)$/.exec(message) ?? [];
  if (expected === undefined) return message.replace(/[.\n]+$/, "");
  return received === "undefined" ? `${expected} expected, and nothing is there` : `${expected} expected, not ${received === "NaN" ? "something that is no number" : received}`;
}

/** The bytes of a document: the same value gives the same bytes. */
export function documentBytes(value: object): Uint8Array { return new TextEncoder().encode(JSON.stringify(value)); }

/** Go's encoder writes `null` for what is not there. */
export function orNull<T extends z.ZodType>(schema: T): z.ZodOptional<z.ZodPipe<z.ZodNullable<T>, z.ZodTransform<z.output<T> | undefined, z.output<T> | null>>> {
  return schema.nullable().transform((value) => (value ?? undefined) as z.output<T> | undefined).optional();
}

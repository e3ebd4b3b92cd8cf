import { readFile, stat } from "node:fs/promises";
import { InvalidArgumentError } from "commander";
import { CommandFailure, EXIT_USAGE } from "../failure.ts";

const UNITS: { readonly [unit: string]: number } = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes, as docker takes them: a number and `b`, `k`, `m`, `g`, also `MiB` and the like. Throws where it is none. */
export function bytesOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim()), bytes = match ? Math.floor(Number(match[1]) * UNITS[(match[2] || "b").toLowerCase()]!) : Number.NaN;
  if (!(bytes > 0 && bytes <= Number.MAX_SAFE_INTEGER)) throw new InvalidArgumentError(`Give a size such as 512k, 64m or 1g.`);
  return bytes;
}
/** Seconds, with a fraction. Throws where it is no number of them. */
export function secondsOf(text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds > 0 && seconds <= 1e6)) throw new InvalidArgumentError("Give a number of seconds, such as 30 or 1.5.");
  return seconds;
}
/** A positive whole number. Throws where it is none. */
export function countOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Give a whole number from 1 on.");
  return Number(text);
}
/** A whole number, zero too. Throws where it is none. */
export function wholeOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
}
/** A regular expression whose `^` and `$` match at lines. Throws where it is none. */
export function expressionOf(text: string): RegExp {
  try {
    return new RegExp(text, "mu");
  } catch (error) {
    throw new InvalidArgumentError(`It is no regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, "")}.`);
  }
}
/** A file's bytes. Throws a CommandFailure where it cannot be read, or is larger than `most` bytes. */
export async function fileOf(path: string, what: string, most = 2 ** 30): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > most) throw new CommandFailure(`The ${what} ${path} has ${size} bytes; at most ${most} are taken.`, EXIT_USAGE);
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a directory" : code === "EACCES" ? "you may not read it" : message;
    throw new CommandFailure(`The ${what} ${path} could not be read: ${why}.`, EXIT_USAGE, { cause });
  }
}

import type { ExpectStep } from "@ringzero/machine";
import type { ImageContents, ImageDefaults, RuntimeOptions } from "./options.ts";
import type { ContainerSpec, ProcessSpec } from "./spec.ts";

/*
 * What comes in a message is looked at before it is believed: whoever sends it may be another program. Each check throws an Error whose sentence names the
 * field; unknown fields are left alone.
 */
type Fields = { readonly [name: string]: unknown };

/** A plain object. */
export function fields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is to be an object.`);
  return value as Fields;
}
/** A text without a zero, at most so long. */
export function text(value: unknown, what: string, longest: number = 1 << 17): string {
  if (typeof value !== "string" || value.includes("\0") || value.length > longest) throw new Error(`${what} is to be a text of at most ${longest} characters.`);
  return value;
}
/** A whole number in a range. */
export function whole(value: unknown, what: string, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) throw new Error(`${what} is to be a whole number from ${least} to ${most}.`);
  return value as number;
}
function bool(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw new Error(`${what} is to be true or false.`);
  return value;
}
/** Bytes. */
export function bytes(value: unknown, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Error(`${what} is to be bytes.`);
  return value;
}
function list<T>(value: unknown, what: string, check: (element: unknown, what: string) => T): T[] {
  if (!Array.isArray(value) || value.length > 1 << 16) throw new Error(`${what} is to be a list.`);
  return value.map((element, i) => check(element, `${what}[${i}]`));
}
/** A field where it is given. */
function given<K extends string, T>(of: Fields, name: K, check: (value: unknown, what: string) => T): { [k in K]?: T } {
  return of[name] === undefined ? {} : ({ [name]: check(of[name], `"${name}"`) } as { [k in K]?: T });
}
const texts = (value: unknown, what: string): string[] => list(value, what, text);
const absolute = (value: unknown, what: string): string => {
  const path = text(value, what, 4096);
  if (!path.startsWith("/")) throw new Error(`${what} is to be an absolute path, not "${path}".`);
  return path;
};
function variables(value: unknown, what: string): string[] {
  return list(value, what, (element, at) => {
    const line = text(element, at);
    if (line.indexOf("=") < 1) throw new Error(`${at} is to be NAME=value, not "${line}".`);
    return line;
  });
}
function terminal(value: unknown, what: string): { columns: number; rows: number } {
  const of = fields(value, what);
  return { columns: whole(of["columns"], `${what}.columns`, 0, 65_535), rows: whole(of["rows"], `${what}.rows`, 0, 65_535) };
}

const streams = (of: Fields): Omit<ProcessSpec, "args"> => ({ ...given(of, "env", variables), ...given(of, "cwd", absolute), ...given(of, "user", text), ...given(of, "terminal", terminal), ...given(of, "stdin", bool), ...given(of, "script", (v, w) => list(v, w, step)) });

function step(value: unknown, what: string): ExpectStep {
  const of = fields(value, what);
  return { after: text(of["after"], `${what}.after`, 4096), ...given(of, "mark", (v, w) => text(v, w, 64)), ...given(of, "type", (v, w) => text(v, w, 1 << 16)) };
}

/** A {@link ProcessSpec}. */
export function processSpec(value: unknown): ProcessSpec {
  const of = fields(value, "The specification"), args = texts(of["args"], `"args"`);
  if (args.length === 0) throw new Error(`"args" is to name a program.`);
  return { args, ...streams(of) };
}
/** A {@link ContainerSpec}. */
export function containerSpec(value: unknown): ContainerSpec {
  const of = fields(value, "The specification");
  return {
    ...given(of, "args", texts), ...streams(of), ...given(of, "name", (v, w) => text(v, w, 64)), ...given(of, "image", (v, w) => text(v, w, 1024)), ...given(of, "rootfs", absolute),
    ...given(of, "platform", (v, w) => {
      if (v !== "linux/amd64" && v !== "linux/386") throw new Error(`${w} is to be linux/amd64 or linux/386.`);
      return v;
    }),
    ...given(of, "hostname", (v, w) => text(v, w, 64)), ...given(of, "memory", (v, w) => whole(v, w, 4096, 2 ** 40)), ...given(of, "pids", (v, w) => whole(v, w, 1, 2 ** 22)),
    ...given(of, "mounts", (v, w) => list(v, w, (element, at) => {
      const m = fields(element, at);
      return { source: absolute(m["source"], `${at}.source`), destination: absolute(m["destination"], `${at}.destination`), ...given(m, "readonly", bool) };
    })),
    ...given(of, "readonly", bool),
  };
}
/** {@link ImageContents}. */
export function imageContents(value: unknown): ImageContents {
  const of = fields(value, "The image");
  return { layers: list(of["layers"], `"layers"`, bytes), ...given(of, "config", imageDefaults) };
}
function imageDefaults(value: unknown, what: string): ImageDefaults {
  const of = fields(value, what);
  return { ...given(of, "entrypoint", texts), ...given(of, "command", texts), ...given(of, "env", variables), ...given(of, "cwd", absolute), ...given(of, "user", text) };
}
/** {@link RuntimeOptions} as a worker is started with them: by its own holder, so that only what would confuse it is looked at. */
export function runtimeOptions(value: unknown): RuntimeOptions { return fields(value, "The options") as RuntimeOptions; }

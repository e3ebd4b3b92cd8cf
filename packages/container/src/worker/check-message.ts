import type { FromWorker } from "./messages.ts";

const number = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
/** What each kind of message must have. */
const SHAPES: { readonly [kind in FromWorker["kind"]]: (m: { readonly [name: string]: unknown }) => boolean } = {
  ready: (m) => number(m["owner"]),
  failed: (m) => typeof m["message"] === "string",
  answer: (m) => number(m["request"]),
  refused: (m) => number(m["request"]) && typeof m["message"] === "string" && (m["exitCode"] === undefined || number(m["exitCode"])),
  progress: (m) => number(m["request"]) && typeof m["step"] === "string" && typeof m["done"] === "number" && typeof m["of"] === "number",
  output: (m) => number(m["process"]) && (m["stream"] === 1 || m["stream"] === 2) && m["bytes"] instanceof Uint8Array,
  read: (m) => number(m["process"]) && number(m["bytes"]),
  exited: (m) => number(m["process"]) && number(m["code"]),
  changed: (m) => typeof m["id"] === "string" && (m["state"] === undefined || (typeof m["state"] === "object" && m["state"] !== null)),
  ended: (m) => typeof m["end"] === "object" && m["end"] !== null,
};
/** Whether a message is one that a runtime's worker sends; others are dropped. */
export function isFromWorker(message: unknown): message is FromWorker {
  if (typeof message !== "object" || message === null) return false;
  const of = message as { readonly [name: string]: unknown }, { kind } = of;
  return typeof kind === "string" && Object.hasOwn(SHAPES, kind) && SHAPES[kind as FromWorker["kind"]](of);
}

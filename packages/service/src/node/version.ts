import { readFileSync } from "node:fs";

/** The release of this package. */
export function release(): string {
  return (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string }).version;
}

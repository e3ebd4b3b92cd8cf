import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A name for the present text of some folders of this checkout: it changes with any file below them. */
export function sourcesHash(root: string, folders: readonly string[]): string {
  const hash = createHash("sha256");
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else hash.update(path).update("\0").update(readFileSync(join(root, path))).update("\0");
    }
  };
  for (const folder of folders) walk(folder);
  return hash.digest("hex").slice(0, 16);
}

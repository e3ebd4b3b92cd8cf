// Writes the generated reference pages: node packages/testkit/src/cli/reference.ts
import { mkdirSync, writeFileSync } from "node:fs";
import { REFERENCE_FOLDER, REFERENCE_PAGES } from "../docs/reference-pages.ts";

mkdirSync(REFERENCE_FOLDER, { recursive: true });
for (const [file, make] of REFERENCE_PAGES) {
  writeFileSync(new URL(file, REFERENCE_FOLDER), await make());
  console.log(`docs/reference/${file}`);
}

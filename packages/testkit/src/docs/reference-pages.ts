import { instructionsPage } from "./instructions-page.ts";
import { interceptsPage, modelsPage, msrPage } from "./model-pages.ts";
import { pcPage } from "./pc-page.ts";
import { systemCallsPage } from "./system-calls-page.ts";
import { undefinedFlagsPage } from "./undefined-flags-page.ts";

/** Generated reference pages: path below `docs/reference/` and what makes the text. */
export const REFERENCE_PAGES: readonly (readonly [file: string, make: () => string | Promise<string>])[] = [
  ["instructions.md", instructionsPage], ["undefined-flags.md", undefinedFlagsPage], ["models.md", modelsPage], ["msrs.md", msrPage], ["intercepts.md", interceptsPage],
  ["system-calls.md", systemCallsPage], ["pc.md", pcPage],
];

/** Folder of the generated reference. */
export const REFERENCE_FOLDER: URL = new URL("../../../../docs/reference/", import.meta.url);

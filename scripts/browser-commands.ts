import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What tests in a page ask Node for. */
export const browserCommands = {
  nodeModuleDigest: (): unknown => JSON.parse(execFileSync(process.execPath, [fileURLToPath(new URL("../packages/x86/test/jit/print-module-digest.ts", import.meta.url))], { encoding: "utf8" })),
};

import { expect, test } from "vitest";
import { commands } from "vitest/browser";
import { moduleDigest, type ModuleDigest } from "./module-digest.ts";

declare module "vitest/browser" {
  interface BrowserCommands {
    /** What `module-digest.ts` prints in Node. */
    nodeModuleDigest(): Promise<ModuleDigest>;
  }
}

test("a page compiles the same modules as Node, byte for byte", async () => {
  const here = await moduleDigest(), there = await commands.nodeModuleDigest();
  expect(here.regions).toBeGreaterThan(3);
  expect(here.modules).toBeGreaterThan(here.regions);
  expect(here).toEqual(there);
  // And again.
  expect(await moduleDigest()).toEqual(here);
});

import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pageConfig, serviceWorkerConfig } from "./page-config.ts";
import { sourcesHash } from "./sources.ts";

/**
 * Builds the page with Vite, once for each state of the sources, and returns the directory. Earlier builds go. Throws an Error where the sources cannot be built.
 */
export async function builtPage(root: string, progress: (text: string) => void): Promise<string> {
  const packages = readdirSync(join(root, "packages")).filter((name) => name !== "testkit" && existsSync(join(root, "packages", name, "src"))).map((name) => `packages/${name}/src`);
  const lock = sourcesHash(root, [...packages, "apps/demo/src", "apps/demo/page", "docs/labs"]) + lockPart(root);
  const pages = join(root, ".cache/page"), directory = join(pages, lock);
  if (existsSync(directory)) return directory;
  progress("building the page");
  const making = join(pages, `.new-${process.pid}`);
  // Vite is not loaded where there is nothing to build.
  const { build } = await import("vite");
  await build(pageConfig(root, making));
  await build(serviceWorkerConfig(root, making));
  try {
    renameSync(making, directory);
  } catch (error) {
    // Somebody else who started at the same time was first, with the same page.
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  for (const other of readdirSync(pages)) if (other !== lock && !other.startsWith(".new-")) rmSync(join(pages, other), { recursive: true, force: true });
  return directory;
}
function lockPart(root: string): string {
  let sum = 0;
  for (const byte of readFileSync(join(root, "pnpm-lock.yaml"))) sum = (Math.imul(sum, 31) + byte) | 0;
  return `-${(sum >>> 0).toString(16)}`;
}

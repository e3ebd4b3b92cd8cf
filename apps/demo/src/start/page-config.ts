import { join } from "node:path";
import type { InlineConfig } from "vite";

/** How Vite builds the page: workers as modules, nothing from elsewhere. */
export function pageConfig(root: string, outDir: string): InlineConfig {
  return {
    root: join(root, "apps/demo/page"), configFile: false, logLevel: "error", clearScreen: false, envDir: false, cacheDir: join(root, ".cache/vite"),
    worker: { format: "es" },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: { outDir, emptyOutDir: true, target: "esnext", modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 4000, reportCompressedSize: false },
  };
}

import { join } from "node:path";
import type { InlineConfig } from "vite";

/** How Vite builds the page: workers as modules, nothing from elsewhere. */
export function pageConfig(root: string, outDir: string): InlineConfig {
  return {
    ...common(root), worker: { format: "es" },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: { outDir, emptyOutDir: true, target: "esnext", modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 4000, reportCompressedSize: false },
  };
}
/** How it builds the service worker, afterwards: one classic script beside index.html, for it answers for the folder that it is in. */
export function serviceWorkerConfig(root: string, outDir: string): InlineConfig {
  const input = join(root, "apps/demo/page/offline/service-worker.ts");
  return { ...common(root), build: { outDir, emptyOutDir: false, target: "esnext", reportCompressedSize: false, rolldownOptions: { input, output: { format: "iife", entryFileNames: "service-worker.js" } } } };
}
function common(root: string): InlineConfig {
  return { root: join(root, "apps/demo/page"), configFile: false, logLevel: "error", clearScreen: false, envDir: false, cacheDir: join(root, ".cache/vite") };
}

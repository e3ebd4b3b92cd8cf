import { existsSync, readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);
const sidebar = at("api/typedoc-sidebar.json");

/** Pages of a folder by their first heading. */
function pages(folder: string): { text: string; link: string }[] {
  if (!existsSync(at(folder))) return [];
  return readdirSync(at(folder)).filter((f) => f.endsWith(".md")).sort().map((f) => ({
    text: /^# (.*)/m.exec(readFileSync(at(`${folder}/${f}`), "utf8"))?.[1] ?? f, link: `/${folder}/${f.slice(0, -3)}`,
  }));
}

export default defineConfig({
  title: "Ring Zero",
  description: "One simulated x86 machine, shared by virtual machines and by containers.",
  // Wide tables need the outline's place.
  transformPageData(page) { if (page.relativePath.startsWith("reference/")) page.frontmatter["outline"] ??= false; },
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  themeConfig: {
    search: { provider: "local" },
    nav: [{ text: "Tutorial", link: "/tutorial" }, { text: "Code map", link: "/architecture" }, { text: "System calls", link: "/reference/system-calls" }, { text: "API", link: "/api/" }],
    outline: [2, 3],
    sidebar: [
      { text: "Ring Zero", items: [{ text: "What this is", link: "/" }, { text: "Tutorial", link: "/tutorial" }, { text: "Code map", link: "/architecture" }, { text: "Glossary", link: "/glossary" }] },
      { text: "Labs", items: readdirSync(at("labs")).sort().map((f) => ({ text: /^# (.*)/m.exec(readFileSync(at(`labs/${f}/README.md`), "utf8"))?.[1] ?? f, link: `/labs/${f}/README` })) },
      { text: "Reference", items: pages("reference"), collapsed: true },
      { text: "Decisions", items: pages("decisions"), collapsed: true },
      { text: "API", items: existsSync(sidebar) ? (JSON.parse(readFileSync(sidebar, "utf8")) as { text: string; link: string }[]) : [] },
    ],
  },
});

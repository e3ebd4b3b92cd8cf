import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codeBlocks, runCodeBlock } from "../src/docs/code-block.ts";

const root = new URL("../../../", import.meta.url), read = (path: string): string => readFileSync(new URL(path, root), "utf8");

test("files that the code map names are there", () => {
  const named = [...read("docs/architecture.md").matchAll(/`([a-z][a-z0-9-]*\/[^`\s]*\.ts)`/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(new URL(/^(?:scripts|apps)\//.test(path) ? path : `packages/${path}`, root)))).toEqual([]);
});
test("the code map has a row for every package", () => {
  const rows = new Set([...read("docs/architecture.md").matchAll(/^\| [0-9–] \| `([^`]+)` \|/gm)].map((match) => match[1]!));
  const packages = Object.keys((JSON.parse(read("docs/package.json")) as { dependencies: { [name: string]: string } }).dependencies).map((name) => name.replace("@ringzero/", ""));
  expect(packages.filter((name) => !rows.has(name))).toEqual([]);
});
test.each(["README.md", "docs/index.md", "docs/tutorial.md", "docs/architecture.md", "docs/glossary.md"])("links of %s lead somewhere", (page) => {
  const base = new URL(page, root);
  const broken = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1]!).filter((link) => !link.startsWith("./api/") && !existsSync(new URL(link, base)));
  expect(broken).toEqual([]);
});

describe("code on pages of the site", () => {
  test.each(["tutorial.md"].flatMap((page) => codeBlocks(read(`docs/${page}`)).map((block) => ({ page, line: block.line, block }))))("$page: the code at line $line prints what the page shows", { timeout: 60_000 }, ({ block }) => {
    expect(runCodeBlock(block, new URL("docs/", root).pathname)).toBe(block.output);
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codeBlocks, runCodeBlock } from "../src/docs/code-block.ts";

const packages = new URL("../../", import.meta.url);

describe("code blocks of a page", () => {
  const page = "# Title\n\n```ts\nconsole.log(1 as number);\n```\n\n```text\n1\n```\n\n```ts\nthrow new Error('no');\n```\n\nWords.\n\n```text\nnot an output\n```\n";
  test("are found with their line and output", () => {
    expect(codeBlocks(page)).toEqual([{ line: 4, code: "console.log(1 as number);\n", output: "1\n" }, { line: 12, code: "throw new Error('no');\n", output: undefined }]);
  });
  test("run as programs", () => {
    const [good, bad] = codeBlocks(page);
    expect(runCodeBlock(good!, ".")).toBe("1\n");
    expect(() => runCodeBlock(bad!, ".")).toThrow("line 12");
  });
});

for (const name of readdirSync(packages)) {
  const readme = new URL(`${name}/README.md`, packages);
  if (!existsSync(readme)) continue;
  const blocks = codeBlocks(readFileSync(readme, "utf8"));
  if (blocks.length === 0) continue;
  describe(`packages/${name}/README.md`, () => {
    test.each(blocks)("the code at line $line does what the page says", (block) => {
      const printed = runCodeBlock(block, new URL(`${name}/`, packages).pathname);
      if (block.output !== undefined) expect(printed).toBe(block.output);
    });
  });
}

/** Whose README shows commands, or is about tools: `cli` has a test of its own. */
const WITHOUT_SAMPLE: ReadonlySet<string> = new Set(["cli", "testkit"]);
test("every package has a README with a sample that runs", () => {
  const without = readdirSync(packages).filter((name) => existsSync(new URL(`${name}/package.json`, packages)) && !WITHOUT_SAMPLE.has(name))
    .filter((name) => !existsSync(new URL(`${name}/README.md`, packages)) || codeBlocks(readFileSync(new URL(`${name}/README.md`, packages), "utf8")).length === 0);
  expect(without).toEqual([]);
});

import { describe, expect, test } from "vitest";
import { missingLine, runShellBlock, shellBlocks } from "../src/docs/shell-block.ts";

const page = "# Title\n\n```sh\necho one   two\necho three >&2\n```\n\n```text\none two\nthr…\n```\n\n```bash\nrm -rf /\n```\n\n```sh\nfalse\necho no\n```\n\nWords.\n\n```text\nnot an output\n```\n";
const options = { folder: ".", environment: process.env, seconds: 10 };

describe("shell blocks of a page", () => {
  const [good, bad] = shellBlocks(page);
  test("are found with their line and output", () => {
    expect(shellBlocks(page)).toEqual([{ line: 4, commands: "echo one   two\necho three >&2\n", output: "one two\nthr…\n" }, { line: 18, commands: "false\necho no\n", output: undefined }]);
  });
  test("run, and stop at the first command that fails", async () => {
    expect(missingLine(good!.output!, await runShellBlock(good!, options))).toBeUndefined();
    await expect(runShellBlock(bad!, options)).rejects.toThrow("line 18 failed with status 1");
  });
  test("are killed when they take too long", async () => {
    await expect(runShellBlock({ line: 1, commands: "sleep 30", output: undefined }, { ...options, seconds: 0.2 })).rejects.toThrow("longer than 0.2 s");
  });
  test.each([["a\nb", "a\nx\nb", undefined], ["b\na", "a\nb", "a"], ["a … c", "\u001b[1ma  b c\u001b[m\r\n", undefined], ["…\nz", "a\nb\nz", undefined], ["a.c", "abc", "a.c"]])("%j in %j", (shown, printed, missing) => {
    expect(missingLine(shown, printed)).toBe(missing);
  });
});

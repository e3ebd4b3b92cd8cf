import { expect, test } from "vitest";
import { ExpectScript, type ExpectStep } from "../src/index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
function follow(steps: readonly ExpectStep[], output: readonly string[]): string[] {
  const reached: string[] = [], script = new ExpectScript(steps, (step) => reached.push(step.mark ?? step.after));
  for (const text of output) script.hear(bytes(text));
  return reached;
}

test("steps are reached in order, each by text that comes after the last one's", () => {
  expect(follow([{ after: "# ", mark: "one" }, { after: "# ", mark: "two" }, { after: "end" }], ["boot #1\r\n# ", "echo\r\n# e", "nd"])).toEqual(["one", "two", "end"]);
  expect(follow([{ after: "aa", mark: "one" }, { after: "aa", mark: "two" }], ["aaa"])).toEqual(["one"]);
  expect(follow([{ after: "aab", mark: "one" }], ["aaab"])).toEqual(["one"]);
  expect(follow([{ after: "x" }], ["nothing of the kind"])).toEqual([]);
});

test("a step that waits for nothing is refused", () => {
  expect(() => new ExpectScript([{ after: "" }], () => {})).toThrow("has to wait for some text");
});

import { nodeHost } from "@ringzero/host/node";
import { expect, test } from "vitest";
import { gradeFile, labs } from "../src/node/index.ts";

const host = nodeHost(), here = (path: string): URL => new URL(path, import.meta.url);

test("the labs are listed, and the solution passes", async () => {
  expect(await labs()).toEqual([{ number: "01", id: "01-ring-crossings", title: "Count the ring crossings of one write" }]);
  const { passed, findings } = await gradeFile(host, "01", here("../../../docs/labs/01-ring-crossings/solution.ts"));
  expect([passed, findings.filter((f) => !f.passed)]).toEqual([true, []]);
});
test("functions that never return are ended, and the others are asked all the same", async () => {
  const { passed, findings } = await gradeFile(host, "01", here("./answers/endless.ts"), { patience: 3e9 });
  expect([passed, findings.map((f) => f.sentence)]).toEqual([false, [
    "writes did not return within 3 s and was ended. Does it loop for ever?", "vmCrossings threw an error: oh", "vmExits did not return within 3 s and was ended. Does it loop for ever?",
    "There is no function containerCrossings: export an object that has one.",
  ]]);
});
test.each([
  ["loading.ts", /^Your answers did not finish loading within 3 s\./],
  ["leaving.ts", /^Your answers ended the worker that they ran on\./],
  ["lying.ts", /^Your answers said something on the grader's channel\./],
  ["not-there.ts", /^Your answers cannot be read: Cannot find module/],
])("%s is refused with a sentence", async (name, sentence) => {
  await expect(gradeFile(host, "01", here(`./answers/${name}`), { patience: 3e9 })).rejects.toThrow(sentence);
});

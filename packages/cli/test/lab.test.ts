import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Home } from "./home.ts";

const file = (name: string): string => fileURLToPath(new URL(`../../../docs/labs/01-ring-crossings/${name}`, import.meta.url));

test("the labs: listed, answers graded by number or name, the counters shown; without a machine", async () => {
  await using home = new Home();
  const list = await home.run(["lab"]);
  expect([list.status, list.err]).toEqual([0, ""]);
  expect(list.out).toMatch(/^LAB +TITLE +TASK\n01 +Count the ring crossings of one write +\S*docs\/labs\/01-ring-crossings\/README\.md\n/);
  const solved = await home.run(["lab", "01-ring-crossings", file("solution.ts")]);
  expect([solved.status, solved.err, solved.out.trim().split("\n").at(-1)]).toEqual([0, "", "All answered."]);
  const unsolved = await home.run(["lab", "01", file("starter.ts")]);
  expect([unsolved.status, unsolved.out.trim().split("\n").at(-1)]).toEqual([1, "0 of 4 answered."]);
  const shown = await home.run(["lab", "01", "--show", "--seed", "3"]);
  expect(JSON.parse(shown.out)).toMatchObject({ job: { prints: expect.any(Number) as number }, busy: { container: { systemCalls: expect.any(Number) as number } } });
  expect((await home.run(["info"])).out).toMatch(/^No machine is running/);
});
test("a lab or a file that is not there, and answers that cannot be read", async () => {
  await using home = new Home();
  for (const [args, sentence] of [
    [["02"], 'ringzero: There is no lab "02". There are: 01 (Count the ring crossings of one write).\n'],
    [["01", "nosuch.ts"], "ringzero: There is no file nosuch.ts. Copy the lab's starter.ts and fill it in.\n"],
    [["01", home.file("half.ts", "export default {")], /^ringzero: Your answers cannot be read: .+\n$/],
  ] as const) {
    const ended = await home.run(["lab", ...args]);
    expect([ended.status, ended.out]).toEqual([2, ""]);
    expect(ended.err).toMatch(sentence);
  }
  expect((await home.run(["lab", "01", "--seed", "-3"])).status).toBe(125);
});

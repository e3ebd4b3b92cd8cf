import { expect, test } from "vitest";
import { againLines, differences, figuresData, figuresJson, figuresTable } from "../../src/workloads/figures.ts";
import type { Measured } from "../../src/workloads/process-subjects.ts";
import { WORKLOADS, type Workload } from "../../src/workloads/workload.ts";

const WANTED: readonly Workload[] = WORKLOADS.filter((w) => ["fib", "getppid", "py_start"].includes(w.name));
const row = (cells: { readonly [subject: string]: Measured }): ReadonlyMap<string, Measured> => new Map(Object.entries(cells));
const FIGURES = new Map([
  ["fib", row({ native: { seconds: 0.25 }, ours: { seconds: 1, instructions: 4e8 }, "qemu-user": { seconds: 2 } })],
  ["getppid", row({ native: { seconds: 1 }, ours: { seconds: 2 }, "qemu-user": { seconds: 1 } })],
  ["py_start", row({ native: { seconds: 0.01, printed: "1" }, ours: { seconds: 0.2, again: 0.05, printed: "2" }, "qemu-user": { seconds: undefined, complaint: "killed" } })],
]);
const SUBJECTS = ["native", "ours", "qemu-user"];

test("a mean is the peer's seconds over ours, over what both ran; its line is the table's last", () => {
  const lines = figuresTable(SUBJECTS, WANTED, FIGURES).split("\n");
  expect(lines[1]).toMatch(/^fib +0\.250 +1\.000 \(4\.0×\) +2\.000 \(8\.0×\) +400 +400$/);
  expect(lines[3]).toMatch(/^py_start +0\.010 +0\.200 \(20\.0×\) +— +— +—$/);
  expect(lines.slice(-2)).toEqual([
    "ours is 0.184× the speed of native (geometric mean of 3: compute 0.25×, system 0.50×, program 0.05×)",
    "ours is 1.000× the speed of qemu-user (geometric mean of 2: compute 2.00×, system 0.50×)",
  ]);
  expect(againLines(WANTED, FIGURES)).toEqual(["py_start once more on the same kernel: 0.050 s (5.0× native)"]);
});

test("one table is one document of the asked shape, several are a list with where each was measured", () => {
  const data = figuresData(SUBJECTS, WANTED, FIGURES), one = { mode: "process", abi: "i386", ...data } as const;
  expect(JSON.parse(figuresJson([one]))).toEqual({
    workloads: { fib: { native: 0.25, ours: 1, "qemu-user": 2 }, getppid: { native: 1, ours: 2, "qemu-user": 1 }, py_start: { native: 0.01, ours: 0.2, "ours again": 0.05 } },
    geomean: { native: expect.closeTo((0.25 * 0.5 * 0.05) ** (1 / 3), 9) as number, "qemu-user": expect.closeTo(1, 9) as number },
  });
  expect(JSON.parse(figuresJson([one, { ...one, abi: "amd64" }]))).toEqual({ tables: [{ mode: "process", abi: "i386", ...data }, { mode: "process", abi: "amd64", ...data }] });
  expect(figuresData(["ours", "v86"], WANTED, FIGURES).geomean).toEqual({});
});

test("what was printed differently is told", () => {
  expect(differences(WANTED, FIGURES)).toEqual(['py_start on ours printed "2", on native "1".']);
});

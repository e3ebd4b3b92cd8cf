import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Home } from "./home.ts";

const counted = JSON.parse(readFileSync(new URL("../../contrast/test/golden/quick.json", import.meta.url), "utf8")) as object;

test("compare prints a table, and the same figures as JSON with one worker and with two", async () => {
  await using home = new Home();
  const table = await home.run(["compare", "--quick"]);
  expect([table.status, table.err]).toEqual([0, ""]);
  for (const text of ["virtual machine", "container", "ring crossings", "total: all of it"]) expect(table.out).toContain(text);
  for (const workers of ["1", "2"]) {
    const { wall, ...figures } = JSON.parse((await home.run(["compare", "--quick", "--json", "--workers", workers])).out) as { readonly wall: { readonly vm: readonly number[] } };
    expect(wall.vm).toHaveLength(2);
    expect(figures).toEqual(counted);
  }
  const wrong = await home.run(["compare", "--workers", "3"]);
  expect([wrong.status, wrong.err.split("\n")[0]]).toEqual([125, "compare: option '--workers <n>' argument '3' is invalid. Allowed choices are 1, 2."]);
});

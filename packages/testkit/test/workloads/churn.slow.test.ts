import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { expect, test } from "vitest";
import { STORE } from "../../src/workloads/build.ts";
import { churn, type ChurnFigures } from "../../src/workloads/churn.ts";

test.each([["amd64", "jit"], ["i386", "jit"], ["amd64", "interpreter"]] as const)("ten thousand programs of %s on the %s leave nothing behind", async (abi, engine) => {
  const { busybox } = (await new Guests(nodeHost({ storeDirectory: STORE })).get(`busybox-${abi}`))!, rounds: ChurnFigures[] = [];
  for await (const figures of churn(busybox!, engine, 10_000, 1000)) rounds.push(figures);
  expect(rounds.at(-1)!.programs).toBe(10_000);
  for (const r of rounds) expect(r.tasks).toBe(0);
  expect(rounds.at(-1)!.frames).toBe(rounds[1]!.frames);
  expect(rounds.at(-1)!.code).toBe(rounds[1]!.code);
});

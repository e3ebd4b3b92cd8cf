import { browserHost } from "@ringzero/host/browser";
import { expect, test } from "vitest";
import { Machine, NO_FRAME } from "../src/index.ts";

test.each([true, false])("a machine in a page, shared memory: %s", async (shared) => {
  const machine = await Machine.create(await browserHost(), { memory: 64 << 20, shared });
  const owner = machine.createOwner({ name: "vm", kind: "vm" });
  const frames = Array.from({ length: 6000 }, () => machine.pool.allocate(owner.id));
  expect(frames).not.toContain(NO_FRAME);
  machine.views.u8[frames.at(-1)! * 4096] = 1;
  expect([machine.linear.shared, machine.ledger().owners[0]!.references]).toEqual([shared, 6000]);
  if (shared) expect(Machine.attach(machine.host, machine.attachment()).views.u8[frames.at(-1)! * 4096]).toBe(1);
  machine.pool.removeOwner(owner.id);
  expect(machine.ledger().frames.inUse).toBe(machine.ledger().frames.tables);
});

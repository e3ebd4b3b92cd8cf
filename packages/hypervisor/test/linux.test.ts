import { createHash } from "node:crypto";
import { nodeHost } from "@ringzero/host/node";
import { Guests } from "@ringzero/guests";
import { Machine } from "@ringzero/machine";
import { expect, test } from "vitest";
import { decodeSnapshot, encodeSnapshot, pc, VirtualMachine } from "../src/index.ts";
import { listen } from "./guests.ts";

const host = nodeHost({ storeDirectory: new URL("../../../.cache/store", import.meta.url).pathname });
const guest = await new Guests(host).get("linux-i386");
if (!guest && process.env["REQUIRE_GUESTS"] === "1") throw new Error("Guest linux-i386 is not prepared. Run npm run guests.");

/** Lets a VM run until its console says something; an Error after `limit` instructions. */
function runUntil(vm: VirtualMachine, text: () => string, expected: RegExp, limit: number): void {
  for (let done = 0; !expected.test(text()); done += 1_000_000) {
    if (done >= limit || vm.advance(1_000_000).kind === "ended") throw new Error(`The guest said no ${expected.source}. It ended with ${JSON.stringify(text().slice(-300))}`);
  }
}
const PROMPT = /:~# $/;

test.skipIf(!guest)("Debian's Linux 6.1 to a busybox shell, some commands, and off by ACPI", async () => {
  const machine = await Machine.create(host, { memory: 512 << 20, shared: false });
  const platform = pc({ memory: 128 << 20, kernel: guest!.kernel!, initrd: guest!.initrd!, commandLine: "console=ttyS0" });
  const vm = await VirtualMachine.create(machine, platform, { idle: "free", date: Date.UTC(2024, 1, 29, 12) });
  const heard = listen(vm);
  // The shell asks for the cursor's position at each prompt.
  const text = (): string => heard().replaceAll("\u001B[6n", "");
  runUntil(vm, text, PROMPT, 20e9);
  expect(text()).toContain("Linux version 6.1.0-");
  expect(text()).toContain("ACPI: Using IOAPIC for interrupt routing");
  expect(text()).toMatch(/tsc: Refined TSC clocksource calibration: (999\.9|1000\.0)\d\d MHz/);
  expect(text()).toContain("is a 16550A");
  // What each command must print follows from the command alone.
  const sums = createHash("sha256").update(Array.from({ length: 2000 }, (_, i) => `${i + 1}\n`).join("")).digest("hex");
  for (const [command, answer] of [
    ["uname -sm", /Linux i686/], ["echo $((6 * 7))", /42/], ["seq 2000 | sha256sum", new RegExp(sums)], ["date -u +%F", /2024-02-29/], ["echo $$ | cat /proc/self/mounts | grep -c proc", /1/],
    ["awk 'BEGIN { printf \"%.6f\\n\", 22 / 7 }'", /3\.142857/], ["(exit 7); echo status $?", /status 7/], ["sleep 5; echo slept", /slept/],
  ] as const) {
    const before = text().length, { time } = vm.counters;
    vm.console.type(`${command}\n`);
    const said = (): string => text().slice(before);
    runUntil(vm, said, /\n[^\n]*:~# $/, 3e9);
    expect(said().slice(said().indexOf("\n") + 1), command).toMatch(answer);
    if (command.startsWith("sleep")) expect((vm.counters.time - time) / 1e9).toBeGreaterThan(5);
    if (command.startsWith("sleep")) expect((vm.counters.time - time) / 1e9).toBeLessThan(5.2);
  }
  // A snapshot of the prompt goes on as a machine of its own; the original is none the wiser.
  const twin = await VirtualMachine.restore(machine, platform, decodeSnapshot(encodeSnapshot(vm.snapshot())), { idle: "free", name: "twin" }), twinText = listen(twin);
  twin.console.type("echo twin $((6 * 7)); touch /tmp/mine\n");
  runUntil(twin, twinText, /twin 42/, 1e9);
  await twin.kill();
  vm.console.type("ls /tmp/mine; echo looked\n");
  runUntil(vm, text, /No such file or directory\s+looked/, 1e9);
  vm.console.type("poweroff -f\n");
  for (let done = 0; done < 3000 && vm.advance(1_000_000).kind !== "ended"; done++);
  expect(vm.state).toBe("off");
  expect(text()).toContain("reboot: Power down");
  expect(vm.counters.exits.shutdown).toBe(0);
});

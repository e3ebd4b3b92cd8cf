import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { nodeHost } from "@ringzero/host/node";
import { Guests, ownGuests } from "@ringzero/guests";
import { Machine } from "@ringzero/machine";
import { expect, test } from "vitest";
import { decodeSnapshot, encodeSnapshot, pc, RemoteVirtualMachine, VirtualMachine, type PcOptions, type VirtualMachineOptions, type VirtualMachineSnapshot } from "../src/index.ts";
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
const linux = (): PcOptions => ({ memory: 128 << 20, kernel: guest!.kernel!, initrd: guest!.initrd!, commandLine: "console=ttyS0" });
/** Linux at its prompt: the one boot of these tests. */
let atPrompt: VirtualMachineSnapshot | undefined;

test.skipIf(!guest)("Debian's Linux 6.1 to a busybox shell, some commands, and off by ACPI", async () => {
  const machine = await Machine.create(host, { memory: 512 << 20, shared: false });
  const platform = pc(linux());
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
  // Twenty commands, answered as QEMU answered them with the same kernel and initial RAM disk. The terminal's question for the cursor and its line ends are left out on both sides.
  const transcript = JSON.parse(readFileSync(new URL("golden/linux-transcript.json", import.meta.url), "utf8")) as readonly { readonly command: string; readonly output: string }[];
  const answers: { command: string; output: string }[] = [];
  for (const { command } of transcript) {
    const before = text().length;
    vm.console.type(`${command}\n`);
    const said = (): string => text().slice(before).replaceAll("\r\n", "\n");
    runUntil(vm, said, /\n[^\n]*:~# $/, 3e9);
    answers.push({ command, output: said().slice(said().indexOf("\n") + 1, said().lastIndexOf("\n") + 1) });
  }
  expect([answers.length, answers]).toEqual([20, transcript]);
  // A snapshot of the prompt goes on as a machine of its own; the original is none the wiser.
  atPrompt = decodeSnapshot(encodeSnapshot(vm.snapshot()));
  const twin = await VirtualMachine.restore(machine, platform, atPrompt, { idle: "free", name: "twin" }), twinText = listen(twin);
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

/** What the ring tour prints on QEMU, and how its kernel, deprivileged, gives itself away. */
const TOUR = readFileSync(new URL("../../testkit/test/own-guests/golden/ring-tour.txt", import.meta.url), "utf8");

test.skipIf(!guest)("Linux, our kernel plain and our kernel deprivileged at once; others that crash, spin and scribble over all their memory touch nobody", async () => {
  const machine = await Machine.create(host, { memory: 512 << 20, shared: true }), module = new URL("../src/worker/node-worker.ts", import.meta.url);
  const make = async (name: string, options: PcOptions, how: VirtualMachineOptions = {}, snapshot?: VirtualMachineSnapshot): Promise<{ vm: RemoteVirtualMachine; text: () => string; says: (what: RegExp) => Promise<void> }> => {
    const vm = await RemoteVirtualMachine.create(machine, module, options, { name, idle: "free", ...how }, snapshot);
    let text = "", check = (): void => {};
    vm.console.onOutput((bytes) => {
      text += new TextDecoder("latin1").decode(bytes);
      check();
    });
    const plain = (): string => text.replaceAll("\r\n", "\n").replaceAll("\u001B[6n", "");
    return { vm, text: plain, says: (what) => new Promise((resolve) => { check = () => { if (what.test(plain())) resolve(); }; check(); }) };
  };
  const tour = (word: string): PcOptions => ({ memory: 8 << 20, multiboot: ownGuests["ring-tour"].assemble(), commandLine: `kernel ${word}` });
  const deprivileged = { technique: "ring-deprivileging" } as const;
  const good = await make("linux", linux(), { idle: "paced" }, atPrompt);
  const bad = [await make("scribble", tour("scribble")), await make("scribble deprivileged", tour("scribble"), deprivileged), await make("spin", tour("spin"), deprivileged), await make("crash", tour("crash"), deprivileged)] as const;
  const tours = [await make("tour", tour("")), await make("tour deprivileged", tour(""), deprivileged)] as const;
  for (const { vm } of [...bad, good, ...tours]) vm.start();
  await Promise.all([bad[0].says(/scribble: \.\./), bad[1].says(/scribble: \.\./), bad[2].says(/for ever/), bad[3].vm.ended]);
  good.vm.console.type("for i in 1 2 3 4; do seq 3000 | sha256sum; done; echo all d\\one\n");
  await Promise.all([good.says(/all done/), ...tours.map(({ says }) => says(/tour over/))]);
  const sum = createHash("sha256").update(Array.from({ length: 3000 }, (_, i) => `${i + 1}\n`).join("")).digest("hex");
  expect(good.text().match(new RegExp(sum, "g"))).toHaveLength(4);
  expect(tours[0].text()).toBe(TOUR);
  // Crossings are the same ones; what the kernel sees of its ring is not.
  expect(tours[1].text().match(/CPL \d -> \d/g)).toEqual(TOUR.match(/CPL \d -> \d/g)!.slice(1));
  expect(tours[1].text()).toContain("MOV from CS reads 000b, ring 3");
  expect([bad[3].vm.state, bad[3].vm.failure, bad[2].vm.state, bad[0].vm.state]).toEqual(["crashed", undefined, "running", "running"]);
  for (const { vm } of [...bad, good, ...tours]) await vm.kill();
  expect(machine.ledger().owners).toEqual([]);
});

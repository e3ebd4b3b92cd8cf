import { createHash } from "node:crypto";
import { RemoteRuntime, type ContainerSpec, type RemoteContainer, type RemoteProcess } from "@ringzero/container";
import { Guests, ownGuests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { RemoteVirtualMachine, type PcOptions, type VirtualMachineOptions } from "@ringzero/hypervisor";
import { Machine } from "@ringzero/machine";
import { expect, test, vi } from "vitest";

const MIB = 2 ** 20, VM_MODULE = new URL(import.meta.resolve("@ringzero/hypervisor/node-worker")), RUNTIME_MODULE = new URL(import.meta.resolve("@ringzero/container/node-worker"));
const host = nodeHost({ storeDirectory: new URL("../../../.cache/store", import.meta.url).pathname }), guests = new Guests(host), linux = await guests.get("linux-i386"), busybox = await guests.get("busybox-amd64");
if (!(linux && busybox) && process.env["REQUIRE_GUESTS"] === "1") throw new Error("Guests linux-i386 and busybox-amd64 are not prepared. Run npm run guests.");

/** What a console or process has said so far, and a wait for more of it. Without an end: whoever waits for what never comes meets the test's time limit. */
class Heard {
  text = "";
  #waiting: (() => void)[] = [];
  readonly hear = (bytes: Uint8Array): void => {
    // The shell asks for the cursor's position at each prompt.
    this.text = (this.text + Buffer.from(bytes).toString("latin1")).replaceAll("\u001B[6n", "");
    for (const tell of this.#waiting.splice(0)) tell();
  };
  async until(what: RegExp | ((text: string) => boolean)): Promise<void> {
    while (!(what instanceof RegExp ? what.test(this.text) : what(this.text))) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
const hear = (process: RemoteProcess): Heard => {
  const heard = new Heard();
  process.onOutput((_, bytes) => heard.hear(bytes));
  return heard;
};
/** Busybox prints a checksum over and over, and each must be the same. */
const WORK = "while true; do seq 1 2000 | sha256sum; done";
const SUM = createHash("sha256").update(Array.from({ length: 2000 }, (_, i) => `${i + 1}\n`).join("")).digest("hex");
function sums(text: string): number {
  const lines = text.replaceAll("\r", "").split("\n").filter((l) => /^[0-9a-f]{64} {2}-$/.test(l));
  for (const line of lines) expect(line.slice(0, 64)).toBe(SUM);
  return lines.length;
}

test.skipIf(!linux || !busybox)("three virtual machines and five containers at once, and what some of them do to themselves touches nobody", async () => {
  const machine = await Machine.create(host, { memory: 1024 * MIB });
  const runtime = await RemoteRuntime.create(machine, RUNTIME_MODULE, { name: "kernel" });
  const vm = async (pc: PcOptions, options: VirtualMachineOptions): Promise<{ vm: RemoteVirtualMachine; heard: Heard }> => {
    const made = await RemoteVirtualMachine.create(machine, VM_MODULE, pc, options), heard = new Heard();
    made.console.onOutput(heard.hear);
    made.start();
    return { vm: made, heard };
  };
  const container = async (spec: ContainerSpec): Promise<{ container: RemoteContainer; heard: Heard }> => {
    const made = await runtime.create({ image: "busybox", ...spec }), heard = hear(made.init);
    await made.start();
    return { container: made, heard };
  };
  try {
    const tour = ownGuests["ring-tour"].assemble(), other = (commandLine: string, name: string) => vm({ memory: 16 * MIB, multiboot: tour, commandLine }, { name });
    const debian = await vm({ memory: 128 * MIB, kernel: linux!.kernel!, initrd: linux!.initrd!, commandLine: "console=ttyS0" }, { name: "linux" });
    const plain = await vm({ memory: 16 * MIB, multiboot: tour }, { name: "plain" });
    const deprivileged = await vm({ memory: 16 * MIB, multiboot: tour }, { name: "deprivileged", technique: "ring-deprivileging" });
    // Five containers, of both platforms: two work, two look around, one is for misbehaviour.
    const worker64 = await container({ name: "worker64", args: ["sh", "-c", WORK] }), worker32 = await container({ name: "worker32", platform: "linux/386", args: ["sh", "-c", WORK] });
    const look = "hostname; ps -o pid,args; mount | wc -l; touch /tmp/own; ls /tmp";
    const seen = await Promise.all(["left", "right"].map((name, i) => container({ name, hostname: name, platform: i ? "linux/386" : "linux/amd64", args: ["sh", "-c", `${look}; sleep 1000`] })));
    for (const [i, { heard }] of seen.entries()) {
      await heard.until(/own\n/);
      expect(heard.text.split("\n")[0]).toBe(["left", "right"][i]);
      // Only its own programs, and no one else's.
      expect(heard.text).not.toContain("seq 1 2000");
      expect(heard.text).not.toContain(i ? "left" : "right");
    }
    await plain.heard.until(/tour over/);
    await deprivileged.heard.until(/sensitive: it did not come/);
    expect((await deprivileged.vm.look())!.counters.traps.emulated).toBeGreaterThan(10);
    await debian.heard.until(/:~# $/);
    debian.vm.console.type(`${WORK}\n`);
    await debian.heard.until((text) => sums(text) > 0);

    // Each of these would end a machine without walls.
    const before = { debian: sums(debian.heard.text), w64: sums(worker64.heard.text), w32: sums(worker32.heard.text) };
    const crash = await other("crash", "crashing"), spin = await other("spin", "spinning"), scribble = await other("scribble", "scribbling");
    const bomb = await container({ name: "bomb", image: "ringzero/own", args: ["/bin/fork-bomb"], pids: 16 });
    expect(await crash.vm.ended).toBe("crashed");
    await vi.waitUntil(async () => (await runtime.look()).containers.find((c) => c.state.name === "bomb")!.refusedForks > 0, { timeout: 60_000 });
    expect((await runtime.look()).containers.find((c) => c.state.name === "bomb")!.tasks).toBeLessThanOrEqual(16);
    await bomb.container.kill("KILL");
    await bomb.container.wait();
    await bomb.container.delete(true);
    const hog = await container({ name: "hog", image: "ringzero/own", args: ["/bin/memory-hog"], memory: 8 * MIB });
    expect(await hog.container.wait()).toBeGreaterThan(0);
    const { containers } = await runtime.look();
    expect(containers.find((c) => c.state.name === "hog")!.peakFrames).toBeLessThanOrEqual(8 * 256);
    await hog.container.delete(true);

    // All go on, and count the same.
    for (const [heard, count] of [[debian.heard, before.debian], [worker64.heard, before.w64], [worker32.heard, before.w32]] as const) {
      await heard.until((text) => sums(text) >= count + 3);
    }
    expect([spin.vm.state, debian.vm.state]).toEqual(["running", "running"]);
    await spin.vm.kill();
    await scribble.vm.kill();

    // The shared kernel dies with all its containers, and no virtual machine notices.
    runtime.panic("asked for by a test");
    expect(await runtime.ended).toMatchObject({ reason: "panic", failure: expect.stringContaining("asked for by a test") as string });
    expect(await worker64.container.wait()).toBe(137);
    const sofar = sums(debian.heard.text);
    await debian.heard.until((text) => sums(text) > sofar);
    await debian.vm.kill();
    for (const { vm: one } of [plain, deprivileged]) await one.kill();
    // Everything has been given back.
    expect(machine.ledger().owners).toEqual([]);
  } finally {
    await runtime.terminate();
  }
});

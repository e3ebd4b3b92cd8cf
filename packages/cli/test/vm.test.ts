import { expect, test, vi } from "vitest";
import { alive, Home } from "./home.ts";

test("a Multiboot kernel on the serial console: 0 at the expression, 124 at the timeout, and nothing is left", async () => {
  await using home = new Home();
  const tour = home.guest("ring-tour");
  const seen = await home.run(["vm", "run", "--multiboot", tour, "--until", "^ *10: vector"]);
  expect([seen.status, seen.err]).toEqual([0, ""]);
  expect(seen.out).toMatch(/^ *1: iret +CPL 0 -> 3/m);
  const late = await home.run(["vm", "run", "--multiboot", tour, "--append", "spin", "--until", "never said", "--timeout", "0.5"]);
  expect([late.status, late.err]).toEqual([124, "ringzero: vm1 did not say \"never said\" within 0.5 s.\n"]);
  expect((await home.run(["vm", "ls", "-q"])).out).toBe("");
});

test("a boot sector on the text screen, as lines, and its serial port", async () => {
  await using home = new Home();
  const floppy = home.guest("boot-sector");
  const screen = await home.run(["vm", "run", "--floppy", floppy, "--screen", "text", "--until", "ticks since midnight: [0-9a-f]{8}"]);
  expect([screen.status, screen.err]).toEqual([0, ""]);
  expect(screen.out).toMatch(/^Hello from real mode\nticks since midnight: [0-9a-f]{8}/);
  expect((await home.run(["vm", "run", "--floppy", floppy, "--until", "midnight: [0-9a-f]{8}"])).out).toMatch(/Hello from real mode\s+ticks/);
});

test("what is piped in is typed on the keyboard of a text screen", async () => {
  await using home = new Home();
  const sector = new Uint8Array(512);
  // Prints ">", then each key: INT 10h with AH = 0Eh, INT 16h with AH = 0, for ever.
  sector.set([0xb4, 0x0e, 0xb0, 0x3e, 0xcd, 0x10, 0xb4, 0x00, 0xcd, 0x16, 0xb4, 0x0e, 0xcd, 0x10, 0xeb, 0xf6]);
  sector.set([0x55, 0xaa], 510);
  const run = await home.run(["vm", "run", "--floppy", home.file("keys", sector), "--screen", "text", "--input-after", "^>", "--until", "^>Typed: 42!", "--timeout", "60"], { input: "Typed: 42!" });
  expect(run).toMatchObject({ status: 0, err: "" });
});

test("ring deprivileging: each trapped instruction a line, and what the theorem says must break breaks", async () => {
  await using home = new Home();
  const tour = home.guest("ring-tour"), plain = await home.run(["vm", "run", "--multiboot", tour]), deprivileged = await home.run(["vm", "run", "--multiboot", tour, "--deprivileged", "--trace"]);
  expect([plain.status, plain.err, deprivileged.status]).toEqual([0, "", 0]);
  for (const [run, lines] of [[plain, ["MOV from CS reads 0008, ring 0", "PUSHF after CLI reads IF 0"]], [deprivileged, ["MOV from CS reads 000b, ring 3", "PUSHF after CLI reads IF 1", "it did not come"]]] as const) {
    for (const line of lines) expect(run.out).toContain(`sensitive: ${line}`);
  }
  expect(deprivileged.err).toMatch(/^[0-9a-f]{8} {2}ring 0 {2}#GP\(0\) +lgdt \[.*\] +emulated/m);
  expect(deprivileged.err).toMatch(/^[0-9a-f]{8} {2}ring 3 .* reflected/m);
});

test("a guest that has halted for good ends a script at once, with what it has shown", async () => {
  await using home = new Home();
  const run = await home.run(["vm", "run", "--floppy", home.guest("boot-sector"), "--screen", "text"]);
  expect(run).toMatchObject({ status: 0, err: "", out: expect.stringMatching(/boot sector done\n$/) as unknown });
  const never = await home.run(["vm", "run", "--floppy", home.guest("boot-sector"), "--until", "never"]);
  expect(never).toMatchObject({ status: 1, err: "ringzero: vm1 has halted with interrupts off, and did not say \"never\".\n" });
});

test("ls, pause, resume, reset, kill; names; a console that is left and come back to", async () => {
  await using home = new Home();
  const tour = home.guest("ring-tour");
  expect((await home.run(["vm", "run", "-d", "--multiboot", tour, "--name", "tour"])).out).toBe("tour\n");
  const again = await home.run(["vm", "run", "-d", "--multiboot", tour, "--name", "tour"]);
  expect([again.status, again.err]).toEqual([125, "ringzero: There is a virtual machine \"tour\" already. Choose another name, or end it with \"ringzero vm kill tour\".\n"]);
  expect((await home.run(["vm", "ls"])).out).toMatch(/^NAME +BOOTS +STATUS .*\ntour +multiboot +(?:Up|Halted) .* 128MiB/);
  await home.run(["vm", "pause", "tour"]);
  expect((await home.run(["vm", "ls"])).out).toMatch(/tour +multiboot +Paused/);
  expect((await home.run(["vm", "resume", "tour"])).out).toBe("tour\n");
  // What it has printed is shown to one that comes later.
  const console = home.onTerminal(["vm", "console", "tour"]);
  await console.said("Escape character is ^]");
  await console.said(/CPL/);
  console.type("\u001D");
  const left = await console.ended;
  expect([left.status, left.out]).toEqual([0, expect.stringContaining("Left tour, which goes on.")]);
  const watching = home.start(["vm", "console", "tour"]);
  await watching.said(/CPL/);
  await vi.waitUntil(async () => (await home.run(["vm", "ls"])).out.includes("Halted"), { timeout: 30_000 });
  expect((await home.run(["vm", "reset", "tour"])).status).toBe(0);
  await watching.said(/^ +1: iret/m);
  expect((await home.run(["vm", "kill", "tour", "nobody"]))).toMatchObject({ status: 1, out: "tour\n", err: "No such virtual machine: nobody. \"ringzero vm ls\" lists them.\n" });
  expect((await watching.ended).status).toBe(0);
});

test("on a terminal the console is left by Ctrl-] and the machine goes on; the terminal is as it was", async () => {
  await using home = new Home();
  const run = home.onTerminal(["vm", "run", "--multiboot", home.guest("ring-tour")]);
  await run.said(/CPL/);
  run.type("\u001D");
  expect((await run.ended).out).toContain("Come back with \"ringzero vm console vm1\"");
  expect((await home.run(["vm", "ls", "-q"])).out).toBe("vm1\n");
});

test("a signal ends the command and its virtual machine; a killed command leaves the machine and what runs on it", async () => {
  await using home = new Home();
  const tour = home.guest("ring-tour"), first = home.start(["vm", "run", "--multiboot", tour, "--append", "spin"]);
  await first.said("spin");
  first.child.kill("SIGTERM");
  expect((await first.ended).status).toBe(143);
  expect((await home.run(["vm", "ls", "-q"])).out).toBe("");
  const second = home.start(["vm", "run", "--multiboot", tour, "--append", "spin"]), pid = await home.pid();
  await second.said("spin");
  second.child.kill("SIGKILL");
  await second.ended;
  expect([(await home.run(["vm", "ls", "-q"])).out, await home.pid()]).toEqual(["vm1\n", pid]);
  expect((await home.run(["vm", "kill", "vm1"])).status).toBe(0);
});

test("a machine that is killed: one sentence in each client, and the next command starts another", async () => {
  await using home = new Home();
  const tour = home.guest("ring-tour"), args = ["vm", "run", "--multiboot", tour, "--append", "spin"], runs = [home.start(args), home.start(args)];
  for (const run of runs) await run.said("spin");
  const pid = (await home.pid())!;
  process.kill(pid, "SIGKILL");
  for (const run of runs) expect(await run.ended).toMatchObject({ status: 1, err: "ringzero: The machine has ended unexpectedly, and all virtual machines and containers with it.\n" });
  expect(alive(pid)).toBe(false);
  expect((await home.run(["vm", "run", "--multiboot", tour, "--until", "CPL"])).status).toBe(0);
  expect(await home.pid()).not.toBe(pid);
});

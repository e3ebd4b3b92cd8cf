import { expect, test } from "vitest";
import { hasLinux, Home } from "./home.ts";

test.skipIf(!hasLinux)("Debian's Linux without a word more, fed from a pipe, off by itself", async () => {
  await using home = new Home();
  const run = await home.run(["vm", "run", "--timeout", "900"], { input: "echo $((6 * 7)) by the guest; poweroff -f\n" });
  expect([run.status, run.err]).toEqual([0, ""]);
  expect(run.out).toContain("\n42 by the guest");
  expect(run.out).toContain("reboot: Power down");
});

test.skipIf(!hasLinux)("Linux on the text screen, typed at by the keyboard", async () => {
  await using home = new Home();
  const run = await home.run(["vm", "run", "--screen", "text", "--until", "^42 on the screen", "--timeout", "900"], { input: "echo $((6 * 7)) on the screen\n" });
  expect([run.status, run.err]).toEqual([0, ""]);
  expect(run.out).toContain("Run /init as init process");
});

test.skipIf(!hasLinux)("clients that come while machines come and go", async () => {
  await using home = new Home({ RINGZERO_GRACE: "0.01" });
  const runs = await Promise.all([1, 2, 3].map(async () => {
    const said: string[] = [];
    for (let i = 0; i < 5; i++) said.push((await home.run(["run", "--rm", "busybox", "echo", "hi"])).out);
    return said;
  }));
  expect(runs.flat()).toEqual(Array.from({ length: 15 }, () => "hi\n"));
});

test.skipIf(!hasLinux)("a comparison on one worker: it says how far it is, the machine answers others meanwhile, Ctrl-C ends it, and the next one need not wait", async () => {
  await using home = new Home();
  const comparing = home.onTerminal(["compare", "--workers", "1"]);
  // The console of the Linux that boots.
  await comparing.said(/virtual machine, prompt: \[ +\d+\.\d+\] /);
  expect((await home.run(["run", "--rm", "ringzero/own", "hello"])).out).toBe("Hello from amd64\n");
  expect((await home.run(["info"])).out).toMatch(/^Machine: /);
  expect(comparing.child.exitCode).toBe(null);
  comparing.type("\u0003");
  expect((await comparing.ended).status).toBe(130);
  const quick = await home.run(["compare", "--quick", "--workers", "1"]);
  expect([quick.status, quick.out.split("\n")[0]]).toEqual([0, "A small kernel of two rings in a virtual machine, one small program in a container"]);
});

import { expect, test } from "vitest";
import { hasLinux, Home } from "./home.ts";

test.skipIf(!hasLinux)("Debian's Linux without a word more, fed from a pipe, off by itself", async () => {
  await using home = new Home();
  const run = await home.run(["vm", "run", "--timeout", "110"], { input: "echo $((6 * 7)) by the guest; poweroff -f\n" });
  expect([run.status, run.err]).toEqual([0, ""]);
  expect(run.out).toContain("\n42 by the guest");
  expect(run.out).toContain("reboot: Power down");
});

test.skipIf(!hasLinux)("Linux on the text screen, typed at by the keyboard", async () => {
  await using home = new Home();
  const run = await home.run(["vm", "run", "--screen", "text", "--until", "^42 on the screen", "--timeout", "110"], { input: "echo $((6 * 7)) on the screen\n" });
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

import { virtualHost } from "@ringzero/host/virtual";
import { Machine } from "@ringzero/machine";
import { expect, test } from "vitest";
import { Runtime, StartError, type RuntimeOptions } from "../src/index.ts";
import { busybox, busyboxLayer } from "./image.ts";
import { listen, run } from "./run.ts";

const program = busybox("amd64"), layer = program && busyboxLayer(program);

async function boot(options: RuntimeOptions = {}): Promise<{ runtime: Runtime; machine: Machine }> {
  const machine = await Machine.create(virtualHost(), { memory: 64 << 20, shared: false }), runtime = await Runtime.create(machine, { idle: "free", seed: 1, date: 0, ...options });
  if (layer) runtime.addImage("busybox", { layers: [layer], config: { command: ["sh"], env: ["FROM=image"] } });
  return { runtime, machine };
}

test.skipIf(!program)("a program runs, its output and status come out", async () => {
  const { runtime } = await boot();
  expect(await run(runtime, { args: ["sh", "-c", "echo $FROM $HOSTNAME $HOME $PATH; hostname; cat /etc/hostname; id; exit 7"], hostname: "web" })).toEqual({
    code: 7, text: "image web /root /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nweb\nweb\nuid=0(root) gid=0(root) groups=0(root)\n",
  });
  expect((await run(runtime, { args: ["sh", "-c", "id; pwd; echo $HOME"], user: "guest", cwd: "/tmp" })).text).toBe("uid=405(guest) gid=100(users) groups=35(games),100(users)\n/tmp\n/home/guest\n");
  expect((await run(runtime, { args: ["sh", "-c", "kill -9 $$; kill -9 1; echo lives"] })).text).toBe("lives\n");
});
test.skipIf(!program)("a shell on a terminal: prompt, typing, window size, end", async () => {
  const { runtime } = await boot(), container = await runtime.create({ image: "busybox", terminal: { columns: 100, rows: 30 }, env: ["PS1=# "] }), text = listen(container.init);
  await container.start();
  await runtime.quiet();
  expect(text()).toContain("# ");
  expect(container.view().prompt!.virtual).toBeGreaterThan(0);
  container.init.write(Buffer.from("stty size\r"));
  await runtime.quiet();
  container.init.resize(80, 25);
  container.init.write(Buffer.from("stty size; exit 4\r"));
  expect(await container.wait()).toBe(4);
  expect(text()).toMatch(/30 100\r\n.*25 80\r\n/s);
});
test.skipIf(!program)("standard input is read to its end, standard error comes apart", async () => {
  const { runtime } = await boot(), container = await runtime.create({ image: "busybox", args: ["sh", "-c", "cat; echo bad >&2"], stdin: true });
  const seen: string[] = [];
  container.init.onOutput((stream, bytes) => { seen.push(`${stream}:${Buffer.from(bytes).toString()}`); });
  container.init.write(Buffer.from("early "));
  await container.start();
  await runtime.quiet();
  container.init.write(Buffer.from("late"));
  container.init.closeInput();
  expect([await container.wait(), seen.join("|")]).toEqual([0, "1:early |1:late|2:bad\n"]);
});
test.skipIf(!program)("what cannot be started says so, and the runtime goes on", async () => {
  const { runtime } = await boot();
  const missing = await runtime.create({ image: "busybox", args: ["nothing"] });
  await expect(missing.start()).rejects.toThrow(StartError);
  expect([await missing.wait(), missing.state().status]).toEqual([127, "stopped"]);
  const text = await runtime.create({ image: "busybox", args: ["/etc/passwd"] });
  await expect(text.start()).rejects.toThrow("may not be executed");
  expect(await text.wait()).toBe(126);
  await expect(runtime.create({ image: "none" })).rejects.toThrow("There is no image none");
  expect((await run(runtime, { args: ["echo", "fine"] })).text).toBe("fine\n");
});
test.skipIf(!program)("terminals have names of their container", async () => {
  const { runtime } = await boot(), container = await runtime.create({ image: "busybox", args: ["sh", "-c", "tty; ls /dev/pts; stat -c %t:%T /dev/pts/0; tty < /dev/null"], terminal: { columns: 80, rows: 24 } }), text = listen(container.init);
  await container.start();
  expect(await container.wait()).toBe(1);
  expect(text().replaceAll("\r", "").split("\n")).toEqual(["/dev/pts/0", "0     ptmx", "88:0", "not a tty", ""]);
});

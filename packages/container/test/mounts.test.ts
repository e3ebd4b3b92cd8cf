import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeHost } from "@ringzero/host/node";
import { Machine } from "@ringzero/machine";
import { afterAll, beforeEach, expect, test } from "vitest";
import { Runtime } from "../src/index.ts";
import { busybox, busyboxLayer } from "./image.ts";
import { run } from "./run.ts";

const program = busybox("amd64"), base = mkdtempSync(join(tmpdir(), "mounts-"));
afterAll(() => rmSync(base, { recursive: true }));
let runtime: Runtime, machine: Machine;
beforeEach(async () => {
  machine = await Machine.create(nodeHost(), { memory: 64 << 20, shared: false });
  runtime = await Runtime.create(machine, { idle: "free", seed: 1, date: 0 });
  if (program) runtime.addImage("busybox", { layers: [busyboxLayer(program)], config: { command: ["sh"] } });
});

test.skipIf(!program)("directories and files of the host inside, writable or not", async () => {
  mkdirSync(join(base, "data"));
  writeFileSync(join(base, "data/in"), "from the host\n");
  writeFileSync(join(base, "one"), "a file\n");
  symlinkSync("/etc/passwd", join(base, "data/link"));
  const mounts = [{ source: join(base, "data"), destination: "/data" }, { source: join(base, "data"), destination: "/deep/er", readonly: true }, { source: join(base, "one"), destination: "/etc/one" }];
  const { text, code } = await run(runtime, { mounts, args: ["sh", "-c", "cat /data/in /etc/one; echo back > /data/out; { echo no > /deep/er/no; } 2>/dev/null || echo refused; grep -c root /data/link; mount | grep hostfs | wc -l"] });
  // A link of the host is followed in the container: it leads to the container's own file.
  expect([text, code]).toEqual(["from the host\na file\nrefused\n1\n3\n", 0]);
  expect(readFileSync(join(base, "data/out"), "utf8")).toBe("back\n");
  await expect(runtime.create({ image: "busybox", mounts: [{ source: join(base, "none"), destination: "/x" }] })).rejects.toThrow("is not there on the host");
  await expect(runtime.create({ image: "busybox", mounts: [{ source: join(base, "data"), destination: "/../x" }] })).rejects.toThrow("without it");
  expect(runtime.containers()).toEqual([]);
});
test.skipIf(!program)("a directory of the host as the root, writable or not", async () => {
  const root = join(base, "root");
  mkdirSync(join(root, "bin"), { recursive: true });
  writeFileSync(join(root, "bin/busybox"), program!, { mode: 0o755 });
  symlinkSync("busybox", join(root, "bin/sh"));
  const script = "echo $((6*7)) > /made && /bin/busybox cat /made; /bin/busybox ls -d /proc/1; /bin/busybox mount -t tmpfs none /tmp; /bin/busybox ls /";
  expect((await run(runtime, { image: undefined, rootfs: root, args: ["/bin/sh", "-c", script] })).text).toBe("42\n/proc/1\nbin\ndev\nmade\nproc\nsys\ntmp\n");
  expect(readFileSync(join(root, "made"), "utf8")).toBe("42\n");
  expect((await run(runtime, { image: undefined, rootfs: root, readonly: true, args: ["/bin/sh", "-c", "echo x > /made || echo refused"] })).text).toMatch(/Read-only file system\nrefused\n/);
  await expect(runtime.create({ rootfs: join(base, "root/made") })).rejects.toThrow("is no directory");
});
test.skipIf(!program)("an image that cannot be written to", async () => {
  expect((await run(runtime, { readonly: true, args: ["sh", "-c", "echo x > /etc/new || echo refused; echo y > /dev/null; cat /etc/hostname | wc -l"] })).text).toMatch(/Read-only file system\nrefused\n1\n/);
});

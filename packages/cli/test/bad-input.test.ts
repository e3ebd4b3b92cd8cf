import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { alive, Home } from "./home.ts";

/** One sentence, or one for each of two lines where a hint follows; nothing on standard output; a status that is not 0. */
function refused(ended: { readonly status: number | null; readonly out: string; readonly err: string }, status: number, sentence: RegExp | string): void {
  expect(ended.err).toMatch(sentence);
  expect(ended.err).not.toMatch(/\n {4}at |undefined|\[object/);
  expect(ended.err.trim().split("\n").length).toBeLessThanOrEqual(2);
  expect([ended.status, ended.out]).toEqual([status, ""]);
}

test("options that are none", async () => {
  await using home = new Home();
  for (const [args, sentence] of [
    [["vm", "run", "--memory", "lots"], /Give a size such as 512k, 64m or 1g/], [["vm", "run", "--until", "("], /no regular expression/], [["vm", "run", "--timeout", "-1"], /number of seconds/],
    [["vm", "run", "--screen", "pixels"], /Allowed choices are text/], [["vm", "run", "--nosuch"], /unknown option '--nosuch'/], [["vm", "run", "--kernel", "/a", "--floppy", "/b"], /Give one of --kernel, --multiboot and --floppy/],
    [["vm", "run", "-d", "--until", "x"], /do not go with --detach/], [["run", "--pids", "0", "busybox"], /whole number from 1 on/], [["run", "--platform", "linux/arm64", "busybox"], /Allowed choices are linux\/amd64, linux\/386/],
    [["run"], /Give an image/], [["run", "-v", "data:/data", "busybox"], /no named volumes/], [["run", "-v", "/nosuch:/data", "busybox"], /there is no \/nosuch/], [["run", "-w", "tmp", "busybox"], /not absolute/],
    [["run", "-it", "busybox"], /not a TTY/], [["run", "--rootfs", "/nosuch", "sh"], /there is no \/nosuch/], [["run", "--env-file", "/nosuch", "busybox"], /could not be read/], [["rnu", "busybox"], /unknown command 'rnu'/],
  ] as const) refused(await home.run(args), args.includes("-it" as never) ? 1 : 125, sentence);
  // None of this has started a machine.
  expect((await home.run(["info"])).out).toBe("No machine is running. The first virtual machine or container starts one.\n");
});

test("files that cannot be run", async () => {
  await using home = new Home();
  const run = (...args: string[]): ReturnType<Home["run"]> => home.run(["vm", "run", ...args]);
  refused(await run("--kernel", "nosuch"), 125, "The kernel nosuch could not be read: there is no such file.");
  refused(await run("--kernel", home.directory), 125, "it is a directory");
  refused(await run("--kernel", home.file("noise", Uint8Array.from({ length: 70_000 }, (_, i) => (i * i * 31) >> 3))), 125, /^ringzero: .*bzImage|Linux/);
  refused(await run("--kernel", home.file("empty", "")), 125, /^ringzero: /);
  refused(await run("--multiboot", home.file("text", "not a kernel at all".repeat(500))), 125, /[Mm]ultiboot/);
  refused(await run("--floppy", home.file("large", new Uint8Array(1_474_561))), 125, "A floppy disk has 1,474,560 bytes; this image has 1474561.");
  refused(await run("--multiboot", home.guest("ring-tour"), "-m", "1m"), 125, "A PC has 2 MiB to 3 GiB of memory");
  refused(await run("--multiboot", home.guest("ring-tour"), "-m", "1t"), 125, "A PC has 2 MiB to 3 GiB of memory");
  refused(await run("--name", "../x", "--multiboot", home.guest("ring-tour")), 125, /a name has 1 to 63/);
  // An ELF whose headers lie.
  const elf = home.guest("ring-tour"), bytes = Uint8Array.from(readFileSync(elf));
  new DataView(bytes.buffer).setUint32(28, 0xffff_fff0, true);
  refused(await run("--multiboot", home.file("lies", bytes)), 125, /^ringzero: /);
  expect((await home.run(["vm", "ls", "-q"])).out).toBe("");
});

test("images that are not there, or not what they say", async () => {
  await using home = new Home({ RINGZERO_STORE: join("/tmp", `rz-store-${process.pid}`) });
  try {
    refused(await home.run(["run", "nosuch", "true"]), 125, "There is no image nosuch:latest here");
    refused(await home.run(["run", "UPPER CASE", "true"]), 125, /^ringzero: /);
    refused(await home.run(["load", "-i", home.file("noise", "no archive".repeat(100))]), 1, /^ringzero: /);
    refused(await home.run(["rmi", "nosuch"]), 1, "There is no image nosuch:latest here.");
    refused(await home.run(["save", "nosuch", "-o", join(home.directory, "x.tar")]), 1, "There is no image nosuch:latest here");
    // An archive with one byte changed: the digest tells.
    expect((await home.run(["save", "ringzero/own", "-o", join(home.directory, "own.tar")])).status).toBe(0);
    const archive = readFileSync(join(home.directory, "own.tar"));
    archive[archive.indexOf("ELF") + 100]! ^= 1;
    refused(await home.run(["load", "-i", home.file("bad.tar", archive)]), 1, /digest|sha256/i);
    expect(await home.run(["rmi", "ringzero/own"])).toMatchObject({ status: 0, err: "" });
    // In the store, too.
    expect((await home.run(["run", "--rm", "ringzero/own", "hello"])).status).toBe(0);
    await home.run(["shutdown"]);
    const store = home.environment["RINGZERO_STORE"]!;
    for (const name of readdirSync(store)) {
      const contents = readFileSync(join(store, name)), at = contents.indexOf("ELF");
      if (!name.includes("blobs") || at < 0) continue;
      contents[at + 100]! ^= 1;
      writeFileSync(join(store, name), contents);
    }
    refused(await home.run(["run", "--rm", "ringzero/own", "hello"]), 125, /digest|sha256|damaged/i);
  } finally {
    spawnSync("rm", ["-rf", home.environment["RINGZERO_STORE"]!]);
  }
});

const canMount = process.getuid?.() === 0 && spawnSync("unshare", ["-m", "true"]).status === 0;
test.skipIf(!canMount)("a store that is full", async () => {
  await using home = new Home();
  const store = join(home.directory, "store");
  mkdirSync(store);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", store]).status !== 0) return;
  try {
    refused(await home.run(["run", "--rm", "ringzero/own", "hello"], { env: { RINGZERO_STORE: store } }), 125, /could not be kept in .*store|no space/i);
    await home.run(["shutdown"]);
  } finally {
    spawnSync("umount", ["-l", store]);
  }
});

test("two machines on one socket, a stranger at the socket, a socket that is left over", async () => {
  await using home = new Home();
  const first = home.start(["serve"]);
  let pid: number | undefined;
  for (let i = 0; i < 200 && pid === undefined; i++) pid = await home.pid();
  refused(await home.run(["serve"]), 1, /A machine runs at .*\/ringzero\/socket already\. Use that one, or end it with "ringzero shutdown" first\./);
  expect(await home.pid()).toBe(pid);
  // Killed, its socket is left; the next machine takes its place.
  process.kill(pid!, "SIGKILL");
  expect((await first.ended).status).not.toBe(0);
  expect((await home.run(["vm", "run", "-d", "--multiboot", home.guest("ring-tour")])).out).toBe("vm1\n");
  await home.run(["shutdown"]);
  const stranger = createServer((socket) => { socket.on("error", () => {}).end("220 mail.example ESMTP ready\r\n"); }).listen(join(home.runtime, "socket"));
  try {
    refused(await home.run(["vm", "run", "-d", "--multiboot", home.guest("ring-tour")]), 1, /What answers at the machine's socket does not speak its protocol/);
    refused(await home.run(["serve"]), 1, /Something that is no machine listens at .*socket\. End it first\./);
  } finally {
    stranger.close();
  }
});

test("many clients at once start one machine", async () => {
  await using home = new Home();
  const tour = home.guest("ring-tour"), names = (await Promise.all(Array.from({ length: 5 }, () => home.run(["vm", "run", "-d", "--multiboot", tour])))).map(({ out, err }) => out + err);
  expect(names.sort()).toEqual(["vm1\n", "vm2\n", "vm3\n", "vm4\n", "vm5\n"]);
  expect((await home.run(["vm", "ls", "-q"])).out.split("\n").filter(Boolean).length).toBe(5);
});

test("the machine ends by itself after its last tenant", async () => {
  await using home = new Home({ RINGZERO_GRACE: "0.2" });
  await home.run(["vm", "run", "-d", "--multiboot", home.guest("ring-tour")]);
  const pid = await home.pid();
  expect(pid).toBeDefined();
  await home.run(["vm", "kill", "vm1"]);
  for (let i = 0; i < 100 && alive(pid!); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(alive(pid!)).toBe(false);
});

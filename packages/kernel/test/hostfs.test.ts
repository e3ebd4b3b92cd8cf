import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeHost } from "@ringzero/host/node";
import { O_RDONLY, O_WRONLY } from "@ringzero/linux-abi";
import { Hostfs } from "@ringzero/vfs";
import { afterAll, expect, test } from "vitest";
import type { Kernel } from "../src/index.ts";
import { boot, busybox, canChroot, LinuxRoot } from "./run-program.ts";

const program = busybox("amd64"), base = mkdtempSync(join(tmpdir(), "hostfs-"));
afterAll(() => rmSync(base, { recursive: true }));

/** A shell script with a directory of the host as root: what it prints. */
function runOn(kernel: Kernel, directory: string, script: string): string {
  const { files } = nodeHost({ storeDirectory: base });
  const root = new Hostfs({ store: kernel.store, device: kernel.nextDevice(), now: () => kernel.now(), directory: files.openDirectory(directory), user: files.user });
  let text = "";
  const stdin = kernel.stream(O_RDONLY), out = kernel.stream(O_WRONLY, (bytes) => { text += Buffer.from(bytes).toString("latin1"); });
  stdin.end();
  kernel.spawn({ path: "/bin/busybox", arguments: ["sh", "-c", script], environment: ["PATH=/bin"], files: [stdin, out, out], container: { root } });
  expect(kernel.run(4e9).kind).toBe("finished");
  root.close();
  return text;
}
/** A directory with a shell in it. */
function rootDirectory(name: string): string {
  const path = join(base, name);
  for (const folder of ["bin", "dev", "etc", "proc", "root", "tmp"]) mkdirSync(join(path, folder), { recursive: true });
  writeFileSync(join(path, "bin/busybox"), program!, { mode: 0o755 });
  return path;
}

const SCRIPT = `
cd /root; alias b=busybox; umask 022
mkdir -p a/b/c; echo one > a/f; echo two >> a/f; cat a/f; busybox ln -s a/f soft; cat soft; busybox ln a/f hard; busybox stat -c '%h %s %a %F' a/f hard soft a
busybox chmod 640 a/f; busybox stat -c %a hard; busybox cp -a a copy; busybox find . | busybox sort; busybox mv copy a/b/moved; busybox ls -1 a/b; busybox rm hard; busybox stat -c %h a/f
busybox dd if=/dev/zero of=big bs=1000 count=300 2>/dev/null; busybox wc -c < big; busybox md5sum big; busybox truncate -s 100000 big; busybox md5sum big; echo tail >> big; busybox tail -c 5 big
busybox touch -d '2001-02-03 04:05:06' a/f; busybox stat -c %Y a/f; busybox ln -s /etc/passwd out; cat out; busybox readlink out; echo > nowhere/f; busybox rmdir a; busybox mkdir a; busybox rm a
echo old > r; exec 3< r; busybox mv r s; echo new > r; cat <&3; cat r s; busybox rm r; exec 4<> t; echo t >&4; busybox rm t; echo more >&4; busybox ls
busybox tar -cf x.tar a; busybox mkdir y; busybox tar -xf x.tar -C y; busybox find y -type f | busybox sort; busybox tar -tf x.tar | busybox sort; busybox sed -i s/one/ONE/ a/f; cat y/a/f a/f
busybox cp /bin/busybox /tmp/bb; /tmp/bb echo copied program; busybox cmp /bin/busybox /tmp/bb && echo same; busybox rm -r y /tmp/bb; busybox seq 50 | while read n; do echo $n > n$n; done; busybox ls | busybox wc -l; busybox rm n* x.tar; busybox ls
`;

test.skipIf(!program || !canChroot)("a shell works on a directory of the host as Linux beneath does in a chroot, and leaves the same files", async () => {
  const kernel = await boot(program!), ours = rootDirectory("ours"), linux = new LinuxRoot();
  const printed = runOn(kernel, ours, SCRIPT).replaceAll(/^sh: line \d+: /gm, "sh: ");
  const theirs = linux.run(program!, {}, ["/bin/busybox", "sh", "-c", `exec 2>&1; ${SCRIPT}`]);
  try {
    expect(printed).toBe(theirs.stdout.replaceAll(/^sh: line \d+: /gm, "sh: "));
    const tree = (path: string): string => execFileSync("sh", ["-c", "cd root && find . -printf '%p %y %m %s %l\\n' | grep -v ' d ' | sort; find . -type f | sort | xargs md5sum"], { cwd: path, encoding: "utf8" });
    expect(tree(ours)).toBe(tree(linux.path));
  } finally {
    linux.remove();
  }
});

const MAPS = `
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  int rw = open("/root/data", O_RDWR), ro = open("/root/data", O_RDONLY);
  char *shared = mmap(0, 4096, PROT_READ, MAP_SHARED, ro, 0), *private = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, rw, 0);
  printf("%.4s %.4s ", shared, private);
  private[0] = 'P';
  pwrite(rw, "W", 1, 1);
  void *written = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, rw, 0);
  printf("%.4s %.4s %s %d\\n", shared, private, written == MAP_FAILED ? "refused" : "mapped", errno);
  return fsync(rw);
}`;
const compiled = join(base, "maps"), gcc = spawnSync("gcc", ["-static", "-O1", "-w", "-xc", "-", "-o", compiled], { input: MAPS }).status === 0;
test.skipIf(!program || !gcc)("pages of a file are mapped and follow what is written; a writable shared mapping is refused", async () => {
  const ours = rootDirectory("mapped");
  copyFileSync(compiled, join(ours, "bin/maps"));
  writeFileSync(join(ours, "root/data"), "text");
  expect(runOn(await boot(program!), ours, "/bin/maps")).toBe("text text tWxt Pext refused 22\n");
  expect(readFileSync(join(ours, "root/data"), "utf8")).toBe("tWxt");
});

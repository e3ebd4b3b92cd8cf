import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { findProgram } from "../oracle/programs.ts";
import { ScratchDirectory } from "../oracle/scratch-directory.ts";

const USAGE = `Records what busybox answers to twenty commands typed at its shell on the Linux beneath, in a root directory and namespaces of its own.

  node packages/testkit/src/cli/record-container-transcript.ts

It needs root, unshare and script of util-linux, and the guests that \`npm run guests\` prepares, and writes packages/container/test/golden/transcript-{i386,amd64}.json,
which a test compares our containers with.`;

/** One step: what is typed at the prompt, and keys that follow, each time when the program waits for more. */
interface Step { readonly command: string; readonly keys?: readonly string[] }

/**
 * Twenty commands. Left out is what the two sides must not share: process numbers but 1 (on the oracle a script set the namespaces up before), the root's own mount (here a bind mount, there an
 * overlay), dates, sizes of memory, the kernel's version. Each command with its echo fits into one line of the terminal.
 */
const STEPS: readonly Step[] = [
  { command: "busybox --install -s /bin; ls /bin | wc -l; ls -l /bin/sort | sed 's/.* //'" },
  { command: "hostname; hostname web; hostname; cat /proc/sys/kernel/hostname; uname -n; hostname box" },
  { command: "echo $$; ps -o comm,args; cat /proc/1/comm; grep -E '^(Name|PPid|Uid)' /proc/self/status" },
  { command: "grep -E ' /(proc|dev) ' /proc/mounts | cut -d' ' -f2,3; mount | grep -c ' /proc '" },
  { command: "mkdir /tmp/m && mount -t tmpfs none /tmp/m && echo x > /tmp/m/f && grep /tmp/m /proc/mounts | cut -d' ' -f1-3; umount /tmp/m; ls -a /tmp/m" },
  { command: "unshare -u sh -c 'hostname inner; hostname'; hostname" },
  { command: "seq 1000 | awk '{ s += $1 } END { print s }'; printf 'b\\na\\nc\\n' | sort -r | tr '\\n' ' '; (yes; echo $? >&2) | head -n 1" },
  { command: "echo one > /tmp/a; echo two >> /tmp/a; ln -s a /tmp/l; ln /tmp/a /tmp/h; cat < /tmp/l; stat -c '%A %h %s %F' /tmp/h; readlink /tmp/l" },
  { command: "chmod 4751 /tmp/a; chown 5:7 /tmp/a; stat -c '%a %u %g' /tmp/h; rm /tmp/a /tmp/l; find /tmp -type f; umask" },
  { command: "exec 3<>/tmp/h; echo x1 >&3; read r <&3; echo $r; exec 3>&-; cat < /no/such; cat /no/such; echo $?; rmdir /; cd /no; echo $?" },
  { command: "(exit 3); echo $?; sh -c 'kill -TERM $$'; echo $?; sh -c 'kill -KILL $$'; echo $?; no-such-program; echo $?; /etc/passwd; echo $?" },
  { command: "(trap 'echo caught' USR1; sh -c 'kill -USR1 $PPID'; echo after); (trap '' TERM; sh -c 'kill -TERM $PPID'; echo ignored)" },
  { command: "(sleep 100 & kill $!; wait $!; echo $?); (sh -c 'exit 9' & wait $!; echo $?); kill -l 15; kill -0 1; echo $?" },
  { command: "echo $((6 * 7)) $((1 << 40)) $((-7 / 2)) $((-7 % 3)) $((5 > 3 && 0x10)); echo 'scale=20; 4*a(1)' | bc -l; expr 7 '*' 6" },
  { command: "cat", keys: ["a line\n", "\u0004"] },
  { command: "cat", keys: ["half\u0015whole\n", "\u0003"] },
  { command: "echo $?; cat", keys: ["\u001A"] },
  { command: "echo $?; jobs; kill -9 %1; wait %1; echo $?; stty size; test -t 0; echo $?" },
  { command: "mkfifo /tmp/p; (echo through > /tmp/p &); cat /tmp/p; timeout 0.2 sleep 5; echo $?; time -p true 2>&1 | cut -d' ' -f1" },
  { command: "head -c 40000 /bin/busybox > /b; tar cf - b etc/group | tar tf -; gzip -c b | gunzip | cmp - b && dd if=b of=/dev/null bs=1k count=3 2>&1 | grep rec" },
];
const PROMPT = /rz# (?:\u001B\[6n)?$/;
/** Files of the root directory beside /bin/busybox and the link /bin/sh to it. */
const FILES = { "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "etc/group": "root:x:0:root\n" };
const ENVIRONMENT = ["PATH=/bin", "HOME=/", "TERM=linux", "PS1=rz# "], COLUMNS = 250, ROWS = 24;
/** So long does a program on the oracle take at most to read from its terminal. */
const SETTLE = 500;

/** Its own mount, process, host name and IPC namespaces; the root's devices are made for it, so that nothing reaches this machine's. */
const NAMESPACES = `exec unshare -mpuif --propagation private sh -c 'stty rows ${ROWS} cols ${COLUMNS}; hostname box; mount --bind "$0" "$0"; mount -t proc proc "$0/proc"; mount -t tmpfs tmpfs "$0/dev"; \
cd "$0/dev"; mknod -m 666 null c 1 3; mknod -m 666 zero c 1 5; mknod -m 666 tty c 5 0; cd "$0"; exec env -i ${ENVIRONMENT.map((e) => `"${e}"`).join(" ")} /usr/sbin/chroot "$0" /bin/sh' "$1"`;

/** A shell on a terminal, by script(1). */
class Session {
  #text = "";
  #changed: () => void = () => {};
  readonly #child;

  constructor(script: string, root: string) {
    writeFileSync(join(root, "..", "start"), NAMESPACES);
    this.#child = spawn(script, ["-qec", `sh ${join(root, "..", "start")} ${root}`, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdout.on("data", (bytes: Buffer) => {
      this.#text += bytes.toString("latin1");
      this.#changed();
    });
    this.#child.on("exit", () => this.#changed());
  }
  type(text: string): void { this.#child.stdin.write(text); }
  /** What came since a length of the text, up to the next prompt. */
  async prompt(from: number): Promise<string> {
    while (!PROMPT.test(this.#text.slice(from))) {
      if (this.#child.exitCode !== null) throw new Error(`The shell ended with status ${this.#child.exitCode} and no prompt: ${this.#text.slice(from)}`);
      await new Promise<void>((resolve) => { this.#changed = resolve; });
    }
    return this.#text.slice(from);
  }
  /** Runs a step: what the terminal showed, without the echo of the command and the prompt. */
  async step({ command, keys }: Step): Promise<string> {
    const from = this.#text.length;
    this.type(`${command}\n`);
    for (const key of keys ?? []) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE));
      this.type(key);
    }
    const said = (await this.prompt(from)).replaceAll("\u001B[6n", "").replaceAll("\r\n", "\n");
    return said.slice(said.indexOf("\n") + 1, said.lastIndexOf("rz# "));
  }
  end(): void { this.#child.kill("SIGKILL"); }
  /** Types exit: the status with which the shell ended. */
  async exit(status: number): Promise<number> {
    const ended = new Promise<number>((resolve) => { this.#child.on("exit", (code) => resolve(code!)); });
    this.type(`exit ${status}\n`);
    return ended;
  }
}

async function record(abi: "i386" | "amd64", script: string): Promise<void> {
  const host = nodeHost({ storeDirectory: fileURLToPath(new URL("../../../../.cache/store", import.meta.url)) }), guest = await new Guests(host).get(`busybox-${abi}`);
  if (!guest?.busybox) throw new Error(`Guest busybox-${abi} is not prepared. Run npm run guests.`);
  using scratch = new ScratchDirectory("container-transcript");
  const root = join(scratch.path, "root");
  for (const folder of ["bin", "dev", "etc", "proc", "tmp"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "bin/busybox"), guest.busybox, { mode: 0o755 });
  symlinkSync("busybox", join(root, "bin/sh"));
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(root, path), text);
  const session = new Session(script, root);
  try {
    await session.prompt(0);
    const steps: (Step & { readonly output: string })[] = [];
    for (const step of STEPS) {
      const output = await session.step(step);
      steps.push({ ...step, output });
      console.log(`${abi}# ${step.command}\n${output}`);
    }
    const status = await session.exit(7), golden = { files: FILES, environment: ENVIRONMENT, columns: COLUMNS, rows: ROWS, steps, status };
    writeFileSync(fileURLToPath(new URL(`../../../container/test/golden/transcript-${abi}.json`, import.meta.url)), `${JSON.stringify(golden, undefined, 2)}\n`);
  } finally {
    session.end();
  }
}

if (parseArgs({ options: { help: { type: "boolean", default: false } } }).values.help) console.log(USAGE);
else {
  const script = findProgram("script");
  if ("absent" in script) throw new Error(script.absent);
  for (const abi of ["i386", "amd64"] as const) await record(abi, script.path);
}

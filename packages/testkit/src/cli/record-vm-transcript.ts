import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { findProgram } from "../oracle/programs.ts";
import { ScratchDirectory } from "../oracle/scratch-directory.ts";

const USAGE = `Records what Linux and busybox answer to twenty commands on QEMU, from the same kernel and initial RAM disk that our virtual machine boots.

  node packages/testkit/src/cli/record-vm-transcript.ts

It needs qemu-system-i386 and the guests that \`npm run guests\` prepares, and writes packages/hypervisor/test/golden/linux-transcript.json, which a test
compares our virtual machine with.`;

/** Commands whose answers follow from the guest's files and the commands alone: no dates, sizes of memory, process numbers or names of hardware. Each fits into one line of a terminal. */
const COMMANDS = [
  "uname -srm", "cat /proc/cmdline", "ls /", "busybox | head -n 1 | cut -d' ' -f1-2", "echo $((6 * 7)) $((1 << 20)) $((-7 / 2))", "seq 1 5000 | sha256sum", "awk 'BEGIN { printf \"%.9f %e\\n\", 22 / 7, 2 * 3.5e40 }'", "echo 'scale=30; 4*a(1)' | bc -l",
  "head -c 100000 /dev/zero | md5sum", "(exit 3); echo status $?", "false || echo or; true && echo and", "for i in 3 1 2; do echo $i; done | sort -r | tr '\\n' ' '; echo", "sh -c 'kill -TERM $$'; echo ended with $?", "cat < /no/such/file; echo $?",
  "mkdir /tmp/d; echo text > /tmp/d/f; ls /tmp/d; rm -r /tmp/d", "dd if=/proc/version bs=5 count=1 2>/dev/null; echo", "gzip -c /bin/busybox | gunzip | cmp - /bin/busybox && echo same", "mkfifo /tmp/p; (echo through > /tmp/p &); cat /tmp/p; rm /tmp/p",
  "grep -cE '^[a-z]' /etc/passwd || echo no passwd", "test -c /dev/null && test -d /proc/1 && echo there",
] as const;
const PROMPT = /:~# (?:\u001B\[6n)?$/;

/** QEMU's serial console: what came so far, and what waits for a prompt. */
class Console {
  text = "";
  #changed: () => void = () => {};
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) { this.#write = write; }
  hear(text: string): void {
    this.text += text;
    this.#changed();
  }
  /** Waits until what came from `from` on ends with a prompt. */
  async prompt(from: number): Promise<void> {
    while (!PROMPT.test(this.text.slice(from))) await new Promise<void>((resolve) => { this.#changed = resolve; });
  }
  /** Types a command: what was answered, without the command's echo and the prompt. */
  async answer(command: string): Promise<string> {
    const from = this.text.length;
    this.#write(`${command}\n`);
    await this.prompt(from);
    const said = this.text.slice(from).replaceAll("\u001B[6n", "").replaceAll("\r\n", "\n");
    return said.slice(said.indexOf("\n") + 1, said.lastIndexOf("\n") + 1);
  }
}

async function main(): Promise<void> {
  const host = nodeHost({ storeDirectory: fileURLToPath(new URL("../../../../.cache/store", import.meta.url)) });
  const guest = await new Guests(host).get("linux-i386"), qemu = findProgram("qemu-system-i386");
  if (!guest) throw new Error("Guest linux-i386 is not prepared. Run npm run guests.");
  if ("absent" in qemu) throw new Error(qemu.absent);
  using scratch = new ScratchDirectory("vm-transcript");
  const [kernel, initrd] = [join(scratch.path, "kernel"), join(scratch.path, "initrd")];
  writeFileSync(kernel, guest.kernel!);
  writeFileSync(initrd, guest.initrd!);
  const child = spawn(qemu.path, ["-accel", "tcg", "-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio", "-m", "128", "-kernel", kernel, "-initrd", initrd, "-append", "console=ttyS0"], { stdio: ["pipe", "pipe", "inherit"] });
  const serial = new Console((text) => child.stdin.write(text));
  child.stdout.on("data", (bytes: Buffer) => serial.hear(bytes.toString("latin1")));
  try {
    console.log("QEMU boots ...");
    await serial.prompt(0);
    const transcript: { command: string; output: string }[] = [];
    for (const command of COMMANDS) {
      const output = await serial.answer(command);
      transcript.push({ command, output });
      console.log(`# ${command}\n${output}`);
    }
    writeFileSync(fileURLToPath(new URL("../../../hypervisor/test/golden/linux-transcript.json", import.meta.url)), `${JSON.stringify(transcript, undefined, 2)}\n`);
  } finally {
    child.kill("SIGKILL");
  }
}

if (parseArgs({ options: { help: { type: "boolean", default: false } } }).values.help) console.log(USAGE);
else await main();

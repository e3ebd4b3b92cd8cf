import type { ContainerSpec } from "@ringzero/container";
import { ownGuests, type Guest } from "@ringzero/guests";
import type { PcOptions } from "@ringzero/hypervisor";
import type { ExpectStep } from "@ringzero/machine";

/** The virtual machine of a scenario. */
export interface VmPart {
  /** For people. */
  readonly name: string;
  /** What it is. */
  readonly pc: PcOptions;
  /** What happens at its console. */
  readonly script: readonly ExpectStep[];
}
/** The container of a scenario. */
export interface ContainerPart {
  /** For people. */
  readonly name: string;
  /** What it is. */
  readonly spec: ContainerSpec;
  /** What happens at its terminal. */
  readonly script: readonly ExpectStep[];
}

/** The same work on both sides. A phase ends where its mark is kept. */
export interface Scenario {
  /** One line that says what is compared. */
  readonly title: string;
  /** The virtual machine, and what happens at its console. */
  readonly vm: VmPart;
  /** The container, and what happens at its terminal. Its image comes from the store. */
  readonly container: ContainerPart;
  /** Its phases in order. */
  readonly phases: readonly Phase[];
}
/** A part of a scenario whose figures are told apart. */
export interface Phase {
  /** As the marks have it. */
  readonly name: string;
  /** What is done in it. */
  readonly what: string;
}

const MIB = 2 ** 20, HOST_NAME = "ringzero", PROMPT = `:~# `;

/** What is typed on either side: each is a phase. */
const COMMANDS: readonly Phase[] = [
  { name: "write", what: "echo one > /tmp/one" },
  { name: "pipeline", what: "seq 1 200 | sort -r | head -n 3" },
  { name: "copy", what: "dd if=/dev/zero of=/tmp/a bs=4096 count=64 2>/dev/null; cp /tmp/a /tmp/b" },
  { name: "checksum", what: "sha256sum /tmp/b" },
];
/** Waits for each prompt and types the next command at it; `last` ends the session. */
function session(last: string): ExpectStep[] {
  const phases = ["prompt", ...COMMANDS.map((c) => c.name)], typed = [...COMMANDS.map((c) => c.what), last];
  return phases.map((mark, i) => ({ after: PROMPT, mark, type: `${typed[i]}\n` }));
}

/**
 * Debian's Linux in a virtual machine beside busybox in a container: to the prompt, then the same commands typed at it. `guest` is the prepared guest linux-i386, with its kernel and
 * initial RAM file system; the image `busybox` comes from the store.
 */
export function standardScenario(guest: Guest): Scenario {
  if (!guest.kernel || !guest.initrd) throw new Error("The standard comparison needs Debian's kernel: prepare the guests with `npm run guests`, or compare with our own guests (--quick).");
  return {
    title: "Linux in a virtual machine, busybox in a container: to the prompt, and the same commands typed at it",
    vm: { name: "Linux VM", pc: { memory: 128 * MIB, kernel: guest.kernel, initrd: guest.initrd, commandLine: "console=ttyS0" }, script: session("poweroff -f") },
    container: {
      name: "container", script: session("exit"),
      spec: { name: "compared", image: "busybox", platform: "linux/386", args: ["sh"], hostname: HOST_NAME, cwd: "/root", env: ["PATH=/bin", "HOME=/root", "TERM=linux", "PS1=\\h:\\w\\$ "], terminal: { columns: 80, rows: 24 } },
    },
    phases: [{ name: "prompt", what: "start, to the first prompt" }, ...COMMANDS],
  };
}

/** Our own guests, a moment long, with nothing to download: a small kernel that shows its rings, beside one program of ours. */
export function quickScenario(): Scenario {
  return {
    title: "A small kernel of two rings in a virtual machine, one small program in a container",
    vm: {
      name: "ring tour VM", pc: { memory: 16 * MIB, multiboot: ownGuests["ring-tour"].assemble() },
      script: [{ after: "ring 0: goes to ring 3", mark: "start" }, { after: "tour over", mark: "work" }],
    },
    container: {
      name: "container", script: [{ after: "H", mark: "start" }, { after: "\n", mark: "work" }],
      spec: { name: "compared", image: "ringzero/own", platform: "linux/386", args: ["/bin/hello"], hostname: HOST_NAME, cwd: "/", env: [], terminal: { columns: 80, rows: 24 } },
    },
    phases: [{ name: "start", what: "start, to the first program's output" }, { name: "work", what: "the rest" }],
  };
}

import { describe, expect, test } from "vitest";
import type { ThreadGroup } from "../src/index.ts";
import { boot, busybox } from "./run-program.ts";

/** A shell on the console. */
class Session {
  readonly kernel;
  readonly shell: ThreadGroup;
  output = "";

  constructor(kernel: Awaited<ReturnType<typeof boot>>) {
    this.kernel = kernel;
    kernel.console.onOutput = (bytes) => { this.output += Buffer.from(bytes).toString("latin1"); };
    this.shell = kernel.spawn({ path: "/bin/sh", arguments: ["-sh"], environment: ["PATH=/bin", "PS1=$ ", "HOME=/root"] });
  }
  /** What is shown until the shell waits for more. */
  type(text: string, limit: number = 1e9): string {
    this.output = "";
    if (text !== "") this.kernel.console.type(Buffer.from(text, "latin1"));
    this.kernel.run(limit);
    // The shell's line editor asks where the cursor is and does without an answer.
    return this.output.replaceAll("\x1b[6n", "");
  }
}

describe.each(["i386", "amd64"] as const)("an interactive shell of %s", (abi) => {
  const program = busybox(abi);
  test.skipIf(!program)("edits lines, runs programs, is interrupted and ends", async () => {
    const s = new Session(await boot(program!));
    expect(s.type("")).toMatch(/\$ $/);
    expect(s.type("echo hello\r")).toBe("echo hello\r\nhello\r\n$ ");
    expect(s.type("echo helx\x7flo\r")).toMatch(/\r\nhello\r\n\$ $/);
    expect(s.type("tty; stty size\r")).toMatch(/24 80\r\n\$ $/);
    // cat reads whole lines in canonical mode; the terminal echoes.
    expect(s.type("cat\r")).toBe("cat\r\n");
    expect(s.type("on")).toBe("on");
    expect(s.type("e\x7f\x7f\x7fline\r")).toBe("e\b \b\b \b\b \bline\r\nline\r\n");
    expect(s.type("\x04")).toBe("$ ");
    // The signal goes to the foreground alone.
    expect(s.type("sleep 1000000 || echo ended with $?\r", 3e6)).toMatch(/^sleep/);
    expect(s.type("\x03")).toMatch(/\^C/);
    expect(s.type("\rjobs; echo $?\r")).toMatch(/0\r\n\$ $/);
    expect(s.type("exit 5\r")).toMatch(/exit 5\r\n$/);
    expect([s.kernel.tasks.size, s.shell.exitStatus]).toEqual([0, 5 << 8]);
  });
  test.skipIf(!program)("stops jobs and continues them", async () => {
    const s = new Session(await boot(program!));
    s.type("");
    expect(s.type("cat\r")).toBe("cat\r\n");
    expect(s.type("\x1a")).toMatch(/\^Z.*Stopped/s);
    expect(s.type("fg\r")).toMatch(/fg\r\ncat\r\n$/);
    expect(s.type("again\r")).toBe("again\r\nagain\r\n");
    expect(s.type("\x03")).toMatch(/\^C\r?\n?.*\$ $/s);
  });
});

import { readFileSync } from "node:fs";
import { virtualHost } from "@ringzero/host/virtual";
import { Machine } from "@ringzero/machine";
import { expect, test } from "vitest";
import { Runtime } from "../src/index.ts";
import { busybox, tar } from "./image.ts";
import { listen } from "./run.ts";

/** What the Linux beneath answered, in a root directory and namespaces of its own: `node packages/testkit/src/cli/record-container-transcript.ts`. */
interface Transcript {
  readonly files: { readonly [path: string]: string };
  readonly environment: readonly string[];
  readonly columns: number;
  readonly rows: number;
  readonly steps: readonly { readonly command: string; readonly keys?: readonly string[]; readonly output: string }[];
  readonly status: number;
}
const PROMPT = "rz# ";

for (const abi of ["i386", "amd64"] as const) {
  const program = busybox(abi);
  test.skipIf(!program)(`twenty commands typed at a container's shell, answered as Linux answered them: ${abi}`, async () => {
    const { steps, files, environment, columns, rows, status } = JSON.parse(readFileSync(new URL(`golden/transcript-${abi}.json`, import.meta.url), "utf8")) as Transcript;
    const machine = await Machine.create(virtualHost(), { memory: 96 << 20, shared: false }), runtime = await Runtime.create(machine, { idle: "free", seed: 1, date: 0 });
    runtime.addImage("busybox", { layers: [tar({ bin: "/", "bin/busybox": program!, "bin/sh": { link: "busybox" }, etc: "/", ...files, tmp: "/" })], config: { command: ["/bin/sh"], env: [...environment] } });
    const container = await runtime.create({ image: "busybox", hostname: "box", cwd: "/", terminal: { columns, rows } }), text = listen(container.init);
    await container.start();
    await runtime.quiet();
    const answers: { command: string; keys?: readonly string[]; output: string }[] = [];
    for (const { command, keys } of steps) {
      const before = text().length;
      container.init.write(Buffer.from(`${command}\n`));
      await runtime.quiet();
      for (const key of keys ?? []) {
        container.init.write(Buffer.from(key));
        await runtime.quiet();
      }
      // On both sides the terminal's line ends and the shell's question for the cursor are left out, the echo of the command and the prompt, too.
      const said = text().slice(before).replaceAll("\u001B[6n", "").replaceAll("\r\n", "\n");
      answers.push({ command, ...(keys === undefined ? {} : { keys }), output: said.slice(said.indexOf("\n") + 1, said.lastIndexOf(PROMPT)) });
    }
    expect([answers.length, answers]).toEqual([20, steps]);
    container.init.write(Buffer.from(`exit ${status}\n`));
    expect(await container.wait()).toBe(7);
    await runtime.shutdown();
  });
}

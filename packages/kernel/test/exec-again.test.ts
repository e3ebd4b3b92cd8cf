import { virtualHost } from "@ringzero/host/virtual";
import { O_RDONLY, O_WRONLY } from "@ringzero/linux-abi";
import { Machine } from "@ringzero/machine";
import { BytesBuffer } from "@ringzero/vfs";
import { assemble } from "@ringzero/x86";
import { expect, test } from "vitest";
import { Kernel, populate } from "../src/index.ts";

/** A program that ends with a status; what lies before its first instruction differs, and with it where it begins. */
function program(status: number, before: number): Uint8Array {
  return assemble(`bits 64\nglobal _start\nsection .text\ntimes ${before} nop\n_start: mov eax, 231\nmov edi, ${status}\nsyscall\ntimes ${64 - before} nop\nsection .data\ndb "${"x".repeat(2000)}"\n`, { format: "elf64" }).bytes;
}

test("a file that is written anew is another program, and the same one starts as often as one likes", async () => {
  const kernel = new Kernel(await Machine.create(virtualHost(), { memory: 48 << 20, shared: false }));
  populate(kernel, { "/program": program(1, 0) });
  const run = (): number | undefined => {
    const group = kernel.spawn({ path: "/program", files: [kernel.stream(O_RDONLY), kernel.stream(O_WRONLY), kernel.stream(O_WRONLY)] });
    kernel.run();
    return group.exitStatus;
  };
  const { inode } = kernel.lookup("/program").dentry;
  expect([run(), run()]).toEqual([1 << 8, 1 << 8]);
  inode.write(0, new BytesBuffer(program(2, 40)));
  expect([run(), run()]).toEqual([2 << 8, 2 << 8]);
  // No program at all.
  inode.write(0, new BytesBuffer(new Uint8Array(4)));
  expect(run).toThrow();
  inode.write(0, new BytesBuffer(program(3, 0)));
  expect(run()).toBe(3 << 8);
});

import { describe, expect, test } from "vitest";
import type { Commands } from "../../src/index.ts";

/** What commands promise. The platform has `cat` (copies input to output) and `sh -c` (for `exit 3`, `echo $NAME; echo oops >&2; pwd`). */
export function commandsContract(commands: Commands): void {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  describe("commands", () => {
    test("input goes in, output comes out", async () => {
      const input = new Uint8Array(300_000).fill(65);
      const { status, output, errors } = await commands.run({ program: "cat", input });
      expect([status, output.length, errors.length]).toEqual([0, input.length, 0]);
      expect(output.every((byte) => byte === 65)).toBe(true);
      expect((await commands.run({ program: "cat" })).output.length).toBe(0);
    });
    test("status", async () => {
      expect((await commands.run({ program: "sh", arguments: ["-c", "exit 3"] })).status).toBe(3);
    });
    test("environment, directory and errors", async () => {
      const { output, errors } = await commands.run({ program: "sh", arguments: ["-c", "echo $NAME; echo oops >&2; pwd"], environment: { NAME: "ringzero" }, directory: "/" });
      expect(text(output)).toBe("ringzero\n/\n");
      expect(text(errors)).toBe("oops\n");
    });
    test("a program that is not there", async () => {
      await expect(commands.run({ program: "no-such-program-here" })).rejects.toMatchObject({ name: "HostError", code: "not-found" });
    });
    test("one given up before it starts", async () => {
      await expect(commands.run({ program: "cat", signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    });
  });
}

import { Guests, type Guest, type GuestName } from "@ringzero/guests";
import type { Host } from "@ringzero/host";
import { browserHost } from "@ringzero/host/browser";
import { expect, test } from "vitest";
import { commands } from "vitest/browser";
import { comparableJson, compare, standardScenario } from "../src/index.ts";
import golden from "./golden/standard.json?raw";

const WORKERS = { vm: new URL("../../hypervisor/src/worker/browser-worker.ts", import.meta.url), runtime: new URL("../../container/src/worker/browser-worker.ts", import.meta.url) };

/** A guest that `npm run guests` has prepared in the checkout's store, copied to the page's: a page has no apt. */
async function prepared(host: Host, name: GuestName): Promise<Guest | undefined> {
  const get = async (key: string): Promise<Uint8Array | undefined> => {
    const text = await commands.readFile(`.cache/store/${key.replaceAll("/", "%2f")}`, "base64").catch(() => undefined);
    if (text === undefined) return undefined;
    const bytes = new Uint8Array(await (await fetch(`data:;base64,${text}`)).arrayBuffer());
    await host.store.set(key, bytes);
    return bytes;
  };
  return await new Guests({ ...host, store: { ...host.store, get } } as Host).get(name);
}

test("Debian's Linux and busybox count in a page what they count on Node, with one worker and with two", async (context) => {
  const host = await browserHost(), guest = await prepared(host, "linux-i386"), shells = [await prepared(host, "busybox-i386"), await prepared(host, "busybox-amd64")];
  if (!guest || shells.includes(undefined)) {
    if (import.meta.env["REQUIRE_GUESTS"] === "1") throw new Error("Guests linux-i386, busybox-i386 and busybox-amd64 are not prepared. Run npm run guests.");
    return context.skip();
  }
  expect(comparableJson(await compare(host, standardScenario(guest), { workers: WORKERS }))).toBe(golden);
  expect(comparableJson(await compare(host, standardScenario(guest)))).toBe(golden);
});

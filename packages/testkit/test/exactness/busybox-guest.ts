import { busyboxApplets, Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { STORE } from "../../src/workloads/build.ts";
import type { GuestFile } from "../../src/workloads/guest-files.ts";
import { compareCheckpoints, type ComparedEngine, type ComparedGuest } from "../../src/exactness/guest-run.ts";
import { processGuest } from "../../src/exactness/process-guest.ts";

export const guests: Guests = new Guests(nodeHost({ storeDirectory: STORE }));
if (process.env["REQUIRE_GUESTS"] === "1" && !(await guests.get("busybox-i386"))) throw new Error("The guests are not prepared: run `npm run guests`.");

/** Debian's busybox on the shared kernel with a script; undefined where it is not prepared. */
export async function busyboxGuest(abi: "i386" | "amd64", script: string): Promise<ComparedGuest | undefined> {
  const busybox = (await guests.get(`busybox-${abi}`))?.busybox;
  if (!busybox) return undefined;
  const file = (path: string, bytes: Uint8Array, link?: string): GuestFile => ({ path, mode: 0o755, bytes, link });
  const files = [file("bin/busybox", busybox), ...busyboxApplets(busybox).filter((name) => name !== "busybox").map((name) => file(`bin/${name}`, new Uint8Array(0), "busybox"))];
  return processGuest(`busybox-${abi}`, () => files, [["/bin/busybox", "sh", "-c", script]]);
}

/** Runs a guest on two engines to its end, or so many instructions: what was found, what was retired, and the output. */
export async function compare(guest: ComparedGuest, engines: readonly [ComparedEngine, ComparedEngine], every: number, limit: number, seed = 1): Promise<{ finding: string | undefined; retired: number; exits: number; output: string }> {
  const runs = [await guest.start(engines[0], every, seed), await guest.start(engines[1], every, seed)] as const;
  for (;;) {
    const checkpoints = [runs[0].next(), runs[1].next()] as const, finding = compareCheckpoints(runs, checkpoints), [{ retired, exits, ended }] = checkpoints;
    if (finding !== undefined || ended || retired >= limit) return { finding, retired, exits, output: runs[0].output };
  }
}

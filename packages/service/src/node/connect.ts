import { spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { HostError, type Host } from "@ringzero/host";
import { ServiceClient } from "../client/service-client.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Places } from "./places.ts";
import { release } from "./version.ts";

/** Between two attempts, in milliseconds, and how many may be in vain. Attempts are counted and not the time: a computer that was asleep, or stopped, has lost none of its patience. */
const STEP = 15, ATTEMPTS = 1500;
/** After so many attempts another machine is started where the first found one there that does not answer. */
const AGAIN = 100;
/** So often, a second apart, is a machine asked whether it has said hello. */
const ANSWER = 10;
/** What the machine's process ends with that finds another one there. */
const ALREADY = 17;

/** Connects to this user's machine where there is one. */
export async function connect(host: Host, { socket }: Places): Promise<ServiceClient | undefined> {
  try {
    const client = new ServiceClient(await host.sockets.connect({ path: socket }), { version: release(), pid: process.pid });
    for (let second = 0; second < ANSWER; second++) {
      if (await Promise.race([client.hello, delay(1000, undefined, { ref: false })])) return client;
    }
    client.close();
    throw new ServiceError("failed", `What listens at ${socket} does not answer. Where it is no machine, end it; a machine that hangs is ended by "kill".`);
  } catch (error) {
    if (error instanceof HostError && (error.code === "not-found" || error.code === "refused")) return undefined;
    // It ended just as we came.
    if (error instanceof ServiceError && error.code === "gone") return undefined;
    throw error;
  }
}

/** Connects to this user's machine and starts one where there is none. Rejects with a ServiceError where it does not come up. */
export async function connectOrStart(host: Host, at: Places): Promise<ServiceClient> {
  const there = await connect(host, at);
  if (there) return there;
  let from = startMachine(at), started = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Where several clients start one at once the first is it and the others end; all connect to the first.
    const client = await connect(host, at);
    if (client) return client;
    if (from.status() === ALREADY || from.status() === 0) {
      // Another one comes up, and is left the processor to do so; or it was about to end and still had the lock; or ours has come and gone.
      if (attempt - started >= AGAIN) {
        from = startMachine(at);
        started = attempt;
      }
    } else if (from.status() !== undefined) break;
    await delay(STEP);
  }
  throw new ServiceError("failed", `The machine did not come up: ${from.said() || `nothing answers at ${at.socket}`}`);
}

/** The program that becomes the machine: `--grace SECONDS`, for ever if not said, and `--memory BYTES`. */
export function machineProgram(): string { return fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./main.ts" : "./main.js", import.meta.url)); }

/** Starts the machine's process, which outlives this one. */
function startMachine({ log, directory }: Places): { status(): number | null | undefined; said(): string } {
  const file = openSync(log, "a", 0o600), before = fstatSync(file).size;
  const child = spawn(process.execPath, [machineProgram(), "--grace", process.env["RINGZERO_GRACE"] ?? "3"], { detached: true, stdio: ["ignore", file, file], cwd: directory });
  closeSync(file);
  child.unref();
  let status: number | null | undefined;
  child.on("error", () => { status = 1; });
  child.on("exit", (code) => { status = code; });
  return {
    status: () => status,
    said: () => lastLine(log, before),
  };
}

function lastLine(path: string, from: number): string {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(Math.min(8192, Math.max(0, fstatSync(file).size - from)));
    readSync(file, bytes, 0, bytes.length, from);
    return new TextDecoder().decode(bytes).trim().split("\n").findLast((line) => line.trim() !== "")?.trim() ?? "";
  } finally {
    closeSync(file);
  }
}

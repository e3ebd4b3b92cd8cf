import { chmodSync, rmSync } from "node:fs";
import type { Host } from "@ringzero/host";
import { ServiceError } from "../protocol/service-error.ts";
import { Service } from "../server/service.ts";
import type { Places } from "./places.ts";
import { ProcessLock } from "./process-lock.ts";
import { release } from "./version.ts";

/** How this process becomes the machine. */
export interface ServeOptions {
  /** Bytes of its memory. */
  readonly memory: number;
  /** So long, in nanoseconds, does it outlive its last tenant and client. */
  readonly grace: number;
}

/** Becomes this user's machine. Throws a ServiceError of code `conflict` where another process is it already. */
export async function serve(host: Host, places: Places, { memory, grace }: ServeOptions): Promise<Service> {
  const lock = ProcessLock.take(places.lock);
  if (!lock) throw new ServiceError("conflict", `A machine runs at ${places.socket} already. Use that one, or end it with "ringzero shutdown" first.`);
  // Whoever has the lock is the only machine: a socket that is left over is that of a process that was killed, unless a stranger answers.
  const stranger = await host.sockets.connect({ path: places.socket }).catch(() => undefined);
  if (stranger) {
    stranger.close();
    lock.release();
    throw new ServiceError("failed", `Something that is no machine listens at ${places.socket}. End it first.`);
  }
  rmSync(places.socket, { force: true });
  const modules = { vm: new URL(import.meta.resolve("@ringzero/hypervisor/node-worker")), kernel: new URL(import.meta.resolve("@ringzero/container/node-worker")), compare: new URL(import.meta.url.endsWith(".ts") ? "./compare-worker.ts" : "./compare-worker.js", import.meta.url) };
  const service = await Service.create(host, { version: release(), pid: process.pid, memory, grace, modules });
  const listener = await host.sockets.listen({ path: places.socket });
  chmodSync(places.socket, 0o600);
  void service.serve(listener);
  void service.ended.then(() => {
    rmSync(places.socket, { force: true });
    lock.release();
  });
  return service;
}

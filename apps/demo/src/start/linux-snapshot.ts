import { sha256, type Guest } from "@ringzero/guests";
import type { Host } from "@ringzero/host";
import type { RemoteVirtualMachine } from "@ringzero/hypervisor";
import { linuxVm, PROMPT } from "../shared/linux-vm.ts";
import { sourcesHash } from "./sources.ts";

/** Keys of a snapshot in the store. */
export interface SnapshotKeys {
  /** The state, as `encodeSnapshot` writes it. */
  readonly state: string;
  /** What the console had shown. */
  readonly console: string;
}
const PREFIX = "snapshots/linux/";
/** Where the state of a virtual machine is defined: a snapshot of other sources might not fit. */
const DEFINING = ["packages/hypervisor/src", "packages/devices/src", "packages/machine/src", "packages/x86/src/state", "packages/x86/src/system", "packages/x86/src/model"];
/** Console bytes of Debian's kernel and initial RAM disk up to the prompt, about: for the progress bar. */
const CONSOLE_BYTES = 20_000;

/** The keys for a guest: a name made of all that the snapshot depends on. */
async function keysFor(root: string, guest: Guest): Promise<SnapshotKeys> {
  const { kernel, initrd, ...options } = linuxVm(guest.kernel!, guest.initrd!);
  const parts = [await sha256(kernel!), await sha256(initrd!), JSON.stringify(options), sourcesHash(root, DEFINING)];
  const name = (await sha256(new TextEncoder().encode(parts.join("\n")))).slice(0, 24);
  return { state: `${PREFIX}${name}/state`, console: `${PREFIX}${name}/console` };
}

/**
 * The snapshot of Debian's Linux at its shell prompt: from the store, or made now by booting it on a worker. Throws an Error where it does not get there.
 */
export async function linuxSnapshot(host: Host, root: string, guest: Guest, progress: (text: string, share?: number) => void): Promise<SnapshotKeys> {
  const keys = await keysFor(root, guest);
  if ((await host.store.size(keys.state)) && (await host.store.size(keys.console))) return keys;
  // What only the first start needs is not loaded by the others.
  const [{ encodeSnapshot, RemoteVirtualMachine }, { Machine }] = await Promise.all([import("@ringzero/hypervisor"), import("@ringzero/machine")]), machine = await Machine.create(host, { memory: 512 << 20, shared: true });
  const module = new URL(import.meta.resolve("@ringzero/hypervisor/node-worker"));
  const vm = await RemoteVirtualMachine.create(machine, module, linuxVm(guest.kernel!, guest.initrd!), { name: "linux", idle: "free" });
  try {
    const shown = await untilPrompt(vm, progress);
    const snapshot = await vm.snapshot();
    if (!snapshot) throw new Error("Linux ended before its snapshot was made.");
    for (const old of await host.store.keys(PREFIX)) await host.store.delete(old);
    await host.store.set(keys.console, shown);
    await host.store.set(keys.state, encodeSnapshot(snapshot));
    return keys;
  } finally {
    await vm.kill();
  }
}

/** Lets it boot until its console ends in a prompt; the console's bytes. */
async function untilPrompt(vm: RemoteVirtualMachine, progress: (text: string, share?: number) => void): Promise<Uint8Array> {
  const { promise: atPrompt, resolve } = Promise.withResolvers<void>();
  let text = "";
  vm.console.onOutput((bytes) => {
    for (const b of bytes) text += String.fromCharCode(b);
    progress("booting Linux once, for a snapshot at its prompt", text.length / CONSOLE_BYTES);
    if (text.length > 2000 && PROMPT.test(text)) resolve();
  });
  vm.start();
  const ended = vm.ended.then((state) => { throw new Error(`Linux did not get to its prompt: ${vm.failure ?? state}. It said last: ${JSON.stringify(text.slice(-200))}`); });
  await Promise.race([atPrompt, ended]);
  ended.catch(() => {});
  return Uint8Array.from(text.replaceAll("\u001B[6n", ""), (c) => c.charCodeAt(0));
}

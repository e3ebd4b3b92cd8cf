import type { Host, WorkerPort } from "@ringzero/host";
import { Machine } from "@ringzero/machine";
import { pc } from "../pc.ts";
import { VirtualMachine } from "../virtual-machine.ts";
import type { FromWorker, ToWorker, WorkerData } from "./messages.ts";

/** A worker's whole work: joins the machine, makes one virtual machine in it, does what is asked and says what happens. */
export async function serveVirtualMachine(host: Host, port: WorkerPort): Promise<void> {
  const { attachment, ahead } = port.data as WorkerData, say = (message: FromWorker): void => port.post(message);
  const asked = Promise.withResolvers<Making>();
  let act: (message: ToWorker) => void = (message) => { if (message.kind === "make") asked.resolve(message); };
  port.onMessage((message) => act(message as ToWorker));
  let vm: VirtualMachine;
  try {
    const machine = Machine.attach(host, attachment);
    if (ahead) await makeEngine(host);
    const { pc: configuration, options, snapshot } = await asked.promise, platform = pc(configuration);
    vm = snapshot ? await VirtualMachine.restore(machine, platform, snapshot, options) : await VirtualMachine.create(machine, platform, options);
  } catch (error) {
    say({ kind: "failed", message: messageOf(error) });
    return;
  }
  vm.console.onOutput((bytes) => say({ kind: "output", bytes }));
  vm.onMark = (name, mark) => say({ kind: "mark", name, mark });
  vm.onState((state) => say({ kind: "state", state }));
  void vm.ended.then((state) => say({ kind: "ended", state, counters: vm.counters, screen: vm.screen(), failure: vm.failure === undefined ? undefined : messageOf(vm.failure) }));
  const watch = watcher(vm, say);
  act = (message) => {
    if (message.kind === "watchTraps") watch(message.on);
    else if (message.kind !== "make") void answer(vm, message, say);
  };
  say({ kind: "ready", owners: vm.owners });
}
type Making = Extract<ToWorker, { readonly kind: "make" }>;

/**
 * Engines are made once for each worker, by its first processor: here by that of a virtual machine which never runs. It has a small machine of its own, for a worker may be ended at any time, and
 * nobody would give its frames back.
 */
async function makeEngine(host: Host): Promise<void> {
  try {
    const own = await Machine.create(host, { memory: 32 << 20, shared: true });
    (await VirtualMachine.create(own, pc({ memory: 2 << 20, floppy: new Uint8Array(512) }))).dispose();
  } catch { /* Without the memory for it the virtual machine that is asked for says so. */ }
}

/** Turns the stream of trapped instructions on and off. */
function watcher(vm: VirtualMachine, say: (message: FromWorker) => void): (on: boolean) => void {
  let end: (() => void) | undefined;
  return (on) => {
    if (on) end ??= vm.onTraps((batch) => say({ kind: "traps", batch }));
    else {
      end?.();
      end = undefined;
    }
  };
}
async function answer(vm: VirtualMachine, message: Exclude<ToWorker, { kind: "watchTraps" | "make" }>, say: (message: FromWorker) => void): Promise<void> {
  switch (message.kind) {
    case "start": vm.start(); break;
    case "pause":
      await vm.pause();
      say({ kind: "paused" });
      break;
    case "reset": vm.reset(); break;
    case "powerOff": vm.powerOff(); break;
    case "crash": vm.crash(); break;
    case "kill": await vm.kill(); break;
    case "type": vm.console.write(message.bytes); break;
    case "press": vm.press(message.scanCodes); break;
    case "snapshot": {
      const goOn = vm.state === "running" || vm.state === "halted";
      await vm.pause();
      say({ kind: "snapshot", request: message.request, snapshot: vm.snapshot() });
      if (goOn) vm.start();
      break;
    }
    case "look": say({ kind: "view", request: message.request, counters: vm.counters, screen: vm.screen(), state: vm.state }); break;
  }
}
function messageOf(error: unknown): string { return error instanceof Error ? error.message : String(error); }

import { signal, type Signal } from "@preact/signals";
import type { WorkerHandle } from "@ringzero/host";
import type { ContainerKind, FromHolder, HolderData, KernelState, MachineView, OwnerLine, TenantFigures, ToHolder, VmKind } from "../holder/messages.ts";
import type { Manifest } from "../../src/shared/manifest.ts";
import { History } from "./history.ts";
import { Tile } from "./tile.ts";

/** Owners of one tile's memory summed up, in frames. */
export interface Share { readonly private: number; readonly shared: number; readonly saved: number }

/** The page's end of the machine: what it shows, as signals, and what it asks of the holder. */
export class MachineClient {
  readonly manifest: Manifest;
  /** The machine's size in MiB and whether workers share it; undefined until it is there. */
  readonly machine: Signal<{ readonly memory: number; readonly shared: boolean } | undefined> = signal(undefined);
  /** Why there is no machine (any more). */
  readonly failure: Signal<string | undefined> = signal(undefined);
  /** Sentences about what is not as it should be. */
  readonly notes: Signal<readonly string[]> = signal([]);
  readonly tiles: Signal<readonly Tile[]> = signal([]);
  readonly kernel: Signal<{ readonly state: KernelState; readonly note: string | undefined }> = signal({ state: "none", note: undefined });
  readonly view: Signal<MachineView | undefined> = signal(undefined);
  /** Counts the history's points. */
  readonly points: Signal<number> = signal(0);
  readonly history: History = new History();
  readonly #worker: WorkerHandle;
  readonly #counts = { vm: 0, container: 0 };
  #next = 1;
  #before: { readonly at: number; readonly figures: ReadonlyMap<number, TenantFigures> } | undefined;

  constructor(worker: WorkerHandle, manifest: Manifest, onReady: () => void) {
    this.#worker = worker;
    this.manifest = manifest;
    if (manifest.missing) this.note(`${manifest.missing} Everything here is a guest of our own.`);
    worker.onMessage((message) => this.#hear(message as FromHolder, onReady));
    void worker.ended.then((error) => {
      this.failure.value ??= `The machine's worker has ended: ${error?.message ?? "nobody knows why"}. Reload the page for a new machine.`;
      for (const tile of this.tiles.peek()) if (!tile.ended) { tile.state.value = "crashed"; tile.note.value = "The machine is gone."; }
    });
  }

  /** Adds a virtual machine. */
  addVm(vm: VmKind, cold: boolean = false): Tile {
    const tile = this.#add("vm", vm, { linux: "linux", "ring-tour": "tour", "ring-tour-deprivileged": "deprivileged", "boot-sector": "boot" }[vm]);
    this.#ask({ kind: "add-vm", tenant: tile.id, name: tile.name, vm, cold });
    return tile;
  }
  /** Adds a container. */
  addContainer(container: ContainerKind): Tile {
    const tile = this.#add("container", container, { "linux/386": "busybox32", "linux/amd64": "busybox64", own: "clock" }[container]);
    this.#ask({ kind: "add-container", tenant: tile.id, name: tile.name, container, columns: 80, rows: 14 });
    return tile;
  }
  #add(side: "vm" | "container", kind: VmKind | ContainerKind, base: string): Tile {
    const n = this.#counts[side]++, taken = new Set(this.tiles.peek().map((t) => t.name));
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}-${i}`;
    const tile = new Tile(this.#next++, side, kind, name, n);
    this.tiles.value = [...this.tiles.peek(), tile];
    return tile;
  }
  /** Takes a tile away; what runs in it ends. */
  remove(tile: Tile): void {
    this.#ask({ kind: "forget", tenant: tile.id });
    this.tiles.value = this.tiles.peek().filter((t) => t !== tile);
  }
  /** Kills a virtual machine and boots another in its place. */
  again(tile: Tile, cold: boolean): void {
    this.remove(tile);
    if (tile.side === "vm") this.addVm(tile.kind as VmKind, cold);
    else this.addContainer(tile.kind as ContainerKind);
  }
  /** Asks something of one tenant. */
  ask(tile: Tile, kind: "pause" | "resume" | "reset" | "power" | "kill" | "crash"): void { this.#ask({ kind, tenant: tile.id }); }
  type(tile: Tile, bytes: Uint8Array): void { this.#ask({ kind: "type", tenant: tile.id, bytes }); }
  resize(tile: Tile, columns: number, rows: number): void { this.#ask({ kind: "resize", tenant: tile.id, columns, rows }); }
  /** Crashes the shared kernel, or boots a new one. */
  sharedKernel(kind: "panic" | "boot-kernel"): void { this.#ask({ kind }); }
  /** How often the machine is looked at, in milliseconds; 0 = not at all. */
  watch(milliseconds: number): void { this.#ask({ kind: "watch", milliseconds }); }
  /** Says a sentence at the top of the page. */
  note(message: string): void { if (!this.notes.peek().includes(message)) this.notes.value = [...this.notes.peek(), message]; }
  #ask(message: ToHolder): void { this.#worker.post(message); }

  /** The tile of an owner of memory: its tenant is one of the tile's owners. */
  tileOf(owner: OwnerLine): Tile | undefined { return this.tiles.peek().find((tile) => tile.figures.peek()?.owners.includes(owner.id)); }
  /** What owners of a tile hold. */
  share(tile: Tile): Share {
    const owners = new Set(tile.figures.value?.owners), share = { private: 0, shared: 0, saved: 0 };
    for (const o of this.view.value?.owners ?? []) if (owners.has(o.id)) { share.private += o.private; share.shared += o.shared; share.saved += o.saved; }
    return share;
  }

  #hear(m: FromHolder, onReady: () => void): void {
    const tile = "tenant" in m ? this.tiles.peek().find((t) => t.id === m.tenant) : undefined;
    switch (m.kind) {
      case "ready":
        this.machine.value = { memory: m.memory, shared: m.shared };
        for (const note of m.notes) this.note(note);
        onReady();
        break;
      case "failed": this.failure.value = m.message; break;
      case "note": this.note(m.message); break;
      case "kernel": this.kernel.value = { state: m.state, note: m.note }; break;
      case "view": this.#see(m.view); break;
      case "output": tile?.hear(m.bytes); break;
      case "prompt": if (tile) tile.prompt.value = m.prompt; break;
      case "traps": if (tile) tile.traps.value = { list: m.traps, counts: m.counts, total: m.total }; break;
      case "tenant":
        if (!tile) break;
        tile.state.value = m.state;
        tile.note.value = m.note;
        break;
    }
  }
  #see(view: MachineView): void {
    const before = this.#before, seconds = before ? (view.at - before.at) / 1000 : 0, figures = new Map(view.tenants.map((f) => [f.tenant, f]));
    for (const tile of this.tiles.peek()) {
      const now = figures.get(tile.id), then = before?.figures.get(tile.id);
      if (now) tile.figures.value = now;
      if (now && then && then.instructions > 0 && seconds > 0) {
        const ease = (old: number, rate: number): number => old * 0.5 + Math.max(0, rate) * 0.5, old = tile.rates.peek();
        tile.rates.value = { instructions: ease(old.instructions, (now.instructions - then.instructions) / seconds), crossings: ease(old.crossings, (now.ringCrossings - then.ringCrossings) / seconds), exits: ease(old.exits, (exits(now) - exits(then)) / seconds) };
      } else tile.rates.value = { instructions: 0, crossings: 0, exits: 0 };
    }
    this.#before = { at: view.at, figures };
    this.view.value = view;
    if (this.history.add(view, this.sideFrames("vm"), this.sideFrames("container"))) this.points.value++;
  }
  /** Frames of one side, each counted for the owner that pays for it. */
  sideFrames(side: "vm" | "container"): number {
    const owners = this.view.peek()?.owners ?? [], vms = new Set(owners.filter((o) => o.kind === "vm").map((o) => o.id));
    return owners.filter((o) => vms.has(o.of) === (side === "vm")).reduce((sum, o) => sum + o.private + o.shared - o.saved, 0);
  }
}

/** Ways into the hypervisor and out of it that the guest did not ask for. */
function exits(figures: TenantFigures): number { return (figures.exits ?? 0) + (figures.interrupts ?? 0); }

/** Starts the holder's worker. */
export async function connect(workers: { start(module: URL, options: { name: string; data: unknown }): WorkerHandle }, module: URL, data: HolderData, onReady: () => void): Promise<MachineClient> {
  return new MachineClient(workers.start(module, { name: "machine", data }), data.manifest, onReady);
}

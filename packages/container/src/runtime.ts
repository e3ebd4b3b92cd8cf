import { Kernel } from "@ringzero/kernel";
import { ENOMEM, ENOSPC, Errno, MS_RDONLY } from "@ringzero/linux-abi";
import type { Machine, OwnerId } from "@ringzero/machine";
import { Container, type ContainerContext } from "./container.ts";
import { MemoryImages, storedImages, withDefaults, type ImageSource, type OpenImage, type Progress } from "./image.ts";
import type { ImageContents, RuntimeOptions } from "./options.ts";
import { mountDefaults, overlayOf } from "./rootfs/container-root.ts";
import { HostMounts, hostRoot } from "./rootfs/host-mounts.ts";
import { LayerCache } from "./rootfs/layer-cache.ts";
import { RunLoop } from "./run-loop.ts";
import type { ContainerSpec } from "./spec.ts";
import type { ContainerState } from "./state.ts";
import type { RuntimeEnd, RuntimeView } from "./view.ts";

/** A container over a directory of the host has no layers and no defaults but a shell. */
const NO_IMAGE: OpenImage = { reference: "", keys: [], archives: () => Promise.resolve([]), config: { command: ["sh"] } };

/** The shared kernel with its containers, on the worker that runs it: boots the kernel, runs it in quanta, and carries out what is asked. */
export class Runtime {
  /** The kernel that all containers share. */
  readonly kernel: Kernel;
  /** Resolves when the kernel has ended and its memory is given back. */
  readonly ended: Promise<RuntimeEnd>;
  /** Called when a container's state is another one, or (undefined) it has gone: for lists that people look at. */
  onChange: ((id: string, state: ContainerState | undefined) => void) | undefined;
  readonly #machine: Machine;
  readonly #loop: RunLoop;
  readonly #containers = new Map<string, Container>();
  readonly #images = new MemoryImages();
  readonly #layers: LayerCache;
  /** What each container is over. */
  readonly #held = new Map<Container, { readonly layers: readonly string[]; readonly host: HostMounts }>();
  readonly #names = new Set<string>();
  readonly #actions: (() => void)[] = [];
  readonly #context: ContainerContext;
  /** Where images come from that were not given from memory. Default: the host's store. */
  imageSource: ImageSource;
  #processes = 0;
  #made = 0;
  #end: RuntimeEnd | undefined;
  #hasEnded!: (end: RuntimeEnd) => void;

  private constructor(machine: Machine, options: RuntimeOptions) {
    const { wallClock } = machine.host, { idle = "paced", date = wallClock.unixMilliseconds(), seed = randomBytes(machine, 4).reduce((n, byte) => n * 256 + byte, 0) } = options;
    this.#machine = machine;
    this.imageSource = storedImages(machine.host);
    this.kernel = new Kernel(machine, {
      name: options.name ?? "kernel", engine: options.engine ?? "interpreter", seed, bootTime: Math.floor(date / 1000), time: { idle, wall: wallClock, ...(options.rate ? { rate: options.rate } : {}) },
    });
    this.ended = new Promise((resolve) => (this.#hasEnded = resolve));
    this.#layers = new LayerCache(this.kernel);
    this.kernel.time.port("control", () => this.#actions.shift()?.());
    this.#loop = new RunLoop({ kernel: this.kernel, wallClock, settled: () => this.#flush(), failed: (error) => this.#finish({ reason: "panic", failure: sentenceOf(error) }) });
    this.#context = {
      kernel: this.kernel, act: (what, action) => this.#act(what, action), wake: () => this.#loop.wake(), processName: () => `process ${++this.#processes}`,
      wall: () => Math.round(wallClock.now()), date: () => wallClock.unixMilliseconds(),
      changed: (container) => this.onChange?.(container.id, container.state()), removed: (container) => this.#remove(container),
    };
    if (!options.paused) this.#loop.resume();
  }
  /** Boots the kernel in a machine. Throws an Error where memory does not suffice. */
  static async create(machine: Machine, options: RuntimeOptions = {}): Promise<Runtime> {
    return new Runtime(machine, options);
  }

  /** Gives the runtime an image from memory, for specifications that name its reference. */
  addImage(reference: string, contents: ImageContents): void { this.#images.add(reference, contents); }
  /** Makes a container, ready to start. Rejects with an Error where the image is not there, the name is taken, or memory does not suffice. */
  async create(spec: ContainerSpec, progress: Progress = () => {}): Promise<Container> {
    this.#mustRun();
    const name = this.#claimName(spec.name);
    try {
      const image = await this.#open(spec, progress), archives = image.keys.every((key) => this.#layers.has(key)) ? [] : await image.archives(progress);
      this.#mustRun();
      const container = this.#make(spec, name, image, archives);
      this.#containers.set(container.id, container);
      this.#context.changed(container);
      return container;
    } catch (error) {
      this.#names.delete(name);
      throw error;
    }
  }
  /** The container of an id; undefined where there is none. */
  get(id: string): Container | undefined { return this.#containers.get(id); }
  /** All containers, in the order in which they were made. */
  containers(): readonly Container[] { return [...this.#containers.values()]; }
  /** What can be seen of the kernel and its containers now. */
  look(): RuntimeView {
    const { kernel } = this, { time, idle } = kernel.time.clock;
    return { owner: kernel.owner.id, counters: { ...kernel.counts }, time, idle, tasks: kernel.tasks.size, containers: this.containers().map((c) => c.view()), unknownCalls: Object.fromEntries(kernel.unknownCalls) };
  }
  /** Owners of memory that are the kernel's: it comes last, and in this order they are removed. */
  get owners(): readonly OwnerId[] {
    const { id } = this.kernel.owner;
    return this.#machine.pool.owners().filter((o) => o.tenant === id).map((o) => o.id).toSorted((a, b) => Number(a === id) - Number(b === id));
  }

  /** Stops between two slices; what is asked for meanwhile is carried out, and programs do not run. */
  async pause(): Promise<void> { await this.#loop.pause(); }
  /** Goes on. */
  resume(): void { this.#loop.resume(); }
  /** Resolves when no program can run until an input comes. */
  async quiet(): Promise<void> { await this.#loop.quiet(); }
  /** Crashes the kernel: it says why, and every container is gone with it. */
  panic(reason: string): void { this.#finish({ reason: "panic", failure: `Kernel panic - not syncing: ${reason}` }); }
  /** Kills every container and ends the kernel. */
  async shutdown(): Promise<void> {
    for (const container of this.containers()) await container.delete(true).catch(() => {});
    this.#finish({ reason: "shutdown", failure: undefined });
  }

  #mustRun(): void { if (this.#end) throw new Error(`The kernel has ended${this.#end.failure === undefined ? "" : `: ${this.#end.failure}`}. Start another one.`); }
  #claimName(wanted: string | undefined): string {
    let name = wanted ?? `container${++this.#made}`;
    while (wanted === undefined && this.#names.has(name)) name = `container${++this.#made}`;
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) throw new Error(`"${name}" is no name for a container: use letters, digits and _.-, a letter or digit first.`);
    if (this.#names.has(name)) throw new Error(`There is a container "${name}" already. Remove it, or take another name.`);
    this.#names.add(name);
    return name;
  }
  async #open(spec: ContainerSpec, progress: Progress): Promise<OpenImage> {
    if ((spec.image === undefined) === (spec.rootfs === undefined)) throw new Error("A container needs an image or a root file system, and not both.");
    if (spec.image === undefined) return NO_IMAGE;
    return this.#images.get(spec.image) ?? (await this.imageSource(spec.image, spec.platform, progress));
  }
  #make(spec: ContainerSpec, name: string, image: OpenImage, archives: readonly Uint8Array[]): Container {
    const { kernel } = this, id = newId(this.#machine), hostName = spec.hostname ?? id.slice(0, 12), { memory, pids } = spec;
    const cgroup = kernel.newCgroup({ name, limits: { ...(memory === undefined ? {} : { memory }), ...(pids === undefined ? {} : { tasks: pids }) } }), taken: string[] = [], host = new HostMounts(kernel, cgroup);
    try {
      const lower = image.keys.map((key, i) => {
        const fs = this.#layers.take(key, archives[i]);
        taken.push(key);
        return fs;
      });
      const root = spec.rootfs === undefined ? overlayOf(kernel, lower.toReversed(), cgroup) : hostRoot(host, spec.rootfs, spec.readonly === true);
      const namespaces = kernel.newNamespaces({ root, hostName, cgroup }), devpts = mountDefaults(kernel, namespaces, spec.rootfs !== undefined);
      for (const mount of spec.mounts ?? []) host.mount(namespaces.mounts, mount);
      if (spec.readonly) namespaces.mounts.root.flags |= MS_RDONLY;
      const container = new Container(this.#context, id, name, spec.image === undefined ? undefined : image.reference, withDefaults(spec, image.config), namespaces, devpts);
      this.#held.set(container, { layers: taken, host });
      return container;
    } catch (error) {
      host.close();
      kernel.removeCgroup(cgroup);
      for (const key of taken) this.#layers.give(key);
      if (error instanceof Errno) throw new Error(`"${name}" cannot be made: ${error === ENOSPC || error === ENOMEM ? "its memory does not suffice for its own files. Give it more" : `its root file system refuses what is mounted there (${error.name})`}.`);
      throw error;
    }
  }
  #remove(container: Container): void {
    this.#containers.delete(container.id);
    this.#names.delete(container.name);
    const held = this.#held.get(container);
    held?.host.close();
    for (const key of held?.layers ?? []) this.#layers.give(key);
    this.#held.delete(container);
    this.onChange?.(container.id, undefined);
  }
  /** Carries an action out as an input: logged, at a slice's end, at the time that the wall has reached where the kernel was idle. */
  #act<T>(what: object, action: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(new Error("The kernel has ended."));
      this.#actions.push(() => {
        try {
          resolve(action());
        } catch (error) {
          reject(error);
        }
      });
      this.kernel.time.offer("control", new TextEncoder().encode(JSON.stringify(what)));
      this.#loop.wake();
    });
  }
  #flush(): void { for (const container of this.#containers.values()) container.flush(); }
  /** Ends everything; what is lost is given back. */
  #finish(end: RuntimeEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#loop.end();
    for (const container of this.#containers.values()) {
      container.lost();
      this.#held.get(container)?.host.close();
    }
    for (const id of this.owners) this.#machine.pool.removeOwner(id);
    this.#hasEnded(end);
  }
}

function randomBytes(machine: Machine, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  machine.host.entropy.fill(bytes);
  return bytes;
}
function newId(machine: Machine): string {
  return [...randomBytes(machine, 32)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
/** An error of ours as a sentence, with what caused it. */
function sentenceOf(error: unknown): string {
  const parts: string[] = [];
  for (let e: unknown = error; e !== undefined && e !== null; e = (e as { readonly cause?: unknown }).cause) parts.push(e instanceof Error ? e.message : String(e));
  return parts.join(" Cause: ");
}

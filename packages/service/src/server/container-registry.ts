import type { Host } from "@ringzero/host";
import type { Machine } from "@ringzero/machine";
import { RemoteRuntime, StartError, type ContainerSpec, type ProcessSpec, type RemoteProcess } from "@ringzero/container";
import type { ContainerCreate, ContainerExec, ContainerLine, ContainerLogs, ContainerMade, ProcessArgs, ProgramEnd } from "../protocol/container-calls.ts";
import { kernelLost } from "../protocol/machine-calls.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { CallContext } from "./call-context.ts";
import { ContainerTenant } from "./container-tenant.ts";
import { ProgramOutlet } from "./program-outlet.ts";

/** Output of a program that may be on its way to clients. */
const OUTPUT_WINDOW = 2 << 20;

/** The containers of the service, all on one shared kernel, which boots with the first of them. */
export class ContainerRegistry {
  readonly #host: Host;
  readonly #machine: Machine;
  readonly #module: URL;
  readonly #changed: () => void;
  readonly #tenants = new Map<string, ContainerTenant>();
  /** Programs that somebody is connected to, by the numbers that clients know. */
  readonly #processes = new Map<number, RemoteProcess>();
  #runtime: Promise<RemoteRuntime> | undefined;
  #making = 0;
  #numbers = 0;

  /** `module` is the kernel's worker's; `changed` is called when a container has come or gone. */
  constructor(host: Host, machine: Machine, module: URL, changed: () => void) {
    this.#host = host;
    this.#machine = machine;
    this.#module = module;
    this.#changed = changed;
  }

  /** How many there are. */
  get size(): number { return this.#tenants.size + this.#making; }
  /** Those whose first program runs. */
  get running(): number { return [...this.#tenants.values()].filter(({ container }) => container.init.exitCode === undefined).length; }
  /** The one of a name, an id, or the beginning of an id. Throws where there is none, or more than one. */
  get(reference: string): ContainerTenant {
    const all = [...this.#tenants.values()], exact = all.find(({ container: { name, id } }) => name === reference || id === reference);
    const found = exact ? [exact] : /^[0-9a-f]+$/.test(reference) ? all.filter(({ container }) => container.id.startsWith(reference)) : [];
    if (found.length > 1) throw new ServiceError("conflict", `${found.length} containers have ids that begin with ${reference}: give more digits.`);
    if (!found[0]) throw new ServiceError("not-found", `No such container: ${reference}.`);
    return found[0];
  }

  /** The kernel, booted where it is not. */
  async runtime(): Promise<RemoteRuntime> { return await (this.#runtime ??= this.#boot()); }
  async #boot(): Promise<RemoteRuntime> {
    try {
      const runtime = await RemoteRuntime.create(this.#machine, this.#module, { idle: "paced" });
      void runtime.ended.then(() => {
        this.#runtime = undefined;
        this.#tenants.clear();
        this.#processes.clear();
        this.#changed();
      });
      return runtime;
    } catch (error) {
      this.#runtime = undefined;
      throw error;
    }
  }

  /** Makes one that is ready to start. */
  async create(spec: ContainerCreate, context: CallContext<"container.create">): Promise<ContainerMade> {
    this.#making++;
    try {
      const runtime = await this.runtime(), { remove: _, ...asked } = spec;
      const container = await runtime.create(given(asked) as ContainerSpec, (step, done, all) => context.event({ kind: "progress", step, done, all }));
      const tenant = new ContainerTenant(container, spec, this.#host.wallClock);
      if (context.signal.aborted) await container.delete(true);
      else this.#tenants.set(container.id, tenant);
      return { id: container.id, name: container.name };
    } catch (error) {
      throw refusal(error, "invalid");
    } finally {
      this.#making--;
      this.#changed();
    }
  }
  /** Starts its first program. */
  async start(reference: string): Promise<void> {
    const tenant = this.get(reference), { container, spec } = tenant;
    try {
      await container.start();
    } catch (error) {
      if (spec.remove) await this.#remove(tenant, true).catch(() => {});
      throw refusal(error, "conflict");
    }
    if (spec.remove) void container.wait().then(() => this.#remove(tenant, false)).catch(() => {});
  }
  /** Connects to its first program until that has ended. */
  async attach(reference: string, logs: boolean, context: CallContext<"container.attach">): Promise<ProgramEnd> {
    const tenant = this.get(reference), { container, outlet } = tenant, kernel = await this.runtime();
    if (logs) for (const { stream, bytes } of tenant.log.pieces()) context.send(stream, bytes);
    const number = this.#number(container.init), connected = outlet.connect(context);
    context.event({ kind: "attached", process: number });
    await connected;
    this.#processes.delete(number);
    return await this.#end(kernel, container.init, context.signal);
  }
  /** Starts a program beside the first one and connects to it. */
  async exec({ container: reference, process: args, detach }: ContainerExec, context: CallContext<"container.exec">): Promise<ProgramEnd> {
    const { container } = this.get(reference), kernel = await this.runtime();
    let process: RemoteProcess;
    try {
      process = await container.exec(given(args) as ProcessSpec);
    } catch (error) {
      throw refusal(error, "conflict");
    }
    const outlet = new ProgramOutlet(process);
    if (detach) {
      outlet.listen();
      return { exitCode: 0 };
    }
    const number = this.#number(process), connected = outlet.connect(context);
    outlet.listen();
    context.event({ kind: "attached", process: number });
    await connected;
    this.#processes.delete(number);
    return await this.#end(kernel, process, context.signal);
  }
  /** Sends what its first program has written. Throws where that goes on until the kernel is lost. */
  async logs(args: ContainerLogs, context: CallContext<"container.logs">): Promise<void> {
    const tenant = this.get(args.container), kernel = await this.runtime();
    await tenant.logs(args, context);
    const loss = args.follow && !context.signal.aborted ? await lossOf(kernel) : undefined;
    if (loss !== undefined) throw new ServiceError("gone", kernelLost(loss));
  }
  /** Waits for the end of its first program. */
  async wait(reference: string, signal: AbortSignal): Promise<ProgramEnd> {
    const { container } = this.get(reference), kernel = await this.runtime(), gone = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    await Promise.race([container.wait(), gone]);
    return await this.#end(kernel, container.init, signal);
  }
  async #end(kernel: RemoteRuntime, process: RemoteProcess, signal: AbortSignal): Promise<ProgramEnd> {
    if (signal.aborted) return { exitCode: 0 };
    const exitCode = await process.exited;
    return { exitCode, failure: await lossOf(kernel) };
  }
  #number(process: RemoteProcess): number {
    this.#processes.set(++this.#numbers, process);
    return this.#numbers;
  }
  /** Another size of a connected program's terminal. */
  resize(number: number, columns: number, rows: number): void { this.#processes.get(number)?.resize(columns, rows); }

  /** Sends its first program a signal. */
  async kill(reference: string, signal: string): Promise<void> {
    const { container } = this.get(reference);
    if (container.init.exitCode !== undefined) throw new ServiceError("conflict", `Container ${reference} is not running.`);
    await container.kill(signal).catch((error: unknown) => { throw refusal(error, "conflict"); });
  }
  /** Asks its first program to end, and kills it where it does not in time. */
  async stop(reference: string, seconds: number): Promise<void> {
    const { container } = this.get(reference), patience = new AbortController();
    if ((await container.state()).status !== "running") return;
    await container.kill("TERM").catch(() => {});
    await Promise.race([container.wait(), this.#host.wallClock.sleep(seconds * 1e9, patience.signal).catch(() => {})]);
    patience.abort();
    if (container.init.exitCode === undefined) await container.kill("KILL").catch(() => {});
    await container.wait();
  }
  /** Removes it. */
  async remove(reference: string, force: boolean): Promise<void> {
    const tenant = this.get(reference);
    if (!force && (await tenant.container.state()).status === "running") throw new ServiceError("conflict", `Container ${reference} is running: stop it first, or remove it with -f.`);
    await this.#remove(tenant, force);
  }
  async #remove(tenant: ContainerTenant, force: boolean): Promise<void> {
    // Two may ask at a time; one does it.
    if (!this.#tenants.delete(tenant.container.id)) return;
    try {
      await tenant.container.delete(force);
    } finally {
      this.#changed();
    }
  }

  /** What can be seen of all of them, the newest first. */
  async list(): Promise<ContainerLine[]> {
    const runtime = await this.#runtime;
    if (!runtime) return [];
    const view = await runtime.look(), ledger = this.#machine.ledger();
    return view.containers.flatMap((c) => this.#tenants.get(c.state.id)?.line(c.state, c, ledger) ?? []).toReversed();
  }
  /** What can be seen of one. */
  async inspect(reference: string): Promise<ContainerLine[]> {
    const { container } = this.get(reference);
    return (await this.list()).filter(({ id }) => id === container.id);
  }
  /** Crashes the kernel. Resolves with how many were on it, when it has ended. Throws where there is none. */
  async panic(reason: string): Promise<number> {
    const runtime = await this.#runtime?.catch(() => undefined), containers = this.#tenants.size;
    if (!runtime) throw new ServiceError("not-found", "There is no shared kernel to crash: the first container boots one.");
    runtime.panic(reason);
    await runtime.ended;
    return containers;
  }
  /** Ends the kernel with all of them. */
  async shutdown(): Promise<void> {
    const runtime = await this.#runtime?.catch(() => undefined);
    await runtime?.shutdown();
  }
}

/** Why a kernel was lost; undefined where it lives or was shut down. A program ends with its kernel, and that is heard before: whoever answers afterwards is a kernel that lives. */
async function lossOf(kernel: RemoteRuntime): Promise<string | undefined> { return await kernel.containers().then(() => undefined, async () => (await kernel.ended).failure); }
/** Without what is not given: the runtime tells a missing member from one that is undefined. */
function given(args: ProcessArgs | Omit<ContainerCreate, "remove">): object { return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)); }
function refusal(error: unknown, code: "invalid" | "conflict"): ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ServiceError ? error : new ServiceError(error instanceof StartError ? (error.exitCode === 127 ? "no-program" : "not-executable") : code, message, { cause: error });
}

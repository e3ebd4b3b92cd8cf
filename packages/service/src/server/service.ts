import type { Host, Listener } from "@ringzero/host";
import { FRAME_BYTES, Machine } from "@ringzero/machine";
import type { MachineInfo } from "../protocol/machine-calls.ts";
import { PROTOCOL, type Hello } from "../protocol/messages.ts";
import type { Handlers } from "./handlers.ts";
import { Session, type SessionServices } from "./session.ts";
import { ContainerRegistry } from "./container-registry.ts";
import { compareHandler, type CompareModules } from "./compare-handler.ts";
import { imageHandlers } from "./image-handlers.ts";
import { VmRegistry } from "./vm-registry.ts";

/** How a machine is served. */
export interface ServiceOptions {
  /** The release, for people. */
  readonly version: string;
  /** This process. */
  readonly pid: number;
  /** Bytes of the machine's memory. */
  readonly memory: number;
  /** Modules of workers. */
  readonly modules: CompareModules;
  /** So long, in nanoseconds, does the machine outlive its last tenant and client. Infinity: until it is told to end. */
  readonly grace: number;
}

/** So long, in nanoseconds, does a machine wait for its first client at least. */
const FIRST = 10e9;

/** The one machine with its tenants, served to clients. */
export class Service {
  /** Resolves when the machine has ended and nothing of it runs any more. */
  readonly ended: Promise<void>;
  readonly machine: Machine;
  readonly #host: Host;
  readonly #options: ServiceOptions;
  readonly #vms: VmRegistry;
  readonly #containers: ContainerRegistry;
  readonly #started: number;
  readonly #sessions = new Set<Session>();
  readonly #greeted = new Set<Session>();
  #listener: Listener | undefined;
  #ending = false;
  /** Whether anybody has ever come. */
  #visited = false;
  #idle = new AbortController();
  #hasEnded!: () => void;

  private constructor(host: Host, machine: Machine, options: ServiceOptions) {
    this.#host = host;
    this.machine = machine;
    this.#options = options;
    this.#vms = new VmRegistry(host, machine, options.modules.vm, () => this.#changed());
    this.#containers = new ContainerRegistry(host, machine, options.modules.kernel, () => this.#changed());
    this.#started = host.wallClock.unixMilliseconds();
    this.ended = new Promise((resolve) => (this.#hasEnded = resolve));
  }
  /** Makes the machine. Rejects with an Error where the platform refuses its memory. */
  static async create(host: Host, options: ServiceOptions): Promise<Service> {
    return new Service(host, await Machine.create(host, { memory: options.memory }), options);
  }

  /** Answers clients of a listener until the machine ends. */
  async serve(listener: Listener): Promise<void> {
    this.#listener = listener;
    this.#changed();
    const hello: Hello = { kind: "hello", protocol: PROTOCOL, version: this.#options.version, pid: this.#options.pid };
    const services: SessionServices = {
      hello, handlers: this.#handlers(),
      sleep: (nanoseconds) => this.#host.wallClock.sleep(nanoseconds),
      ending: () => this.#ending,
      greeted: (session) => {
        this.#greeted.add(session);
        this.#visited = true;
        this.#changed();
      },
    };
    for (let socket = await listener.accept(); socket; socket = await listener.accept()) {
      const session = new Session(socket, services);
      this.#sessions.add(session);
      void session.run().then(() => {
        this.#sessions.delete(session);
        this.#greeted.delete(session);
        this.#changed();
      });
    }
    await this.ended;
  }

  /** Ends all tenants and tells all clients why. */
  async shutdown(reason: string): Promise<void> {
    if (this.#ending) return await this.ended;
    this.#ending = true;
    this.#listener?.close();
    await Promise.all([this.#vms.killAll(), this.#containers.shutdown()]);
    await Promise.all([...this.#sessions].map((session) => session.goodbye(reason)));
    this.#hasEnded();
  }
  /** Ends the machine when neither tenant nor client is there for a while. */
  #changed(): void {
    this.#idle.abort();
    if (this.#ending || this.#vms.size > 0 || this.#containers.size > 0 || this.#greeted.size > 0 || this.#options.grace === Number.POSITIVE_INFINITY) return;
    const idle = (this.#idle = new AbortController());
    // Whoever has started it is on the way.
    const patience = this.#visited ? this.#options.grace : Math.max(this.#options.grace, FIRST);
    void this.#host.wallClock.sleep(patience, idle.signal).then(() => this.shutdown("The machine had nothing to do and has ended."), () => {});
  }

  #info(): MachineInfo {
    const { frames, owners, saved } = this.machine.ledger(), { version, pid } = this.#options, bytes = (n: number): number => n * FRAME_BYTES;
    return {
      version, pid, started: this.#started, virtualMachines: this.#vms.size, containers: this.#containers.size, running: this.#containers.running,
      memory: { capacity: bytes(frames.capacity), inUse: bytes(frames.inUse), highWater: bytes(frames.highWater), saved: bytes(saved) },
      owners: owners.map((owner) => ({ name: owner.name, kind: owner.kind, private: bytes(owner.private), shared: bytes(owner.shared), saved: bytes(owner.saved) })),
    };
  }
  #handlers(): Handlers {
    const vms = this.#vms, containers = this.#containers, done = {};
    return {
      ...imageHandlers(this.#host),
      "machine.shutdown": async () => {
        // The answer first: the connection ends with the machine.
        queueMicrotask(() => void this.shutdown("The machine was shut down."));
        return done;
      },
      "machine.compare": compareHandler(this.#host, this.#options.modules),
      "machine.info": async () => this.#info(),
      "kernel.panic": async () => ({ containers: await containers.panic("a client asked for it") }),
      "vm.create": (args, context) => vms.create(args, context),
      "vm.start": async ({ name }) => { vms.get(name).start(); return done; },
      "vm.pause": async ({ name }) => { await vms.get(name).pause(); return done; },
      "vm.reset": async ({ name }) => { vms.get(name).vm.reset(); return done; },
      "vm.powerOff": async ({ name }) => { vms.get(name).vm.powerOff(); return done; },
      "vm.kill": async ({ name }) => { await vms.get(name).vm.kill(); return done; },
      "vm.attach": (args, context) => vms.get(args.name).attach(args, context),
      "vm.list": async () => await vms.list(),
      "container.create": (args, context) => containers.create(args, context),
      "container.start": async ({ container }) => { await containers.start(container); return done; },
      "container.attach": ({ container, logs }, context) => containers.attach(container, logs, context),
      "container.exec": (args, context) => containers.exec(args, context),
      "container.resize": async ({ process, columns, rows }) => { containers.resize(process, columns, rows); return done; },
      "container.wait": ({ container }, { signal }) => containers.wait(container, signal),
      "container.kill": async ({ container, signal }) => { await containers.kill(container, signal); return done; },
      "container.stop": async ({ container, seconds }) => { await containers.stop(container, seconds); return done; },
      "container.remove": async ({ container, force }) => { await containers.remove(container, force); return done; },
      "container.logs": async (args, context) => { await containers.logs(args, context); return done; },
      "container.list": async () => await containers.list(),
      "container.inspect": async ({ container }) => await containers.inspect(container),
    };
  }
}

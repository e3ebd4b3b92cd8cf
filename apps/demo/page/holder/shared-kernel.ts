import { RemoteRuntime, Runtime } from "@ringzero/container";
import type { Machine, OwnerId } from "@ringzero/machine";
import type { Manifest } from "../../src/shared/manifest.ts";
import { ContainerTenant, containerFigures } from "./container-tenant.ts";
import { pageImage } from "./images.ts";
import type { FromHolder, TenantFigures, ToHolder } from "./messages.ts";

/** The one kernel of the page's containers: the first container boots it, and after its death another can be booted. */
export class SharedKernel {
  readonly #machine: Machine;
  readonly #manifest: Manifest;
  readonly #module: string | undefined;
  readonly #say: (message: FromHolder) => void;
  readonly #containers = new Set<ContainerTenant>();
  #runtime: Promise<RemoteRuntime | Runtime> | undefined;
  #owner: OwnerId | undefined;
  readonly #images = new Set<string>();

  /** @param module of its worker; undefined = it runs here */
  constructor(machine: Machine, manifest: Manifest, module: string | undefined, say: (message: FromHolder) => void) {
    this.#machine = machine;
    this.#manifest = manifest;
    this.#module = module;
    this.#say = say;
  }

  /** Boots it, where it does not run yet. */
  boot(): Promise<RemoteRuntime | Runtime> { return (this.#runtime ??= this.#boot()); }
  async #boot(): Promise<RemoteRuntime | Runtime> {
    this.#say({ kind: "kernel", state: "booting" });
    this.#images.clear();
    try {
      const options = { name: "kernel" }, runtime = this.#module === undefined ? await Runtime.create(this.#machine, options) : await RemoteRuntime.create(this.#machine, new URL(this.#module), options);
      this.#owner = runtime instanceof Runtime ? runtime.kernel.owner.id : runtime.owner;
      void runtime.ended.then(({ failure }) => this.#died(failure));
      this.#say({ kind: "kernel", state: "running" });
      return runtime;
    } catch (error) {
      this.#died(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
  #died(failure: string | undefined): void {
    this.#runtime = undefined;
    this.#owner = undefined;
    const lost = [...this.#containers].filter((c) => !c.ended).length;
    for (const container of this.#containers) container.lost();
    this.#containers.clear();
    this.#say({ kind: "kernel", state: "dead", note: `${failure ?? "It has ended"}; ${lost === 1 ? "the one container died" : `all ${lost} containers died`} with it, and no virtual machine did` });
  }
  /** Crashes it. */
  async panic(): Promise<void> { (await this.#runtime)?.panic("the page's button was pressed"); }

  /** Makes and starts a container. Rejects with an Error in a sentence where it cannot be. */
  async add({ tenant, name, container, columns, rows }: Extract<ToHolder, { kind: "add-container" }>): Promise<ContainerTenant> {
    const asked = performance.now(), [runtime, image] = await Promise.all([this.boot(), pageImage(container, this.#manifest)]);
    if (!this.#images.has(image.reference)) {
      this.#images.add(image.reference);
      await runtime.addImage(image.reference, image.contents);
    }
    const made = await runtime.create({ name: `${name}-${tenant}`, image: image.reference, hostname: name, args: image.args, terminal: { columns, rows }, env: ["TERM=xterm", "PS1=\\h:\\w\\$ "] });
    const { owner } = await made.state(), kept = new ContainerTenant(this.#machine, made, { tenant, asked, owner }, this.#say);
    this.#containers.add(kept);
    await kept.start();
    return kept;
  }
  /** What all containers together have used; undefined while no kernel runs. */
  figures(): TenantFigures | undefined { return this.#owner === undefined ? undefined : containerFigures(this.#machine, 0, this.#owner); }
}

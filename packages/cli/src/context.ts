import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Host } from "@ringzero/host";
import { nodeHost } from "@ringzero/host/node";
import type { ServiceClient } from "@ringzero/service";
import { connect, connectOrStart, places } from "@ringzero/service/node";

/** What commands work with. */
export class CommandContext {
  /** The platform. */
  readonly host: Host = nodeHost();
  readonly #open: ServiceClient[] = [];

  /** A connection to this user's machine, which is started where there is none. */
  async client(): Promise<ServiceClient> {
    const client = await connectOrStart(this.host, places());
    this.#open.push(client);
    return client;
  }
  /** A connection to the machine where it runs. */
  async running(): Promise<ServiceClient | undefined> {
    const client = await connect(this.host, places());
    if (client) this.#open.push(client);
    return client;
  }
  /** Ends all connections. */
  close(): void { for (const client of this.#open.splice(0)) client.close(); }
}

/** In a checkout guests and images are kept in the checkout, where `npm start` and `npm test` prepare them. */
export function useCheckoutStore(): void {
  const root = new URL("../../../", import.meta.url);
  if (existsSync(new URL("pnpm-workspace.yaml", root))) process.env["RINGZERO_STORE"] ??= fileURLToPath(new URL(".cache/store", root));
}

import { flushCompileCache } from "node:module";
import { nodeHost } from "@ringzero/host/node";
import { builtPage } from "./build-page.ts";
import { openBrowser } from "./open-browser.ts";
import { startOptions, USAGE, type StartOptions } from "./options.ts";
import { preparedManifest } from "./prepare.ts";
import { ProgressLine } from "./progress.ts";
import { serve } from "./server.ts";

/** Prepares, builds, serves. */
async function start(root: string, options: StartOptions): Promise<void> {
  const line = new ProgressLine();
  const host = nodeHost({ storeDirectory: options.store ?? `${root}/.cache/store` });
  const { manifest, mayRead } = await preparedManifest(host, root, options, line);
  const page = await builtPage(root, (text) => line.step(text));
  const server = await serve({ page, manifest, store: host.store, mayRead, isolated: options.isolated }, options.port);
  line.say(`Ready after ${(performance.now() / 1000).toFixed(1)} s: ${server.url}`);
  if (options.open && openBrowser(server.url)) line.say("Your browser was asked to open it.");
  line.say("Ctrl-C ends it.");
  flushCompileCache();
  await new Promise<void>((resolve) => { for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve()); });
  await server.close();
}

/** `npm start` from its command line to its end. Leaves the exit status in the process. */
export async function main(root: string, args: readonly string[]): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => setImmediate(() => process.exit(0)));
  try {
    const options = startOptions(args);
    if (options === "help") console.log(USAGE);
    else await start(root, options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

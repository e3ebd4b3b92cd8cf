// `npm start`: prepares the guests, makes a snapshot of Linux at its prompt, builds the page and serves it until it is told to stop.
import { fileURLToPath } from "node:url";
import { nodeHost } from "@ringzero/host/node";
import { builtPage } from "./start/build-page.ts";
import { openBrowser } from "./start/open-browser.ts";
import { startOptions, USAGE, type StartOptions } from "./start/options.ts";
import { preparedManifest } from "./start/prepare.ts";
import { ProgressLine } from "./start/progress.ts";
import { serve } from "./start/server.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url)), began = performance.now();

async function start(options: StartOptions): Promise<void> {
  const line = new ProgressLine();
  const host = nodeHost({ storeDirectory: options.store ?? `${root}/.cache/store` });
  const { manifest, mayRead } = await preparedManifest(host, root, options, line);
  const page = await builtPage(root, (text) => line.step(text));
  const server = await serve({ page, manifest, store: host.store, mayRead, isolated: options.isolated }, options.port);
  line.say(`Ready after ${((performance.now() - began) / 1000).toFixed(1)} s: ${server.url}`);
  if (options.open && openBrowser(server.url)) line.say("Your browser was asked to open it.");
  line.say("Ctrl-C ends it.");
  await new Promise<void>((resolve) => { for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve()); });
  await server.close();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => setImmediate(() => process.exit(0)));
try {
  const options = startOptions(process.argv.slice(2));
  if (options === "help") console.log(USAGE);
  else await start(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

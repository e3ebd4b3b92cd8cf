// The module that a runtime's worker runs in a browser.
import { browserHost, workerPort } from "@ringzero/host/browser";
import { serveRuntime } from "./serve.ts";

// The port first: what a worker is started with comes as a message, lost where nobody listens by the time that the module waits for something.
const port = workerPort();
await serveRuntime(await browserHost(), await port);
